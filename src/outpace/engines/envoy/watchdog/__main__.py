"""Run by path, `python -I -S -B watchdog FOLDER [PART]...`: keeps the edge running, reverts what dead engines leave.

It needs the standard library, the files beside this one, those of FOLDER and nothing else: neither the loop nor a
database nor the network.

- Envoy and the processes under `instances/` are started when they are not there, each as a process of its own that
  outlives this one; what lies under `stopping/` is asked to end, then killed.
- `workers.json` names processes of one release at a time: those of another end before these begin.
- `judge.json` names an engine that waits until that of a rollout ends, then judges its soak or tidies up after it.
- While `rollout.json` says `armed`, `lease.json` must be renewed; when it lapses, the prepared routes and workers are
  renamed over the live ones. A rename needs no space on the disk, and Envoy follows it within milliseconds.

Times are of the clock since boot, which nobody sets; a lease of another boot has lapsed. By that clock it touches its
locks once a second: one that holds them and does not hangs, and is replaced. Where parts are named, others are another
process's: so systemd has a unit for each. A lapsed lease is looked at before Envoy is ever started.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from outpace.engines.envoy.watchdog.files import PARTS, REVERTS, Document, held, lay, locked, read, settle, touch
    from outpace.engines.envoy.watchdog.processes import (
        INHERITED,
        PLAIN_PATH,
        STEADY,
        Program,
        boot,
        born,
        environment,
        launched,
        stat,
    )
else:  # beside it in the folder that is run
    from files import PARTS, REVERTS, Document, held, lay, locked, read, settle, touch
    from processes import INHERITED, PLAIN_PATH, STEADY, Program, boot, born, environment, launched, stat

TICK, IDLE = 0.1, 0.25  # seconds between two looks, while a lease must be renewed and while none must
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
LOG_LIMIT = 16 << 20
LONGEST_LEASE = 30.0  # seconds: one that ends later is no engine's
PATIENCE = 10  # looks for which a record that another changes is waited for
BEAT = 1.0  # seconds from one to the next sign that it looks


def said(words: str) -> None:
    """To the journal or the log, where that has room for it."""
    line = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {words}\n"
    with contextlib.suppress(OSError):
        os.write(2, line.encode("utf-8", "backslashreplace"))


class Started:
    """What is known of a process that was started: on disk, so that the next watchdog knows it too."""

    def __init__(self, path: Path, clock: float) -> None:
        self.path = path
        known = read(path) or {}
        is_of_this_boot = known.get("boot") == boot()
        self.pid = int(known.get("pid", 0)) if is_of_this_boot else 0
        self.since = str(known.get("born", ""))
        self.starts = int(known.get("starts", 0)) if is_of_this_boot else 0
        self.at = float(known.get("at", clock)) if is_of_this_boot else clock
        self.total = int(known.get("total", 0))
        self.stop_s = float(known.get("stop_s", 10.0))
        self.asked_at: float | None = None
        self.is_recorded = True

    def lives(self) -> bool:
        return self.pid > 0 and born(self.pid) == self.since

    def pause(self) -> float:
        """Seconds from the last start to the next: doubled while it dies young."""
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** max(0, self.starts - 1))

    def start(self, program: Program, clock: float, stop_s: float) -> None:
        """`total` is never set back, so that whoever judges a release sees each time it died."""
        if clock - self.at > STEADY:
            self.starts = 0
        self.at, self.stop_s = clock, stop_s
        self.starts, self.total = self.starts + 1, self.total + 1
        self.pid, self.since = launched(program, self.record)
        self.is_recorded = False
        self.ensure_recorded()

    def record(self, pid: int, since: str) -> None:
        known = {"pid": pid, "born": since, "boot": boot(), "starts": self.starts, "total": self.total}
        with contextlib.suppress(OSError):
            lay(self.path, json.dumps(known | {"at": self.at, "stop_s": self.stop_s}).encode())

    def ensure_recorded(self) -> None:
        """The process itself did, unless the disk was full: then it is tried again."""
        if not self.is_recorded:
            known = read(self.path) or {}
            self.is_recorded = (known.get("pid"), known.get("born")) == (self.pid, self.since)
            if not self.is_recorded:
                self.record(self.pid, self.since)

    def signal(self, which: int, *, group: bool = False) -> None:
        """To its group also when it is gone: nobody else gets a number that a group still has. Once none has it, it is
        given again, and whose it is then is no matter of ours."""
        found = stat(self.pid)
        if self.pid <= 0 or (found is not None and found.born != self.since):
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if group:
                os.killpg(self.pid, which)
            elif self.lives():
                os.kill(self.pid, which)


class Watchdog:
    def __init__(self, folder: Path, parts: tuple[str, ...], umask: int) -> None:
        self.folder = folder
        self.umask = umask  # of what is started
        self.parts = tuple(dict.fromkeys(name for part in parts for name in PARTS[part]))
        self.known: dict[str, Started] = {}
        self.told: dict[str, str] = {}
        self.pause = TICK
        self.waited = 0  # looks
        for name in ("instances", "stopping", "processes", "logs"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)

    def look(self) -> None:
        for name in self.parts:
            self.tried(name, getattr(self, name))

    def tried(self, about: str, act: Callable[..., Any], *words: Any) -> Any:
        """What fails is said, tried again at the next look, and in the way of nothing else."""
        try:
            return act(*words)
        except Exception as error:  # noqa: BLE001
            self.say_once(about, f"{about}: {error}")

    def say_once(self, about: str, words: str) -> None:
        if self.told.get(about) != words:
            self.told[about] = words
            said(words)

    def lease(self) -> None:
        path = self.folder / "rollout.json"
        rollout = read(path) or {}
        self.pause = TICK if rollout.get("armed") else IDLE
        if not rollout and path.exists() and not read(path):
            self.guess(path)
        elif rollout.get("armed") and self.lapsed(rollout):
            self.expire(path)
        else:
            self.waited = 0

    def expire(self, path: Path) -> None:
        """Read once more, for the lease may be half written; and alone with record and routes, unless another hangs
        while it changes them."""
        locks: list[int | None] = []
        with contextlib.suppress(OSError):  # a full disk
            locks = [locked(self.folder / name) for name in ("rollout.lock", "routes.lock")]
        try:
            if None in locks and self.waited < PATIENCE:
                self.waited += 1
                return
            rollout = read(path) or {}
            if rollout.get("armed") and (why := self.lapsed(rollout)):
                self.revert(rollout, why)
        finally:
            for lock in locks:
                if lock is not None:
                    os.close(lock)

    def guess(self, path: Path) -> None:
        """Users are on two releases only while a lease must be renewed. Where they are on one, it may be the one that
        they were promoted to."""
        self.say_once("guess", f"{path} cannot be read: only while users are on two releases are they taken back")
        routes = [route for host in _hosts(read(self.folder / REVERTS[0][0]) or {}) for route in host["routes"]]
        arms = [route.get("route", {}).get("weighted_clusters", {}).get("clusters", ()) for route in routes]
        is_split, is_prepared = any(len(each) > 1 for each in arms), read(self.folder / REVERTS[0][1]) is not None
        if is_split and is_prepared and self.lapsed({}) and (why := self.lapsed({})):
            self.rename()
            said(f"rolled back: {path} cannot be read, users were on two releases, and {why}")

    def lapsed(self, rollout: Document) -> str:
        lease = read(self.folder / "lease.json") or {}
        if not lease or (rollout and lease.get("rollout") != rollout.get("id")):
            return "the engine of this rollout left no lease"
        if lease.get("boot") != boot():
            return "the machine was started anew during the rollout"
        until = lease.get("until")
        if not isinstance(until, int | float):
            return "the engine's lease cannot be read"
        late = time.clock_gettime(time.CLOCK_BOOTTIME) - until
        if -late > LONGEST_LEASE:
            return f"the engine's lease ends {-late:.0f} s from now: no engine writes such a one"
        return f"the engine's lease lapsed {late:.1f} s ago: it died, hangs or was stopped" if late > 0 else ""

    def revert(self, rollout: Document, why: str) -> None:
        """The renames first: repeating them does nothing. Raises ValueError where users are still sent to it: then the
        engine that waits behind a rollout takes it back."""
        self.rename()
        live, candidate = self.folder / REVERTS[0][0], str(rollout.get("candidate"))[:12]
        if f"release-{candidate}" in json.dumps(read(live)):
            raise ValueError(f"{live} still names {candidate}, and nothing is prepared to go back to")
        said(f"rolled back to {str(rollout.get('baseline'))[:12]}: {why}")
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        rollout |= {"armed": False, "stage": "reverted", "by": "watchdog", "why": why, "reverted": at, "cut_off": True}
        lay(self.folder / "rollout.json", json.dumps(rollout).encode(), lasts=True)

    def rename(self) -> None:
        """Raises ValueError where what is prepared is damaged: then the engine that waits behind a rollout takes it
        back."""
        for live, prepared in REVERTS:
            path = self.folder / prepared
            if path.exists() and read(path) is None:
                raise ValueError(f"{path} cannot be read, and goes over nothing that is live")
            with contextlib.suppress(FileNotFoundError):
                path.rename(self.folder / live)
        settle(self.folder / "xds")
        settle(self.folder)

    def blocks(self) -> None:
        """What blocks requests until a moment is gone after it, whether or not anybody looks. An engine that changes
        the routes is waited for."""
        for name in ("rds.json", "rds.revert.json"):
            path = self.folder / "xds" / name
            hosts = _hosts(read(path) or {})
            is_over = any(_is_over(route) for host in hosts for route in host["routes"])
            if is_over and (lock := locked(self.folder / "routes.lock")) is not None:
                try:
                    self.unblock(path)
                finally:
                    os.close(lock)

    def unblock(self, path: Path) -> None:
        document = read(path) or {}
        for host in _hosts(document):
            host["routes"] = [route for route in host["routes"] if not _is_over(route)]
        lay(path, json.dumps(document).encode())
        said(f"a block is over: {path.name} is without it")

    def process(self, name: str) -> Started:
        if name not in self.known:
            clock = time.clock_gettime(time.CLOCK_BOOTTIME)
            self.known[name] = Started(self.folder / "processes" / f"{name}.json", clock)
        return self.known[name]

    def keep(self, name: str, argv: list[str], cwd: str, environ: dict[str, str], stop_s: float = 10.0) -> None:
        one = self.process(name)
        one.ensure_recorded()
        if one.lives() or (read(self.folder / "edge.json") or {}).get("down"):
            return
        clock = time.clock_gettime(time.CLOCK_BOOTTIME)
        if one.starts and clock - one.at < one.pause():
            return
        if one.pid:
            said(f"{name} (process {one.pid}) is gone; it is started again")
            one.signal(signal.SIGKILL, group=True)
        log = self.folder / "logs" / f"{name}.log"
        one.start(Program(argv, cwd, environ, log, self.umask), clock, stop_s)

    def envoy(self) -> None:
        edge = read(self.folder / "edge.json")
        if edge:
            kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
            self.keep("envoy", [str(word) for word in edge["envoy"]], str(self.folder), kept | {"PATH": PLAIN_PATH})

    def instances(self) -> None:
        for path in sorted((self.folder / "instances").glob("*.json")):
            self.tried(path.stem, self.keep_declared, path.stem, read(path))

    def keep_declared(self, name: str, document: Document | None) -> None:
        if document:
            try:
                environ = environment(document)
            except (LookupError, OSError) as error:
                self.say_once(name, f"{name} cannot be started: {error}")
                with contextlib.suppress(OSError):
                    (self.folder / "logs" / f"{name}.log").write_text(f"cannot be started: {error}\n")
                return
            argv = [str(word) for word in document["argv"]]
            self.keep(name, argv, str(document["cwd"]), environ, float(document.get("stop_s", 10.0)))

    def workers(self) -> None:
        """Of one release: a job that an old one is at is finished before a new one asks for work."""
        wanted = (read(self.folder / "workers.json") or {}).get("workers")
        if wanted is None:  # there are none, or it is damaged: then those that work go on
            return
        others = [path.stem for path in (self.folder / "processes").glob("worker-*.json") if path.stem not in wanted]
        still = [name for name in others if not self.tried(name, self.ended, name)]
        for name, document in sorted(wanted.items()):
            if not still:
                self.tried(name, self.keep_declared, name, document)

    def judge(self) -> None:
        """It starts the next watchdog, if this one is killed, in this one's environment."""
        rollout, wanted = read(self.folder / "rollout.json") or {}, read(self.folder / "judge.json")
        leaves = {"settled": "baseline", "reverted": "candidate"}.get(str(rollout.get("stage")))
        leaves = None if rollout.get("soak") else leaves  # a soak that goes on is judged
        left = f"{str(rollout.get(leaves or ''))[:12]}-*.json"
        if wanted and rollout and (leaves is None or any((self.folder / "instances").glob(left))):
            self.keep("judge", [str(word) for word in wanted["argv"]], "/", dict(os.environ))

    def stopping(self) -> None:
        for path in sorted((self.folder / "stopping").glob("*.json")):
            if self.tried(path.stem, self.ended, path.stem):
                path.unlink(missing_ok=True)

    def ended(self, name: str) -> bool:
        """Asked once, killed when its time to stop is over; whether it is gone."""
        one = self.process(name)
        clock = time.clock_gettime(time.CLOCK_BOOTTIME)
        if one.lives():
            if one.asked_at is None:
                one.asked_at = clock
                one.signal(signal.SIGTERM)
            elif clock - one.asked_at > one.stop_s:
                said(f"{name} (process {one.pid}) did not end within {one.stop_s:g} s; it is killed")
                one.signal(signal.SIGKILL, group=True)
            return False
        one.signal(signal.SIGKILL, group=True)
        one.path.unlink(missing_ok=True)
        self.known.pop(name, None)
        return True

    def logs(self) -> None:
        """A program that talks on and on must not fill the disk: its log begins anew."""
        for path in [*(self.folder / "logs").glob("*.log"), self.folder / "arms.log"]:
            with contextlib.suppress(OSError):
                if path.stat().st_size > LOG_LIMIT:
                    os.truncate(path, 0)


def _hosts(routes: Document) -> list[Document]:
    return [host for each in routes.get("resources", ()) for host in each["virtual_hosts"]]


def _is_over(route: Document) -> bool:
    mark = route.get("metadata", {}).get("filter_metadata", {}).get("outpace", {})
    return "until" in mark and float(mark["until"]) < time.time()


def main(folder: Path, parts: tuple[str, ...]) -> int:
    theirs = os.umask(0o077)
    locks = [lock for part in parts if (lock := held(folder / f"{part}.lock")) is not None]
    if len(locks) < len(parts):
        said(f"{folder} has a watchdog already, for {' or '.join(parts)}")
        return 0
    ended: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: ended.append(number))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    watchdog = Watchdog(folder, parts, theirs)
    said(f"watches {folder}: {', '.join(parts)}")
    beaten = -BEAT
    while not ended:
        clock = time.clock_gettime(time.CLOCK_BOOTTIME)
        if clock - beaten >= BEAT:
            beaten = clock
            with contextlib.suppress(OSError):
                for lock in locks:
                    touch(lock)
        watchdog.look()
        time.sleep(watchdog.pause)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), tuple(sys.argv[2:]) or tuple(PARTS)))
