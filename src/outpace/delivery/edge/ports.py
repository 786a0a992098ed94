"""What a rollout needs of the edge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from outpace.delivery.edge.standing import Good, Instance, Program, Rollout, Standing
from outpace.delivery.edge.traffic import Block, Traffic
from outpace.delivery.rollout.counts import Tick
from outpace.model.edge import Check
from outpace.model.release import Digest


class Runtime(Protocol):
    """Each act looks before it acts and may be repeated."""

    def up(self) -> None:
        """The proxy and its watchdog run, and what stood before runs again."""
        ...

    def standing(self) -> Standing:
        """Raises DamagedData where what is written down cannot be read."""
        ...

    def kept_rollout(self) -> Rollout | None:
        """The last one alone, for whoever asks many times a second."""
        ...

    def kept_good(self) -> Good | None:
        """Raises DamagedData."""
        ...

    def kept_traffic(self) -> Traffic | None:
        """Where users are sent; None where nothing says so that can be read."""
        ...

    def mended(self) -> tuple[str, ...]:
        """What is written down and cannot be read is put aside; what was done, in words."""
        ...

    def finish(self, program: Program, seconds: float) -> str:
        """Runs it once, to its end; why it failed, else empty."""
        ...

    def start(self, program: Program, count: int) -> tuple[Instance, ...]: ...
    def healthy(self, release: Digest, seconds: float) -> str:
        """Waits for every process of it; why one does not answer, else empty."""
        ...

    def end_hanging(self, seconds: float) -> None:
        """Ends what has run for so long and does not answer; it is started again."""
        ...

    def awaited(self, release: Digest, seconds: float) -> None:
        """Waits for those of its processes that were started less than so long ago, until they answer."""
        ...

    def drained(self, release: Digest, seconds: float) -> bool:
        """Waits until none of its requests is under way."""
        ...

    def stop(self, release: Digest) -> None: ...
    def stopped(self, release: Digest, seconds: float) -> bool: ...
    def work(self, release: Digest, workers: Sequence[tuple[str, Program]]) -> None:
        """The workers of this release, and of no other: those before finish their jobs first."""
        ...

    def restless(self) -> tuple[str, ...]:
        """Workers that end as soon as they are started, each with what it said."""
        ...

    def admit(self) -> None:
        """The proxy knows every process that is declared, and finds it healthy."""
        ...

    def route(self, traffic: Traffic) -> None:
        """With the blocks that stand, and no others."""
        ...

    def reblock(self, changed: Callable[[tuple[Block, ...]], tuple[Block, ...]]) -> None:
        """What `changed` makes of the blocks that stand; users are sent where they were."""
        ...

    def ensure_routed(self, traffic: Traffic) -> str:
        """These routes, where nothing says any more where users are sent; what was done, else empty."""
        ...

    def prepare_revert(self, traffic: Traffic) -> None:
        """What one rename, by whoever, goes back to; with the workers that are there now."""
        ...

    def revert(self, baseline: Digest | None) -> None:
        """By one rename to what is prepared; to the baseline alone, where nothing is that can be read."""
        ...

    def telling(self) -> AbstractContextManager[bool]:
        """What is read of the rollout in it is what `keep_rollout` changes: meanwhile nobody else keeps one. Another
        that hangs in it is waited for a second and no longer; then it is False."""
        ...

    def keep_rollout(self, rollout: Rollout) -> None: ...
    def keep_good(self, good: Good) -> None: ...
    def keep_migrated(self, revision: str) -> None:
        """Whose migrations the database has, whatever becomes of the rollout."""
        ...

    def migrated(self) -> str:
        """The revision that was kept last; empty where none was."""
        ...

    def renew(self, rollout: str) -> None:
        """The lease: for three seconds more the watchdog believes that somebody judges."""
        ...

    def watch(self, baseline: Digest, candidate: Digest, rollout: str) -> Watch:
        """Another watch of the same rollout goes on where the last one of it stopped counting."""
        ...


class Watch(Protocol):
    """Looks at two releases, one look after another."""

    def look(self, weight: float) -> tuple[Tick, ...]:
        """What was counted since the last look."""
        ...

    def check(self, checks: Sequence[Check]) -> tuple[Tick, tuple[str, ...]]:
        """Sends each to the candidate, and to nobody else; and what did not succeed, in words."""
        ...
