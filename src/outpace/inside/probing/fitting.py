"""Whether the arguments of a program are of the types that the module's signatures ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .callables import Hint, Parameter, Target, parameters_of
from .programs import (
    ATTRIBUTE,
    BUILTINS,
    CALL,
    CONSTANT,
    DICT,
    FIXTURE,
    INFIX,
    LIST,
    NAME,
    OPERATOR,
    SET,
    SETTING,
    SOURCE,
    TUPLE,
    VARIABLE,
    Node,
    Program,
    method,
    names,
    nodes,
)

HOLDING = {LIST: ("list",), TUPLE: ("tuple", "tuple_of"), SET: ("set",), DICT: ("dict",)}
SCALARS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bytes": (bytes,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "complex": (int, float, complex),
    "none": (type(None),),
}
MADE = {"str": "str", "int": "int", "float": "float", "len": "int", "frozenset": "frozenset", "iter": "iterator"}
"""Words for what built-in functions give."""
KINDS = {
    "datetime:datetime": ("datetime:date",),
    "collections:OrderedDict": ("dict",),
    "collections:defaultdict": ("dict",),
    "collections:Counter": ("dict",),
    "io:StringIO": ("file", "io:TextIOBase", "io:IOBase"),
    "io:BytesIO": ("io:BufferedIOBase", "io:IOBase"),
}
"""What instances of a class are besides."""
CALLS = (CALL, OPERATOR)
METHODS = {text: name for name, text in INFIX.items()}
LOOSE = frozenset({"collections.abc", "typing", "numbers", "os"})
"""Their classes ask for what a value can do, not for what it is."""


class Fitting:
    """`classes` is the table of `targets`."""

    def __init__(self, module: str, targets: Sequence[Target], classes: Mapping[str, dict[str, Any]]) -> None:
        self._classes = classes
        self._known = {name: [parameters_of(row)] for name, row in classes.items()}
        self._known.update((f"{module}:{each.name}", [each.parameters]) for each in targets if each.kind != "method")
        self._methods: dict[str, list[tuple[Parameter, ...]]] = {}
        for each in targets:
            if each.kind in ("method", "setter"):
                self._methods.setdefault(each.name.rpartition(".")[2], []).append(each.parameters)

    def fits(self, program: Program) -> bool:
        """What is not known fits. A method is known by its name alone: one of those that are called so is enough."""
        return all(self._call_fits(_as_call(node), program) for _, node in nodes(program) if node.kind in CALLS)

    def _call_fits(self, node: Node, program: Program) -> bool:
        if node.kind != CALL:
            return True
        what = node.children[0]
        known = self._methods if what.kind == ATTRIBUTE else self._known if what.kind == NAME else {}
        signatures = known.get(str(what.value), [])
        return not signatures or any(self._given_fit(node, each, program) for each in signatures)

    def _given_fit(self, node: Node, parameters: Sequence[Parameter], program: Program) -> bool:
        plain = len(node.children) - len(node.keywords)
        by_name = {each.name: each for each in parameters}
        rest = next((each for each in parameters if each.kind == "VAR_KEYWORD"), None)
        given: list[tuple[Node, Parameter | None]] = list(
            zip(node.children[1:plain], _positional(parameters, plain - 1))  # noqa: B905  Python 3.9
        )
        given += [
            (child, by_name.get(word, rest))
            for word, child in zip(node.keywords, node.children[plain:])  # noqa: B905
        ]
        return all(each is None or self._argument_fits(child, each, program) for child, each in given)

    def _argument_fits(self, node: Node, parameter: Parameter, program: Program) -> bool:
        """Its default is an argument, whatever its annotation says."""
        if node.kind == CONSTANT and parameter.default == type(node.value).__name__:
            return True
        return fits(node, parameter.hint, program, self._classes)


def _as_call(node: Node) -> Node:
    """Of a method, what stands for a call of one."""
    if node.kind == OPERATOR and node.value in METHODS:
        return method(node.children[0], METHODS[str(node.value)], node.children[1])
    if node.kind == CALL and node.children[0].value == SETTING and len(node.children) == 4:
        return method(node.children[1], str(node.children[2].value), node.children[3])
    return node


def _positional(parameters: Sequence[Parameter], count: int) -> list[Parameter]:
    found: list[Parameter] = []
    for each in parameters:
        found += [each] * (count if each.kind == "VAR_POSITIONAL" else 1)
    return found[:count]


Classes = Mapping[str, Mapping[str, Any]]


def fits(node: Node, hint: Hint, program: Program = (), classes: Classes | None = None) -> bool:  # noqa: PLR0911
    """`program` is what the variables in it speak of."""
    word, rest = str(hint[0]), hint[1:]
    if word == "any":
        return True
    if word == "union":
        return any(fits(node, each, program, classes) for each in rest[0])
    if node.kind == VARIABLE and isinstance(node.value, int):
        return node.value >= len(program) or fits(program[node.value], hint, program, classes)
    if node.kind == CONSTANT:
        return _constant_fits(node.value, word, rest)
    if node.kind in HOLDING:
        return _loose(word, rest) or (word in HOLDING[node.kind] and _held_fit(node, word, rest, program, classes))
    kinds = kinds_of(node)
    if not kinds:
        return word not in SCALARS and word not in ("list", "tuple", "tuple_of", "set", "dict", "literal")
    if word == "class":
        return _loose(word, rest) or not _wanted(str(rest[0]), classes or {}).isdisjoint(kinds)
    return word in kinds


def _held_fit(node: Node, word: str, rest: Sequence[Any], program: Program, classes: Classes | None) -> bool:
    if not rest:
        return True
    if word == "tuple":
        return len(rest) == len(node.children) and all(
            fits(each, hint, program, classes)
            for each, hint in zip(node.children, rest)  # noqa: B905
        )
    return all(fits(each, rest[place % len(rest)], program, classes) for place, each in enumerate(node.children))


def _loose(word: str, rest: Sequence[Any]) -> bool:
    return word == "class" and str(rest[0]).partition(":")[0] in LOOSE


def kinds_of(node: Node) -> frozenset[str]:  # noqa: PLR0911  one line a kind
    """Words and classes that it is for certain; none where that is not known."""
    if node.kind == OPERATOR:
        path = f":{FIXTURE}" in names((node,))
        return frozenset({"pathlib:Path", "pathlib:PurePath", "pathlib:PosixPath"} if path else ())
    if node.kind == NAME:
        module, _, qualname = str(node.value).partition(":")
        owner = qualname.rpartition(".")[0]
        return frozenset({f"{module}:{owner}"} if owner else {"callable", "type"})
    if node.kind == SOURCE:
        if not node.children:
            return frozenset({"callable"})
        name = str(node.children[0].value)
        return frozenset({name, *KINDS.get(name, ())})
    if node.kind != CALL or node.children[0].kind != NAME:
        return frozenset()
    name = str(node.children[0].value)
    module, _, qualname = name.partition(":")
    if module == BUILTINS:
        return frozenset({MADE[qualname]} if qualname in MADE else ())
    is_class = qualname.rpartition(".")[2][:1].isupper()
    return frozenset({name, *KINDS.get(name, ())} if is_class else ())


def _wanted(name: str, classes: Classes) -> set[str]:
    """The class, and those below it."""
    found, waiting = {name}, [name]
    while waiting:
        for each in classes.get(waiting.pop(), {}).get("below", ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found


def _constant_fits(value: object, word: str, rest: Sequence[Any]) -> bool:
    """A bool is an int for Python, and for nobody who reads a test."""
    if word == "literal":
        return any(value == each and type(value) is type(each) for each in rest[0])
    if _loose(word, rest):
        return True
    kinds = SCALARS.get(word, ())
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
