"""Packages whose directories or links are swapped beneath a running process, each beside its honest twin."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from outpace.delivery.verify import StillExposed, UnknownYet, Verified
from outpace.model.observation import Running
from tests.cheats.stall import NEW, OLD, Stall, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are read on Linux only")


def stored(stall: Stall, version: str) -> Path:
    """A release in a store of its own, older than what is started next."""
    stall.install(version, modules=("deep/__init__", "deep/answers"))
    place = stall.root / "store" / version
    place.mkdir(parents=True)
    for path in stall.site.glob("stall_kit*"):
        path.rename(place / path.name)
    return place


def linked(stall: Stall, place: Path) -> None:
    """As `stow` lays it out where nothing else is in the way."""
    for path in place.iterdir():
        (stall.site / path.name).symlink_to(path)


def linked_by_file(stall: Stall, place: Path) -> None:
    for path in place.rglob("*"):
        target = stall.site / path.relative_to(place)
        target.mkdir() if path.is_dir() else target.symlink_to(path)


def copied(stall: Stall, place: Path) -> None:
    shutil.copytree(place, stall.site, dirs_exist_ok=True)


def moved(stall: Stall, place: Path) -> None:
    for path in place.iterdir():
        path.rename(stall.site / path.name)


def relinked(stall: Stall, place: Path) -> None:
    """The directories stay, each link in them is turned."""
    for path in place.rglob("*.py"):
        link = stall.site / path.relative_to(place)
        link.unlink()
        link.symlink_to(path)
    metadata = stall.site / f"stall_kit-{OLD}.dist-info"
    metadata.rename(stall.site / f"stall_kit-{NEW}.dist-info")
    for link in (stall.site / f"stall_kit-{NEW}.dist-info").iterdir():
        link.unlink()
        link.symlink_to(place / f"stall_kit-{NEW}.dist-info" / link.name)


def swapped(how: Callable[[Stall, Path], None]) -> Callable[[Stall, Path], None]:
    def swap(stall: Stall, place: Path) -> None:
        for path in stall.site.glob("stall_kit*"):
            if path.is_symlink():
                path.unlink()
            else:
                shutil.rmtree(path)
        how(stall, place)

    return swap


SWAPS: dict[str, tuple[Callable[[Stall, Path], None], Callable[[Stall, Path], None]]] = {
    "links": (linked, swapped(linked)),
    "links of files": (linked_by_file, swapped(linked_by_file)),
    "links in place": (linked_by_file, relinked),
    "directories": (copied, swapped(moved)),
}


@pytest.mark.parametrize(("lay", "swap"), SWAPS.values(), ids=SWAPS)
def test_what_is_swapped_in_below_the_packages_under_a_running_process_is_not_what_it_runs(
    stall: Stall, lay: Callable[[Stall, Path], None], swap: Callable[[Stall, Path], None]
) -> None:
    new, old = stored(stall, NEW), stored(stall, OLD)
    lay(stall, old)
    stall.start()
    time.sleep(0.05)
    swap(stall, new)
    result = stall.verified()
    assert isinstance(result, UnknownYet), result
    assert "changed after the process started" in result.why
    stall.restart()
    assert isinstance(stall.verified(), Verified)


@pytest.mark.parametrize("deep", [False, True], ids=["the package", "a package within it"])
def test_new_code_that_is_moved_in_beside_a_manifest_that_was_there_is_not_what_runs(stall: Stall, deep: bool) -> None:
    new = stored(stall, NEW)
    copied(stall, new)
    name = "stall_kit/deep" if deep else "stall_kit"
    (stall.root / "aside").mkdir()
    (stall.site / name).rename(stall.root / "aside/code")
    stall.start(program=("-c", "import os, sys, time; open(f'{sys.argv[3]}/ready-{os.getpid()}', 'w'); time.sleep(60)"))
    time.sleep(0.05)
    (stall.root / "aside/code").rename(stall.site / name)
    result = stall.verified()
    assert isinstance(result, UnknownYet), result
    assert f"{stall.site}/{name} changed after the process started" in result.why


def test_bytecode_that_the_first_start_keeps_everywhere_raises_no_doubt(stall: Stall) -> None:
    """As where `uv` has installed: it compiles nothing."""
    stall.install(NEW, modules=("deep/__init__", "deep/answers"))
    (stall.site / "alone.py").touch()
    (stall.root / "app/server.py").write_text(
        f"import alone, stall_kit.deep.answers\n{(stall.root / 'app/server.py').read_text()}"
    )
    stall.start()
    assert (stall.site / "__pycache__").is_dir()
    assert (stall.site / "stall_kit/deep/__pycache__").is_dir()
    assert isinstance(stall.verified(), Verified)


AGAIN = """
import signal
def again(*_):
    os.closerange(3, 100)
    os.execv(sys.executable, [sys.executable, *sys.argv])
signal.signal(signal.SIGHUP, again)
"""


@pytest.mark.parametrize("again", [False, True], ids=["left alone", "begun anew"])
def test_what_was_seen_of_a_process_says_nothing_after_it_has_begun_its_program_anew_in_its_place(
    stall: Stall, again: bool
) -> None:
    """As uWSGI and Tornado reload: the process keeps its number and its start."""
    server = (stall.root / "app/server.py").read_text()
    (stall.root / "app/server.py").write_text(server.replace("server = ", f"{AGAIN}\nserver = "))
    stall.install(NEW)
    pid = stall.start()
    seen = stall.observe()
    time.sleep(0.05)
    stall.install(OLD)
    if again:
        (stall.root / f"ready-{pid}").unlink()
        os.kill(pid, signal.SIGHUP)
        until((stall.root / f"ready-{pid}").exists)
    result = stall.verified(seen)
    assert isinstance(result, UnknownYet if again else Verified), result
    assert not again or "changed after the process started" in str(result)


def test_what_was_seen_of_a_process_adds_to_it_where_nobody_knows_whether_it_has_begun_anew(stall: Stall) -> None:
    stall.install(OLD)
    stall.start()
    seen = stall.observe()
    assert isinstance(seen.seen, Running)
    unmarked = tuple(msgspec.structs.replace(one, image="") for one in seen.seen.processes)
    before = msgspec.structs.replace(seen, seen=msgspec.structs.replace(seen.seen, processes=unmarked))
    time.sleep(0.05)
    stall.install(NEW)
    assert isinstance(stall.verified(before), StillExposed)
    assert isinstance(stall.verified(), UnknownYet)
