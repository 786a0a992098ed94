"""What stands at the edge: which release is the good one, which rollout is under way, what runs."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal, TypeAlias

from msgspec import Struct, json
from msgspec.structs import replace

from outpace.delivery.edge.traffic import WHOLE, Traffic
from outpace.model.release import SHORT, Digest
from outpace.model.times import Aware

Stage: TypeAlias = Literal["starting", "unseen", "users", "promoted", "settled", "reverted"]
"""`unseen`: no user is sent to the candidate yet; `promoted`: all are, and the old release is still warm."""

MOVED: frozenset[Stage] = frozenset({"unseen", "users", "promoted"})
OVER: frozenset[Stage] = frozenset({"settled", "reverted"})

SURELY_STARTED = 60.0
"""Seconds after which a process that does not answer hangs."""

Service: TypeAlias = Literal["arriving", "serving", "leaving"]
"""`arriving`: the proxy does not know it yet; `leaving`: it serves until those that arrive stand in for it."""


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

    def at(self, port: int) -> Program:
        """As it is started there."""
        return replace(self, argv=tuple(word.replace("{port}", str(port)) for word in self.argv))


def worker_name(name: str, program: Program) -> str:
    """Another for each way of starting it: one that is started otherwise ends first."""
    settings = sha256(json.encode(program, order="deterministic")).hexdigest()
    return f"worker-{name}-{program.release[:SHORT]}-{settings[:8]}"


class Instance(Struct, frozen=True, kw_only=True):
    """A process that the watchdog keeps: one that takes requests at `port`."""

    name: str
    release: Digest
    port: int
    ready: str = "/"
    pid: int = 0  # 0: it does not run
    starts: int = 0  # how often it was started
    service: Service = "serving"
    program: Program | None = None  # what it was started with, at its port


class Rollout(Struct, frozen=True, kw_only=True):
    """One release on its way to all users, or back. `armed`: the watchdog takes it back when the engine is silent."""

    id: str
    baseline: Digest | None
    candidate: Digest
    began: Aware
    stage: Stage = "starting"
    armed: bool = False
    revision: str = ""
    unmet: bool = False  # promoted, and hardly any user has met it
    soak: Rollout | None = None  # it came into this one's, which goes on should this one not start well
    was: Good | None = None  # what was good before it
    by: str = "engine"  # who said how it ended
    cut_off: bool = False  # it was taken back for no fault of its own: it may be tried again
    why: str = ""
    staged: Aware | None = None  # it was healthy, and met what stands for users
    first_traffic: Aware | None = None
    promoted: Aware | None = None
    settled: Aware | None = None
    reverted: Aware | None = None

    @property
    def has_moved(self) -> bool:
        """Routes were changed for it, or were about to be: what is prepared to go back to is its own."""
        return self.staged is not None or self.stage in MOVED

    def taken_back(self, why: str, at: Aware, *, by: str = "engine", cut_off: bool = False) -> Rollout:
        return replace(self, stage="reverted", armed=False, by=by, why=why, reverted=at, cut_off=cut_off)


class Good(Struct, frozen=True, kw_only=True):
    """The last release that a judge let through, or the first there was."""

    release: Digest
    revision: str = ""
    since: Aware
    before: Digest | None = None  # what was good before it


class Standing(Struct, frozen=True, kw_only=True):
    """`watchdog` and `envoy` are process ids; 0: it does not run. `hanging`: watchdogs that are there and look no more,
    with the seconds since they did. `listens_otherwise`: the proxy was told of other addresses, certificates or hops
    than are declared now."""

    watchdog: int
    hanging: dict[int, float] = {}
    envoy: int
    traffic: Traffic | None
    good: Good | None
    rollout: Rollout | None
    instances: tuple[Instance, ...] = ()
    workers: tuple[str, ...] = ()
    listens_otherwise: bool = False
    amiss: tuple[str, ...] = ()  # files that are gone or damaged, in words

    @property
    def under_way(self) -> bool:
        return self.rollout is not None and self.rollout.stage not in OVER

    @property
    def serving(self) -> dict[int, Digest]:
        """The processes that users are sent to, each with its release. Those that are only warm are none of them."""
        if self.traffic is None:
            return {}
        shares = {self.traffic.baseline: WHOLE - self.traffic.weight, self.traffic.candidate: self.traffic.weight}
        serving = (each for each in self.instances if each.pid and each.service != "arriving")
        return {each.pid: each.release for each in serving if shares.get(each.release)}

    @property
    def needed(self) -> frozenset[Digest]:
        """Releases that run or that a rollback would go to."""
        found = {each.release for each in self.instances}
        if self.good is not None:
            found |= {self.good.release} | ({self.good.before} if self.good.before else set())
        if self.rollout is not None and self.under_way:
            found |= {self.rollout.candidate} | ({self.rollout.baseline} if self.rollout.baseline else set())
        return frozenset(found)
