"""A full disk, taken ports, clocks that jump and a machine that was started anew."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import FileIO
from itertools import cycle
from pathlib import Path

import pytest

from outpace import bootstrap
from outpace.app.rollout import Rolling
from outpace.app.rollout_parts import Promoted
from outpace.bootstrap.edge import EdgePlace
from outpace.delivery.edge.standing import Stage
from outpace.engines.envoy.launching import ALONE, WATCHDOG
from outpace.engines.envoy.watchdog import PARTS
from outpace.model import times
from tests.edge.conftest import QUICK
from tests.edge.shop import PATIENCE, Shop, opened, until
from tests.needs import missing

ENVOY = WATCHDOG.parent


@contextmanager
def small_disk(at: Path, size: str) -> Generator[Path]:
    at.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", at], capture_output=True, check=False)
    if made.returncode:
        missing(f"no file system can be mounted here: {made.stderr.decode().strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", at], check=True)


def wrote(file: FileIO, size: int) -> bool:
    try:
        return file.write(bytes(size)) > 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False


def filled(disk: Path) -> Path:
    """To the last byte."""
    path = disk / "filler"
    with FileIO(path, "w") as file:
        for size in (1 << 16, 1 << 12, 1):
            while wrote(file, size):
                pass
    return path


@pytest.mark.parametrize("way", ["the engine sees it", "the engine is killed", "by hand"])
def test_a_release_is_taken_back_without_a_free_byte(tmp_path: Path, way: str) -> None:
    with small_disk(tmp_path / "disk", "24m") as disk, opened(disk / "edge", more=QUICK) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        shop.commit("2")
        process = shop.begin("rollout", "--format", "json")
        until(lambda: shop.stage() == "users", "users are sent")
        if way != "the engine sees it":
            process.send_signal(signal.SIGSTOP)
        filler = filled(disk)
        if way == "the engine is killed":
            process.kill()
        if way == "by hand":
            process.kill()
            shop.outpace("rollback", expect=None)
        until(lambda: shop.takes_all("1"), "users are back")
        out, err = process.communicate(timeout=PATIENCE)
        assert shop.version() == "1"
        if way == "the engine sees it":
            assert process.returncode in (3, 10), out + err
            assert "cannot be written: the disk is full" in err
            assert shop.rollout.by in ("engine", "watchdog")
        filler.unlink()
        shop.outpace("edge", "up")
        shop.ends_on("1", "reverted")


def test_a_watchdog_is_seen_to_look_without_a_free_byte(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "24m") as disk, opened(disk / "edge", more=QUICK) as shop:
        shop.commit("1")
        shop.outpace("rollout")
        filled(disk)
        lock = shop.folder / "lease.lock"
        before = lock.stat().st_mtime
        until(lambda: lock.stat().st_mtime > before, "it looks again")
        assert shop.standing.hanging == {}


def test_an_edge_whose_port_is_taken_says_so_and_starts_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "edge", more=QUICK) as shop, socket.create_server(("127.0.0.1", shop.port)):
        shop.commit("1")
        ran = shop.outpace("rollout", expect=3)
        assert f"{shop.address} is taken by another program" in ran.err
        assert (shop.standing.envoy, shop.standing.instances, shop.standing.good) == (0, (), None)


def test_a_process_whose_port_was_taken_while_it_was_gone_gets_another_one(shop: Shop) -> None:
    (before,) = shop.standing.instances
    shop.outpace("edge", "down")
    with socket.create_server(("127.0.0.1", before.port)):
        shop.outpace("edge", "up")
        (after,) = shop.standing.instances
        assert after.port != before.port
        shop.ends_on("1", "settled")


def test_a_process_whose_port_is_taken_at_once_is_moved_by_the_next_up(shop: Shop) -> None:
    """While the watchdog tries again and again to start it."""
    (before,) = shop.standing.instances
    watching = shop.standing.watchdog
    os.kill(watching, signal.SIGSTOP)
    os.kill(before.pid, signal.SIGKILL)
    until(lambda: shop.standing.instances[0].pid == 0, "it is gone")
    with socket.create_server(("127.0.0.1", before.port)):
        os.kill(watching, signal.SIGCONT)
        until(lambda: "Address already in use" in shop.says(before.name), "it cannot listen")
        shop.outpace("edge", "up")
        assert shop.standing.instances[0].port != before.port
        shop.ends_on("1", "settled")


def jumping() -> Iterator[timedelta]:
    return cycle([timedelta(0), timedelta(days=-400), timedelta(days=400), timedelta(seconds=-3)])


def test_a_clock_that_jumps_by_years_at_every_look_decides_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall clock dates what happens; leases, pauses and grace go by the clock since boot, which nobody sets."""
    monkeypatch.chdir(shop.root)
    for name, value in shop.environ.items():
        monkeypatch.setenv(name, value)
    shop.commit("2")
    jumps = jumping()
    with (
        bootstrap.workplace(Path.cwd(), name=None, report=print) as here,
        shop.load() as load,
    ):
        place = EdgePlace(here)
        rolling = Rolling(
            place.runtime, judges=place.judges("routine"), report=print, now=lambda: times.now() + next(jumps)
        )
        candidate = place.candidate(place.release(here.head))
        with place.alone("a test"):
            outcome = rolling.to(candidate)
    counts = load.end()
    assert isinstance(outcome, Promoted)
    assert (counts.bad, counts.failed, shop.version()) == (0, 0, "2")


def test_nothing_that_decides_reads_the_clock_on_the_wall() -> None:
    """It is read for the ends of blocks, which are dates, and to say when something happened."""
    reads = re.compile(r"time\.(?:time|gmtime|localtime)\(|datetime\.now|times\.now")
    found = {
        path.name: [line.strip() for line in path.read_text().splitlines() if reads.search(line)]
        for path in sorted(ENVOY.rglob("*.py"))
    }
    decided = [line for line in found.pop("__main__.py") if "time.gmtime()" not in line]
    assert decided == ['return "until" in mark and float(mark["until"]) < time.time()']
    assert found.pop("routing.py") == ["return found.blocked_at(times.now()) if found is not None else ()"]
    assert [name for name, lines in found.items() if lines] == []


def rebooted(shop: Shop) -> None:
    """Nothing runs any more, and what is written down is of another boot: so the machine's next one finds it."""
    shop.end_everything()
    for name in ("lease.json", "counted.json", *(f"processes/{path.name}" for path in shop.folder.glob("processes/*"))):
        if (shop.folder / name).exists():
            shop.rewrite(name, lambda document: document.update(boot="0b2ed6f6-7c8b-4f6e-8f5b-0c1d2e3f4a5b"))


@pytest.mark.parametrize(
    ("stage", "good", "ends"),
    [("settled", "1", "settled"), ("users", "1", "reverted"), ("promoted", "2", "settled")],
)
def test_a_machine_that_is_started_anew_comes_back_on_the_last_good_release(
    shop: Shop, stage: str, good: str, ends: Stage
) -> None:
    """By what systemd starts alone: no command is given."""
    if stage != "settled":
        shop.commit("2")
        process = shop.begin("rollout", "--soak")
        if stage == "promoted":
            with shop.load():
                until(lambda: shop.stage() == stage, "it comes so far")
        until(lambda: shop.stage() == stage, "it comes so far")
        process.kill()
        process.communicate()
    rebooted(shop)
    for part in PARTS:
        argv = [sys.executable, *ALONE, WATCHDOG, shop.folder, part]
        subprocess.Popen(argv, env=shop.environ, start_new_session=True, stderr=subprocess.DEVNULL).returncode = 0
    until(shop.answers, "it answers")
    assert {shop.version() for _ in range(20)} == {good}
    if stage == "users":
        assert shop.rollout.why == "the machine was started anew during the rollout"
    shop.outpace("edge", "up")
    assert shop.version() == good
    if stage == "promoted":
        with shop.load():
            shop.outpace("rollout", "--soak")
    shop.ends_on(good, ends)
