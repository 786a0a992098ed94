"""The tools that look: what is exposed on the deploy branch, what the files here match, what an id means."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from outpace.mcp import offered
from outpace.model.errors import BadInput, NotFound

if TYPE_CHECKING:
    from outpace.app.match import View
    from outpace.app.urgent import Urgent
    from outpace.bootstrap import Workplace
    from outpace.formats.terms import Term
    from outpace.model.advisory import Coverage, Vulnerability
    from outpace.model.inventory import Inventory

PACKAGES = 5


class ExposureRow(Struct, frozen=True, kw_only=True):
    """`action` is what would end it; `waits_for` and `since` are null where no story of it was begun."""

    id: str
    state: Literal["open", "unknown", "closed"]
    packages: tuple[str, ...]
    summary: str
    severity: str
    exploited: bool | None
    action: str
    waits_for: str | None
    since: datetime | None
    due: datetime | None
    why: str = ""


class Exposed(Struct, frozen=True, kw_only=True):
    """`more` are rows of this status beyond the limit; the others are counted by their status."""

    application: str
    revision: str
    advisories_until: datetime | None
    exposures: tuple[ExposureRow, ...]
    more: int
    counts: dict[str, int]
    unread: tuple[str, ...]


class MatchRow(Struct, frozen=True, kw_only=True):
    id: str
    package: str
    file: str
    line: int | None
    summary: str
    severity: str
    exploited: bool | None
    action: str


class UnknownRow(Struct, frozen=True, kw_only=True):
    what: str
    why: str
    would_settle: str = ""


class MatchAnswer(Struct, frozen=True, kw_only=True):
    """Neither `unknown` nor `unread` nor `uncovered` is safe."""

    answer: str
    advisories_until: datetime | None
    files: tuple[str, ...]
    components: int
    exposed: tuple[MatchRow, ...]
    unknown: tuple[UnknownRow, ...]
    unread: tuple[UnknownRow, ...]
    uncovered: tuple[UnknownRow, ...]
    more: dict[str, int]


def exposures(here: Workplace, asked: offered.Exposures) -> Exposed:
    """Raises NoAdvisories, BadInput."""
    from outpace.app.clock import clock
    from outpace.app.urgent import urgent
    from outpace.model.times import now

    here.bring_advisories(offline=True)
    tip = here.world.tip()
    matched = here.world.matched(tip)
    told = clock(
        here.facts,
        subject=here.subject,
        application=here.setup.application.name,
        now=now(),
        environments=tuple(environment.name for environment in here.setup.environments),
        everything=True,
        deadlines=here.setup.configuration.deadlines,
        source=here.source,
    )
    every = urgent(matched, told)
    wanted = [each for each in every if each.state == asked.status]
    counts = {status: sum(each.state == status for each in every) for status in ("open", "unknown", "closed")}
    coverage = matched.coverage
    return Exposed(
        application=here.setup.application.name,
        revision=tip,
        advisories_until=coverage.cutoff if coverage is not None else None,
        exposures=tuple(_exposure(each, coverage) for each in wanted[: asked.limit]),
        more=max(0, len(wanted) - asked.limit),
        counts=counts,
        unread=tuple(f"{each.file}: {each.why}" for each in matched.inventory.unread),
    )


def _exposure(each: Urgent, coverage: Coverage | None) -> ExposureRow:
    from outpace.formats.advice import action, pin

    about = each.vulnerability
    waiting = each.timed.waterfall.waiting if each.timed is not None else None
    met = (*each.exposures, *each.doubts)
    recorded = each.timed.components if each.timed is not None else ()
    pins = [pin(one.component) for one in met] or [f"{package.name} {version}" for package, version in recorded]
    return ExposureRow(
        id=each.id,
        state=each.state,
        packages=tuple(dict.fromkeys(pins))[:PACKAGES],
        summary=about.summary if about is not None else "",
        severity=_severity(about),
        exploited=_exploited(about, coverage),
        action=action(each.exposures[0]) if each.exposures else "",
        waits_for=waiting.awaiting.value if waiting is not None else None,
        since=waiting.since if waiting is not None else None,
        due=each.due,
        why=_why(each),
    )


def _why(each: Urgent) -> str:
    if each.timed is not None and each.timed.unmatched is not None and not each.exposures:
        return each.timed.unmatched.why
    if each.doubts and not each.exposures:
        return each.doubts[0].unknown.why
    return each.timed.closed or "" if each.timed is not None and each.state == "closed" else ""


def _severity(about: Vulnerability | None) -> str:
    from outpace.formats.advice import severity_in_words

    return severity_in_words(about.severity) if about is not None else "unknown"


def _exploited(about: Vulnerability | None, coverage: Coverage | None) -> bool | None:
    """None: there is no catalog here to ask."""
    if about is None or (about.exploited is None and (coverage is None or coverage.kev_cutoff is None)):
        return None
    return about.exploited is not None


def match(root: Path, cwd: Path, asked: offered.Match) -> MatchAnswer:
    """Nothing outside of the repository is read. Raises NoAdvisories, BadInput, NotFound."""
    from outpace import bootstrap
    from outpace.app.advisories import ensure
    from outpace.app.match import match_files
    from outpace.model.times import now

    places = bootstrap.places()
    source = bootstrap.advisory_store(places)
    ensure(source, lambda: bootstrap.advisory_feed(places), offline=True, report=_unsaid)
    looked = [inside(root, cwd, path) for path in asked.paths]
    readings = [bootstrap.files_at(path) for path in looked] if looked else [bootstrap.files_at(None)]
    views = [(each.root, match_files(each.files, source, now=now(), paths=each.paths)) for each in readings]
    return _matched([(_from(root, place), view) for place, view in views], asked.limit)


def inside(root: Path, cwd: Path, named: str) -> Path:
    """A path of the repository, whatever links it goes through. Raises BadInput, NotFound."""
    try:
        place = (cwd / named).resolve()
        is_there = place.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise BadInput(f"{named} is no path", hint="name a file or a folder of the repository") from error
    if not place.is_relative_to(root.resolve()):
        raise BadInput(f"{named} lies outside of the repository", hint="name a file or a folder of the repository")
    if not is_there:
        raise NotFound(
            f"there is no {named} here", hint="name a file or a folder of the repository, from where we stand"
        )
    return place


def _from(root: Path, place: Path) -> str:
    """How what a reading names is named from the root of the repository."""
    if not place.is_relative_to(root.resolve()) or place == root.resolve():
        return ""
    return f"{place.relative_to(root.resolve()).as_posix()}/"


def _unsaid(_: str) -> None:
    """Nobody reads progress here."""


def _matched(views: list[tuple[str, View]], limit: int) -> MatchAnswer:
    from outpace.formats.match import result

    told = [(at, view, result(view)) for at, view in views]
    exposed = [_row(at, view, number) for at, view, _ in told for number in range(len(view.matched.exposures))]
    unknown = [_doubt(at, view, number) for at, view, _ in told for number in range(len(view.matched.doubts))]
    unread = [
        UnknownRow(what=at + each.file + (f", line {each.line}" if each.line is not None else ""), why=each.why)
        for at, _, one in told
        for each in one.unread
    ]
    uncovered = [UnknownRow(what=at + each.file, why=each.why) for at, _, one in told for each in one.uncovered]
    lists = {"exposed": exposed, "unknown": unknown, "unread": unread, "uncovered": uncovered}
    words = {one.answer for _, _, one in told}
    coverage = views[0][1].matched.coverage
    return MatchAnswer(
        answer=next(word for word in ("exposed", "unreadable", "doubtful", "clean") if word in words),
        advisories_until=coverage.cutoff if coverage is not None else None,
        files=tuple(dict.fromkeys(at + file for at, _, one in told for file in one.files)),
        components=sum(len(one.components) for _, _, one in told),
        exposed=tuple(exposed[:limit]),
        unknown=tuple(unknown[:limit]),
        unread=tuple(unread[:limit]),
        uncovered=tuple(uncovered[:limit]),
        more={name: len(rows) - limit for name, rows in lists.items() if len(rows) > limit},
    )


def _row(at: str, view: View, number: int) -> MatchRow:
    from outpace.formats.advice import action, pin

    exposure = view.matched.exposures[number]
    return MatchRow(
        id=exposure.vulnerability.id,
        package=pin(exposure.component),
        file=at + exposure.component.file,
        line=exposure.component.line,
        summary=exposure.vulnerability.summary,
        severity=_severity(exposure.vulnerability),
        exploited=_exploited(exposure.vulnerability, view.matched.coverage),
        action=action(exposure),
    )


def _doubt(at: str, view: View, number: int) -> UnknownRow:
    from outpace.formats.advice import pin

    doubt = view.matched.doubts[number]
    what = f"{at}{doubt.component.file}: {pin(doubt.component)} and {doubt.vulnerability.id}"
    return UnknownRow(what=what, why=doubt.unknown.why, would_settle=doubt.unknown.would_settle)


def explain(asked: str) -> object:
    """An advisory or a word. Raises NotFound."""
    import msgspec

    from outpace import bootstrap
    from outpace.app.advisories import ensure
    from outpace.app.explain import explain as explained
    from outpace.formats import explain as formats
    from outpace.formats.terms import near, term_of
    from outpace.model.times import now

    term = term_of(asked)
    if term is not None:
        return _word(term)
    places = bootstrap.places()
    source = bootstrap.advisory_store(places)
    ensure(source, lambda: bootstrap.advisory_feed(places), offline=True, report=_unsaid)
    view = explained(asked, source=source, inventory=_inventory_here(), now=now())
    if not view.records:
        meant = near(asked)
        raise NotFound(
            f"the advisory data has no advisory {asked}, and Outpace has no such word",
            hint=f"did you mean {' or '.join(meant)}?" if meant else "match lists the advisories that are met here",
        )
    return {"advisory": asked, "about": msgspec.json.decode(formats.answer(view))["result"]["about"]}


def _inventory_here() -> Inventory | None:
    """None where there are no files to look at."""
    from outpace import bootstrap
    from outpace.app.match import inventory_of

    try:
        found = bootstrap.files_at(None)
        return inventory_of(found.files, paths=found.paths)
    except BadInput:
        return None


def _word(term: Term) -> dict[str, str]:
    return {"word": term.name, "meaning": term.meaning, "would_change": term.change}
