"""How `outpace explain` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from outpace.app.explain import About, Affects, Here, MayAffect, Said, Spares, View
from outpace.formats.advice import action, advisory_page, pin, severity_in_words, until
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import Hanging, printable
from outpace.formats.terms import Term
from outpace.model.advisory import Exploitation, Vulnerability
from outpace.model.exposure import Doubt
from outpace.model.inventory import Component

if TYPE_CHECKING:
    from rich.console import RenderableType

FIXED_NAMED = 6
State: TypeAlias = Literal["exposed", "unknown", "not affected"]


class HereV1(Struct, frozen=True, kw_only=True):
    """One component, as one file pins it. `why` are the ranges and lists that hold it, or what cannot be said."""

    name: str
    version: str | None
    file: str
    line: int | None
    groups: tuple[str, ...]
    parents: tuple[str, ...]
    state: State
    why: tuple[str, ...]
    would_change: str


class SaidV1(Struct, frozen=True, kw_only=True):
    record: str
    affected: tuple[str, ...]
    withdrawn: datetime | None


class AboutV1(Struct, frozen=True, kw_only=True):
    package: str
    ecosystem: str
    vulnerability: str | None
    aliases: tuple[str, ...]
    summary: str
    published: datetime | None
    severity: str
    exploited: str | None
    said: tuple[SaidV1, ...]
    fixed: tuple[str, ...]
    here: tuple[HereV1, ...]


class ExplainV1(Struct, frozen=True, kw_only=True):
    """Of an advisory `about` is filled, of a word `meaning`."""

    asked: str
    kind: Literal["advisory", "word"]
    about: tuple[AboutV1, ...] = ()
    looked: bool = False
    meaning: str = ""
    would_change: str = ""


def answer(view: View) -> bytes:
    about = tuple(map(_about, view.about))
    result = ExplainV1(asked=view.asked, kind="advisory", about=about, looked=view.looked)
    return encoded("explain", result, coverage=view.coverage, unknown=tuple(_unknown(view)))


def answer_of_term(asked: str, term: Term) -> bytes:
    result = ExplainV1(asked=asked, kind="word", meaning=term.meaning, would_change=term.change)
    return encoded("explain", result)


def _about(about: About) -> AboutV1:
    found = about.vulnerability
    return AboutV1(
        package=about.package.name,
        ecosystem=about.package.ecosystem,
        vulnerability=found.id if found else None,
        aliases=found.aliases if found else (),
        summary=found.summary if found else "",
        published=found.published if found else None,
        severity=severity_in_words(found.severity, "unknown") if found else "unknown",
        exploited=_exploited(found.exploited) if found and found.exploited else None,
        said=tuple(SaidV1(record=each.record, affected=each.affected, withdrawn=each.withdrawn) for each in about.said),
        fixed=about.fixed,
        here=tuple(_here(each, about) for each in about.here),
    )


def _here(here: Here, about: About) -> HereV1:
    component, state, why = _judged(here)
    return HereV1(
        name=component.package.name,
        version=component.version,
        file=component.file,
        line=component.line,
        groups=component.groups,
        parents=component.parents,
        state=state,
        why=why,
        would_change=_change(here, about),
    )


def _judged(here: Here) -> tuple[Component, State, tuple[str, ...]]:
    match here:
        case Affects(exposure=exposure, why=why):
            return exposure.component, "exposed", (*why, *exposure.caveats)
        case MayAffect(doubt=doubt):
            return doubt.component, "unknown", (doubt.unknown.why,)
        case Spares(component=component):
            return component, "not affected", ("no range and no list of a live record holds this version",)


def _change(here: Here, about: About) -> str:
    match here:
        case Affects(exposure=exposure):
            return action(exposure)
        case MayAffect(doubt=doubt):
            return doubt.unknown.would_settle
        case Spares():
            if about.vulnerability is None:
                return "a record that is no longer withdrawn"
            return "another version here, or a record that calls this one affected"


def _unknown(view: View) -> Iterator[UnknownItem]:
    for about in view.about:
        for here in about.here:
            if isinstance(here, MayAffect):
                yield _item(here.doubt)


def _item(doubt: Doubt) -> UnknownItem:
    what = f"{pin(doubt.component)} and {doubt.vulnerability.id}"
    return UnknownItem(what=what, why=doubt.unknown.why, would_settle=doubt.unknown.would_settle)


def _exploited(entry: Exploitation) -> str:
    return f"in CISA's catalog since {entry.added:%Y-%m-%d}, as {entry.cve}"


def text(view: View) -> RenderableType:
    from rich.console import Group

    return Group(*_lines(view))


def text_of_term(term: Term) -> RenderableType:
    from rich.console import Group

    lines: list[RenderableType] = [Hanging(title_of(term), style="bold"), "", Hanging(term.meaning, hang=0)]
    if term.change:
        lines += ["", Hanging(f"What would change it: {term.change}")]
    return Group(*lines)


def title_of(term: Term) -> str:
    return f"exit status {term.name}" if term.name.isdecimal() else term.name


def _lines(view: View) -> Iterator[RenderableType]:
    for number, about in enumerate(view.about):
        if number:
            yield ""
        yield from _package(about, view)
    page = next((page for record in view.records if (page := advisory_page(record.id))), "")
    yield ""
    yield Hanging(f"Advisory data {until(view.coverage)}." + (f" More: {page}" if page else ""))


def _package(about: About, view: View) -> Iterator[RenderableType]:
    found = about.vulnerability
    name = about.package.name
    if found is None:
        yield Hanging(printable(f"{view.asked}: withdrawn, as far as it speaks of {name}"), style="bold")
    else:
        yield Hanging(printable(f"{found.id}: {found.summary or f'a vulnerability of {name}'}"), style="bold")
        yield from (Hanging(printable(line)) for line in _facts(found))
    yield ""
    yield Hanging(printable(f"What the records call affected of {name}:"))
    yield from (Hanging(printable(line), indent=2) for each in about.said for line in _said(each))
    if about.fixed:
        more = f" and {len(about.fixed) - FIXED_NAMED} more" if len(about.fixed) > FIXED_NAMED else ""
        yield Hanging(printable(f"Fixed in {', '.join(about.fixed[:FIXED_NAMED])}{more}"), indent=2)
    yield ""
    yield from _components(about, view)


def _facts(found: Vulnerability) -> Iterator[str]:
    if found.aliases:
        yield f"also {', '.join(found.aliases)}"
    day = f"published {found.published:%Y-%m-%d}; " if found.published else ""
    yield f"{day}severity {severity_in_words(found.severity, 'unknown')}"
    if found.exploited is not None:
        yield f"exploited: {_exploited(found.exploited)}"


def _said(said: Said) -> Iterator[str]:
    gone = f" (withdrawn {said.withdrawn:%Y-%m-%d}: it counts no more)" if said.withdrawn else ""
    yield f"{said.record}{gone}: {'; '.join(said.affected)}"


def _components(about: About, view: View) -> Iterator[RenderableType]:
    if not about.here:
        yield Hanging(printable(_nothing_here(about, view)))
        return
    yield Hanging("Here:")
    for here in about.here:
        component, state, why = _judged(here)
        place = component.file + (f":{component.line}" if component.line is not None else "")
        group = f"  group {', '.join(component.groups)}" if component.groups else ""
        yield Hanging(printable(f"{pin(component)}  {place}{group}: {state}"), indent=2, style="bold")
        if component.parents:
            yield Hanging(printable(f"needed by {', '.join(component.parents)}"), indent=4)
        yield from (Hanging(printable(f"because {each}"), indent=4) for each in why)
        yield Hanging(printable(f"what would change it: {_change(here, about)}"), indent=4)


def _nothing_here(about: About, view: View) -> str:
    if not view.looked:
        return f"There is nothing here to look at; in a project this says whether its {about.package.name} is affected."
    return f"{about.package.name} is in no file here. What runs may differ: outpace observe looks."
