"""What stands at the edge: which release is the good one, which rollout is under way, what runs."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.delivery.edge.traffic import WHOLE, Traffic
from outpace.model.release import Digest
from outpace.model.times import Aware

Stage: TypeAlias = Literal["starting", "unseen", "users", "promoted", "settled", "reverted"]
"""`unseen`: no user is sent to the candidate yet; `promoted`: all are, and the old release is still warm."""

OVER: frozenset[Stage] = frozenset({"settled", "reverted"})


class Program(Struct, frozen=True, kw_only=True):
    """How one process of a release is started; `{port}` in `argv` is filled in. `variables` hold references to
    secrets, never the secrets."""

    release: Digest
    argv: tuple[str, ...]
    cwd: str
    paths: tuple[str, ...] = ()  # before the system's own, in PATH
    variables: dict[str, str] = {}
    stop_s: float = 10.0
    ready: str = "/"


class Instance(Struct, frozen=True, kw_only=True):
    """A process that the watchdog keeps: one that takes requests at `port`."""

    name: str
    release: Digest
    port: int
    ready: str = "/"
    pid: int = 0  # 0: it does not run
    starts: int = 0  # how often it was started


class Rollout(Struct, frozen=True, kw_only=True):
    """One release on its way to all users, or back. `armed`: the watchdog takes it back when the engine is silent."""

    id: str
    baseline: Digest | None
    candidate: Digest
    began: Aware
    stage: Stage = "starting"
    armed: bool = False
    revision: str = ""
    by: str = "engine"  # who said how it ended
    why: str = ""
    staged: Aware | None = None  # it was healthy, and met what stands for users
    first_traffic: Aware | None = None
    promoted: Aware | None = None
    settled: Aware | None = None
    reverted: Aware | None = None


class Good(Struct, frozen=True, kw_only=True):
    """The last release that a judge let through, or the first there was."""

    release: Digest
    revision: str = ""
    since: Aware
    before: Digest | None = None  # what was good before it


class Standing(Struct, frozen=True, kw_only=True):
    """`watchdog` and `envoy` are process ids; 0: it does not run."""

    watchdog: int
    envoy: int
    traffic: Traffic | None
    good: Good | None
    rollout: Rollout | None
    instances: tuple[Instance, ...] = ()

    @property
    def under_way(self) -> bool:
        return self.rollout is not None and self.rollout.stage not in OVER

    @property
    def serving(self) -> dict[int, Digest]:
        """The processes that users are sent to, each with its release. Those that are only warm are none of them."""
        if self.traffic is None:
            return {}
        shares = {self.traffic.baseline: WHOLE - self.traffic.weight, self.traffic.candidate: self.traffic.weight}
        return {each.pid: each.release for each in self.instances if each.pid and shares.get(each.release)}

    @property
    def needed(self) -> frozenset[Digest]:
        """Releases that run or that a rollback would go to."""
        found = {each.release for each in self.instances}
        if self.good is not None:
            found |= {self.good.release} | ({self.good.before} if self.good.before else set())
        if self.rollout is not None and self.under_way:
            found |= {self.rollout.candidate} | ({self.rollout.baseline} if self.rollout.baseline else set())
        return frozenset(found)
