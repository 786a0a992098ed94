"""Tests taken apart: the statements before, the call, what is claimed of it; and those that are alike, together."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from outpace.inside.probing.programs import (
    BUILTINS,
    CALL,
    FIXTURE,
    NAME,
    OPERATOR,
    SETTING,
    VARIABLE,
    Names,
    Node,
    Program,
    filled,
    names,
    nodes,
    printed,
    replaced,
)
from outpace.testing.writing.found import Assertion, FoundTest
from outpace.testing.writing.names import snake

SHORT = 45
RESERVED = frozenset({"request", "expected", "self", "result", "capsys", "tmp_path"})
NEEDED = (
    RESERVED
    | frozenset(dir(builtins))
    | {"asyncio", "collections", "datetime", "decimal", "fractions", "io", "pathlib", "pytest", "re", "types"}
    | {"unittest", "uuid", "Path", "raised", "example", "given", "settings", "st"}
)
"""Names that a file of tests speaks of itself."""


@dataclass
class Imports(Names):
    """How a file writes names; what it has to import for those that it wrote is kept."""

    module: str
    by_module: bool
    plain: set[str] = field(default_factory=set[str])
    out_of: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    variables: tuple[str, ...] = ()

    def name(self, value: str) -> str:
        module, _, qualname = value.partition(":")
        if module in ("", BUILTINS):
            return qualname
        root = qualname.partition(".")[0]
        if module == self.module and self.by_module:
            parent, _, last = module.rpartition(".")
            if parent:
                return f"{self._imported(parent, last)}.{qualname}"
            self.plain.add(module)
            return f"{module}.{qualname}"
        if module.partition(".")[0] == self.module.partition(".")[0] or module not in sys.stdlib_module_names:
            return self._imported(module, root) + qualname.removeprefix(root)
        self.plain.add(module)
        return f"{module}.{qualname}"

    def _imported(self, module: str, name: str) -> str:
        """Under another name where a test file needs it for itself, or where the framework would take it for a test."""
        alias = f"_{name}" if name.lower().startswith("test") else f"{name}_" if name in NEEDED else name
        self.out_of.setdefault(module, set()).add(name if alias == name else f"{name} as {alias}")
        return alias

    def variable(self, number: int) -> str:
        return self.variables[number]

    def of_text(self, text: str) -> str:
        """A literal of `observing`: standard modules are named in full there."""
        for module in ("datetime", "decimal", "fractions", "uuid", "pathlib"):
            if re.search(rf"(?<![\w.'\"]){module}\.", text):
                self.plain.add(module)
        return text


class Claim(Struct, frozen=True, kw_only=True):
    """What is claimed of an expression; `kind` is one of `observing`'s."""

    subject: str
    kind: str
    text: str


class Case(Struct, frozen=True, kw_only=True):
    """`act` stands alone as a statement where no claim holds it; with `raises` it is what raises."""

    test: FoundTest
    before: tuple[str, ...]
    act: str
    claims: tuple[Claim, ...]
    raises: str = ""
    message: str = ""
    printed: str = ""
    fixtures: tuple[str, ...] = ()


class Group(Struct, frozen=True, kw_only=True):
    """Calls of one target with the same claim: each row is a call's arguments, and the expected value behind them
    where it is not the same for all."""

    tests: tuple[FoundTest, ...]
    callee: str
    columns: tuple[str, ...]
    keywords: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str
    text: str

    @property
    def expected(self) -> bool:
        return self.kind == "equal"


def taken_apart(test: FoundTest, imports: Imports) -> Case:
    program = _inlined(test)
    last = len(program) - 1
    imports.variables = _variables(program, imports.module)
    fixtures = ["tmp_path"] if f":{FIXTURE}" in names(program) else []
    before = tuple(_statement(program, place, imports) for place in range(last))
    act = statement(program[last], imports)
    plain = [each for each in test.asserts if each.place.partition(":")[0].isdigit()]
    if test.raises:
        message = next((each.text for each in test.asserts if each.kind == "message"), "")
        return Case(
            test=test, before=before, act=act, claims=(), raises=imports.name(test.raises), message=message,
            fixtures=tuple(fixtures),
        )  # fmt: skip
    shift = len(test.program) - len(program)
    of_result = [each for each in plain if _number(each) == len(test.program) - 1]
    shown = next((each.text for each in test.asserts if each.kind == "prints"), "")
    alone = len(plain) == 1 and len(of_result) == 1 and len(act) <= 3 * SHORT and not shown
    if not alone and of_result:
        before, act = (*before, f"{imports.variables[last]} = {act}"), ""
    subjects = [
        _whole(program[last], act) if alone else imports.variables[max(0, _number(each) - shift)] for each in plain
    ]
    claims = tuple(_claim(each, subject, imports) for each, subject in zip(plain, subjects, strict=True))
    return Case(
        test=test, before=before, act="" if alone or of_result else act, claims=claims, printed=shown,
        fixtures=(*fixtures, *(["capsys"] if shown else [])),
    )  # fmt: skip


def _number(each: Assertion) -> int:
    return int(each.place.partition(":")[0])


def _claim(each: Assertion, subject: str, imports: Imports) -> Claim:
    place = each.place.partition(":")[2]
    inner = place.replace("{}", subject)
    text = imports.name(each.text) if each.kind in ("type", "member") else imports.of_text(each.text)
    return Claim(subject=inner, kind=each.kind, text=text)


def _statement(program: Program, place: int, imports: Imports) -> str:
    text = statement(program[place], imports)
    used = any(node.kind == VARIABLE and node.value == place for _, node in nodes(program[place + 1 :]))
    return f"{imports.variables[place]} = {text}" if used else text


def statement(node: Node, imports: Imports) -> str:
    if node.kind == CALL and node.children[0].value == SETTING and len(node.children) == 4:
        held, name, value = node.children[1:]
        return f"{printed(held, imports)}.{name.value} = {printed(value, imports)}"
    return printed(node, imports)


def _whole(node: Node, text: str) -> str:
    """As an operand of a comparison."""
    return f"({text})" if node.kind == OPERATOR else text


def _inlined(test: FoundTest) -> Program:
    """Objects that are used once, by the statement right behind, and of which nothing is claimed."""
    program = test.nodes
    claimed = {_number(each) for each in test.asserts if each.place.partition(":")[0].isdigit()}
    setting = program[-1].kind == CALL and program[-1].children[0].value == SETTING
    if len(program) != 2 or setting or 0 in claimed or len(printed(program[0])) > SHORT:
        return program
    uses = [path for path, node in nodes(program[1:]) if node.kind == VARIABLE]
    return (replaced(program[1:], uses[0], program[0])[0],) if len(uses) == 1 else program


def _variables(program: Program, module: str) -> tuple[str, ...]:
    found: list[str] = []
    taken = {str(node.value).rpartition(":")[2].split(".")[0] for _, node in nodes(program) if node.kind == NAME}
    taken.add(module.rpartition(".")[2])
    for place, node in enumerate(program):
        name = "result" if place == len(program) - 1 else _called(node)
        while name in taken:
            name += "_"
        taken.add(name)
        found.append(name)
    return tuple(found)


def _called(node: Node) -> str:
    if f":{FIXTURE}" in names((node,)):
        return "path"
    first = node.children[0] if node.kind == CALL else node
    if first.kind == NAME:
        word = str(first.value).rpartition(":")[2]
        return snake(word.rpartition(".")[2]) if word[:1].isupper() else "value"
    return "value"


class Lawful(Struct, frozen=True, kw_only=True):
    """Examples of a law: a row holds the values of the columns, and the claim is true of each."""

    tests: tuple[FoundTest, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    claim: str
    strategies: tuple[str, ...]


def grouped(tests: Sequence[FoundTest], imports: Imports, *, drawn: bool = False) -> list[Group | Lawful | FoundTest]:
    """In their order; a group stands where its first one stood. `drawn`: by Hypothesis where that can be."""
    by_key: dict[tuple[object, ...], list[FoundTest]] = {}
    for number, test in enumerate(tests):
        by_key.setdefault(_key(test) or (number,), []).append(test)
    return [_together(each, imports, drawn=drawn) for each in by_key.values()]


def _together(tests: Sequence[FoundTest], imports: Imports, *, drawn: bool) -> Group | Lawful | FoundTest:
    if tests[0].law:
        return _lawful(tests, imports, drawn=drawn)
    return _group(tests, imports) if len(tests) > 1 else tests[0]


def _lawful(tests: Sequence[FoundTest], imports: Imports, *, drawn: bool) -> Lawful:
    """Of a single example, the claim is about its values themselves."""
    first = tests[0]
    strategies = first.strategies if drawn else ()
    inline = len(tests) == 1 and not strategies
    taken = {imports.name(str(node.value)).partition(".")[0] for _, node in nodes(first.nodes) if node.kind == NAME}
    columns = () if inline else _unreserved(first.parameters, taken)
    rows = [() if inline else tuple(printed(node, imports) for node in test.nodes[:-1]) for test in tests]
    imports.variables = columns
    claim = filled(first.result, first.nodes[:-1]) if inline else first.result
    return Lawful(
        tests=tuple(tests), columns=columns, rows=tuple(rows), claim=printed(claim, imports), strategies=strategies
    )


def _key(test: FoundTest) -> tuple[object, ...] | None:
    """None for what stands alone."""
    if test.law:
        return (test.law,)
    program = test.nodes
    call = program[0]
    if len(program) != 1 or call.kind != CALL or call.children[0].kind != NAME or len(call.children) == 1:
        return None
    if str(call.children[0].value).startswith("asyncio:") or f":{FIXTURE}" in names(program):
        return None
    claim = test.asserts[0]
    if len(test.asserts) != 1 or claim.place not in ("0:{}", "raises") or claim.kind not in ("is", "equal", "raises"):
        return None
    same = "" if claim.kind == "equal" else claim.text
    return (test.target, call.children[0].value, claim.kind, same, len(call.children), call.keywords)


def _group(tests: Sequence[FoundTest], imports: Imports) -> Group:
    first = tests[0]
    call, claim = first.nodes[0], first.asserts[0]
    plain = len(call.children) - 1 - len(call.keywords)
    columns = _columns(first, plain, call.keywords, imports.name(str(call.children[0].value)))
    rows = [
        (
            *(printed(child, imports) for child in test.nodes[0].children[1:]),
            *([imports.of_text(test.asserts[0].text)] if claim.kind == "equal" else []),
        )
        for test in tests
    ]
    return Group(
        tests=tuple(tests),
        callee=imports.name(str(call.children[0].value)),
        columns=columns,
        keywords=call.keywords,
        rows=tuple(rows),
        kind=claim.kind,
        text=imports.name(claim.text) if claim.kind == "raises" else claim.text,
    )


def _columns(test: FoundTest, plain: int, keywords: Sequence[str], callee: str) -> tuple[str, ...]:
    wanted = [
        *(test.parameters[place] if place < len(test.parameters) else "value" for place in range(plain)),
        *keywords,
    ]
    return _unreserved(wanted, {callee.partition(".")[0]})


def _unreserved(wanted: Sequence[str], taken: set[str]) -> tuple[str, ...]:
    found: list[str] = []
    for word in wanted:
        name = word
        while name in RESERVED or name in found or name in taken:
            name += "_"
        found.append(name)
    return tuple(found)
