"""The clock of one application: where the time of each exposure went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct, structs

from outpace.app.deadlines import of_chronicle, record_of
from outpace.assessment.clock import Awaits, Waterfall, waterfall
from outpace.matching.match import match
from outpace.matching.ports import RecordSource
from outpace.model.deadline import Assessed, Deadline
from outpace.model.errors import NoAdvisories, NotFound
from outpace.model.fact import Fact
from outpace.model.package import Package
from outpace.store.facts import Facts
from outpace.stories.kinds import Doubted, body_of
from outpace.stories.milestones import Chronicle, Episode
from outpace.stories.unmatched import NothingMatches, Unmatched, unmatched

HOW_TO_BEGIN = "outpace fix and outpace respond begin a clock; outpace match only looks"


class Past(Struct, frozen=True, kw_only=True):
    """An episode that was over, and after which it was exposed again."""

    waterfall: Waterfall
    closed: str | None = None


class Timed(Struct, frozen=True, kw_only=True):
    """One vulnerability of the application with its waterfall."""

    id: str
    aliases: tuple[str, ...]
    components: tuple[tuple[Package, str], ...]
    waterfall: Waterfall  # of the last episode
    earlier: tuple[Past, ...] = ()
    reopened: tuple[tuple[datetime, str], ...] = ()
    closed: str | None = None  # how, where it is
    due: Assessed | None = None  # None: no deadline is declared
    doubted: tuple[tuple[datetime, Doubted], ...] = ()  # verified, and where it cannot be seen now
    unmatched: Unmatched | None = None  # None: a record matches it, or it is over

    @property
    def is_open(self) -> bool:
        """Or may be."""
        return self.waterfall.waiting is not None or bool(self.doubted)


class Clock(Struct, frozen=True, kw_only=True):
    application: str
    at: datetime
    exposures: tuple[Timed, ...]
    others: int = 0  # that were not asked for
    unread: int = 0  # facts of a newer Outpace, or damaged


def clock(
    facts: Facts,
    *,
    subject: str,
    application: str,
    now: datetime,
    environments: Collection[str] = (),
    advisory: str | None = None,
    everything: bool = False,
    deadlines: Sequence[Deadline] = (),
    source: RecordSource | None = None,
) -> Clock:
    """The exposure that `advisory` names; else all that are open, or the last one where none is. Raises NotFound."""
    known = facts.of(subject)
    record = record_of(known, environments)
    without = {} if source is None else _unmatched(record.chronicles, known, source, now)
    told = tuple(_timed(each, without.get(each.id), now) for each in record.chronicles)
    chosen = told if everything and advisory is None else _chosen(told, advisory)
    if deadlines and source is not None:
        by_id = {each.id: each for each in record.chronicles}
        chosen = tuple(
            structs.replace(each, due=of_chronicle(by_id[each.id], deadlines, record, source, now=now))
            for each in chosen
        )
    return Clock(
        application=application,
        at=now,
        exposures=chosen,
        others=len(told) - len(chosen),
        unread=sum(body_of(fact) is None for fact in known),
    )


def _unmatched(
    told: Sequence[Chronicle], facts: Sequence[Fact], source: RecordSource, now: datetime
) -> dict[str, Unmatched]:
    """Nothing, without advisory data."""
    try:
        return unmatched(
            told, facts, lambda held: match(held, source, now=now), lambda ids: bool(source.named(source.aliases(ids)))
        )
    except NoAdvisories:
        return {}


def _timed(chronicle: Chronicle, unmatched: Unmatched | None, now: datetime) -> Timed:
    last = chronicle.last
    is_settled = last.closed is not None or isinstance(unmatched, NothingMatches)
    return Timed(
        id=chronicle.id,
        aliases=tuple(sorted(chronicle.ids - {chronicle.id})),
        components=chronicle.components,
        waterfall=_flow(last, "nothing" if is_settled else "what is ahead", now),
        earlier=tuple(Past(waterfall=_flow(each, "nothing", now), closed=each.closed) for each in chronicle.earlier),
        reopened=chronicle.reopened,
        closed=last.closed,
        doubted=chronicle.doubted,
        unmatched=unmatched,
    )


def _flow(episode: Episode, awaits: Awaits, now: datetime) -> Waterfall:
    return waterfall(episode.milestones, now=now, gaps=episode.gaps, standing=episode.standing, awaits=awaits)


def _chosen(told: tuple[Timed, ...], advisory: str | None) -> tuple[Timed, ...]:
    if advisory is not None:
        wanted = advisory.casefold()
        found = tuple(each for each in told if wanted in {name.casefold() for name in (each.id, *each.aliases)})
        if not found:
            raise NotFound(f"nothing is known here of {advisory}", hint=_known(told))
        return found
    return tuple(each for each in told if each.is_open) or told[-1:]


def _known(told: tuple[Timed, ...]) -> str:
    names = ", ".join(each.id for each in told[-5:])
    return (
        f"the clock knows {names}"
        if names
        else "outpace fix and outpace respond begin a clock; outpace match only looks"
    )
