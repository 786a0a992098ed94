"""How `outpace where` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from outpace.app.everywhere import Held, View
from outpace.formats.advice import count, until
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import Hanging, printable
from outpace.model import times

if TYPE_CHECKING:
    from rich.console import RenderableType


class PlaceV1(Struct, frozen=True, kw_only=True):
    """`subject` is the application's identity on every machine; `observed` when this inventory was seen."""

    application: str
    subject: str
    environment: str
    observed: datetime


class HeldV1(Struct, frozen=True, kw_only=True):
    vulnerability: str
    aliases: tuple[str, ...]
    package: str
    version: str
    places: tuple[PlaceV1, ...]


class WhereV1(Struct, frozen=True, kw_only=True):
    """`environments` are all that are on record, hit or not."""

    advisory: str
    environments: int
    affected: tuple[HeldV1, ...]


def answer(view: View) -> bytes:
    result = WhereV1(advisory=view.advisory, environments=view.environments, affected=tuple(map(_held, view.affected)))
    return encoded("where", result, coverage=view.coverage, unknown=tuple(_unknown(view)))


def _held(held: Held) -> HeldV1:
    return HeldV1(
        vulnerability=held.vulnerability.id,
        aliases=held.vulnerability.aliases,
        package=held.vulnerability.package.name,
        version=held.version,
        places=tuple(
            PlaceV1(application=_name(p.subject), subject=p.subject, environment=p.environment, observed=p.at)
            for p in held.places
        ),
    )


def _name(subject: str) -> str:
    return subject.rpartition("@")[0] or subject


def _unknown(view: View) -> Iterator[UnknownItem]:
    for held in view.held:
        if held.unknown is not None:
            for place in held.places:
                what = f"{_name(place.subject)}, {place.environment}: {_release(held)} and {held.vulnerability.id}"
                yield UnknownItem(what=what, why=held.unknown.why, would_settle=held.unknown.would_settle)


def _release(held: Held) -> str:
    return f"{held.vulnerability.package.name} {held.version or '(no version)'}"


def text(view: View) -> RenderableType:
    from rich.console import Group

    return Group(*_lines(view))


def _lines(view: View) -> Iterator[RenderableType]:
    hit = {(place.subject, place.environment) for held in view.affected for place in held.places}
    yield Hanging(printable(_first(view, len(hit))), style="bold")
    known = f"{count(view.environments, 'environment')} on record here; advisory" if view.environments else "Advisory"
    yield Hanging(f"{known} data {until(view.coverage)}")
    for held in view.affected:
        yield ""
        others = ", ".join(held.vulnerability.aliases)
        yield Hanging(printable(f"{_release(held)}  {held.vulnerability.id}{f'  ({others})' if others else ''}"))
        for place in held.places:
            seen = f"{_name(place.subject)}  {place.environment}  seen {times.text(place.at)}"
            yield Hanging(printable(seen), indent=2)
    unknown = list(_unknown(view))
    if unknown:
        yield ""
        yield f"unknown ({len(unknown)})"
    for item in unknown:
        settled = f"; would settle it: {item.would_settle}" if item.would_settle else ""
        yield Hanging(printable(f"{item.what}: {item.why}{settled}"), indent=2)


def _first(view: View, hit: int) -> str:
    if not view.environments:
        return f"{view.advisory}: nothing is on record here; outpace observe sees what runs"
    if not hit:
        return f"{view.advisory} is held nowhere, so far as is on record."
    return f"{view.advisory} is held in {count(hit, 'environment')}."
