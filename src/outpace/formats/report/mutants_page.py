"""Mutants on one page: how many are killed, the survivors as diffs, and which test kills the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from outpace.formats.charts.markup import NONE, Markup, e, foreign, join, plain
from outpace.formats.charts.words import counted, ended, percent
from outpace.formats.report import parts
from outpace.formats.report.frame import document, panel
from outpace.formats.report.measures import row, table
from outpace.formats.test_mutants import diff_lines, said_of
from outpace.testing.mutants.score import Score, by_file, by_function, score_of, survivors
from outpace.testing.mutants.trial import Equivalent, Killed, Trial, Tried, Unreached, Unstable

AROUND = 2
MOST_FIRST, MOST_SURVIVORS, MOST_KILLED, MOST_FUNCTIONS = 8, 600, 2000, 60
HOW = {
    "assertion": "an assertion",
    "exception": "an exception",
    "timeout": "a timeout",
    "crash": "a crash",
}


def page(trial: Trial, name: str) -> str:
    """Self-contained; `name` is the application's."""
    score = score_of(trial.tried)
    alive = survivors(trial)
    body = join(
        _headline(trial, score),
        _lede(trial, score),
        _tiles(score),
        _first(alive),
        _functions(trial),
        _rest(alive[MOST_FIRST:MOST_SURVIVORS], len(alive)),
        _killed(trial),
        _beside(trial, score),
    )
    controls = f", {counted(trial.controls, 'control run')} without a mutant" if trial.controls else ""
    foot = join(
        e("span", f"{counted(len(trial.tried), 'mutant')} in {counted(len(trial.files), 'file')}"),
        e("span", counted(trial.tests, "test"), controls),
    )
    return document(title=f"Mutants of {name}", kind="Mutants", name=name, body=body, foot=foot)


def _headline(trial: Trial, score: Score) -> Markup:
    if trial.doubt is not None:
        return e("h1", "What the tests notice is ", e("b", "unknown", cls="unknown"), ".")
    if not score.judged:
        return e("h1", "There was nothing to try.")
    left = score.judged - score.killed
    if not left:
        return e("h1", "The tests notice ", e("b", f"all {score.judged:,}", cls="verified"), " changes of the code.")
    return e(
        "h1",
        "The tests notice ",
        e("b", percent(score.killed / score.judged), cls="verified"),
        f" of {counted(score.judged, 'small change')} of the code; ",
        e("b", f"{left:,}", cls="exposed"),
        " pass unseen.",
    )


def _lede(trial: Trial, score: Score) -> Markup:
    if trial.doubt is not None:
        settle = f" Would settle it: {plain(trial.doubt.would_settle)}." if trial.doubt.would_settle else ""
        return e("p", _sentence(trial.doubt.why), settle, cls="lede")
    rate = score.rate
    if rate.low is None or rate.high is None:
        return e("p", "No function that could be mutated was chosen.", cls="lede")
    interval = f"Between {percent(rate.low)} and {percent(rate.high)}, with 95 % confidence"
    drawn = f", of all {trial.sampled_of:,} from which this sample was drawn" if trial.sampled_of else ""
    return e(
        "p", f"{interval}{drawn}. A survivor is a line that could be wrong without any test turning red.", cls="lede"
    )


def _tiles(score: Score) -> Markup:
    rest = score.equivalent + score.at_import + score.unstable
    weak = f"{score.weak:,} by a timeout or crash alone" if score.weak else "each by a test that turned red"
    return e(
        "dl",
        _tile("verified", "Killed", score.killed, weak),
        _tile("exposed", "Survived", score.survived, "tests run them, none turns red"),
        _tile("shielded", "Not reached", score.unreached, "no test runs them"),
        _tile("unknown", "Not decided", rest, _undecided(score)),
        cls="tiles",
    )


def _undecided(score: Score) -> str:
    said = (
        (score.at_import, "on import only"),
        (score.equivalent, "same bytecode"),
        (score.unstable, "unstable"),
    )
    return ", ".join(f"{count:,} {words}" for count, words in said if count) or "nothing is left open"


def _tile(cls: str, title: str, number: int, words: str) -> Markup:
    return e("div", e("dt", title), e("dd", f"{number:,}"), e("dd", words), cls=cls)


def _first(alive: Sequence[Tried]) -> Markup:
    if not alive:
        return NONE
    shown = alive[:MOST_FIRST]
    return panel(
        "Worth a look first",
        e("div", *(_survivor(each) for each in shown), cls="diffs"),
        small="decisions that many tests run through, and none notices",
        name="first",
    )


def _survivor(each: Tried) -> Markup:
    mutant = each.mutant
    kind = (
        "shielded"
        if isinstance(each.verdict, Unreached)
        else "unknown"
        if isinstance(each.verdict, Unstable)
        else "exposed"
    )
    head = e(
        "figcaption",
        e("code", foreign(f"{each.path}:{mutant.line}", 160)),
        " ",
        e("code", foreign(mutant.id, 120), cls="soft"),
        " ",
        e("span", said_of(each), cls=f"state {kind}"),
    )
    return e("figure", head, _diff(each), cls="mutant")


def _diff(each: Tried) -> Markup:
    lines = [e("span", line[:240], cls=_line(line)) for line in _close(diff_lines(each))]
    return e("pre", *lines) if lines else NONE


def _close(lines: Sequence[str]) -> list[str]:
    """The lines that differ and two around them, moved to the left as far as all of them can be."""
    changed = [place for place, line in enumerate(lines) if line.startswith(("-", "+"))]
    if not changed:
        return []
    near = [line.expandtabs(4) for line in lines[max(0, changed[0] - AROUND) : changed[-1] + 1 + AROUND]]
    while near and not near[0].strip():
        del near[0]
    while near and not near[-1].strip():
        del near[-1]
    indent = min(len(line) - 1 - len(line[1:].lstrip()) for line in near if line[1:].strip())
    return [f"{line[:1]} {line[1 + indent :]}" for line in near]


def _line(line: str) -> str | None:
    return {"-": "gone", "+": "come"}.get(line[:1])


def _functions(trial: Trial) -> Markup:
    scored = [each for each in by_function(trial) if each[2].judged]
    weak = [each for each in scored if each[2].killed < each[2].judged]
    if not weak:
        return NONE
    rows = [
        row(
            (
                join(foreign(name or "(module)", 80), e("small", foreign(path, 120))),
                f"{score.killed:,} of {score.judged:,}",
                _bar(score),
            ),
            heads=HEADS,
        )
        for path, name, score in weak[:MOST_FUNCTIONS]
    ]
    rest = len(scored) - len(weak)
    beside = (
        f"{counted(len(weak) - MOST_FUNCTIONS, 'more function')} in the JSON. " if len(weak) > MOST_FUNCTIONS else "",
        f"In {counted(rest, 'other function')} no mutant survives." if rest else "",
    )
    files = e("p", *_by_file(trial), cls="soft")
    return panel(
        "Functions", files, table(HEADS, rows, cls="cards few"), e("p", *beside, cls="soft"), small="weakest first"
    )


def _by_file(trial: Trial) -> Iterable[Markup]:
    scored = [each for each in by_file(trial) if each[1].judged]
    for place, (path, score) in enumerate(scored[:20]):
        yield join("; " if place else NONE, e("code", foreign(path, 120)), f" {score.killed:,} of {score.judged:,}")


def _bar(score: Score) -> Markup:
    return parts.bar(
        (
            (score.killed, "verified"),
            (score.survived, "exposed"),
            (score.unreached, "shielded"),
            (score.unstable, "unknown"),
        )
    )


HEADS = ("Function", "Killed", "Share")


def _rest(alive: Sequence[Tried], whole: int) -> Markup:
    if not alive:
        return NONE
    files: dict[str, list[Tried]] = {}
    for each in alive:
        files.setdefault(each.path, []).append(each)
    cut = whole - MOST_SURVIVORS
    return panel(
        "The other survivors",
        *(_file(path, group) for path, group in sorted(files.items())),
        e("p", f"And {cut:,} more: outpace test mutants --format json", cls="soft") if cut > 0 else None,
        name="survivors",
    )


def _file(path: str, group: Sequence[Tried]) -> Markup:
    inorder = sorted(group, key=lambda each: (each.mutant.line, each.mutant.column, each.mutant.id))
    head = e("summary", e("code", foreign(path, 160)), f" {counted(len(group), 'survivor')}")
    return e("details", head, e("div", *(_survivor(each) for each in inorder), cls="diffs"))


KILLED_HEADS = ("Line", "Mutant", "Change", "Killed by", "With")


def _killed(trial: Trial) -> Markup:
    killed = [(each, each.verdict) for each in trial.tried if isinstance(each.verdict, Killed)]
    if not killed:
        return NONE
    rows = [_killed_row(each, verdict) for each, verdict in killed[:MOST_KILLED]]
    more = f"And {len(killed) - MOST_KILLED:,} more in the JSON." if len(killed) > MOST_KILLED else ""
    body = e(
        "details",
        e("summary", "Show them"),
        table(KILLED_HEADS, rows, cls="cards few"),
        e("p", more, cls="soft") if more else None,
    )
    return panel("Killed, and by which test", body, small=counted(len(killed), "mutant"), name="killed")


def _killed_row(each: Tried, verdict: Killed) -> Markup:
    mutant, kill = each.mutant, verdict.kills[0]
    return row(
        (
            e("code", foreign(f"{each.path}:{mutant.line}", 120)),
            e("code", foreign(mutant.id, 80)),
            e("code", foreign(f"{plain(mutant.before, 60)} → {plain(mutant.after, 60)}", 130)),
            foreign(kill.test or "(before the first test)", 160),
            HOW[kill.how],
        ),
        heads=KILLED_HEADS,
    )


def _beside(trial: Trial, score: Score) -> Markup:
    """What the figures do not hold."""
    asks = [*_not_tried(trial), *_not_judging(trial)]
    if score.at_import:
        why = "they run only while modules are imported, before a mutant is on"
        asks.append(_ask(f"{counted(score.at_import, 'mutant')} of module level", why))
    equivalent = sum(isinstance(each.verdict, Equivalent) for each in trial.tried)
    if equivalent:
        asks.append(_ask(counted(equivalent, "mutant"), "proved to change nothing: the same bytecode"))
    return panel("What is not in these figures", e("ul", *asks, cls="asks")) if asks else NONE


def _not_tried(trial: Trial) -> Iterable[Markup]:
    for why, count in trial.arid:
        yield _ask(f"{counted(count, 'place')}", f"{why}: not worth a test")
    for path, why in trial.unreadable:
        yield _ask(path, why)


def _not_judging(trial: Trial) -> Iterable[Markup]:
    for path, why in trial.broken[:20]:
        yield _ask(path, f"its tests could not be collected: {why}")
    for each in trial.left_out[:20]:
        yield _ask(each.test, f"it judges nothing, being {each.state} alone and without a mutant")
    if len(trial.left_out) > 20:
        yield _ask(f"{len(trial.left_out) - 20:,} more tests", "not green without a mutant either")


def _ask(what: str, why: str) -> Markup:
    return e("li", e("b", foreign(what, 160)), e("span", ": ", _sentence(why)))


def _sentence(text: str) -> str:
    return ended(plain(text, 280))
