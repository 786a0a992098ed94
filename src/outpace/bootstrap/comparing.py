"""What was recorded, asked of the good release and of another: side by side, on copies where databases are declared."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from outpace.app.replay import Plan, View, known, replayed
from outpace.delivery.exchanges.comparison import answered, cannot_go_on
from outpace.delivery.exchanges.expected import Acceptance, fixed
from outpace.model.release import SHORT

if TYPE_CHECKING:
    from outpace.app.staged import SideBySide
    from outpace.bootstrap.edge import EdgePlace
    from outpace.delivery.exchanges.comparison import Comparison
    from outpace.delivery.exchanges.exchange import Recording
    from outpace.delivery.rollout.counts import Tick
    from outpace.delivery.staging.resemblance import Resemblance
    from outpace.model.probe import Probe
    from outpace.model.release import Digest

Accepted: TypeAlias = tuple[Acceptance, ...]
RATE = 100.0
RATE_ON_COPIES = 1_000.0
"""One request at a time, and nobody else waits for the answer."""
FEW = 5
"""Differences that are named one by one."""


class OnCopies(Struct, frozen=True, kw_only=True):
    """`resemblance` of the new release's environment, with the routes that it answered."""

    view: View
    side_by_side: SideBySide
    resemblance: Resemblance

    @property
    def left(self) -> str:
        """Why a rollback would not be one; empty: it would."""
        why = self.side_by_side.left
        return f"the old release cannot go on with what the new one leaves: {why}" if why else ""


def accepted(digests: Sequence[str], reason: str) -> Accepted:
    """By whoever runs this, now. Raises UsageError without a reason."""
    from outpace.bootstrap.replaying import somebody
    from outpace.model.errors import UsageError
    from outpace.model.times import now

    if digests and not reason.strip():
        raise UsageError("a difference is accepted with a reason", hint='--reason "why it is right"')
    return tuple(Acceptance(digest=each, reason=reason, by=somebody(), at=now()) for each in digests)


def on_copies(
    place: EdgePlace, recording: Recording, old: Digest, new: Digest, *, exposed: Collection[str], accepted: Accepted
) -> OnCopies:
    """Two environments for as long as it takes; all methods are sent, since nobody else uses their databases."""
    from outpace.app.staged import Stage, compared
    from outpace.bootstrap.staged import StagingGround
    from outpace.model.times import now

    ground, writes = StagingGround(place), bool(place.edge.staging.data)
    views: list[View] = []
    alike: list[Resemblance] = []

    def asked(first: Stage, second: Stage) -> Comparison:
        urls = (first.url, second.url)
        views.append(_asked(place, recording, (old, new), urls, exposed, accepted, writes=writes, seeded=True))
        alike.append(ground.resemblance(second, answered(views[-1].comparison)))
        return views[-1].comparison

    def back(first: str, beside: str) -> str:
        place.here.report("the old release goes on with what the new one left")
        view = _asked(place, recording, (old, old), (first, beside), (), (), writes=True, seeded=True)
        return cannot_go_on(view.comparison)

    found = compared(ground, old, new, asked, back=back if writes else None, report=place.here.report, now=now)
    return OnCopies(view=views[-1], side_by_side=found, resemblance=alike[-1])


def in_place(
    place: EdgePlace,
    recording: Recording,
    releases: tuple[Digest, Digest],
    urls: tuple[str, str],
    *,
    exposed: Collection[str],
    accepted: Accepted,
) -> View:
    """Straight at the processes that are there: safe methods alone. Where they differ, once more at a process beside
    each, with one order of sets, and at the old one that was there: what differs in that is of its process alone."""
    from outpace.model.errors import Error

    first = _asked(place, recording, releases, urls, exposed, accepted, writes=False)
    if not first.comparison.stopping:
        return first
    place.here.report(f"{first.comparison.sentence}; asked of processes with one order of sets, too")
    try:
        with _beside(place, releases[0]) as old, _beside(place, releases[1]) as new:
            again = _asked(
                place, recording, releases, (old, new), exposed, accepted, writes=False, beside=urls[0], seeded=True
            )
    except Error as error:
        place.here.report(f"asked no further: {error.message}")
        return first
    return again if again.comparison.compared >= first.comparison.compared else first


@contextmanager
def _beside(place: EdgePlace, release: Digest) -> Generator[str]:
    """Of its web processes one more; its workers work where they did. Raises ToolFailed, NotFound."""
    from outpace.bootstrap.staged import ALIKE
    from outpace.engines.replaying_beside import beside

    with beside(place.runtime.place, place.candidate_of(release).program, ALIKE, place.start_s) as url:
        yield url


def _asked(
    place: EdgePlace,
    recording: Recording,
    releases: tuple[Digest, Digest],
    urls: tuple[str, str],
    exposed: Collection[str],
    accepted: Accepted,
    *,
    writes: bool,
    beside: str = "",
    seeded: bool = False,
) -> View:
    from outpace.bootstrap.replaying import replays

    ignore, unordered = known(place.application)
    plan = Plan(
        old_url=urls[0],
        new_url=urls[1],
        beside=beside,
        seeded=seeded,
        ignore=ignore,
        unordered=unordered,
        expected=_expected(place, releases[0], exposed),
        accepted=accepted,
        releases=releases,
        unsafe_methods=writes,
        rate=RATE_ON_COPIES if writes else RATE,
    )
    return replayed(recording, plan, replays(place.here.report))


def _expected(place: EdgePlace, old: Digest, exposed: Collection[str]) -> tuple[Probe, ...]:
    """What the release fixes may be answered otherwise. Nothing, where the old one's locks are not here."""
    probes, revision = place.here.setup.probes, place.store.find(old).manifest.revision
    if not probes or not place.here.world.has(revision):
        return ()
    return fixed(probes, place.exposed(revision), frozenset(exposed))


def accepting(comparison: Comparison) -> str:
    """The command that takes what differs, once; or the one that shows all of it, where that is much."""
    digests = [each.digest[:SHORT] for each in comparison.stopping]
    if len(digests) > FEW:
        return "outpace staging compare shows each of them"
    return f"outpace rollout {' '.join(f'--accept {each}' for each in digests)} --reason WHY"


def tick_of(comparison: Comparison) -> Tick:
    """For the judge: evidence at no user's risk."""
    from outpace.delivery.rollout.counts import Arm, Tick

    old, new = comparison.old, comparison.new
    return Tick(
        at=0.0,
        weight=0.0,
        source="replayed",
        baseline=Arm(requests=old.requests, errors=old.bad),
        candidate=Arm(requests=new.requests, errors=new.bad),
    )
