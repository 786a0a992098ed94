"""How a proof is shown: text, its public JSON, and JUnit for a CI system's own page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from outpace.formats import junit
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import Hanging, printable
from outpace.model.advisory import Coverage
from outpace.model.proof import (
    Check,
    CheckUndecided,
    Conclusion,
    Failed,
    Passed,
    Proof,
    Proved,
    Refuted,
    Skipped,
    Undecided,
)
from outpace.proving.decide import EXERCISED
from outpace.proving.ladder.without_task import NO_CODE

if TYPE_CHECKING:
    from rich.console import RenderableType

SHORT = 12


class ConclusionV1(Struct, frozen=True, kw_only=True):
    """`reason` is the first failed check, or what is missing."""

    state: Literal["proved", "refuted", "undecided"]
    reason: str = ""
    would_settle: str = ""


class CheckV1(Struct, frozen=True, kw_only=True):
    """`text` is the evidence, what is missing, or why the check does not apply."""

    name: str
    result: Literal["passed", "failed", "undecided", "skipped"]
    text: str
    would_settle: str = ""
    by: str
    seconds: float
    cached: bool


class ProveV1(Struct, frozen=True, kw_only=True):
    base: str
    revision: str
    fixes: tuple[str, ...]
    conclusion: ConclusionV1
    checks: tuple[CheckV1, ...]
    sandbox: str
    notes: tuple[str, ...]
    digest: str
    at: datetime | None


def answer(proof: Proof, coverage: Coverage | None) -> bytes:
    checks = tuple(_check(check) for check in proof.checks)
    result = ProveV1(
        base=proof.base,
        revision=proof.revision,
        fixes=proof.fixes,
        conclusion=conclusion_of(proof.conclusion),
        checks=checks,
        sandbox=proof.tier,
        notes=proof.notes,
        digest=proof.digest,
        at=proof.at,
    )
    unknown = tuple(
        UnknownItem(what=check.name, why=check.text, would_settle=check.would_settle)
        for check in checks
        if check.result == "undecided"
    )
    return encoded("prove", result, coverage=coverage, unknown=unknown, warnings=proof.notes)


def conclusion_of(conclusion: Conclusion) -> ConclusionV1:
    match conclusion:
        case Proved():
            return ConclusionV1(state="proved")
        case Refuted(reason):
            return ConclusionV1(state="refuted", reason=reason)
        case Undecided(missing, would_settle):
            return ConclusionV1(state="undecided", reason=missing, would_settle=would_settle)


def _check(check: Check) -> CheckV1:
    word, text, would_settle = _told(check)
    return CheckV1(
        name=check.name,
        result=word,
        text=text,
        would_settle=would_settle,
        by=check.by,
        seconds=check.seconds,
        cached=check.cached,
    )


def _told(check: Check) -> tuple[Literal["passed", "failed", "undecided", "skipped"], str, str]:
    match check.result:
        case Passed(evidence):
            return "passed", evidence, ""
        case Failed(evidence):
            return "failed", evidence, ""
        case CheckUndecided(missing, would_settle):
            return "undecided", missing, would_settle
        case Skipped(because):
            return "skipped", because, ""


def report(proof: Proof) -> bytes:
    """JUnit: one case a check. What is undecided is an error, so that no page shows it as green."""
    properties = (
        ("conclusion", conclusion_of(proof.conclusion).state),
        ("base", proof.base),
        ("revision", proof.revision),
        ("sandbox", proof.tier),
        ("digest", proof.digest),
        *(("note", note) for note in proof.notes),
    )
    cases = [junit.Case(name=check.name, outcome=_outcome(check), seconds=check.seconds) for check in proof.checks]
    return junit.document("outpace.prove", cases, properties=properties, at=proof.at)


def _outcome(check: Check) -> junit.Outcome:
    match check.result:
        case Passed(evidence):
            return junit.Fine(evidence)
        case Failed(evidence):
            return junit.Failure(evidence)
        case CheckUndecided(missing, would_settle):
            return junit.NotDecided(f"{missing}; would settle it: {would_settle}" if would_settle else missing)
        case Skipped(because):
            return junit.NotApplicable(because)


def text(proof: Proof, coverage: Coverage | None, *, untested: bool = True) -> RenderableType:
    """The answer first, then each check with its evidence, then what a reader should look at. `untested` says whether
    it was asked what of the change no test takes."""
    from rich.console import Group

    first, *why = _headline(proof)
    told = (Hanging(line, indent=2) for line in why)
    foot = (Hanging(line, indent=2) for line in _foot(proof, coverage, untested=untested))
    return Group(Hanging(first), *told, "", _table(proof), "", *foot)


def _headline(proof: Proof) -> list[str]:
    what = f"{proof.revision[:SHORT]} against {proof.base[:SHORT]}"
    fixes = f"; fixes {', '.join(printable(name) for name in proof.fixes)}" if proof.fixes else ""
    match conclusion_of(proof.conclusion):
        case ConclusionV1(state="undecided", reason=reason, would_settle=settle):
            lines = [f"undecided: {what}{fixes}", f"missing: {printable(reason)}"]
            return [*lines, f"would settle it: {printable(settle)}"] if settle else lines
        case ConclusionV1(state=state, reason=reason):
            return [f"{state}: {what}{fixes}", *([printable(reason)] if reason else [])]


def _table(proof: Proof) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(no_wrap=True, justify="right")
    for check in proof.checks:
        if _has_no_code(check):
            continue  # one line below says so of all of them
        word, told, settle = _told(check)
        evidence = f"{told}; would settle it: {settle}" if settle else told
        table.add_row(Text(f"  {word}"), Text(check.name), Text(printable(evidence)), Text(_time(check)))
    return table


def _has_no_code(check: Check) -> bool:
    return check.result == Skipped(NO_CODE)


def _time(check: Check) -> str:
    return "cached" if check.cached else f"{check.seconds:.1f} s"


def _foot(proof: Proof, coverage: Coverage | None, *, untested: bool) -> list[str]:
    lines = [f"note: it {printable(note)}" for note in proof.notes]
    no_code = [check.name for check in proof.checks if _has_no_code(check)]
    if no_code:
        lines.append(f"{NO_CODE}, so that nothing was asked of it: {', '.join(no_code)}")
    says_so = any(check.name == EXERCISED and check.name not in no_code for check in proof.checks)
    if not untested and not says_so and conclusion_of(proof.conclusion).state != "refuted":
        lines.append("what it takes to production untested was not asked for: outpace prove --untested")
    lines.append(f"sandbox: {proof.tier or 'unknown'}; digest {proof.digest[:SHORT]}")
    if coverage is not None:
        newest = coverage.cutoff.date().isoformat() if coverage.cutoff else "unknown"
        lines.append(f"advisories: {printable(coverage.source)}, newest record {newest}")
    return lines
