"""A shop at a real edge, in a folder of its own: commands, load, what stands, and a sure end of everything."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.edge_load import Answered, read
from outpace.delivery.edge.standing import Good, Rollout, Stage, Standing
from outpace.engines.envoy.runtime import Runtime, Settings

HERE = Path(__file__).parent
LOAD = HERE.parents[1] / "bench" / "edge_load.py"
PATIENCE = 90.0
PORTS = range(12_000, 19_000)
"""Below those of releases, and those of outgoing connections."""
GIT = {f"GIT_{role}_{key}": "a@example.invalid" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}

REAPER = """
import os, pathlib, signal, sys, time
mark = f"HOME={sys.argv[1]}".encode()
def found():
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark in pathlib.Path(entry.path, "environ").read_bytes().split(b"\\0"): yield int(entry.name)
            except OSError: pass
sys.stdin.read()
quiet = 0
while quiet < 3:
    pids = list(found())
    quiet = 0 if pids else quiet + 1
    for pid in pids:
        try: os.kill(pid, signal.SIGKILL)
        except OSError: pass
    time.sleep(0.02)
"""
"""Everything at this edge has a HOME of its own, by which it is found; its end is its test's, however that ends."""

RISK = """
[applications.edge.risk]
tolerated = 0.03
wrong_promotions = 0.05
needless_rollbacks = 0.01
bad_responses = 500
hour_exposed = 100000.0
"""
"""So few requests decide that a rollout takes seconds."""


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        return json.loads(self.out)["result"]


def free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def until(holds: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """What it holds, once it does."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        time.sleep(0.02)
    return found


@dataclass(frozen=True)
class Counts:
    """`bad`: answered, and not well; `failed`: no whole answer came. `by`: answers of each version, `bad_by`: the bad
    ones. `orders`: numbers of those acknowledged, `unsure`: of the others."""

    rows: tuple[Answered, ...]
    why: dict[str, int]

    @property
    def bad(self) -> int:
        return sum(row.status > 0 and not row.is_good for row in self.rows)

    @property
    def failed(self) -> int:
        return sum(row.status == 0 for row in self.rows)

    @property
    def by(self) -> Counter[str]:
        return Counter(row.release for row in self.rows if row.status)

    @property
    def bad_by(self) -> Counter[str]:
        return Counter(row.release for row in self.rows if row.status and not row.is_good)

    @property
    def orders(self) -> list[int]:
        """Of the last load."""
        return [row.order for row in self.rows if row.order >= 0 and row.is_good]

    @property
    def unsure(self) -> list[int]:
        return [row.order for row in self.rows if row.order >= 0 and not row.is_good]


class Loading:
    """The load's process."""

    def __init__(self, address: str, rate: float, log: Path, environ: dict[str, str]) -> None:
        argv = [sys.executable, LOAD, address, "--rps", str(rate), "--clients", "40", "--log", log]
        self._log = log
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environ)
        self._ended: Counts | None = None
        until(self._listens, "the load begins")

    def _listens(self) -> bool:
        """It would die of the signal that ends it, until it handles it."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        caught = next(line for line in lines if line.startswith("SigCgt:")).split()[1]
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)

    def end(self) -> Counts:
        """It sends no more, and waits for what is under way."""
        if self._ended is None:
            self._process.send_signal(signal.SIGTERM)
            out, _ = self._process.communicate(timeout=PATIENCE)
            self._ended = Counts(tuple(read(self._log)), json.loads(out)["why"])
        return self._ended


@dataclass
class Shop:
    place: Path
    port: int = field(default_factory=free_port)
    more: str = ""  # of [applications.edge]
    tables: str = ""  # after it
    variables: str = ""  # of its processes

    def __post_init__(self) -> None:
        for path in (self.home, self.root, self.place / "state"):
            path.mkdir(parents=True)
        with sqlite3.connect(self.orders_file) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE orders (number INTEGER, version TEXT)")
        self.git("init", "--quiet", "--initial-branch=main")

    @property
    def home(self) -> Path:
        return self.place / "home"

    @property
    def root(self) -> Path:
        return self.place / "shop"

    @property
    def orders_file(self) -> Path:
        return self.place / "orders.sqlite"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @cached_property
    def environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("LANG", "CI", "OUTPACE_ENVOY", "PYTHONPATH") if name in os.environ}
        return kept | GIT | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.place / "state"),
            "XDG_CACHE_HOME": str(self.place / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip

    # The repository.

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, env=self.environ, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, version: str, **faults: object) -> str:
        """A revision that tells this version, with what is wrong with it."""
        (self.root / "app.py").write_text((HERE / "application.py").read_text())
        (self.root / "worker.py").write_text((HERE / "queue_worker.py").read_text())
        (self.root / "faults.json").write_text(json.dumps({"version": version, **faults}))
        (self.root / "outpace.toml").write_text(self.configuration())
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", version)
        return self.git("rev-parse", "HEAD")

    def configuration(self) -> str:
        return (
            '[[applications]]\nname = "shop"\nrun = ["python3", "app.py", "{port}"]\nready = "/healthz"\n'
            f'delivery = "edge"\n[applications.edge]\nlisten = ["{self.address}"]\nstart_within = "5s"\n'
            f'drain = "2s"\n{self.more}\n[applications.edge.build]\nenvironment = "none"\n'
            f'[applications.edge.variables]\nORDERS = "{self.orders_file}"\n{self.variables}\n{RISK}\n{self.tables}'
        )

    def declare(self, **changes: str) -> None:
        """In outpace.toml alone: the release of what is committed stays the same."""
        for name, value in changes.items():
            setattr(self, name, value)
        (self.root / "outpace.toml").write_text(self.configuration())

    # Commands.

    def begin(self, *words: str) -> subprocess.Popen[str]:
        argv = [sys.executable, "-m", "outpace", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(argv, cwd=self.root, env=self.environ, stdout=pipe, stderr=pipe, text=True)

    def outpace(self, *words: str, expect: int | None = 0) -> Ran:
        process = self.begin(*words)
        out, err = process.communicate(timeout=PATIENCE)
        assert expect is None or process.returncode == expect, f"{words}: {process.returncode}\n{out}\n{err}"
        return Ran(process.returncode, out, err)

    def rolled_back(self, *words: str) -> str:
        """The reason, of a rollout that must end so."""
        return self.outpace("rollout", *words, "--format", "json", expect=10).answer["why"]

    @contextmanager
    def load(self, rate: float = 120.0) -> Generator[Loading]:
        with sqlite3.connect(self.orders_file) as database:
            database.execute("DELETE FROM orders")
        loading = Loading(self.address, rate, self.place / "load.log", self.environ)
        try:
            yield loading
        finally:
            loading.end()

    # What stands.

    @property
    def folder(self) -> Path:
        return self.place / "state" / "outpace" / "edge" / "shop"

    @property
    def runtime(self) -> Runtime:
        return Runtime(self.folder, Settings(listen=(self.address,)), self.environ)

    @property
    def standing(self) -> Standing:
        return self.runtime.standing()

    @property
    def rollout(self) -> Rollout:
        found = self.runtime.place.rollout() if self.folder.exists() else None
        assert found is not None
        return found

    @property
    def good(self) -> Good:
        found = self.runtime.place.good()
        assert found is not None
        return found

    def stage(self) -> str:
        found = self.runtime.place.rollout() if self.folder.exists() else None
        return found.stage if found is not None else ""

    def says(self, name: str) -> str:
        path = self.folder / "logs" / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def orders(self) -> list[int]:
        """Of the last load."""
        with sqlite3.connect(self.orders_file) as database:
            return [number for (number,) in database.execute("SELECT number FROM orders ORDER BY rowid")]

    def version(self) -> str:
        """That answers now, over a connection of its own."""
        with urllib.request.urlopen(f"http://{self.address}/pages/now", timeout=PATIENCE) as answer:
            return answer.headers["X-Release"]

    def answers(self) -> str:
        """The version, or nothing while nobody answers."""
        try:
            return self.version()
        except OSError:
            return ""

    def takes_all(self, version: str) -> bool:
        return {self.answers() for _ in range(12)} == {version}

    def end_everything(self) -> None:
        """At once, the watchdog first, so that it starts nothing again."""
        names = ["envoy", *(path.stem for path in self.folder.glob("processes/*.json"))]
        os.kill(self.standing.watchdog, signal.SIGKILL)
        for pid in {self.runtime.place.pid(name) for name in names} - {0}:
            os.killpg(pid, signal.SIGKILL)
        until(lambda: not any(self.runtime.place.pid(name) for name in names), "all are gone")

    def rewrite(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """A file of the edge's folder, by one rename."""
        path = self.folder / name
        document = json.loads(path.read_text())
        change(document)
        fresh = path.with_name(f".{path.name}.test")
        fresh.write_text(json.dumps(document).ljust(256))
        fresh.rename(path)

    def ends_on(self, version: str, stage: Stage) -> Rollout:
        """Asserts that it answers, that it is the good one and gets everything, and that nothing of another is left."""
        rollout, traffic, good = self.rollout, self.runtime.traffic(), self.good.release
        assert traffic is not None
        assert (rollout.stage, rollout.armed) == (stage, False)
        assert (traffic.baseline, traffic.candidate, traffic.weight, traffic.mirrored) == (good, None, 0, 0.0)
        assert [(each.release, bool(each.pid)) for each in self.standing.instances] == [(good, True)]
        assert (rollout.candidate if stage == "settled" else rollout.baseline) == good
        assert self.version() == version
        return rollout

    def kill(self, which: str) -> int:
        """The watchdog, or a process that it keeps."""
        pid = self.standing.watchdog if which == "watchdog" else self.runtime.place.pid(which)
        assert pid
        os.kill(pid, signal.SIGKILL)
        return pid


@contextmanager
def opened(place: Path, **how: Any) -> Generator[Shop]:
    shop = Shop(place, **how)
    with reaped(shop.home):
        yield shop


@contextmanager
def reaped(home: Path) -> Generator[None]:
    reaper = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", REAPER, str(home)],
        stdin=subprocess.PIPE,
        env={"PATH": os.environ["PATH"]},
        start_new_session=True,
    )
    try:
        yield
    finally:
        reaper.communicate()
