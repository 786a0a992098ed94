"""How `outpace observe` is shown: text, and its public JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from outpace.app.observe import Member, Sighting, View
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import Hanging, printable

if TYPE_CHECKING:
    from rich.console import RenderableType


SHOWN = 3


class ExposureV1(Struct, frozen=True, kw_only=True):
    advisory: str
    aliases: tuple[str, ...]
    package: str
    version: str | None


class SeenV1(Struct, frozen=True, kw_only=True):
    """`pid` is null for an inventory that a command printed or somebody recorded."""

    pid: int | None
    started: datetime | None
    command: str
    environment: str  # where it loads from
    packages: int
    exposures: tuple[ExposureV1, ...]


class SightingV1(Struct, frozen=True, kw_only=True):
    environment: str
    at: datetime
    running: bool
    exposed: bool
    seen: tuple[SeenV1, ...]


class ObserveV1(Struct, frozen=True, kw_only=True):
    application: str
    environments: tuple[SightingV1, ...]
    recorded: int


def answer(view: View) -> bytes:
    result = ObserveV1(
        application=view.application,
        environments=tuple(_sighting(one) for one in view.sightings),
        recorded=view.recorded,
    )
    return encoded("observe", result, coverage=view.coverage, unknown=_unknown(view))


def _sighting(sighting: Sighting) -> SightingV1:
    return SightingV1(
        environment=sighting.environment,
        at=sighting.at,
        running=not sighting.not_running,
        exposed=sighting.exposed,
        seen=tuple(_seen(one) for one in sighting.members),
    )


def _seen(member: Member) -> SeenV1:
    process = member.process
    return SeenV1(
        pid=process.pid if process else None,
        started=process.started if process else None,
        command=process.command if process else member.source,
        environment=process.environment if process else "",
        packages=member.packages,
        exposures=tuple(
            ExposureV1(
                advisory=one.vulnerability.id,
                aliases=one.vulnerability.aliases,
                package=one.component.package.name,
                version=one.component.version,
            )
            for one in member.exposures
        ),
    )


def _unknown(view: View) -> tuple[UnknownItem, ...]:
    found: dict[UnknownItem, None] = {}
    for sighting in view.sightings:
        if sighting.not_running:
            found[UnknownItem(what=sighting.environment, why=sighting.not_running)] = None
        for member in sighting.members:
            if member.unknown is not None:
                why, would_settle = member.unknown.why, member.unknown.would_settle
                found[UnknownItem(what=member.source, why=why, would_settle=would_settle)] = None
            for unread in member.unread:
                found[UnknownItem(what=member.source, why=unread.why)] = None
            for doubt in member.doubts:
                what = f"{member.source}: {doubt.component.package.name} and {doubt.vulnerability.id}"
                found[UnknownItem(what=what, why=doubt.unknown.why, would_settle=doubt.unknown.would_settle)] = None
    return tuple(found)


def headline(view: View) -> str:
    """The answer in one line."""
    exposed = [one.environment for one in view.sightings if one.exposed]
    if exposed:
        ids = {each.vulnerability.id for one in view.sightings for member in one.members for each in member.exposures}
        return f"{view.application} is exposed in {_and(exposed)}: {_and(sorted(ids))}"
    silent = [one.environment for one in view.sightings if one.not_running]
    if silent:
        return f"{view.application} was not seen running in {_and(silent)}"
    doubtful = [one.environment for one in view.sightings if one.doubted or not one.seen]
    if doubtful:
        return f"{view.application} runs in {_and(doubtful)}; whether it is exposed is not certain"
    return f"{view.application} runs in {_and([one.environment for one in view.sightings])}, and no advisory matches"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def text(view: View) -> RenderableType:
    from rich.console import Group

    parts: list[RenderableType] = [Hanging(headline(view), style="bold"), Hanging(_data(view), style="dim")]
    for sighting in view.sightings:
        parts += ["", Hanging(f"{printable(sighting.environment)}, seen at {sighting.at:%Y-%m-%d %H:%M:%S} UTC")]
        if sighting.not_running:
            parts.append(Hanging(printable(sighting.not_running), indent=2))
        for member in sighting.members:
            parts += _member(member)
    unknown = tuple(_briefly(_unknown(view)))
    if unknown:
        parts += ["", "Unknown", *(Hanging(printable(line), indent=2) for line in unknown)]
    return Group(*parts)


def _briefly(unknown: tuple[UnknownItem, ...]) -> Iterator[str]:
    """The first few of each process."""
    count = Counter(one.what for one in unknown)
    shown = Counter[str]()
    for one in unknown:
        shown[one.what] += 1
        if shown[one.what] <= SHOWN:
            yield f"{one.what}: {one.why}" + (f"; {one.would_settle}" if one.would_settle else "")
        elif shown[one.what] == count[one.what]:
            yield f"{one.what}: and {count[one.what] - SHOWN} more, in --format json"


def _data(view: View) -> str:
    coverage = view.coverage
    if coverage is None:
        return "nothing was matched against advisories"
    cutoff = f"up to {coverage.cutoff:%Y-%m-%d %H:%M} UTC" if coverage.cutoff else "of unknown age"
    return f"advisory data {cutoff}, {coverage.records:,} records"


def _member(member: Member) -> list[RenderableType]:
    """One process in a few lines, since its command may be long."""
    process = member.process
    if process is None:
        lines = [f"told: {member.source}"]
    else:
        lines = [f"process {process.pid}, since {process.started:%Y-%m-%d %H:%M:%S} UTC", f"  {process.command}"]
    lines += [f"  {line}" for line in _exposed(member)]
    return [_line(line) for line in lines]


def _line(line: str) -> Hanging:
    bare = line.lstrip(" ")
    return Hanging(printable(bare), indent=2 + len(line) - len(bare))


def _exposed(member: Member) -> list[str]:
    if member.exposures:
        return [
            f"exposed: {one.component.package.name} {one.component.version}: {one.vulnerability.id}"
            for one in member.exposures
        ]
    if member.doubts or member.unknown is not None:
        return ["unknown whether it is exposed"]
    if not member.packages:
        return ["holds no Python package"]
    return [f"{member.packages} package{'' if member.packages == 1 else 's'}, none exposed"]
