"""An edge in memory: what it was told, in order; whoever looks may be handed what happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock

from msgspec.structs import replace

from outpace.delivery.edge.standing import Good, Instance, Program, Rollout, Standing
from outpace.delivery.edge.traffic import WHOLE, Block, Traffic
from outpace.delivery.rollout.counts import Arm, Tick
from outpace.model.edge import Check
from outpace.model.errors import DamagedData, DiskFull
from outpace.model.release import Digest

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OLD, NEW = Digest("a" * 64), Digest("b" * 64)


def program(release: Digest) -> Program:
    return Program(release=release, argv=("serve", "{port}"), cwd="/")


class FakeEdge:
    """Implements `delivery.edge.ports.Runtime`. `ill` says why the new release never becomes healthy, `never` why
    others do not; the disk is full at `full_at`."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.traffic: Traffic | None = None
        self.prepared: Traffic | None = None
        self.prepared_work: tuple[Digest | None, tuple[str, ...]] | None = None
        self.good: Good | None = None
        self.rollout: Rollout | None = None
        self.instances: dict[Digest, int] = {}
        self.known: frozenset[Digest] = frozenset()
        self.working: Digest | None = None
        self.workers: tuple[str, ...] = ()
        self.ill = ""
        self.never: dict[Digest, str] = {}
        self.full_at = ""
        self.migration = ""
        self._migrated = ""
        self._telling = Lock()
        self.is_slow = False  # whoever is telling already, so that others do not wait for it any more
        self.looks: list[tuple[Arm, Arm]] = []
        self.meanwhile: Callable[[str], None] = lambda _act: None

    def _did(self, act: str) -> None:
        self.did.append(act)
        self.meanwhile(act)

    def taken_back(self, why: str) -> None:
        """By the watchdog: one rename, then what is known of it."""
        assert self.rollout is not None
        self._renamed()
        self.rollout = replace(self.rollout, stage="reverted", armed=False, by="watchdog", why=why)

    def up(self) -> None:
        self._did("up")

    def mended(self) -> tuple[str, ...]:
        return ()

    def standing(self) -> Standing:
        instances = tuple(
            Instance(name=f"{release[:2]}-{number}", release=release, port=each, pid=each)
            for each, (release, number) in enumerate(
                ((release, number) for release, count in self.instances.items() for number in range(count)), 20_000
            )
        )
        return Standing(
            watchdog=1,
            envoy=1,
            traffic=self.traffic,
            good=self.good,
            rollout=self.rollout,
            instances=instances,
            workers=self.workers,
        )

    def finish(self, program: Program, seconds: float) -> str:
        self._did("migrate")
        return self.migration

    def start(self, program: Program, count: int) -> tuple[Instance, ...]:
        self._did(f"start {program.release[:2]}")
        self.instances[program.release] = count
        return tuple(each for each in self.standing().instances if each.release == program.release)

    def healthy(self, release: Digest, seconds: float) -> str:
        if release not in self.instances:
            return "nothing of it was started"
        return self.never.get(release, self.ill if release == NEW else "")

    def end_hanging(self, seconds: float) -> None:
        self._did("end hanging")

    def awaited(self, release: Digest, seconds: float) -> None:
        pass

    def drained(self, release: Digest, seconds: float) -> bool:
        return True

    def stop(self, release: Digest) -> None:
        self._did(f"stop {release[:2]}")
        self.instances.pop(release, None)

    def stopped(self, release: Digest, seconds: float) -> bool:
        return True

    def work(self, release: Digest, workers: Sequence[tuple[str, Program]]) -> None:
        self.working, self.workers = release, tuple(sorted(f"{name}-{release[:2]}" for name, _ in workers))

    def restless(self) -> tuple[str, ...]:
        return tuple(f"{name} {self.ill}" for name in self.workers if self.ill)

    def admit(self) -> None:
        self._did("admit")
        self.known = frozenset(self.instances)

    def route(self, traffic: Traffic) -> None:
        """A route to what Envoy does not know is an outage."""
        self._did(f"route {traffic.weight}")
        named = {traffic.baseline} if traffic.weight < 10_000 else set[Digest | None]()
        named |= {traffic.candidate} if traffic.weight else set[Digest | None]()
        assert named - {None} <= self.known, "a route names a release before it is known"
        self.traffic = replace(traffic, blocks=self._blocks())

    def reblock(self, changed: Callable[[tuple[Block, ...]], tuple[Block, ...]]) -> None:
        if self.traffic is None and self.good is not None:
            raise DamagedData("the routes are not there any more", hint="outpace edge up")
        blocks = changed(self._blocks())
        self.traffic = replace(self.traffic or Traffic(baseline=None), blocks=blocks)
        self.prepared = replace(self.prepared, blocks=blocks) if self.prepared is not None else None

    def _blocks(self) -> tuple[Block, ...]:
        known = self.traffic or self.prepared
        return known.blocks if known is not None else ()

    def ensure_routed(self, traffic: Traffic) -> str:
        if self.traffic is not None:
            return ""
        self.route(traffic)
        return "the routes are laid anew"

    def prepare_revert(self, traffic: Traffic) -> None:
        self.prepared, self.prepared_work = replace(traffic, blocks=self._blocks()), (self.working, self.workers)

    def revert(self, baseline: Digest | None) -> None:
        self._did("revert")
        self._renamed()
        if self.traffic is not None and self.traffic.weight:
            self.route(Traffic(baseline=baseline))

    def _renamed(self) -> None:
        self.traffic, self.prepared = self.prepared or self.traffic, None
        if self.prepared_work is not None:
            (self.working, self.workers), self.prepared_work = self.prepared_work, None

    def kept_rollout(self) -> Rollout | None:
        return self.rollout

    def kept_good(self) -> Good | None:
        return self.good

    def kept_traffic(self) -> Traffic | None:
        return self.traffic

    @contextmanager
    def telling(self) -> Generator[bool]:
        assert self._telling.acquire(timeout=10), "it waits for itself"
        try:
            yield not self.is_slow
        finally:
            self._telling.release()

    def keep_rollout(self, rollout: Rollout) -> None:
        self.rollout = rollout

    def keep_good(self, good: Good) -> None:
        if self.full_at == "keep good":
            raise DiskFull("good.json cannot be written: the disk is full", hint="free some space on the disk")
        self.good = good

    def keep_migrated(self, revision: str) -> None:
        self._migrated = revision

    def migrated(self) -> str:
        return self._migrated

    def renew(self, rollout: str) -> None:
        self.meanwhile("renew")

    def watch(self, baseline: Digest, candidate: Digest, rollout: str) -> FakeWatch:
        return FakeWatch(self)


def in_its_soak(good: Good, rollout: Rollout) -> FakeEdge:
    """The new release is promoted, and the old one is warm."""
    made = FakeEdge()
    made.instances, made.known, made.working = {OLD: 1, NEW: 1}, frozenset({OLD, NEW}), NEW
    made.traffic, made.prepared = Traffic(baseline=OLD, candidate=NEW, weight=WHOLE), Traffic(baseline=OLD)
    made.good, made.rollout = good, rollout
    return made


class FakeWatch:
    """Each look sees what is next in `looks`, and nothing when they are over."""

    def __init__(self, edge: FakeEdge) -> None:
        self._edge = edge
        self._at = 0.0

    def look(self, weight: float) -> tuple[Tick, ...]:
        self._at += 1.0
        old, new = self._edge.looks.pop(0) if self._edge.looks else (Arm(), Arm())
        return (Tick(at=self._at, weight=weight, baseline=old, candidate=new),)

    def check(self, checks: Sequence[Check]) -> tuple[Tick, tuple[str, ...]]:
        return Tick(at=self._at, weight=0.0, source="checks", candidate=Arm(requests=len(checks))), ()
