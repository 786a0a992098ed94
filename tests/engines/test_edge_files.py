"""What the edge reads from its folder, and what it writes there, without Envoy: hosts that go wrong in small ways."""

from __future__ import annotations

import fcntl
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from outpace.delivery.edge.standing import Program, Rollout, worker_name
from outpace.delivery.rollout.trail import Header
from outpace.engines.envoy import holding, place
from outpace.engines.envoy.counting import Counted, CountersBeganAnew
from outpace.engines.envoy.place import RESTLESS, Process, Workers, declared
from outpace.engines.envoy.runtime import Runtime, Settings
from outpace.engines.envoy.trails import TrailFile
from outpace.engines.envoy.watchdog import boot
from outpace.engines.lease import Holder
from outpace.model import times
from outpace.model.errors import DiskFull
from outpace.model.release import Digest
from tests.fakes.rollout_traffic import made

A = Digest("a" * 64)
PROGRAM = Program(release=A, argv=("serve", "{port}"), cwd="/")
WORKER = worker_name("mails", PROGRAM)
UNSTARTED = "cannot be started: KEY is env:KEY, which the watchdog's environment does not hold"
ENDED = Process(pid=0, boot=boot(), starts=RESTLESS, total=RESTLESS)


@pytest.fixture
def edge(tmp_path: Path) -> Runtime:
    """Nothing runs there, and no watchdog starts anything."""
    runtime = Runtime(tmp_path / "edge", Settings(listen=()), {})
    runtime.place.make()
    for name in ("logs", "processes"):
        (runtime.place.folder / name).mkdir()
    return runtime


def logs(edge: Runtime, name: str, words: str) -> None:
    (edge.place.folder / "logs" / f"{name}.log").write_text(f"{words}\n")


def knows(edge: Runtime, name: str, process: Process) -> None:
    (edge.place.folder / "processes" / f"{name}.json").write_bytes(msgspec.json.encode(process))


def uptime() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def myself() -> Process:
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    return replace(ENDED, pid=os.getpid(), born=fields[19], at=uptime())


@contextmanager
def locked(path: Path, content: bytes) -> Generator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.write(descriptor, content)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("is_declared", [False, True], ids=["rolled out again", "declared since the last boot"])
def test_what_could_not_be_started_once_is_waited_for_the_next_time(edge: Runtime, is_declared: bool) -> None:
    if is_declared:
        edge.start(PROGRAM, 1)
    logs(edge, f"{A[:12]}-0", UNSTARTED)
    edge.start(PROGRAM, 1)
    assert "for 0.1 s" in edge.healthy(A, 0.1)
    logs(edge, f"{A[:12]}-0", UNSTARTED)  # as the watchdog does, where it is still so
    assert edge.healthy(A, 0.1) == UNSTARTED


def test_a_worker_that_could_not_be_started_once_is_not_told_of_when_it_is_to_work_again(edge: Runtime) -> None:
    logs(edge, WORKER, UNSTARTED)
    edge.work(A, [("mails", PROGRAM)])
    before = edge.restless()
    logs(edge, WORKER, UNSTARTED)
    assert (before, edge.restless()) == ((), (f"{WORKER} {UNSTARTED}",))


@pytest.mark.parametrize(
    ("process", "ago", "told"),
    [
        (ENDED, 0.0, (f"{WORKER} ended 5 times: no cart",)),
        (replace(ENDED, starts=RESTLESS - 1), 0.0, ()),
        (myself(), 0.0, ()),
        (ENDED, 3600.0, ()),
        (replace(ENDED, boot="another"), 0.0, ()),
    ],
    ids=["it ended five times", "four times", "the fifth goes on", "it went on for long", "before a reboot"],
)
def test_a_worker_is_told_of_once_it_ended_five_times_soon_after_its_start(
    edge: Runtime, process: Process, ago: float, told: tuple[str, ...]
) -> None:
    edge.place.keep_workers(Workers(release=A, workers={WORKER: declared(PROGRAM)}))
    logs(edge, WORKER, "no cart")
    knows(edge, WORKER, replace(process, at=uptime() - ago))
    assert edge.restless() == told


def test_a_watchdog_that_could_not_write_who_it_is_costs_nobody_else_its_life(tmp_path: Path) -> None:
    """A signal to process 0 goes to the whole group of whoever sends it."""
    ends = f"from outpace.engines.envoy import launching\nfrom pathlib import Path\nfolder = Path({str(tmp_path)!r})\n"
    ends += "launching.end_hanging(folder)\nlaunching.end_watchdog(folder)\n"
    with locked(tmp_path / "lease.lock", b"") as lock:
        os.utime(lock, (1, 1))
        done = subprocess.run(
            [sys.executable, "-c", ends], start_new_session=True, capture_output=True, check=False, timeout=60
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_judge_that_ends_just_when_it_is_asked_to_is_followed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    judge = Holder(holder=holding.JUDGE, pid=gone.pid, since=times.now(), host="here")
    entered: list[int] = []
    with locked(tmp_path / holding.LOCK, msgspec.json.encode(judge)) as lock:
        threading.Timer(0.2, fcntl.flock, (lock, fcntl.LOCK_UN)).start()
        with holding.alone(tmp_path, "a rollout", print):
            entered.append(holding.engine_of(tmp_path))
    assert entered == [os.getpid()]


@pytest.mark.parametrize("name", ["requests", "errors", "mirrored", "mirrored_errors"])
def test_whatever_counter_falls_tells_that_the_proxy_began_anew(name: str) -> None:
    before: dict[str, Any] = {name: 3}
    now: dict[str, Any] = {name: 2}
    with pytest.raises(CountersBeganAnew):
        replace(Counted(requests=9, mirrored=9), **now).since(replace(Counted(), **before))


def test_requests_that_are_tried_again_between_two_readings_are_no_new_beginning() -> None:
    """They are counted as started before they are counted as tries."""
    assert Counted(started=2).since(Counted(started=3)) == Counted()


def test_a_line_of_a_trail_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    trail, header = TrailFile(path, print), Header(budget=made())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))
    try:
        with pytest.raises(DiskFull):
            trail.begin(header)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b""
    trail.begin(header)
    assert TrailFile(path, print).judge() is not None


def test_another_that_hangs_keeps_nobody_from_saying_how_a_rollout_ends(
    edge: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "TELLING_SECONDS", 0.05)
    rollout = Rollout(id="one", baseline=None, candidate=A, began=times.now(), stage="reverted")
    with edge.telling(), edge.telling():
        edge.keep_rollout(rollout)
    assert edge.kept_rollout() == rollout
