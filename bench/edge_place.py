"""A place where the benches of the edge run the real thing: a repository, its edge with Envoy, and load from outside.

Everything is in one temporary folder, state and caches of Outpace too. All that runs in it has a HOME of its own, by
which it is found: a process beside the bench waits for its end, however that comes, ends what is left, and removes the
folder.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import msgspec  # noqa: E402  the path comes first
from edge_load import Answered, read  # noqa: E402  the same

from outpace.delivery.edge.standing import Program, Rollout  # noqa: E402  the same
from outpace.engines.envoy.admin import Admin  # noqa: E402  the same
from outpace.engines.envoy.runtime import Runtime, Settings  # noqa: E402  the same
from outpace.engines.release_store import ReleaseStore  # noqa: E402  the same
from outpace.model.release import Digest  # noqa: E402  the same

HERE = Path(__file__).resolve().parent
NAME = "shop"
NOBODY = "-"
"""Who answered, where no release did."""
PORTS = range(12_000, 19_000)
WARM = 1.5
"""Seconds of load before anything is measured."""
DOCUMENT = """\
[[applications]]
name = "{name}"
run = ["{python}", "shop.py", "{{port}}"]
ready = "/healthz"
delivery = "edge"
[applications.edge]
listen = ["127.0.0.1:{port}"]
soak = "{soak}"
drain = "2s"
mirror = {mirror}
[applications.edge.variables]
ORDERS = "{orders}"
[applications.edge.build]
environment = "none"
"""

REAPER = """
import os, pathlib, shutil, signal, sys, time
mark = f"HOME={sys.argv[1]}".encode()
def left():
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark in pathlib.Path(entry.path, "environ").read_bytes().split(b"\\0"): yield int(entry.name)
            except OSError: pass
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
sys.stdin.read()
quiet = 0
while quiet < 3:
    pids = list(left())
    quiet = 0 if pids else quiet + 1
    for pid in pids:
        try: os.kill(pid, signal.SIGKILL)
        except OSError: pass
    time.sleep(0.02)
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


class Load:
    """One that runs; `end` ends it, and tells what came of it."""

    def __init__(self, argv: list[str], log: Path, environ: Mapping[str, str]) -> None:
        self.log = log
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environ)

    def end(self) -> tuple[dict[str, Any], list[Answered]]:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            out, _ = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return json.loads(out), read(self.log)


class Place:
    def __init__(self, *, mirror: float = 1.0, soak: str = "1h", fail: float = 0.0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="outpace-bench-"))
        self.site = self.folder / "site"
        self.orders = self.folder / "orders.db"
        self.port = free_port()
        self.environ = os.environ | {
            "HOME": str(self.folder),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPATH": str(ROOT / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "GIT_AUTHOR_NAME": "bench", "GIT_AUTHOR_EMAIL": "bench@example.com",
            "GIT_COMMITTER_NAME": "bench", "GIT_COMMITTER_EMAIL": "bench@example.com",
        }  # fmt: skip
        self._mirror, self._soak, self._fail = mirror, soak, fail
        self._loads: list[Load] = []
        reaper = [sys.executable, "-I", "-S", "-c", REAPER, str(self.folder)]
        self._reaper = subprocess.Popen(reaper, stdin=subprocess.PIPE, start_new_session=True)
        self._made = 0

    def __enter__(self) -> Self:
        """The first release serves when it returns."""
        try:
            self.site.mkdir()
            shutil.copy(HERE / "edge_shop.py", self.site / "shop.py")
            self._git("init", "-q", "-b", "main")
            told = {"name": NAME, "python": "python3", "port": self.port, "orders": self.orders}
            document = DOCUMENT.format(**told, mirror=self._mirror, soak=self._soak)
            (self.site / "outpace.toml").write_text(document)
            self.good = self.revision(fail=self._fail)
            self.rollout(self.good)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        for load in self._loads:
            if load.process.poll() is None:
                load.process.kill()
                load.process.wait()
        try:
            self.outpace("edge", "down")
        finally:
            self._reaper.communicate()

    # What is rolled out.

    def revision(self, *, fail: float = 0.0, delay_ms: float = 0.0) -> str:
        """A commit of its own; what its release answers with, `x-release`, is its number."""
        self._made += 1
        for name, value in (("release", str(self._made)), ("fail", str(fail)), ("delay", str(delay_ms))):
            (self.site / name).write_text(f"{value}\n")
        self._git("add", "-A")
        self._git("commit", "-q", "-m", f"release {self._made}")
        return self._git("rev-parse", "HEAD").strip()

    @property
    def newest(self) -> str:
        """What `x-release` says of the last revision that was made."""
        return str(self._made)

    def outpace(self, *words: str, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "outpace.cli", *words]
        return subprocess.run(
            argv, cwd=self.site, env=self.environ, capture_output=True, text=True, timeout=timeout, check=False
        )

    def rollout(self, revision: str, *words: str, timeout: float = 120.0) -> tuple[int, Rollout]:
        """Its exit status and how it stands. Raises RuntimeError where there is no rollout, or it did not end."""
        done = self.outpace("rollout", revision, *words, timeout=timeout)
        if done.returncode not in (0, 10):
            raise RuntimeError(f"outpace rollout ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.returncode, self.standing()

    def program(self, revision: str) -> tuple[Digest, Program]:
        """Its release, built and not rolled out, and how a process of it is started."""
        done = self.outpace("release", "build", revision, "--format", "json")
        if done.returncode:
            raise RuntimeError(f"outpace release build ended with {done.returncode}: {done.stderr[-2000:]}")
        release = Digest(json.loads(done.stdout)["result"]["release"]["digest"])
        stored = ReleaseStore(self.edge).find(release)
        return release, Program(
            release=release,
            argv=stored.argv(stored.manifest.run),
            cwd=str(stored.cwd),
            variables={"ORDERS": str(self.orders)},
            ready=stored.manifest.ready,
        )

    def standing(self) -> Rollout:
        return msgspec.json.decode((self.edge / "rollout.json").read_bytes(), type=Rollout)

    # What runs.

    @property
    def edge(self) -> Path:
        return self.folder / "state" / "outpace" / "edge" / NAME

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def runtime(self) -> Runtime:
        return Runtime(self.edge, Settings(listen=(self.address,)), self.environ)

    def load(self, rps: float, *, first_order: int = 0, clients: int = 20, seed: int = 0, posts: float = 0.3) -> Load:
        """It runs, and has run warm."""
        log = self.folder / f"load{len(self._loads)}.log"
        argv = [sys.executable, str(HERE / "edge_load.py"), self.address, "--rps", str(rps), "--log", str(log)]
        argv += ["--first-order", str(first_order), "--clients", str(clients), "--seed", str(seed)]
        argv += ["--posts", str(posts)]
        load = Load(argv, log, self.environ)
        self._loads.append(load)
        time.sleep(WARM)
        return load

    def ordered(self) -> dict[int, str]:
        """The release that took it, of every order in the database."""
        with sqlite3.connect(self.orders, timeout=30) as database:
            return dict(database.execute("select number, release from orders"))

    def counters(self, pattern: str) -> Mapping[str, int]:
        return Admin(self.edge).counters(pattern)

    def _git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.site, env=self.environ, capture_output=True, text=True, check=True
        )
        return done.stdout


def unlike(orders: Mapping[int, str], answers: Iterable[Answered]) -> list[str]:
    """What the database holds beside what was acknowledged: nothing, where no order was lost, doubled or invented.

    An order that failed without an answer may have been taken or not: its client does not know, and neither do we.
    """
    found: list[str] = []
    seen: set[int] = set()
    for row in answers:
        if row.order < 0:
            continue
        seen.add(row.order)
        if row.is_good and row.order not in orders:
            found.append(f"order {row.order} was acknowledged by {row.release} and is lost")
        if row.is_good and orders.get(row.order, row.release) != row.release:
            found.append(f"order {row.order} was acknowledged by {row.release}, and {orders[row.order]} wrote it")
        if row.status and not row.is_good and row.order in orders:
            found.append(f"order {row.order} was answered {row.status} and is there")
    return found + [f"order {number} was never sent" for number in sorted(orders.keys() - seen)]


def free_port() -> int:
    """Below those of releases and those of outgoing connections, so that it stays free until it is listened on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def load_average() -> str:
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def spoken(seconds: float | None) -> str:
    if seconds is None:
        return "never"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
