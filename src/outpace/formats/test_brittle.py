"""How `outpace test brittle` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import printable
from outpace.model.unknown import Unknown
from outpace.testing.brittle.commands import command
from outpace.testing.brittle.records import Brittleness, Finding
from outpace.testing.brittle.words import condition

SHOWN = 12
DOUBTS = 6


class BrittleV1(Struct, frozen=True, kw_only=True):
    """One test and one kind. `suggestion` is set where the test is too exact rather than wrong: it may be the contract
    that it pins. `needs` are other tests, `state` the shared things by which they matter."""

    test: str
    kind: str
    condition: str
    settings: dict[str, str]
    needs: tuple[str, ...]
    state: tuple[str, ...]
    outcome: str
    plainly: str
    message: str
    command: str
    also: tuple[str, ...]
    tier: str
    suggestion: bool
    file: str
    line: int | None
    before: str
    after: str


class TestBrittleV1(Struct, frozen=True, kw_only=True):
    """`executed` counts runs of single tests. `flaky` differ between two plain runs; `red` are red plainly."""

    tests: int
    executed: int
    kinds: tuple[str, ...]
    findings: tuple[BrittleV1, ...]
    flaky: tuple[str, ...]
    red: tuple[str, ...]


def answer(told: Brittleness | Unknown) -> bytes:
    if isinstance(told, Unknown):
        nothing = TestBrittleV1(tests=0, executed=0, kinds=(), findings=(), flaky=(), red=())
        doubt = UnknownItem(what="the tests", why=told.why, would_settle=told.would_settle)
        return encoded("test brittle", nothing, unknown=(doubt,))
    result = TestBrittleV1(
        tests=told.tests,
        executed=told.executed,
        kinds=told.kinds,
        findings=tuple(_finding(found, told.env) for found in told.findings),
        flaky=told.flaky,
        red=told.red,
    )
    unknown = tuple(
        UnknownItem(what=doubt.what, why=doubt.unknown.why, would_settle=doubt.unknown.would_settle)
        for doubt in told.doubts
    )
    return encoded("test brittle", result, unknown=unknown)


def _finding(found: Finding, env: Mapping[str, str]) -> BrittleV1:
    flip = found.flip
    return BrittleV1(
        test=found.test,
        kind=flip.kind,
        condition=condition(flip),
        settings=flip.settings,
        needs=flip.needs,
        state=flip.state,
        outcome=flip.said.outcome,
        plainly="red" if flip.was else "green",
        message=flip.said.why,
        command=command(flip, env),
        also=found.also,
        tier=flip.tier,
        suggestion=flip.tier == "T1",
        file=flip.file,
        line=flip.line or None,
        before=flip.before,
        after=flip.after,
    )


def text(told: Brittleness | Unknown) -> str:
    if isinstance(told, Unknown):
        settle = f"  would settle it: {printable(told.would_settle)}\n" if told.would_settle else ""
        return f"unknown: {printable(told.why)}\n{settle}"
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Brittleness) -> Iterator[str]:
    yield _head(told)
    for found in told.findings[:SHOWN]:
        yield from _shown(found, told.env)
    if len(told.findings) > SHOWN:
        yield f"\nand {len(told.findings) - SHOWN} more; all are in --format json"
    if told.flaky:
        yield "\nflaky: differ between two plain runs"
        yield from (f"  {printable(test)}" for test in told.flaky[:SHOWN])
    if told.red:
        yield "\nred plainly"
        yield from (f"  {printable(test)}" for test in told.red[:SHOWN])
    if told.doubts:
        yield "\nunknown"
        for doubt in told.doubts[:DOUBTS]:
            yield f"  {printable(doubt.what)}: {printable(doubt.unknown.why)}"
            if doubt.unknown.would_settle:
                yield f"    would settle it: {printable(doubt.unknown.would_settle)}"
        if len(told.doubts) > DOUBTS:
            yield f"  and {len(told.doubts) - DOUBTS} more"


def _head(told: Brittleness) -> str:
    brittle = len({each.test for each in told.findings if each.flip.tier != "T1"})
    exact = len({each.test for each in told.findings if each.flip.tier == "T1"})
    words = [f"{brittle} of {told.tests} tests are brittle" if brittle else f"none of {told.tests} tests is brittle"]
    words += [f"{exact} may be too exact"] if exact else []
    words += [f"{len(told.flaky)} flaky"] if told.flaky else []
    return f"{', '.join(words)} ({told.executed:,} runs of single tests)"


def _shown(found: Finding, env: Mapping[str, str]) -> Iterator[str]:
    flip = found.flip
    turned = "green only" if flip.was else "red"
    link = "" if flip.kind in ("order", "alone") else "with "
    suggestion = " (a suggestion: it may be what was agreed)" if flip.tier == "T1" else ""
    yield f"\n{flip.kind}  {printable(found.test)}"
    yield f"  {turned} {link}{printable(condition(flip))}{suggestion}"
    if flip.state:
        yield f"  by {printable(', '.join(flip.state[:3]))}"
    if flip.said.why:
        yield f"  says {printable(flip.said.why)[:100]}"
    if flip.after:
        yield f"  - {printable(flip.before)[:100]}"
        yield f"  + {printable(flip.after)[:100]}"
    yield f"  $ {printable(command(flip, env))}"
    if found.also:
        yield f"  also with {printable(', '.join(found.also[:4]))}"
