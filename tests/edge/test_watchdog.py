"""The watchdog alone, in a folder of its own: what goes wrong with one process, or with it, costs no other."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from outpace.delivery.edge.standing import Program, Rollout
from outpace.delivery.edge.traffic import WHOLE, Block, BlockPath, Traffic
from outpace.engines.envoy import launching
from outpace.engines.envoy.launching import ALONE, WATCHDOG
from outpace.engines.envoy.place import Lease, Place, Workers, declared
from outpace.engines.envoy.routes import routes
from outpace.engines.envoy.runtime import Runtime, Settings
from outpace.engines.envoy.watchdog import boot
from outpace.model.errors import ToolTimedOut
from outpace.model.release import Digest
from tests.edge.shop import reaped, until

OLD, NEW = Digest("a" * 64), Digest("b" * 64)
SLEEPS = ("sleep", "1000")


class Folder:
    """Of an edge without Envoy."""

    def __init__(self, at: Path) -> None:
        self.path = at / "edge"
        self.place = Place(self.path)
        self.place.make()
        for name in ("logs", "processes"):
            (self.path / name).mkdir()
        self.environ = {"HOME": str(at / "home"), "PATH": os.environ["PATH"]}

    @contextmanager
    def watched(self, umask: int = -1, stderr: int | None = None) -> Generator[subprocess.Popen[bytes]]:
        argv = [sys.executable, *ALONE, WATCHDOG, self.path]
        log = os.open(self.log("watchdog"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        with subprocess.Popen(
            argv, env=self.environ, stderr=log if stderr is None else stderr, umask=umask
        ) as watchdog:
            os.close(log)
            try:
                yield watchdog
            finally:
                watchdog.kill()

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"

    def declare(self, name: str, *argv: str, **variables: str) -> None:
        program = Program(release=OLD, argv=argv or SLEEPS, cwd="/", variables=variables)
        (self.path / "instances" / f"{name}.json").write_bytes(msgspec.json.encode(declared(program)))

    def keep(self, name: str, document: object) -> Path:
        path = self.path / name
        path.write_bytes(msgspec.json.encode(document))
        return path

    def known(self, name: str) -> dict[str, Any]:
        return json.loads((self.path / "processes" / f"{name}.json").read_bytes())

    def comes(self, name: str) -> int:
        return until(lambda: self.place.pid(name), f"{name} runs")

    def looked(self) -> None:
        """Some looks have passed."""
        lock = self.path / "lease.lock"
        until(lambda: lock.stat().st_mtime <= time.clock_gettime(time.CLOCK_BOOTTIME), "it begins")
        before = lock.stat().st_mtime
        until(lambda: lock.stat().st_mtime > before + 1, "it looks")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    (tmp_path / "home").mkdir()
    with reaped(tmp_path / "home"):
        yield Folder(tmp_path)


def test_a_log_without_room_keeps_nothing_from_being_started_again(folder: Folder) -> None:
    folder.declare("a-0")
    with Path("/dev/full").open("wb") as full, folder.watched(stderr=full.fileno()) as watchdog:
        before = folder.comes("a-0")
        os.kill(before, signal.SIGKILL)
        until(lambda: folder.place.pid("a-0") not in (0, before), "it is started again")
        assert watchdog.poll() is None


def test_a_process_is_started_where_there_is_no_room_for_its_log(folder: Folder) -> None:
    folder.log("a-0").mkdir()
    folder.declare("a-0")
    with folder.watched():
        assert folder.comes("a-0")


def test_a_number_that_was_given_again_is_another_programs(folder: Folder) -> None:
    """So in a container that is restarted: numbers begin anew, and the machine's boot is the same."""
    stranger = subprocess.Popen(SLEEPS, env=folder.environ, start_new_session=True)
    folder.keep("processes/a-0.json", {"pid": stranger.pid, "born": "1", "boot": boot(), "starts": 1, "at": 1.0})
    folder.keep("processes/b-0.json", {"pid": stranger.pid, "born": "1", "boot": boot(), "starts": 1, "at": 1.0})
    folder.declare("a-0")
    folder.keep("stopping/b-0.json", {})
    with folder.watched():
        assert folder.comes("a-0") != stranger.pid
        until(lambda: not (folder.path / "stopping" / "b-0.json").exists(), "the other is gone")
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_what_a_process_leaves_behind_ends_before_it_is_started_again(folder: Folder) -> None:
    child = folder.path / "child"
    folder.declare("a-0", "sh", "-c", f"sleep 1000 & echo $! >> {child}; exec sleep 1000")
    with folder.watched():
        before = folder.comes("a-0")
        first = int(until(lambda: child.exists() and child.read_text(), "its child runs"))
        os.kill(before, signal.SIGKILL)
        assert until(lambda: folder.place.pid("a-0") not in (0, before), "it is started again")
        until(lambda: not Path(f"/proc/{first}").exists(), "the child is gone")


NAMED = "import ctypes, sys, time\nctypes.CDLL(None).prctl(15, 'büröööööööö'.encode()[:15], 0, 0, 0)\n"


def test_a_process_whose_name_is_cut_in_the_middle_of_a_letter_is_seen_to_run(folder: Folder) -> None:
    named = folder.path / "named"
    folder.declare("a-0", sys.executable, "-c", f"{NAMED}open({str(named)!r}, 'w').close()\ntime.sleep(1000)")
    folder.declare("b-0", "sh", "-c", f"while ! [ -e {named} ]; do sleep 0.05; done; sleep 0.2")
    with folder.watched():
        until(lambda: (folder.path / "processes" / "b-0.json").exists() and folder.known("b-0")["total"] > 1, "a while")
        with pytest.raises(UnicodeDecodeError):
            Path(f"/proc/{folder.known('a-0')['pid']}/stat").read_text()
        assert folder.place.pid("a-0") == folder.known("a-0")["pid"]
        assert folder.known("a-0")["total"] == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a\0b", None], ids=["no text", "a NUL", "not there"])
@pytest.mark.parametrize("part", ["instances", "workers"])
def test_a_process_that_cannot_be_started_is_told_of_and_the_others_are(
    folder: Folder, content: bytes | None, part: str
) -> None:
    key = folder.path / "key"
    if content is not None:
        key.write_bytes(content)
    bad, good = (Program(release=OLD, argv=SLEEPS, cwd="/", variables=each) for each in ({"KEY": f"file:{key}"}, {}))
    if part == "workers":
        workers = {"worker-a": declared(bad), "worker-b": declared(good)}
        folder.place.keep_workers(Workers(release=OLD, workers=workers))
    else:
        folder.declare("worker-a", KEY=f"file:{key}")
        folder.declare("worker-b")
    with folder.watched():
        folder.comes("worker-b")
        assert re.match(r"cannot be started: .*(KEY|/key)", folder.place.last_words("worker-a"))
    runtime = Runtime(folder.path, Settings(listen=()), folder.environ)
    assert runtime.finish(bad, 10.0).startswith(("KEY is", "no environment", "[Errno 2]"))


@pytest.mark.parametrize("broken", [{"cwd": "/"}, {"argv": ["sleep"], "cwd": "/", "variables": {"A": 1}}], ids=str)
def test_a_declaration_that_makes_no_sense_stops_nobody_behind_it(folder: Folder, broken: object) -> None:
    folder.keep("instances/a-0.json", broken)
    folder.keep("stopping/a-1.json", {})
    folder.keep("processes/a-1.json", {"pid": "many", "boot": boot()})
    folder.keep("stopping/b-1.json", {})
    folder.declare("b-0")
    with folder.watched():
        assert folder.comes("b-0")
        until(lambda: not (folder.path / "stopping" / "b-1.json").exists(), "the one behind it is gone")


def test_a_watchdog_that_is_killed_as_it_starts_a_process_leaves_none_unknown(folder: Folder) -> None:
    """The log is a pipe that nobody reads, so that the process waits just before it becomes what it is to be."""
    os.mkfifo(folder.log("a-0"))
    folder.declare("a-0")
    with folder.watched():
        before = folder.comes("a-0")
    assert launching.watching(folder.path) != {}  # it holds the locks, so that nobody begins another meanwhile
    reader = os.open(folder.log("a-0"), os.O_RDONLY | os.O_NONBLOCK)
    until(lambda: launching.watching(folder.path) == {}, "it has its log")
    folder.declare("b-0")
    with folder.watched():
        folder.comes("b-0")
        assert (folder.place.pid("a-0"), folder.known("a-0")["total"]) == (before, 1)
    os.close(reader)


def test_a_process_of_which_nothing_could_be_written_when_it_was_started_is_written_down_later(folder: Folder) -> None:
    record, began = folder.path / "processes" / "a-0.json", folder.path / "began"
    record.mkdir()
    folder.declare("a-0", "sh", "-c", f"echo $$ >> {began}; exec sleep 1000")
    with folder.watched():
        until(began.exists, "it runs")
        record.rmdir()
        assert str(folder.comes("a-0")) == began.read_text().strip()


def test_what_is_started_has_the_umask_of_whoever_started_the_edge(folder: Folder) -> None:
    folder.declare("a-0", "sh", "-c", f"umask > {folder.path / 'umask'}; exec sleep 1000")
    with folder.watched(umask=0o027):
        told = until(lambda: (folder.path / "umask").exists() and (folder.path / "umask").read_text(), "it says")
    assert told == "0027\n"
    assert (folder.path / "processes" / "a-0.json").stat().st_mode & 0o777 == 0o600


SPLIT = Traffic(baseline=OLD, candidate=NEW, weight=WHOLE // 2)
PROMOTED = Traffic(baseline=OLD, candidate=NEW, weight=WHOLE)
BACK = Traffic(baseline=OLD)


@pytest.mark.parametrize(
    ("live", "lasts", "is_prepared", "stays"),
    [
        (SPLIT, -60.0, True, False),
        (SPLIT, None, True, False),
        (SPLIT, 25.0, True, True),
        (SPLIT, -60.0, False, True),
        (PROMOTED, -60.0, True, True),
    ],
    ids=["two releases, nobody judges", "no lease", "somebody judges", "no way back", "all on one release"],
)
def test_of_a_rollout_that_cannot_be_read_users_come_back_only_where_it_is_sure_that_it_was_under_way(
    folder: Folder, live: Traffic, lasts: float | None, is_prepared: bool, stays: bool
) -> None:
    (folder.path / "rollout.json").touch()
    folder.keep("xds/rds.json", routes(live))
    if is_prepared:
        folder.keep("xds/rds.revert.json", routes(BACK))
    if lasts is not None:
        until_then = time.clock_gettime(time.CLOCK_BOOTTIME) + lasts
        folder.keep("lease.json", Lease(rollout="x", boot=boot(), until=until_then))
    with folder.watched():
        until(lambda: "cannot be read: only while" in folder.log("watchdog").read_text(), "it says so")
        folder.looked()
    routed = json.loads((folder.path / "xds" / "rds.json").read_bytes())
    assert routed == json.loads(msgspec.json.encode(routes(live if stays else BACK)))
    assert (folder.path / "rollout.json").read_bytes() == b""
    assert folder.log("watchdog").read_text().count("cannot be read") == (1 if stays else 2)


def test_a_block_that_is_over_waits_for_an_engine_that_changes_the_routes(folder: Folder) -> None:
    """Else one of the two would be lost."""
    block = Block(what=BlockPath(path="/admin"), until=datetime(2020, 1, 1, tzinfo=UTC), why="an exploit")
    live = folder.keep("xds/rds.json", routes(replace(SPLIT, blocks=(block,))))
    before = live.read_bytes()
    lock = os.open(folder.path / "routes.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    with folder.watched():
        until((folder.path / "lease.lock").exists, "it begins")
        folder.looked()
        assert live.read_bytes() == before
        os.close(lock)
        until(lambda: live.read_bytes() != before, "the block is gone")
    routed = [host["routes"] for each in json.loads(live.read_bytes())["resources"] for host in each["virtual_hosts"]]
    assert [len(each) for each in routed] == [2]


def test_an_edge_whose_watchdog_cannot_be_ended_is_not_waited_for_without_end(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lock is held, and by nobody whom a signal reaches: so is one that waits for a disk."""
    monkeypatch.setattr(launching, "GRACE", 0.1)
    gone = subprocess.Popen(["true"])
    gone.wait()
    lock = os.open(folder.path / "lease.lock", os.O_RDWR | os.O_CREAT, 0o600)
    os.write(lock, str(gone.pid).encode())
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.utime(lock, (1, 1))
    for act in (launching.end_hanging, launching.end_watchdog):
        with pytest.raises(ToolTimedOut, match=f"the watchdog, process {gone.pid}, does not end"):
            act(folder.path)
    os.close(lock)


def test_a_soak_that_goes_on_after_a_newer_release_gets_its_judge(folder: Folder) -> None:
    """Nothing of the newer one is there any more, and its record still holds the soak into which it came."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    soak = Rollout(id="r", baseline=OLD, candidate=NEW, began=began, stage="promoted")
    newer = Rollout(id="s", baseline=NEW, candidate=Digest("c" * 64), began=began, stage="reverted", soak=soak)
    folder.place.keep_rollout(newer)
    (folder.path / "judge.json").write_text(json.dumps({"argv": SLEEPS}))
    with folder.watched():
        assert folder.comes("judge")


def lapsed(folder: Folder) -> None:
    """A rollout under way, whose engine is gone, and nothing is prepared to go back to."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    folder.place.write(folder.place.xds / "rds.json", msgspec.json.encode(routes(SPLIT)))
    folder.place.keep_rollout(
        Rollout(id="r", baseline=OLD, candidate=NEW, began=began, staged=began, stage="users", armed=True)
    )


def test_nothing_is_said_to_be_taken_back_while_users_are_still_sent_to_it(folder: Folder) -> None:
    lapsed(folder)
    with folder.watched():
        until(lambda: "nothing is prepared to go back to" in folder.log("watchdog").read_text(), "it says so")
        folder.looked()
    assert (rollout := folder.place.rollout()) is not None
    assert (rollout.stage, rollout.armed) == ("users", True)


def test_whoever_changes_a_record_and_hangs_keeps_nobody_on_a_release_without_its_engine(folder: Folder) -> None:
    lapsed(folder)
    folder.place.write(folder.place.xds / "rds.revert.json", msgspec.json.encode(routes(Traffic(baseline=OLD))))
    with folder.place.telling(), folder.watched():
        until(lambda: (found := folder.place.rollout()) and found.stage == "reverted", "it is taken back")
    assert (folder.place.xds / "rds.json").read_bytes() == msgspec.json.encode(routes(Traffic(baseline=OLD)))


@pytest.mark.parametrize("hangs", [True, False])
def test_a_watchdog_that_has_just_begun_does_not_hang(folder: Folder, hangs: bool) -> None:
    """For an instant its lock is by the clock on the wall, and not by the one since boot."""
    lock = os.open(folder.path / "lease.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.write(lock, b"4711")
    began = 0.0 if hangs else time.time()
    os.utime(lock, (began, began))
    assert (4711 in launching.hanging(folder.path)) == hangs
    os.close(lock)
