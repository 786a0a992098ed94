"""The edge of an application: up, down, and what stands there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from outpace.app.edge_settings import differences
from outpace.app.rollout import Rolling
from outpace.app.rollout_parts import Candidate
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.standing import SURELY_STARTED, Good, Standing
from outpace.delivery.edge.traffic import WHOLE, Block, Traffic
from outpace.model.release import SHORT, Digest
from outpace.model.times import now


class Judging(Struct, frozen=True, kw_only=True):
    """The process that judges a soak, and the seconds since it last looked."""

    pid: int
    silent_s: float


class View(Struct, frozen=True, kw_only=True):
    application: str
    listen: tuple[str, ...]
    folder: str
    at: datetime
    standing: Standing
    judge: Judging | None = None
    silent: Mapping[str, str] = {}  # what runs and does not answer, each with why
    workers: Mapping[str, int] = {}  # their process ids; 0: it does not run
    restless: tuple[str, ...] = ()  # workers that end as soon as they are started, each with what it said
    differs: tuple[str, ...] = ()  # what runs was started with other settings than these

    @property
    def is_soaking(self) -> bool:
        return self.standing.rollout is not None and self.standing.rollout.stage == "promoted"

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Those that stand."""
        traffic = self.standing.traffic
        return traffic.blocked_at(self.at) if traffic is not None else ()


def compared(view: View, candidate: Callable[[Digest], Candidate]) -> View:
    """What runs, with what is declared now."""
    good = view.standing.good
    if good is None or not view.standing.envoy:
        return view
    return replace(view, differs=differences(view.standing, candidate(good.release)))


def up(
    edge: Runtime,
    rolling: Rolling,
    candidate: Callable[[Digest], Candidate],
    *,
    report: Callable[[str], None],
) -> Standing:
    """The last good release takes requests, as it is declared now: also after a reboot, or after everything was ended.
    What runs otherwise goes on until those that stand in for it are healthy."""
    for done in edge.mended():
        report(done)
    edge.up()
    standing = rolling.ends.tidied(edge.standing())
    good = standing.good.release if standing.good is not None else _good_again(standing)
    if good is None:
        report("no release runs here yet: outpace rollout")
        return standing
    declared = candidate(good)
    if standing.good is None:
        report(f"nothing said any more which release is good: it is {good[:SHORT]}, and none before it is known")
        edge.keep_good(Good(release=good, revision=declared.revision, since=now()))
    if standing.under_way:
        _soaks_on(edge, declared, standing)
    else:
        rolling.ensure_runs(declared)
        _end_others(edge, declared)
    return edge.standing()


def _good_again(standing: Standing) -> Digest | None:
    """By what is known of the last rollout, of where users are sent, of what runs."""
    rollout, traffic = standing.rollout, standing.traffic
    if rollout is not None:
        return rollout.candidate if rollout.stage in ("promoted", "settled") else rollout.baseline
    if traffic is not None and traffic.baseline is not None:
        return traffic.candidate if traffic.weight == WHOLE else traffic.baseline
    releases = {each.release for each in standing.instances}
    return releases.pop() if len(releases) == 1 else None


def _soaks_on(edge: Runtime, candidate: Candidate, standing: Standing) -> None:
    """What is promoted stays as it is, unless it is gone with its file where users are sent, or who works. What hangs
    is started again, of both releases: the old one is there to go back to."""
    rollout = standing.rollout
    if rollout is None:
        return
    edge.end_hanging(max(SURELY_STARTED, candidate.start_s))
    edge.awaited(candidate.release, candidate.start_s)
    if bool(standing.workers) < bool(candidate.workers):
        edge.work(candidate.release, candidate.workers)
    if standing.traffic is None or standing.traffic.candidate != candidate.release:
        edge.admit()
        edge.route(Traffic(baseline=rollout.baseline, candidate=candidate.release, weight=WHOLE))


def _end_others(edge: Runtime, good: Candidate) -> None:
    """Where nobody knows of their rollout any more."""
    for release in sorted({each.release for each in edge.standing().instances} - {good.release}):
        edge.drained(release, good.drain_s)
        edge.stop(release)
        edge.admit()
