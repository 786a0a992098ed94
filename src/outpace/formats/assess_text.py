"""`outpace assess` and `outpace brief` on a terminal: the answer first, and all of it on one screen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import TYPE_CHECKING

from outpace.assessment.assessment import Assessment
from outpace.assessment.claims import Claim
from outpace.assessment.evidence import Question, Where
from outpace.assessment.latency import WITHIN, landed_within
from outpace.assessment.paths import UnknownPath, word_of
from outpace.assessment.plan import Step
from outpace.formats.charts.stages import longest as longest_of
from outpace.formats.charts.words import FEWEST, band, counted, day, days, percent, short
from outpace.formats.coverage import reach
from outpace.formats.plain import NARROWEST, Hanging, printable, shortened
from outpace.formats.report import seen
from outpace.formats.report.answer import headline, means, strongest
from outpace.formats.report.parts import is_told_from_nothing
from outpace.model.advisory import Coverage

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

LABEL = 11
STEPS, EVIDENCE, QUESTIONS, CLAIMS = 3, 1, 4, 2
BAR = 20
LONGEST_CLAIM = 210
_TAG = re.compile(r"<[^>]*>")


def text(assessment: Assessment, *, more: str = "") -> RenderableType:
    from rich.console import Group

    lines: list[RenderableType] = [Hanging(_plain(_said(headline(assessment))), style="bold")]
    lines += [Hanging(_plain(line)) for line in _basis(assessment)]
    lines.append("")
    for label, rows in _sections(assessment):
        for number, row in enumerate(rows):
            lines.append(_Row(label if number == 0 else "", _plain(row)))
    if more:
        lines += ["", Hanging(more)]
    return Group(*lines)


def _said(markup: str) -> str:
    """The words of our own markup."""
    return unescape(_TAG.sub("", markup))


class _Row:
    """A label, and text beside it that goes on in its own column."""

    def __init__(self, label: str, line: str) -> None:
        self.label = label
        self.line = line

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for number, part in enumerate(Text(self.line).wrap(console, max(options.max_width - LABEL, NARROWEST))):
            part.rstrip()
            yield Text(f"{'' if number else self.label:<{LABEL}}") + part


def _plain(line: str) -> str:
    return printable(line.replace("\N{NO-BREAK SPACE}", " "))


def _basis(assessment: Assessment) -> Iterator[str]:
    horizon, history = assessment.horizon, assessment.history
    since = f", {day(horizon.began)} to {day(horizon.ended)}" if horizon.began and horizon.ended else ""
    cut = ", cut off: the clone is shallow" if horizon.shallow else ""
    cut += ", files missing: the clone is partial" if horizon.partial else ""
    locks = f"; lock files since {day(history.since)}" if history.since else "; no lock file"
    landed = counted(horizon.landings, "landing")
    yield f"{assessment.name}, {horizon.branch} at {horizon.tip[:10]}: {landed}{since}{cut}{locks}."
    yield _data(assessment.coverage)
    if (old := seen.ends_long_ago(assessment)) and assessment.asked is None:
        yield f"{old}."


def _data(coverage: Coverage | None) -> str:
    if coverage is None:
        return "No advisory data."
    return f"{reach(coverage).removesuffix('.')}; what was published later cannot be seen."


def _sections(assessment: Assessment) -> Iterator[tuple[str, list[str]]]:
    yield "path", list(_path(assessment))
    waited = _within(assessment)
    yield "advisories", [_met(assessment)]
    if waited:
        yield "landed", [waited]
    if assessment.plan.stages:
        yield "waits", list(_waits(assessment))
    if assessment.plan.steps:
        yield "change", list(_change(assessment.plan.steps[:STEPS]))
    if assessment.deadlines:
        yield (
            "deadlines",
            [
                f"{each.name}, within {each.within}: {each.met} met, {each.missed} missed, {each.unknown} unknown"
                for each in assessment.deadlines
            ],
        )
    if assessment.claims:
        yield "words", [_claim(each) for each in _drifted_first(assessment.claims)[:CLAIMS]]
    if assessment.gates:
        yield "gates", [_gates(assessment)]
    if assessment.questions:
        yield "not seen", _questions(assessment.questions)


def _path(assessment: Assessment) -> Iterator[str]:
    path = assessment.path
    if isinstance(path, UnknownPath):
        yield f"unknown: {means(path)}"
        return
    yield f"{word_of(path)} adoption ({path.confidence} confidence): {means(path)}"
    for each in strongest(assessment.path, EVIDENCE):
        yield each.says


def _met(assessment: Assessment) -> str:
    latency, why = assessment.latency, seen.why_unseen(assessment)
    if why:
        return f"unknown: {why}"
    met = f"{latency.immune:,} met a safe version, {latency.reactive:,} an affected one, {latency.adopted:,} came later"
    return f"{met}; {seen.still_open(assessment)}"


def _within(assessment: Assessment) -> str:
    """Of the last 24, from the last share that is still nothing on."""
    curve = seen.present(assessment)
    if curve is None or curve.count < FEWEST:
        return ""
    within = [(number, landed_within(curve, number).value) for number in WITHIN]
    told = [(number, value) for number, value in within if value is not None]
    nothing = sum(value == 0 for _, value in told)
    shares = [f"{percent(value)} in {short(number)}" for number, value in told[max(nothing - 1, 0) :]]
    if not shares:
        return ""
    p90 = f"; 90% in {days(curve.p90.value)}" if curve.p90.value is not None else ""
    half = seen.half(assessment.latency.from_released)
    since = "" if half is None else f"; over all, half within {days(half)} of the fix's release"
    return f"of the last {curve.count:,}: {', '.join(shares)}{p90}{since}"


def _waits(assessment: Assessment) -> Iterator[str]:
    wide = max(len(stage.name) for stage in assessment.plan.stages)
    most = longest_of(assessment.plan.stages)
    for stage in assessment.plan.stages:
        half = stage.median.value if stage.count >= FEWEST else None
        median = f"median {short(half)}" if half is not None else "median unknown"
        longest = ", the longest" if stage is most and len(assessment.plan.stages) > 1 else ""
        longest = ", over by now" if stage.is_over else longest
        drawn = "█" * max(1, round(BAR * stage.share)) if stage.share else ""
        yield f"{stage.name:<{wide}}  {drawn:<{BAR}} {percent(stage.share)}, {median}{longest}"


def _change(steps: Sequence[Step]) -> Iterator[str]:
    yield from (_step(number, step) for number, step in enumerate(steps, start=1))
    again = {step.measured_again for step in steps if step.measured_again is not None}
    if again:
        yield f"measured again on {day(min(again))}"


def _step(number: int, step: Step) -> str:
    return f"{number}. {step.says.rstrip('.')}: {_saved(step)}"


def _saved(step: Step) -> str:
    saves = step.saves
    if saves is None or saves.value is None:
        return f"saves unknown: {step.why}"
    if not is_told_from_nothing(step):
        return f"what it saves is not told from nothing ({band(saves)} days an episode)"
    return f"saves {days(saves.value)} ({band(saves)}) an episode"


def _drifted_first(claims: Sequence[Claim]) -> list[Claim]:
    order = {"drifted": 0, "unknown": 1, "holds": 2}
    return sorted(claims, key=lambda each: order[each.answer])


def _claim(claim: Claim) -> str:
    return shortened(
        f'"{claim.found}" ({_place(claim.where[0])}) {_ANSWERS[claim.answer]}: {claim.measured}', LONGEST_CLAIM
    )


_ANSWERS = {"holds": "holds", "drifted": "does not hold", "unknown": "is unknown"}


def _place(where: Where) -> str:
    return f"{where.name}:{where.line}" if where.line else where.name


def _gates(assessment: Assessment) -> str:
    named = [f"{gate.name} ({gate.kind})" for gate in assessment.gates[:4]]
    more = f" and {len(assessment.gates) - 4} more" if len(assessment.gates) > 4 else ""
    return f"{', '.join(named)}{more}"


def _questions(questions: Sequence[Question]) -> list[str]:
    """What each is about; why, and what would settle it, is in the report."""
    names = list(dict.fromkeys(each.what for each in questions))
    more = len(names) - QUESTIONS
    return ["; ".join(names[:QUESTIONS]) + (f"; {more} more" if more > 0 else "")]


def fleet(assessments: Sequence[Assessment], failed: Sequence[tuple[str, str]]) -> RenderableType:
    """A line for each clone, the one that loses the most exposure-days first."""
    from rich.console import Group
    from rich.table import Table

    from outpace.formats.report.fleet_page import headline as headline_of
    from outpace.formats.report.fleet_page import ranked

    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column("repository", overflow="fold")
    table.add_column("path")
    for name in ("episodes", "median", "90%", "open", "days lost"):
        table.add_column(name, justify="right")
    for each in (inorder := ranked(assessments)):
        table.add_row(*map(_plain, _fleet_row(each)))
    lines: list[RenderableType] = [Hanging(_plain(_said(headline_of(inorder))), style="bold"), "", table]
    if any(map(seen.doubts, assessments)):
        lines.append("?: more may be open, unpinned or unknown")
    if old := [each.name for each in inorder if each.asked is not None]:
        lines += [Hanging(f"told as of the end of the clone, long ago: {printable(', '.join(old))}")]
    lines += [Hanging(f"not assessed: {printable(place)}: {printable(why)}") for place, why in failed]
    coverage = next((each.coverage for each in assessments if each.coverage is not None), None)
    lines += ["", Hanging(_data(coverage))]
    return Group(*lines)


def _fleet_row(assessment: Assessment) -> tuple[str, ...]:
    curve, lost, still = seen.present(assessment), seen.lost(assessment), seen.open_now(assessment)
    half, ended = seen.half(curve), None if curve is None else curve.p90.value
    is_enough = curve is not None and curve.count >= FEWEST
    return (
        assessment.name,
        word_of(assessment.path),
        "unknown" if lost is None else f"{len(assessment.history.episodes):,}",
        seen.half_in_words(curve) if half is None else short(half),
        short(ended) if ended is not None and is_enough else "too few" if curve and not is_enough else "unknown",
        "unknown" if still is None else f"{still:,}?" if seen.doubts(assessment) else f"{still:,}",
        "unknown" if lost is None else f"{lost:,.0f}",
    )
