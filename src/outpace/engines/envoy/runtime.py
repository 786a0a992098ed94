"""The edge as it runs: Envoy, the watchdog, the processes of releases, and traffic between them."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from outpace import sandbox
from outpace.delivery.edge.standing import OVER, Good, Instance, Program, Rollout, Standing, worker_name
from outpace.delivery.edge.traffic import Block, Traffic, Upstream, upstream_name
from outpace.engines.envoy import documents, launching, mending, program, sockets, succession
from outpace.engines.envoy.admin import Admin
from outpace.engines.envoy.following import Followed
from outpace.engines.envoy.place import UNSTARTED, Place, Workers, declared
from outpace.engines.envoy.routes import Document, routes
from outpace.engines.envoy.routing import Routing
from outpace.engines.envoy.watchdog import PARTS, environment
from outpace.engines.envoy.watching import Watch
from outpace.model.edge import Signal, Tls
from outpace.model.errors import DamagedData, EngineError, ToolTimedOut, Unreachable
from outpace.model.release import SHORT, Digest

UP_SECONDS = 15.0
SILENT_SECONDS = 5.0
PAUSE = 0.02
WARMING = "cluster_manager.warming_clusters"
MANY_STARTS = 3
"""So often a process is started before its release is said to be unable to run."""


class Settings(Struct, frozen=True, kw_only=True):
    listen: tuple[str, ...]
    tls: Tls | None = None
    trusted_hops: int = 0
    filters: tuple[Document, ...] = ()
    concurrency: int = program.CONCURRENCY
    signal: Signal | None = None


class Runtime:
    """Implements `delivery.edge.ports.Runtime`, of one application in a folder of its own."""

    def __init__(self, folder: Path, settings: Settings, environ: Mapping[str, str]) -> None:
        self.place = Place(folder)
        self.admin = Admin(folder)
        self.followed = Followed(self.place, self.admin)
        self.routing = Routing(self.place, self.followed)
        self.settings = settings
        self._environ = environ

    # The edge itself.

    def up(self) -> None:
        """Envoy and its watchdog run, and take requests. What ran before a reboot runs again. Where it listens, and
        with which certificates, is not changed while a rollout is under way."""
        settings = self.settings
        self.place.make()
        found = program.envoy(self._environ)
        edge = {"envoy": program.command(found, concurrency=settings.concurrency)}
        self._end_silent_proxy()
        if not self.place.pid("envoy"):
            sockets.ensure_free(settings.listen)
            self._lay()
        else:
            self._until(self.admin.is_ready, "Envoy did not begin to serve", "envoy")
            self._follow()
        self.place.write(self.place.folder / "edge.json", msgspec.json.encode(edge))
        self.ensure_watchdog()
        self._until(self.admin.is_ready, "Envoy did not begin to serve", "envoy")
        if self._listens_as_declared():
            self._until(lambda: sockets.all_answer(settings.listen), "Envoy does not listen", "envoy")

    def _follow(self) -> None:
        """What is declared now; while a rollout is under way, only what is gone."""
        rollout, bootstrap = self.place.rollout(), self.place.folder / "bootstrap.json"
        is_under_way = rollout is not None and rollout.stage not in OVER
        for kind, document in self._listening().items():
            if not is_under_way or not (self.place.xds / f"{kind}.json").exists():
                self.followed.follow(kind, document)
        if not bootstrap.exists():
            self.place.write(bootstrap, msgspec.json.encode(documents.bootstrap(self.place.folder)))

    def _listens_as_declared(self) -> bool:
        return all(self.followed.same(*each) for each in self._listening().items())

    def _end_silent_proxy(self) -> None:
        """One that hangs is killed."""
        until = time.monotonic() + SILENT_SECONDS
        while (pid := self.place.pid("envoy")) and not self.admin.is_ready():
            if time.monotonic() > until:
                os.killpg(pid, signal.SIGKILL)
                old = (pid, 0) if self.standing().watchdog else (pid,)  # which starts another
                self._until(lambda old=old: self.place.pid("envoy") not in old, "Envoy cannot be replaced", "envoy")
                return
            time.sleep(PAUSE)

    def end_hanging(self, seconds: float) -> None:
        """The watchdog starts them again, as they were started."""
        for each in self.place.instances():
            if succession.hangs(each, seconds):
                with suppress(ProcessLookupError):
                    os.killpg(each.pid, signal.SIGKILL)

    def awaited(self, release: Digest, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(
            succession.age(each) < seconds and sockets.answers(each.port, each.ready) for each in self.place.of(release)
        ):
            time.sleep(PAUSE)

    def silent(self) -> dict[str, str]:
        """What runs and does not answer, each with why."""
        serving = [each for each in self.place.instances() if each.pid and each.service != "arriving"]
        found = {each.name: sockets.answers(each.port, each.ready) for each in serving}
        if self.place.pid("envoy") and not self.admin.is_ready():
            found["envoy"] = "it does not answer at its admin socket"
        return {name: why for name, why in found.items() if why}

    def _lay(self) -> None:
        folder, place = self.place.folder, self.place
        place.write(folder / "bootstrap.json", msgspec.json.encode(documents.bootstrap(folder)))
        for kind, document in self._listening().items():
            self.followed.lay(kind, document)
        self.followed.lay("cds", documents.clusters(succession.upstreams(self.place)))
        if not (place.xds / "rds.json").exists():
            self.followed.lay("rds", routes(Traffic(baseline=None)))

    def _listening(self) -> dict[str, Document]:
        """Certificates before the listeners that name them."""
        settings = self.settings
        found = {"sds": documents.certificates(settings.tls)} if settings.tls is not None else {}
        return found | {
            "lds": documents.listeners(
                settings.listen,
                self.place.folder,
                tls=settings.tls,
                trusted_hops=settings.trusted_hops,
                filters=settings.filters,
            )
        }

    def ensure_watchdog(self) -> int:
        """Its process id. One that is there goes on, unless it hangs; it outlives this process."""
        folder = self.place.folder
        launching.end_hanging(folder)
        missing = [part for part in PARTS if part not in launching.watching(folder)]
        if missing:
            launching.launch_watchdog(folder, self._environ, missing)
            self._until(lambda: bool(launching.watchdog_of(folder)), "the watchdog did not begin", "watchdog")
        return launching.watchdog_of(folder)

    def down(self) -> None:
        """Nothing runs any more; what stood is known, and `up` brings it back."""
        edge = self.place.folder / "edge.json"
        if edge.exists():
            self.place.write(edge, msgspec.json.encode(msgspec.json.decode(edge.read_bytes()) | {"down": True}))
        launching.end_watchdog(self.place.folder)
        self.admin.quit()
        launching.end_all(self.place.folder)

    def mended(self) -> tuple[str, ...]:
        """What cannot be read is put aside, and what it said is found elsewhere, or gone; what was done, in words."""
        return tuple(mending.put_aside(self.place))

    def standing(self) -> Standing:
        """Raises DamagedData naming all that cannot be read."""
        try:
            return self._standing()
        except DamagedData as error:
            raise mending.told(self.place, error) from error

    def _standing(self) -> Standing:
        found = Standing(
            watchdog=launching.watchdog_of(self.place.folder),
            hanging=launching.hanging(self.place.folder),
            envoy=self.place.pid("envoy"),
            traffic=self.traffic(),
            good=self.place.good(),
            rollout=self.place.rollout(),
            instances=self.place.instances(),
            workers=tuple(sorted(self.place.workers().workers)),
            listens_otherwise=not self._listens_as_declared(),
        )
        is_given_users = found.traffic is not None and found.traffic.baseline is not None and not found.under_way
        is_let_through = found.good is not None or is_given_users
        return replace(found, amiss=tuple(mending.amiss(self.place, envoy=found.envoy != 0, good=is_let_through)))

    def kept_rollout(self) -> Rollout | None:
        return self.place.rollout()

    def kept_good(self) -> Good | None:
        return self.place.good()

    def kept_traffic(self) -> Traffic | None:
        return self.routing.kept()

    # Processes of a release.

    def finish(self, program: Program, seconds: float) -> str:
        """In the environment that its release's processes have, with references followed here."""
        try:
            environ = environment(msgspec.to_builtins(declared(program)), self._environ)
            done = sandbox.run(
                program.argv, cwd=Path(program.cwd), env=environ, timeout=timedelta(seconds=seconds), accept=None
            )
        except (LookupError, OSError, ValueError) as error:
            return str(error)
        except EngineError as error:
            return error.message
        lines = sandbox.mask((done.stderr or done.stdout).decode("utf-8", "replace")).strip().splitlines()
        return "" if done.returncode == 0 else f"it ended with status {done.returncode}: {lines[-1] if lines else ''}"

    def start(self, program: Program, count: int) -> tuple[Instance, ...]:
        """Declared, so that the watchdog starts and keeps them."""
        succession.begin(self.place, program, count)
        return succession.staying(self.place, program.release)

    def healthy(self, release: Digest, seconds: float) -> str:
        """Waits until every process that is declared now answers, and lets those serve; why one does not, else, and
        what served before them goes on."""
        ill = self._ill(release, seconds)
        if ill:
            succession.give_up(self.place, release)
        else:
            succession.stand_in(self.place, release)
        return ill

    def _ill(self, release: Digest, seconds: float) -> str:
        until = time.monotonic() + seconds
        before = {each.name: each.starts for each in succession.staying(self.place, release)}
        while True:
            found = succession.staying(self.place, release)
            ill = [(each, sockets.answers(each.port, each.ready)) for each in found]
            first = next(((each, why) for each, why in ill if why), None)
            if first is None and found:
                return ""
            if first is None:
                return "nothing of it was started"
            each, why = first
            words = self.place.last_words(each.name)
            said = f"; it said: {words}" if words else ""
            starts = each.starts - before.get(each.name, 0)
            if starts >= MANY_STARTS:
                return f"it ended {starts - 1} times while it was starting{said}"
            if UNSTARTED in words:
                return words
            if time.monotonic() > until:
                return f"{why} for {seconds:g} s{said}"
            time.sleep(PAUSE)

    def drained(self, release: Digest, seconds: float) -> bool:
        """Waits until Envoy has no request of its under way."""
        gauge = f"cluster.{upstream_name(release)}.upstream_rq_active"
        until = time.monotonic() + seconds
        while self.admin.counters(f"^{gauge}$").get(gauge, 0):
            if time.monotonic() > until:
                return False
            time.sleep(PAUSE)
        return True

    def stop(self, release: Digest) -> None:
        for each in self.place.of(release):
            self.place.dismiss(each.name)

    def stopped(self, release: Digest, seconds: float) -> bool:
        """Waits until none of its processes is left."""
        until = time.monotonic() + seconds
        stopping = self.place.folder / "stopping"
        while any(stopping.glob(f"{release[:SHORT]}-*.json")):
            if time.monotonic() > until:
                return False
            time.sleep(PAUSE)
        return True

    def work(self, release: Digest, workers: Sequence[tuple[str, Program]]) -> None:
        """One rename; the watchdog lets those of another release finish before it starts these."""
        wanted = {worker_name(name, each): declared(each) for name, each in workers}
        for name in wanted:
            self.place.forget_unstarted(name)
        self.place.keep_workers(Workers(release=release, workers=wanted))

    def restless(self) -> tuple[str, ...]:
        return self.place.restless()

    def telling(self) -> AbstractContextManager[bool]:
        return self.place.telling()

    def keep_rollout(self, rollout: Rollout) -> None:
        self.place.keep_rollout(rollout)

    def keep_good(self, good: Good) -> None:
        self.place.keep_good(good)

    def keep_migrated(self, revision: str) -> None:
        self.place.write(self.place.folder / "migrated", revision.encode())

    def migrated(self) -> str:
        try:
            return (self.place.folder / "migrated").read_text().strip()
        except FileNotFoundError:
            return ""

    def renew(self, rollout: str) -> None:
        """And somebody must be there to see it lapse."""
        self.place.renew(rollout)
        before = launching.watchdog_of(self.place.folder)
        if self.ensure_watchdog() != before:
            self.place.renew(rollout)

    def watch(self, baseline: Digest, candidate: Digest, rollout: str) -> Watch:
        arms = (baseline, candidate)
        return Watch(self.place, self.admin, arms, rollout, self.settings.signal)

    # Traffic.

    def traffic(self) -> Traffic | None:
        return self.routing.traffic()

    def admit(self) -> None:
        """Envoy knows every process that serves and finds it healthy, before any route names it; those for which
        others stand in are dismissed."""
        upstreams, gone = succession.upstreams(self.place), succession.gone(self.place)
        document = documents.clusters(upstreams)
        if not self.followed.same("cds", document):
            self.followed.swap("cds", document)
        self._until(self._knows_all, "Envoy does not take up the processes", "envoy")
        for upstream in upstreams:
            self._until(
                lambda upstream=upstream: self._finds_healthy(upstream),
                f"Envoy does not find {upstream.name} healthy",
                "envoy",
            )
        succession.dismiss(self.place, gone)

    def _finds_healthy(self, upstream: Upstream) -> bool:
        """All that answer: one that is ill already must not keep others from taking its place."""
        gauge = f"cluster.{upstream.name}.membership_healthy"
        healthy = self.admin.counters(f"^{gauge}$").get(gauge, 0)
        return healthy >= len(upstream.ports) or healthy >= sum(
            not sockets.answers(port, upstream.ready) for port in upstream.ports
        )

    def _knows_all(self) -> bool:
        """A cluster that changes serves as it was, until its new processes have been asked once."""
        return not self.admin.counters(rf"^{re.escape(WARMING)}$").get(WARMING, 0)

    def route(self, traffic: Traffic) -> None:
        self.routing.route(traffic)

    def reblock(self, changed: Callable[[tuple[Block, ...]], tuple[Block, ...]]) -> None:
        self.routing.reblock(changed)

    def ensure_routed(self, traffic: Traffic) -> str:
        return self.routing.ensure(traffic)

    def prepare_revert(self, traffic: Traffic) -> None:
        self.routing.prepare(traffic)
        self.place.keep_workers(self.place.workers(), "workers.revert.json")

    def revert(self, baseline: Digest | None) -> None:
        self.routing.revert(baseline)

    def _until(self, holds: Callable[[], bool], what: str, log: str) -> None:
        until = time.monotonic() + UP_SECONDS
        while True:
            try:
                if holds():
                    return
            except Unreachable:
                pass
            if time.monotonic() > until:
                words = self.place.last_words(log)
                raise ToolTimedOut(
                    f"{what} within {UP_SECONDS:g} s{': ' + words if words else ''}", hint="outpace edge status"
                )
            time.sleep(PAUSE)
