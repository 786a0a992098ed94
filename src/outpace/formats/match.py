"""How a match is shown: text, and the public JSON of `outpace match`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.app.match import Clean, Doubtful, Exposed, Unreadable, View
from outpace.formats.deadlines import DueV1, due_in_json
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.match_text import text
from outpace.formats.origins import Source, source_word, whence
from outpace.model.advisory import Coverage, Scored, Severity, VectorOnly, Vulnerability
from outpace.model.exposure import Doubt, Exposure
from outpace.model.inventory import Component, Unread

__all__ = ["MatchV1", "answer", "result", "text"]

AnswerV1: TypeAlias = Literal["exposed", "clean", "doubtful", "unreadable"]


class ComponentV1(Struct, frozen=True, kw_only=True):
    """`version` is null where none is pinned; `source` is a word, `origin` the address or path that goes with it."""

    name: str
    version: str | None
    purl: str
    file: str
    line: int | None
    specifier: str
    marker: str
    extras: tuple[str, ...]
    groups: tuple[str, ...]
    parents: tuple[str, ...]
    direct: bool | None
    source: Source
    origin: str


class SeverityV1(Struct, frozen=True, kw_only=True):
    """All null: the records give no severity. `score` null: a vector that no score can be computed from."""

    score: float | None = None
    rating: str | None = None
    vector: str | None = None


class ListedV1(Struct, frozen=True, kw_only=True, tag_field="state", tag="listed"):
    """An entry of CISA's Known Exploited Vulnerabilities catalog."""

    cve: str
    added: date
    due: date | None
    ransomware: bool


class NotListedV1(Struct, frozen=True, kw_only=True, tag_field="state", tag="not listed"):
    """The catalog that is here has no entry for it."""


class NotKnownV1(Struct, frozen=True, kw_only=True, tag_field="state", tag="unknown"):
    """There is no catalog to look it up in."""

    why: str
    would_settle: str


ExploitedV1: TypeAlias = ListedV1 | NotListedV1 | NotKnownV1


class VulnerabilityV1(Struct, frozen=True, kw_only=True):
    id: str
    aliases: tuple[str, ...]
    summary: str
    published: datetime | None
    severity: SeverityV1
    exploited: ExploitedV1
    records: tuple[str, ...]  # the live ones that speak of the package


class FixedV1(Struct, frozen=True, kw_only=True):
    """`assumed`: the record names only the last affected version."""

    same_branch: str | None
    nearest: str | None
    assumed: bool


class ExposureV1(Struct, frozen=True, kw_only=True):
    component: ComponentV1
    vulnerability: VulnerabilityV1
    fixed: FixedV1
    caveats: tuple[str, ...]
    due: DueV1 | None = None  # null: no deadline is declared


class DoubtV1(Struct, frozen=True, kw_only=True):
    component: ComponentV1
    vulnerability: VulnerabilityV1
    why: str
    would_settle: str


class UnreadV1(Struct, frozen=True, kw_only=True):
    file: str
    line: int | None
    why: str


class UncoveredV1(Struct, frozen=True, kw_only=True):
    """Read, and outside of what any advisory here speaks of: that it is safe is not said."""

    file: str
    why: str


class MatchV1(Struct, frozen=True, kw_only=True):
    answer: AnswerV1
    source: str
    root: str | None  # the directory that the files are named from; null where none were read
    at: datetime
    files: tuple[str, ...]
    components: tuple[ComponentV1, ...]
    exposures: tuple[ExposureV1, ...]
    doubts: tuple[DoubtV1, ...]
    unread: tuple[UnreadV1, ...]
    uncovered: tuple[UncoveredV1, ...]


def answer(view: View) -> bytes:
    matched = view.matched
    unknown = [
        UnknownItem(what=_pin(each), why=each.unknown.why, would_settle=each.unknown.would_settle)
        for each in matched.doubts
    ]
    unknown += [UnknownItem(what=_place(each), why=each.why) for each in matched.inventory.unread]
    unknown += [UnknownItem(what=each.file, why=each.why) for each in matched.inventory.uncovered]
    return encoded("match", result(view), coverage=matched.coverage, unknown=tuple(unknown))


def _pin(doubt: Doubt) -> str:
    component = doubt.component
    pin = f"{component.package.name} {component.version or component.specifier or '(not pinned)'}"
    return f"{pin} and {doubt.vulnerability.id}"


def _place(unread: Unread) -> str:
    return unread.file if unread.line is None else f"{unread.file}, line {unread.line}"


def result(view: View) -> MatchV1:
    inventory = view.matched.inventory
    return MatchV1(
        answer=_word(view),
        source=inventory.source,
        root=view.root or None,
        at=view.at,
        files=inventory.files,
        components=tuple(_component(each) for each in inventory.components),
        exposures=tuple(_exposure(each, view) for each in view.matched.exposures),
        doubts=tuple(_doubt(each, view.matched.coverage) for each in view.matched.doubts),
        unread=tuple(UnreadV1(file=each.file, line=each.line, why=each.why) for each in inventory.unread),
        uncovered=tuple(UncoveredV1(file=each.file, why=each.why) for each in inventory.uncovered),
    )


def _word(view: View) -> AnswerV1:
    match view.answer:
        case Exposed():
            return "exposed"
        case Clean():
            return "clean"
        case Doubtful():
            return "doubtful"
        case Unreadable():
            return "unreadable"


def _component(component: Component) -> ComponentV1:
    return ComponentV1(
        name=component.package.name,
        version=component.version,
        purl=component.package.purl(component.version),
        file=component.file,
        line=component.line,
        specifier=component.specifier,
        marker=component.marker,
        extras=component.extras,
        groups=component.groups,
        parents=component.parents,
        direct=component.direct,
        source=source_word(component.origin),
        origin=whence(component.origin),
    )


def _exposure(exposure: Exposure, view: View) -> ExposureV1:
    fixed = exposure.fixed
    return ExposureV1(
        component=_component(exposure.component),
        vulnerability=_vulnerability(exposure.vulnerability, view.matched.coverage),
        fixed=FixedV1(same_branch=fixed.same_branch, nearest=fixed.nearest, assumed=fixed.assumed),
        caveats=exposure.caveats,
        due=due_in_json(view.due_of(exposure.vulnerability), view.at),
    )


def _doubt(doubt: Doubt, coverage: Coverage | None) -> DoubtV1:
    return DoubtV1(
        component=_component(doubt.component),
        vulnerability=_vulnerability(doubt.vulnerability, coverage),
        why=doubt.unknown.why,
        would_settle=doubt.unknown.would_settle,
    )


def _exploited(vulnerability: Vulnerability, coverage: Coverage | None) -> ExploitedV1:
    entry = vulnerability.exploited
    if entry is not None:
        return ListedV1(cve=entry.cve, added=entry.added, due=entry.due, ransomware=entry.ransomware)
    if coverage is None or coverage.kev_cutoff is None:
        return NotKnownV1(why="there is no KEV catalog here", would_settle="outpace advisories update")
    return NotListedV1()


def _vulnerability(vulnerability: Vulnerability, coverage: Coverage | None) -> VulnerabilityV1:
    return VulnerabilityV1(
        id=vulnerability.id,
        aliases=vulnerability.aliases,
        summary=vulnerability.summary,
        published=vulnerability.published,
        severity=_severity(vulnerability.severity),
        exploited=_exploited(vulnerability, coverage),
        records=tuple(record.id for record in vulnerability.records),
    )


def _severity(severity: Severity) -> SeverityV1:
    match severity:
        case Scored(score, rating, vector):
            return SeverityV1(score=score, rating=rating, vector=vector)
        case VectorOnly(vector):
            return SeverityV1(vector=vector)
        case _:
            return SeverityV1()
