"""The road of a set of new migrations: expand now, contract later, and what needs an explicit word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import TypeAlias

from msgspec import Struct

from outpace.delivery.migrations.judged import BackNotKnown, Contract, Expand, Gone, Judged, LosesNew, Standing
from outpace.delivery.migrations.judging import judge
from outpace.delivery.migrations.schema import Schema
from outpace.delivery.migrations.steps import Migration
from outpace.model.unknown import Unknown
from outpace.model.words import counted

STAGES = "apply what expands; roll out; let it soak; contract in a later change"


class Road(Struct, frozen=True, kw_only=True):
    """`order` is that in which the new migrations run; `said` is what else a person should know of them."""

    expand: tuple[Judged, ...] = ()
    contract: tuple[Judged, ...] = ()
    unknown: tuple[Judged, ...] = ()
    order: tuple[str, ...] = ()
    unsettled: tuple[tuple[str, Unknown], ...] = ()  # what is not about one step: (migration or place, why)
    said: tuple[str, ...] = ()
    left: tuple[str, ...] = ()  # what the database has of a release that was taken back

    @property
    def steps(self) -> tuple[Judged, ...]:
        """In the order in which they run."""
        return tuple(sorted((*self.expand, *self.contract, *self.unknown), key=lambda one: one.number))

    @property
    def safe(self) -> bool:
        return not self.contract and not self.unknown and not self.unsettled


class Go(Struct, frozen=True, kw_only=True, tag=True):
    """`accepted` is the reason given for what may not be taken back; `waits` is what locks a table for long."""

    waits: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    accepted: str = ""
    in_spite_of: tuple[str, ...] = ()


class Refuse(Struct, frozen=True, kw_only=True, tag=True):
    """Nothing was started. `named` is what breaks the running release, cannot be taken back or is not known."""

    why: str
    named: tuple[str, ...]
    would_allow: str


Plan: TypeAlias = Go | Refuse


def road(
    base: Iterable[Migration],
    new: Iterable[Migration],
    *,
    unsettled: tuple[tuple[str, Unknown], ...] = (),
    said: tuple[str, ...] = (),
) -> Road:
    """Both in the order in which they run, the new ones for one release."""
    wanted = tuple(new)
    found = tuple(judged(base, [wanted]))
    return Road(
        expand=_of(found, Expand),
        contract=_of(found, Contract),
        unknown=_of(found, Unknown),
        order=tuple(one.id for one in wanted),
        unsettled=unsettled,
        said=said,
    )


def judged(base: Iterable[Migration], releases: Iterable[Iterable[Migration]]) -> Iterator[Judged]:
    """The migrations of each release, beside the release before it."""
    schema, number = Schema(), count()
    for migration in base:
        for placed in migration.steps:
            schema.apply(placed)
    for release in releases:
        schema.begin()
        for migration in release:
            for placed in migration.steps:
                yield Judged(
                    number=next(number),
                    migration=migration.id,
                    path=migration.path,
                    line=placed.line,
                    maybe=placed.maybe,
                    said=judge(placed.step, schema),
                )
                schema.apply(placed)


def _of(found: tuple[Judged, ...], kind: type[Standing]) -> tuple[Judged, ...]:
    return tuple(one for one in found if isinstance(one.standing, kind))


def plan(road: Road, accepted: str | None = None) -> Plan:
    """Refused before anything is started, unless a person has said why it may be."""
    named = tuple(named_of(road))
    reason = (accepted or "").strip()
    if named and not reason:
        return Refuse(
            why=f"the migrations of this release cannot all be taken back while the running release goes on: "
            f"{len(named)} of {counted(len(road.steps) + len(road.unsettled), 'step')}",
            named=named,
            would_allow='--accept-irreversible "why this may be", or leave them to a later change',
        )
    waits = tuple(
        f"{one.said.words}: {one.said.lock.mode} on {one.said.lock.table} for long: {one.said.lock.why}"
        for one in road.steps
        if one.said.lock.long and one.said.lock.mode != "ROW EXCLUSIVE"
    )
    cautions = tuple(
        f"{one.said.words}: {caution}"
        for one in road.expand
        if isinstance(one.standing, Expand)
        for caution in one.standing.cautions
    )
    return Go(waits=waits, cautions=(*cautions, *road.left), accepted=reason if named else "", in_spite_of=named)


def named_of(road: Road) -> Iterable[str]:
    for one in (*road.contract, *road.unknown):
        yield f"{one.migration}: {one.said.words}: {_why(one)}"
    for name, unknown in road.unsettled:
        yield f"{name}: not known: {unknown.why}"


def _why(one: Judged) -> str:
    match one.standing:
        case Contract(why=why):
            told = why
        case Unknown(why=why):
            told = f"not known: {why}"
        case Expand(why=why):
            told = why
    match one.said.back:
        case Gone(what=what):
            return f"{told}; nothing but a backup brings back {what}"
        case LosesNew(what=what):
            return f"{told}; going back, {what} is lost" if "again" not in what else f"{told}; {what}"
        case BackNotKnown():
            return (
                f"{told}; whether it can be taken back is not known" if not isinstance(one.standing, Unknown) else told
            )
        case _:
            return told
