"""How `outpace test mutants` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import printable
from outpace.statistics.curves import Estimate
from outpace.testing.mutants.score import Score, by_file, score_of, survivors, word_of
from outpace.testing.mutants.trial import (
    AtImport,
    Equivalent,
    Kill,
    Killed,
    Survived,
    Trial,
    Tried,
    Unreached,
    Unstable,
)

SHOWN = 6
LEFT_OUT_SHOWN = 5
WIDTH = 110


class KillV1(Struct, frozen=True, kw_only=True):
    test: str
    how: Literal["assertion", "exception", "timeout", "crash"]
    message: str


class MutantV1(Struct, frozen=True, kw_only=True):
    """`id` stays the same while the function does. `executions` are runs of tests that reach it. `again`: the verdict
    is that of an earlier run, and nothing that it depends on has changed."""

    file: str
    id: str
    function: str
    line: int
    operator: str
    before: str
    after: str
    verdict: Literal["killed", "survived", "unreached", "unstable", "equivalent", "at import"]
    killed_by: tuple[KillV1, ...]
    executions: int
    why: str
    diff: str
    again: bool


class ScoreV1(Struct, frozen=True, kw_only=True):
    """`rate` is `killed` of those that a test could have killed, with an interval of 95 %; `weak` of the killed died by
    timeout or crash alone."""

    killed: int
    weak: int
    survived: int
    unreached: int
    unstable: int
    equivalent: int
    at_import: int
    rate: float | None
    low: float | None
    high: float | None


class FileScoreV1(Struct, frozen=True, kw_only=True):
    file: str
    score: ScoreV1


class CountV1(Struct, frozen=True, kw_only=True):
    why: str
    count: int


class LeftOutV1(Struct, frozen=True, kw_only=True):
    """A test that judges no mutant, since it is not green without one."""

    test: str
    state: str
    message: str


class TestMutantsV1(Struct, frozen=True, kw_only=True):
    """`survivors` are ids in the order in which they are worth a look; `not_tried` are places where no test is missed.
    `drawn_from` is how many there were where `mutants` are a sample, else 0."""

    score: ScoreV1
    files: tuple[FileScoreV1, ...]
    mutants: tuple[MutantV1, ...]
    survivors: tuple[str, ...]
    not_tried: tuple[CountV1, ...]
    tests: int
    left_out: tuple[LeftOutV1, ...]
    controls: int
    drawn_from: int


def answer(trial: Trial) -> bytes:
    result = TestMutantsV1(
        score=_score(score_of(trial.tried)),
        files=tuple(FileScoreV1(file=path, score=_score(score)) for path, score in by_file(trial)),
        mutants=tuple(_mutant(each) for each in trial.tried),
        survivors=tuple(f"{each.path}::{each.mutant.id}" for each in survivors(trial)),
        not_tried=tuple(CountV1(why=why, count=count) for why, count in trial.arid),
        tests=trial.tests,
        left_out=tuple(LeftOutV1(test=each.test, state=each.state, message=each.why) for each in trial.left_out),
        controls=trial.controls,
        drawn_from=trial.sampled_of,
    )
    return encoded("test mutants", result, unknown=tuple(_unknown(trial)))


def _unknown(trial: Trial) -> Iterable[UnknownItem]:
    if trial.doubt is not None:
        yield UnknownItem(what="the mutants", why=trial.doubt.why, would_settle=trial.doubt.would_settle)
    for path, why in trial.unreadable:
        yield UnknownItem(what=path, why=why, would_settle="a file that the project's Python can read")
    for path, why in trial.broken:
        yield UnknownItem(what=path, why=f"its tests could not be collected: {why}")
    at_import = score_of(trial.tried).at_import
    if at_import:
        why = "they run only while modules are imported, before a mutant is on"
        yield UnknownItem(what=f"{at_import} mutants of module level", why=why, would_settle="--imports tries them too")
    if trial.import_doubt is not None:
        yield UnknownItem(what="the mutants of module level", why=trial.import_doubt.why)


def _score(score: Score) -> ScoreV1:
    rate = score.rate
    return ScoreV1(
        killed=score.killed,
        weak=score.weak,
        survived=score.survived,
        unreached=score.unreached,
        unstable=score.unstable,
        equivalent=score.equivalent,
        at_import=score.at_import,
        rate=_rounded(rate.value),
        low=_rounded(rate.low),
        high=_rounded(rate.high),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _mutant(each: Tried) -> MutantV1:
    kills, executions, why, diff = _details(each)
    mutant = each.mutant
    return MutantV1(
        file=each.path,
        id=mutant.id,
        function=mutant.function,
        line=mutant.line,
        operator=mutant.operator,
        before=mutant.before,
        after=mutant.after,
        verdict=word_of(each.verdict),
        killed_by=tuple(KillV1(test=kill.test, how=kill.how, message=kill.why) for kill in kills),
        executions=executions,
        why=why,
        diff=diff,
        again=each.again,
    )


def _details(each: Tried) -> tuple[tuple[Kill, ...], int, str, str]:
    match each.verdict:
        case Killed(kills=kills, executions=executions):
            return kills, executions, "", ""
        case Survived(executions=executions, diff=diff):
            return (), executions, "", diff
        case Unreached(diff=diff):
            return (), 0, "", diff
        case Unstable(kills=kills, why=why, diff=diff):
            return kills, 0, why, diff
        case Equivalent() | AtImport():
            return (), 0, "", ""


def said_of(each: Tried) -> str:
    """What came of a survivor, in words."""
    match each.verdict:
        case Survived(executions=1):
            return "not killed in 1 run of a test"
        case Survived(executions=executions):
            return f"not killed in {executions:,} runs of tests"
        case Unreached():
            return "no test runs it"
        case Unstable(why=why):
            return f"unstable: {why}"
        case _:
            return word_of(each.verdict)


def headline(trial: Trial) -> str:
    """The answer, in one line."""
    score = score_of(trial.tried)
    if trial.doubt is not None:
        return f"unknown: {trial.doubt.why}"
    if not score.judged:
        return "nothing to try: no function that could be mutated was chosen"
    left = score.judged - score.killed
    sample = f" of a sample from {trial.sampled_of:,}" if trial.sampled_of else ""
    if not left:
        return f"all {score.killed:,} mutants{sample} killed ({_share(score.rate)})"
    return f"{left:,} of {score.judged:,} mutants{sample} survive; {score.killed:,} killed ({_share(score.rate)})"


def _share(rate: Estimate) -> str:
    if rate.value is None or rate.low is None or rate.high is None:
        return "share unknown"
    return f"{rate.value:.0%}, 95 % interval {rate.low:.0%} to {rate.high:.0%}"


def text(trial: Trial) -> str:
    lines = [printable(headline(trial))]
    if trial.doubt is not None and trial.doubt.would_settle:
        lines.append(f"  would settle it: {printable(trial.doubt.would_settle)}")
    lines += [f"  {line}" for line in counts(trial)]
    found = survivors(trial)
    for each in found[:SHOWN]:
        place = f"{printable(each.path)}:{each.mutant.line}"
        lines += ["", f"{place}  {printable(each.mutant.id)}  {said_of(each)}", *hunk(each)]
    if len(found) > SHOWN:
        lines += ["", f"and {len(found) - SHOWN:,} more: --format html shows all of them, json too"]
    return "\n".join(lines) + "\n"


def counts(trial: Trial) -> list[str]:
    """What else there is to know, a line each."""
    score = score_of(trial.tried)
    again = sum(each.again for each in trial.tried)
    arid = sum(count for _, count in trial.arid)
    said = [
        (score.unreached, f"run by no test: {score.unreached:,} of the survivors"),
        (score.unstable, f"unstable, killed once but not reliably: {score.unstable:,} of the survivors"),
        (score.weak, f"killed by a timeout or a crash alone, which no assertion saw: {score.weak:,}"),
        (score.equivalent, f"proved to change nothing, the same bytecode: {score.equivalent:,} more"),
        (score.at_import, f"not tested, since they run only on import: {score.at_import:,} more{_imports(trial)}"),
        (again, f"verdicts of earlier runs, for which nothing has changed: {again:,}"),
        (arid, f"places not worth a test: {arid:,} ({', '.join(why for why, _ in trial.arid)})"),
    ]
    lines = [line for count, line in said if count]
    return [*lines, *_left_out(trial), *(f"{printable(path)}: {printable(why)}" for path, why in _unread(trial))]


def _imports(trial: Trial) -> str:
    return " (--imports)" if trial.import_doubt is None else f" ({printable(trial.import_doubt.why)})"


def _unread(trial: Trial) -> Sequence[tuple[str, str]]:
    return (*trial.unreadable, *trial.broken)


def _left_out(trial: Trial) -> list[str]:
    if not trial.left_out:
        return []
    named = ", ".join(printable(each.test) for each in trial.left_out[:LEFT_OUT_SHOWN])
    more = f" and {len(trial.left_out) - LEFT_OUT_SHOWN:,} more" if len(trial.left_out) > LEFT_OUT_SHOWN else ""
    return [
        f"tests that judge nothing, not being green alone: {len(trial.left_out):,} of {trial.tests:,} ({named}{more})"
    ]


def hunk(each: Tried) -> list[str]:
    """The lines that differ, with what stands just around them."""
    body = diff_lines(each)
    changed = [place for place, line in enumerate(body) if line.startswith(("-", "+"))]
    if not changed:
        return []
    around = [*body[max(0, changed[0] - 1) : changed[0]], *body[changed[-1] + 1 : changed[-1] + 2]]
    blank = {line for line in around if not line.strip()}
    shown = [line for line in body[max(0, changed[0] - 1) : changed[-1] + 2] if line not in blank]
    return [f"    {printable(line.expandtabs())[:WIDTH]}".rstrip() for line in shown]


def diff_lines(each: Tried) -> list[str]:
    """Those of the one hunk of its diff, without any heading."""
    lines = _details(each)[3].splitlines()
    head = next((place for place, line in enumerate(lines) if line.startswith("@@")), len(lines))
    return lines[head + 1 :]
