"""Laws that functions and classes may keep, by their names and types: what undoes what, what changes nothing twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .callables import Parameter, Target
from .programs import ATTRIBUTE, BUILTINS, Node, Program, call, filled, named, operator, variable

OPPOSITES = (
    *(("encode", "decode"), ("dumps", "loads"), ("dump", "load"), ("serialize", "deserialize"), ("pack", "unpack")),
    *(("quote", "unquote"), ("escape", "unescape"), ("format", "parse"), ("unparse", "parse"), ("write", "read")),
    *(("compress", "decompress"), ("encrypt", "decrypt"), ("marshal", "unmarshal"), ("stringify", "parse")),
    *(("flatten", "unflatten"), ("join", "split"), ("wrap", "unwrap"), ("to", "from"), ("as", "from")),
)
"""What makes, and what undoes it."""
TIDYING = re.compile(
    r"(^|_)(normali[sz]e|clean|strip|trim|slugify|canonical\w*|sanitize|dedent|collapse|tidy|ensure|simplify)(_|$|d$)"
)
READS = ("parse", "from_string", "from_str", "fromstring", "loads", "from_text")
SCALARS = frozenset({"str", "bytes", "int", "float", "bool"})
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
ALIKE = "alike"


class Column(NamedTuple):
    """One value that a law speaks of: an argument of a function, an instance of a class; or `like` another column, the
    same expression once more, `always` or mostly."""

    name: str
    parameter: Parameter | None = None
    within: str = ""
    instance: str = ""
    like: int = -1
    always: bool = False


class Law(NamedTuple):
    """`inner` are steps on the columns' values, and `claim` is true of both. Where a step raises, nothing is claimed.
    `expected`: its names promise it, so that it looks wrong where it is broken."""

    name: str
    target: Target
    columns: tuple[Column, ...]
    inner: Program
    claim: Node
    expected: bool = False

    def steps(self, examples: Sequence[Node]) -> Program:
        """One after another, so that it is seen which of them raised."""
        return (*examples, *self.inner, self.claim)

    def written(self, examples: Sequence[Node]) -> Program:
        """As a test says it."""
        return (*examples, self.whole)

    @property
    def whole(self) -> Node:
        values = [variable(place) for place in range(len(self.columns))]
        for step in self.inner:
            values.append(filled(step, values))
        return filled(self.claim, values)


def laws(module: str, targets: Sequence[Target], sources: Mapping[str, Any]) -> list[Law]:
    """`sources`: what is defined in the module's own source, by qualified name."""
    usable = [each for each in targets if not each.coroutine]
    found = [law for first in usable for second in usable for law in _undoing(module, first, second)]
    found += [law for each in usable for law in _settling(module, each)]
    found += [law for each in usable if each.kind == "class" for law in _of_class(module, each, usable, sources)]
    return list({law.name: law for law in reversed(found)}.values())[::-1]


def _words(name: str) -> list[str]:
    return [word for word in CAMEL.sub("_", name.rpartition(".")[2]).lower().split("_") if word]


def _said(name: str) -> str:
    return "_".join(word for part in name.split(".") for word in _words(part))


def _undoing(module: str, first: Target, second: Target) -> Iterator[Law]:
    """What the first makes, the second undoes; and the other way round, which nobody promised."""
    if first.owner != second.owner or not undoes(_words(first.name), _words(second.name)):
        return
    for one, other, expected in ((first, second, True), (second, first, False)):
        if _fit(one, other):
            name = f"{_said(other.name)}_reverses_{'_'.join(_words(one.name))}"
            columns, applied = _applied(module, one)
            back = _applied(module, other)[1]
            subject = len(columns) - len(_asked(one))
            held = [variable(place) for place in range(len(columns))]
            undone = back([*held[:subject], variable(len(columns)), *held[subject + 1 :]])
            claim = operator("{} == {}", undone, held[subject])
            yield Law(name, one, columns, (applied(held),), claim, expected=expected)


def undoes(first: Sequence[str], second: Sequence[str]) -> bool:
    """`quote` and `unquote`, `to_json` and `from_json`, `rgb_to_hex` and `hex_to_rgb`."""
    if first == second:
        return False
    if "to" in first and "to" in second and "to" not in (first[0], second[0]):
        one, other = first.index("to"), second.index("to")
        return first[:one] == second[other + 1 :] and first[one + 1 :] == second[:other]
    if len(first) != len(second):
        return False
    differing = [(one, other) for one, other in zip(first, second) if one != other]  # noqa: B905  Python 3.9
    return len(differing) == 1 and (
        differing[0] in OPPOSITES or differing[0][1] in (f"un{differing[0][0]}", f"de{differing[0][0]}")
    )


def _asked(target: Target) -> list[Parameter]:
    return [each for each in target.parameters if each.required]


def _fit(one: Target, other: Target) -> bool:
    """Each takes what the other gives, and further arguments are the same for both."""
    mine, theirs = _asked(one), _asked(other)
    if not mine or [each.name for each in mine[1:]] != [each.name for each in theirs[1:]] or not theirs:
        return False
    plain = all(each.kind.startswith("POSITIONAL") for each in (*mine, *theirs))
    kinds = one.kind == other.kind and one.kind in ("function", "static", "method")
    return plain and kinds and agree(one.returns, theirs[0].hint) and agree(other.returns, mine[0].hint)


def agree(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return "any" in (one[0], other[0]) or list(one) == list(other) or "union" in (one[0], other[0])


def _applied(module: str, target: Target) -> tuple[tuple[Column, ...], Callable[[Sequence[Node]], Node]]:
    """The columns that a call of it needs, its object first, and the call."""
    columns = [Column(each.name, each, target.name) for each in _asked(target)]
    name = target.name.rpartition(".")[2]
    if target.kind != "method":
        return tuple(columns), lambda values: call(named(module, target.name), *values)
    held = Column("_".join(_words(target.owner)), instance=f"{module}:{target.owner}")
    return (held, *columns), lambda values: call(Node(ATTRIBUTE, name, (values[0],)), *values[1:])


def _settling(module: str, target: Target) -> Iterator[Law]:
    """Done twice is done once."""
    asked = _asked(target)
    if target.kind not in ("function", "static") or len(asked) != 1 or not asked[0].kind.startswith("POSITIONAL"):
        return
    if not agree(target.returns, asked[0].hint) or target.returns[0] in ("none", "bool"):
        return
    columns, applied = _applied(module, target)
    claim = operator("{} == {}", applied([variable(1)]), variable(1))
    tidying = TIDYING.search("_".join(_words(target.name))) is not None
    yield Law(
        f"{_said(target.name)}_is_idempotent", target, columns, (applied([variable(0)]),), claim, expected=tidying
    )


def _of_class(module: str, target: Target, targets: Sequence[Target], sources: Mapping[str, Any]) -> Iterator[Law]:
    said, whole = _said(target.name), f"{module}:{target.name}"
    one = Column(said, instance=whole)
    own = {name.rpartition(".")[2] for name in sources if name.rpartition(".")[0] == target.name}
    a, b = variable(0), variable(1)
    if "__eq__" in own:
        other = Column("other", instance=whole, like=0)
        same = Column(ALIKE, like=0, always=True)
        yield Law(f"{said}_equals_one_built_alike", target, (one, same), (), operator("{} == {}", a, b))
        both = (operator("{} == {}", a, b), operator("{} == {}", b, a))
        symmetric = operator("{} == {}", variable(2), variable(3))
        yield Law(f"{said}_equality_is_symmetric", target, (one, other), both, symmetric, expected=True)
        if "__hash__" in own:
            hashes = (call(named(BUILTINS, "hash"), a), call(named(BUILTINS, "hash"), b))
            alike = operator("{} == {}", variable(2), variable(3))
            yield Law(f"{said}_hashes_like_one_built_alike", target, (one, same), hashes, alike)
            equal = operator("{} != {} or {} == {}", a, b, variable(2), variable(3))
            yield Law(f"{said}_hashes_are_equal_where_objects_are", target, (one, other), hashes, equal, expected=True)
    if "__lt__" in own:
        yield from _ordering(target, said, one, own)
    yield from _read_back(module, target, targets, own)


def _ordering(target: Target, said: str, one: Column, own: set[str]) -> Iterator[Law]:
    a, b, c = variable(0), variable(1), variable(2)
    other = Column("other", instance=one.instance, like=0)
    third = Column("third", instance=one.instance, like=1)
    less, more = operator("{} < {}", a, b), operator("{} < {}", b, a)
    same = Column(ALIKE, like=0, always=True)
    itself = operator("not {}", variable(2))
    yield Law(f"{said}_is_not_less_than_one_built_alike", target, (one, same), (less,), itself, expected=True)
    yield Law(
        f"{said}_is_not_less_both_ways", target, (one, other), (less, more),
        operator("not ({} and {})", variable(2), variable(3)), expected=True,
    )  # fmt: skip
    chain = (less, operator("{} < {}", b, c), operator("{} < {}", a, c))
    yield Law(
        f"{said}_order_is_transitive", target, (one, other, third), chain,
        operator("not ({} and {}) or {}", variable(3), variable(4), variable(5)), expected=True,
    )  # fmt: skip
    if "__gt__" in own:
        mirrored = operator("{} == {}", variable(2), variable(3))
        yield Law(
            f"{said}_greater_is_less_the_other_way", target, (one, other), (operator("{} > {}", a, b), more), mirrored,
            expected=True,
        )  # fmt: skip
    if "__le__" in own:
        agreeing = operator("{} == ({} or {})", variable(2), variable(3), operator("{} == {}", a, b))
        yield Law(
            f"{said}_less_or_equal_is_either",
            target,
            (one, other),
            (operator("{} <= {}", a, b), less),
            agreeing,
            expected=True,
        )


def _read_back(module: str, target: Target, targets: Sequence[Target], own: set[str]) -> Iterator[Law]:
    """What an object is written as, its class reads."""
    one = Column(_said(target.name), instance=f"{module}:{target.name}")
    ways = [(each.name, call(Node(ATTRIBUTE, each.name.rpartition(".")[2], (variable(0),)))) for each in targets
            if each.kind == "method" and each.owner == target.name and not _asked(each)]  # fmt: skip
    readers = [
        each for each in targets if each.kind == "static" and each.owner == target.name and len(_asked(each)) == 1
    ]
    if "__str__" in own:
        ways.append((f"{target.name}.str", call(named(BUILTINS, "str"), variable(0))))
    for name, shown in ways:
        for reader in readers:
            word = reader.name.rpartition(".")[2]
            if undoes(_words(name), _words(reader.name)) or (name.endswith(".str") and word in READS):
                back = call(named(module, reader.name), variable(1))
                said = f"{_said(reader.name)}_reverses_{'_'.join(_words(name))}"
                yield Law(said, target, (one,), (shown,), operator("{} == {}", back, variable(0)))
