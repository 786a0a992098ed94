"""How `outpace test generate` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import printable
from outpace.model.words import counted
from outpace.testing.generation import Enough, Generated, Generation, LooksWrong, Nothing, Worth

WRONG_SHOWN = 10
LEFT_SHOWN = 8


class GeneratedTestV1(Struct, frozen=True, kw_only=True):
    """`mutants` and `branches` are those that no test before it kills or takes: what it is kept for."""

    name: str
    cases: int
    assertions: int
    mutants: tuple[str, ...]
    branches: tuple[str, ...]


class LooksWrongV1(Struct, frozen=True, kw_only=True):
    """Asserted nowhere."""

    target: str
    code: str
    why: str


class GeneratedFileV1(Struct, frozen=True, kw_only=True):
    """`not_killed`: mutants that neither the tests that were there nor a new one tells from the module, in so many
    `executions`; those that were there alone are counted as `..._before`."""

    module: str
    path: str
    content: str
    generated_tests: tuple[GeneratedTestV1, ...]
    mutants: int
    killed: int
    killed_before: int
    not_killed: tuple[str, ...]
    branch_outcomes: int
    branch_outcomes_taken: int
    branch_outcomes_taken_before: int
    executions: int
    left_out: int


class EnoughV1(Struct, frozen=True, kw_only=True):
    """A module of which nothing was found that the tests that are there do not notice."""

    module: str
    mutants: int
    killed: int
    not_killed: tuple[str, ...]
    executions: int


class TestGenerateV1(Struct, frozen=True, kw_only=True):
    """`written` names the files that were written: all of `files`, or none. `enough`: modules that need none."""

    __test__ = False

    files: tuple[GeneratedFileV1, ...]
    enough: tuple[EnoughV1, ...]
    looks_wrong: tuple[LooksWrongV1, ...]
    written: tuple[str, ...]


def answer(found: Sequence[Generation], written: Sequence[str]) -> bytes:
    files = tuple(_file(each) for each in found if isinstance(each, Generated))
    wrong = tuple(
        LooksWrongV1(target=f"{each.module.name}.{it.target}", code=it.code, why=it.why)
        for each in found
        for it in each.looks_wrong
    )
    unknown = tuple(
        UnknownItem(what=each.module.name, why=each.why.why, would_settle=each.why.would_settle)
        for each in found
        if isinstance(each, Nothing)
    )
    enough = tuple(
        EnoughV1(
            module=each.module.name,
            mutants=each.worth.mutants,
            killed=each.worth.killed,
            not_killed=each.worth.survivors,
            executions=each.worth.executions,
        )
        for each in found
        if isinstance(each, Enough)
    )
    result = TestGenerateV1(files=files, enough=enough, looks_wrong=wrong, written=tuple(written))
    return encoded("test generate", result, unknown=unknown)


def _file(each: Generated) -> GeneratedFileV1:
    worth = each.worth
    return GeneratedFileV1(
        module=each.module.name,
        path=each.path,
        content=each.text,
        generated_tests=tuple(
            GeneratedTestV1(
                name=test.name,
                cases=test.cases,
                assertions=test.assertions,
                mutants=test.mutants,
                branches=test.branches,
            )
            for test in each.tests
        ),
        mutants=worth.mutants,
        killed=worth.killed,
        killed_before=worth.killed_before,
        not_killed=worth.survivors,
        branch_outcomes=worth.of_outcomes,
        branch_outcomes_taken=worth.outcomes,
        branch_outcomes_taken_before=worth.outcomes_before,
        executions=worth.executions,
        left_out=each.left_out,
    )


def text(found: Sequence[Generation], written: Sequence[str]) -> str:
    files = [each for each in found if isinstance(each, Generated)]
    enough = [each for each in found if isinstance(each, Enough)]
    lines = [_first(files, enough, written)]
    for each in files:
        lines += [f"  {printable(each.path)}: {_counted(each)}", f"    {_worth(each.worth)}"]
    for each in enough:
        name = printable(each.module.name)
        head = [f"  {name}: nothing is left that a new test would notice"] if files else []
        lines += [*head, f"    {_worth(each.worth)}" if files else f"  {name}: {_worth(each.worth)}"]
    lines += _unknown(found)
    lines += _wrong(found)
    for each in files if not written else ():
        lines += ["", f"+++ {printable(each.path)}", *(f"+{line}" for line in each.text.splitlines())]
    if files and not written:
        lines += ["", "nothing was written; with --write it is"]
    return "\n".join(lines) + "\n"


def _first(files: Sequence[Generated], enough: Sequence[Enough], written: Sequence[str]) -> str:
    count = sum(len(each.tests) for each in files)
    if not count:
        return "nothing is left that a new test would notice" if enough else "no test was generated"
    where = f"in {counted(len(files), 'file')}"
    said = "written" if written else "generated"
    return f"{counted(count, 'test')} {said} {where}: green in a fresh interpreter, in ten orders"


def _counted(each: Generated) -> str:
    cases = sum(test.cases for test in each.tests)
    left = (
        f"; {each.left_out} cases were not green, or left something behind, and are left out" if each.left_out else ""
    )
    return f"{counted(len(each.tests), 'test')}, {counted(cases, 'case')} for {printable(each.module.name)}{left}"


def _worth(worth: Worth) -> str:
    before = f" ({worth.killed_before} by the tests that were there)" if worth.killed_before else ""
    killed = f"{worth.killed} of {worth.mutants} mutants killed{before}"
    branches = f"{worth.outcomes} of {worth.of_outcomes} branch outcomes taken"
    left = worth.mutants - worth.killed
    rest = f"; {left} not killed in {worth.executions} executions" if left else ""
    return f"{killed}, {branches}{rest}"


def _unknown(found: Iterable[Generation]) -> list[str]:
    nothing = [each for each in found if isinstance(each, Nothing)]
    lines = [f"  unknown: {printable(each.module.name)}: {printable(each.why.why)}" for each in nothing[:LEFT_SHOWN]]
    return [*lines, *([f"  and {len(nothing) - LEFT_SHOWN} more"] if len(nothing) > LEFT_SHOWN else [])]


def _wrong(found: Iterable[Generation]) -> list[str]:
    wrong: list[LooksWrong] = [it for each in found for it in each.looks_wrong]
    if not wrong:
        return []
    lines = ["", f"looks wrong ({len(wrong)}), asserted nowhere:"]
    for it in wrong[:WRONG_SHOWN]:
        code = "; ".join(printable(line) for line in it.code.splitlines())
        lines.append(f"  {code[:160]}\n    {printable(it.why)}")
    return [*lines, *([f"  and {len(wrong) - WRONG_SHOWN} more"] if len(wrong) > WRONG_SHOWN else [])]
