"""One vulnerability as the lock files of the default branch met it: an item, and the runs that it was affected in.

A window closes at the first landing after which it is known not to be affected: a doubt in between counts as exposed,
and stands among the gaps. A doubt that lasts until the end closes nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from outpace.assessment.chronicle import Landing
from outpace.assessment.episodes import Entry, Gap, Item, State, Window
from outpace.assessment.phases import Phase, Seen, affected, phases
from outpace.assessment.timeline import Held
from outpace.ecosystems.osv import Evaluation
from outpace.ecosystems.scan import Pin
from outpace.model.advisory import Scored, Vulnerability

CUT_OFF = "the history that is here begins later (a shallow clone), so when it came in cannot be told"
NO_DATE = "no record of it says when it was published"
NOT_ALL = "need not name all that is installed: that another package still brings it, without a pin, is not excluded"
ANY = "*"
NEVER = datetime.min.replace(tzinfo=UTC)
DAY = timedelta(days=1)

End: TypeAlias = Literal["fixed", "removed", "open", "unpinned", "unknown"]


class Line(Struct, frozen=True, kw_only=True):
    """The default branch until `at`; `cut_off`: what came before its first landing is not here."""

    landings: Sequence[Landing]
    pins: Sequence[Pin]
    at: datetime
    cut_off: bool = False
    has_catalog: bool = True  # of what is exploited
    is_partial: Callable[[str, int], bool]  # whether a file, as a landing left it, need not name all that is installed

    def hides(self, published: datetime) -> bool:
        return self.cut_off and bool(self.landings) and published < self.landings[0].at


class Run(Struct, frozen=True, kw_only=True):
    """Windows with nothing but reverts between them: once a package is removed, its return is another run."""

    windows: tuple[Window, ...]
    end: End
    why: str = ""
    entry: Entry
    began: Literal["seen", "before"] = "seen"
    until: datetime  # closed, no longer to be followed, or the day of the assessment
    landing: int | None = None  # that closed it
    before: tuple[str, ...] = ()  # affected, last
    after: tuple[str, ...] = ()  # there once it was closed
    files: tuple[str, ...] = ()  # where it stood last


class Followed(NamedTuple):
    item: Item
    runs: tuple[Run, ...] = ()


class Stretch(NamedTuple):
    """Affected from a phase on, doubts in between counted in."""

    start: Phase
    ends: Phase | None  # what follows the last that is affected; None: it still is
    close: Phase | None  # the first that is known to be safe
    last: Phase  # before that, or of all


def follow(
    vulnerability: Vulnerability, moments: Sequence[Seen], verdicts: Mapping[int, Evaluation], line: Line
) -> Followed | None:
    """None: it was not there at publication, and never affected later."""
    told = phases(moments, verdicts, line.pins)
    stretches = list(_stretches(told))
    published = vulnerability.published
    if published is None:
        return _undated(vulnerability, told, moments, verdicts, line)
    after = [each for each in stretches if each.ends is None or each.ends.at > published]
    entry = _entry(told, after, published, line)
    if entry is None:
        return None
    item = _item(vulnerability, line, entry=entry, state="immune")
    if entry == "immune" and told[-1].gap != "unreadable":
        return Followed(item)
    gaps = tuple(_gaps(told, published, line))
    if not after:
        state, why = _never_affected(told, published)
        return Followed(replace(item, state=state, why=why, gaps=gaps))
    runs = tuple(_runs(after, published, entry, moments, verdicts, line))
    return Followed(_told(item, gaps, runs, _stood(moments, verdicts, published), line), runs)


def _item(vulnerability: Vulnerability, line: Line, *, entry: Entry, state: State) -> Item:
    severity = vulnerability.severity
    return Item(
        package=vulnerability.package,
        id=vulnerability.id,
        aliases=vulnerability.aliases,
        published=vulnerability.published,
        score=severity.score if isinstance(severity, Scored) else None,
        exploited=True if vulnerability.exploited is not None else False if line.has_catalog else None,
        entry=entry,
        state=state,
    )


def _stretches(told: Sequence[Phase]) -> Iterator[Stretch]:
    at = 0
    while at < len(told):
        if told[at].kind != "affected":
            at += 1
            continue
        start = last = at
        at += 1
        while at < len(told) and told[at].kind in ("affected", "unknown"):
            last = at if told[at].kind == "affected" else last
            at += 1
        ends = told[last + 1] if last + 1 < len(told) else None
        yield Stretch(told[start], ends, told[at] if at < len(told) else None, told[at - 1])


def _at(told: Sequence[Phase], time: datetime) -> Phase | None:
    at = bisect_right(told, time, key=lambda phase: phase.at)
    return told[at - 1] if at else None


def _entry(told: Sequence[Phase], after: Sequence[Stretch], published: datetime, line: Line) -> Entry | None:
    if line.hides(published):
        return None if not after else "unknown" if told[0].landing == 0 else "adopted"
    if after and after[0].start.at <= published:
        return "reactive"
    then = _at(told, published)
    if then is not None and then.kind == "unknown" and then.gap != "no lock":
        return "unknown"
    if after:
        return "adopted"
    return "immune" if then is not None and then.kind == "safe" else None


def _never_affected(told: Sequence[Phase], published: datetime) -> tuple[State, str]:
    """What could not be told at publication, and was never known to be affected since."""
    then, last = _at(told, published), told[-1]
    assert then is not None
    if last.kind == "unknown":
        return "unpinned" if last.gap == "unpinned" else "unknown", last.why
    return "unknown", f"{then.why}; it was not known to be affected before or since"


def _gaps(told: Sequence[Phase], published: datetime, line: Line) -> Iterator[Gap]:
    if line.hides(published) and told[0].landing == 0 and told[0].kind == "affected":
        yield Gap(since=published, until=line.landings[0].at, why=CUT_OFF, kind="cut off")
    for phase, after in zip(told, [*told[1:], None], strict=True):
        if phase.gap is None or (after is not None and after.at <= published):
            continue
        seen = phase.at > published
        yield Gap(
            since=phase.at if seen else published,
            until=after.at if after is not None else None,
            why=phase.why,
            kind=phase.gap,
            commit=line.landings[phase.landing].id if seen else "",
        )


def _runs(
    stretches: Sequence[Stretch],
    published: datetime,
    entry: Entry,
    moments: Sequence[Seen],
    verdicts: Mapping[int, Evaluation],
    line: Line,
) -> Iterator[Run]:
    windows: list[Window] = []
    for at, stretch in enumerate(stretches):
        windows.append(_window(stretch, published, line))
        close = stretch.close
        if close is not None and close.kind == "safe" and at + 1 < len(stretches):
            continue
        before, files = _before(moments, verdicts, stretch, line)
        yield Run(
            windows=tuple(windows),
            end=_end(stretch),
            why=_why(stretch, files, line),
            entry=entry,
            began="seen" if windows[0].opening_commit or not line.hides(published) else "before",
            until=close.at if close is not None else stretch.ends.at if stretch.ends is not None else line.at,
            landing=None if close is None else close.landing,
            before=before,
            after=() if close is None else _versions(_moment(moments, close.landing).live, line),
            files=files,
        )
        windows, entry = [], "adopted"


def _window(stretch: Stretch, published: datetime, line: Line) -> Window:
    came, close = stretch.start, stretch.close
    seen = came.at > published
    unseen = came.landing == 0 and line.hides(published)
    return Window(
        opened=came.at if seen else published,
        closed=None if close is None else close.at,
        opening_commit=line.landings[came.landing].id if seen and not unseen else "",
        closing_commit="" if close is None else line.landings[close.landing].id,
    )


def _end(stretch: Stretch) -> End:
    if stretch.close is not None:
        return "fixed" if stretch.close.kind == "safe" else "removed"
    if stretch.ends is None:
        return "open"
    return "unpinned" if stretch.last.gap == "unpinned" else "unknown"


def _why(stretch: Stretch, files: Sequence[str], line: Line) -> str:
    """Of a doubt that lasts, and of what only left a file that need not name it."""
    if stretch.close is None:
        return "" if stretch.ends is None else stretch.last.why
    if stretch.close.kind == "safe":
        return ""
    partial = next((path for path in files if line.is_partial(path, stretch.close.landing)), None)
    return "" if partial is None else f"{partial} {NOT_ALL}"


def _moment(moments: Sequence[Seen], landing: int) -> Seen:
    """The one that a landing began."""
    return moments[bisect_right(moments, landing, key=lambda moment: moment.landing) - 1]


def _before(
    moments: Sequence[Seen], verdicts: Mapping[int, Evaluation], stretch: Stretch, line: Line
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which versions were affected last, and in which files."""
    until = len(line.landings) if stretch.ends is None else stretch.ends.landing
    for moment in reversed(moments):
        if moment.landing < until and (held := affected(moment, verdicts)):
            return _versions(held, line), tuple(dict.fromkeys(each.path for each in held))
    return (), ()


def _versions(held: Sequence[Held], line: Line) -> tuple[str, ...]:
    """As written; a bare name has none."""
    return tuple(dict.fromkeys(version for each in held if (version := line.pins[each.pin].version)))


def _stood_at(stood: Sequence[Held], line: Line) -> tuple[str, ...]:
    """The versions that were affected; a bare name is affected in every one."""
    return tuple(dict.fromkeys(line.pins[each.pin].version or ANY for each in stood))


def _stood(moments: Sequence[Seen], verdicts: Mapping[int, Evaluation], published: datetime) -> list[Held]:
    """Everything that was affected for any time since, by when it came."""
    found: dict[Held, None] = {}
    for moment, after in zip(moments, [*moments[1:], None], strict=True):
        if after is None or after.at > max(published, moment.at):
            found.update(dict.fromkeys(affected(moment, verdicts)))
    return list(found)


def _told(item: Item, gaps: tuple[Gap, ...], runs: Sequence[Run], stood: Sequence[Held], line: Line) -> Item:
    first, last = runs[0], runs[-1]
    closing = None if last.landing is None else line.landings[last.landing]
    return replace(
        item,
        state=last.end,
        why=last.why,
        files=tuple(dict.fromkeys(held.path for held in stood)),
        opened=first.windows[0].opened if first.began == "seen" else None,
        closed=None if closing is None else closing.at,
        commit="" if closing is None else closing.id,
        told="commit" if closing is None else closing.told,
        windows=tuple(window for run in runs for window in run.windows),
        gaps=gaps,
        before=_stood_at(stood, line),
        after=last.after,
        days=sum((run.until - run.windows[0].opened) / DAY for run in runs) if first.began == "seen" else None,
    )


def _undated(
    vulnerability: Vulnerability,
    told: Sequence[Phase],
    moments: Sequence[Seen],
    verdicts: Mapping[int, Evaluation],
    line: Line,
) -> Followed | None:
    """Without a date nothing is measured; what is affected now is open all the same."""
    stood = _stood(moments, verdicts, NEVER)
    if not stood:
        return None
    item = _item(vulnerability, line, entry="unknown", state="open" if told[-1].kind == "affected" else "unknown")
    files = tuple(dict.fromkeys(held.path for held in stood))
    return Followed(replace(item, why=NO_DATE, files=files, before=_stood_at(stood, line)))
