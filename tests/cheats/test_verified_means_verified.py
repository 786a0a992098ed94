"""Ways to look fixed without being it, each beside its honest twin, on real processes."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from outpace.delivery.evidence import SETTLE
from outpace.delivery.verify import (
    BY_INVENTORY,
    BY_PROBE,
    Reopened,
    Stands,
    StillExposed,
    UnknownYet,
    Verified,
    still_stands,
    verify,
)
from outpace.model.observation import Running
from tests.cheats.stall import NEW, OLD, PROBE, SERVER, VULNERABILITY, Stall, rematch, until

ORPHANED = """
if os.fork():
    os._exit(0)
open(f"{sys.argv[3]}/stall.pid", "w").write(str(os.getpid()))
"""
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are read on Linux only")


def how(result: object) -> str:
    assert isinstance(result, Verified), result
    return result.how


def test_an_upgrade_and_a_restart_are_verified_by_inventory_only(stall: Stall) -> None:
    stall.install(OLD)
    stall.start()
    assert isinstance(stall.verified(), StillExposed)
    stall.install(NEW)
    stall.restart()
    assert how(stall.verified()) == BY_INVENTORY


def test_an_upgrade_is_verified_by_the_probe_that_worked_before_and_is_held_now(stall: Stall) -> None:
    stall.install(OLD)
    stall.start()
    before = stall.probe()
    stall.install(NEW)
    stall.restart()
    result = verify(VULNERABILITY, stall.observe(), rematch, probe=PROBE, before=before, after=stall.probe())
    assert how(result) == BY_PROBE


def test_a_downgrade_in_place_and_a_restart_reopen_what_was_verified(stall: Stall) -> None:
    stall.install(NEW)
    stall.start()
    verified = stall.verified()
    assert isinstance(verified, Verified)
    assert still_stands(verified, VULNERABILITY, stall.observe(), rematch) == Stands()
    stall.install(OLD)
    pid = stall.restart()
    why = f"process {pid} runs stall-kit 1.0, which is affected"
    assert still_stands(verified, VULNERABILITY, stall.observe(), rematch) == Reopened(why)
    assert stall.verified() == StillExposed(why, (pid,))


def test_an_upgrade_without_a_restart_is_still_exposed_where_the_old_was_seen(stall: Stall) -> None:
    stall.install(OLD)
    pid = stall.start()
    seen = stall.observe()
    time.sleep(0.05)
    stall.install(NEW)
    assert stall.verified(seen) == StillExposed(f"process {pid} runs stall-kit 1.0, which is affected", (pid,))


def test_an_upgrade_without_a_restart_is_unknown_where_nothing_was_seen_before(stall: Stall) -> None:
    stall.install(OLD)
    stall.start()
    stall.install(NEW)
    result = stall.verified()
    assert isinstance(result, UnknownYet)
    assert "changed after the process started" in result.why


def released(stall: Stall, *, linked: bool) -> Path:
    """The old release in place, behind a link or not, and the new one beside it, older than the process to come."""
    venv = stall.root / "venv"
    stall.install(NEW)
    shutil.copytree(venv, stall.root / "next", symlinks=True)
    stall.install(OLD)
    if linked:
        venv.rename(stall.root / "first")
        venv.symlink_to("first")
    return venv


def swap(venv: Path, *, linked: bool) -> None:
    if linked:
        (venv.parent / "new-link").symlink_to("next")
        (venv.parent / "new-link").replace(venv)
    else:
        venv.rename(venv.parent / "first")
        (venv.parent / "next").rename(venv)


@pytest.mark.parametrize("written", [False, True], ids=["left alone", "written to"])
@pytest.mark.parametrize("linked", [True, False], ids=["a link that is turned", "a directory that is moved"])
def test_a_release_that_is_swapped_in_under_a_running_process_is_not_what_it_runs(
    stall: Stall, linked: bool, written: bool
) -> None:
    venv = released(stall, linked=linked)
    pid = stall.start()
    seen = stall.observe()
    time.sleep(0.05)
    swap(venv, linked=linked)
    if written:
        (venv / "log").touch()
    unseen = stall.verified()
    assert isinstance(unseen, UnknownYet)
    assert f"{venv} changed after the process started" in unseen.why
    assert stall.verified(seen) == StillExposed(f"process {pid} runs stall-kit 1.0, which is affected", (pid,))
    stall.restart()
    assert how(stall.verified()) == BY_INVENTORY


def test_files_made_in_the_directory_that_the_process_sits_in_and_above_raise_no_doubt(stall: Stall) -> None:
    stall.install(NEW)
    stall.start()
    time.sleep(0.05)
    (stall.root / "log").touch()
    (stall.root.parent / "another").touch()
    assert how(stall.verified()) == BY_INVENTORY


def test_files_made_in_one_directory_of_the_environment_raise_no_doubt(stall: Stall) -> None:
    stall.install(NEW)
    stall.start()
    time.sleep(0.05)
    (stall.root / "venv/lib/log").touch()
    assert how(stall.verified()) == BY_INVENTORY


def test_a_package_that_is_taken_from_under_a_running_process_is_not_gone(stall: Stall) -> None:
    stall.install(OLD)
    stall.write_manifest_of_another()
    pid = stall.start()
    seen = stall.observe()
    assert isinstance(stall.verified(seen), StillExposed)
    time.sleep(0.05)
    stall.uninstall()
    (stall.site / "__pycache__").mkdir()
    unseen = verify(VULNERABILITY, stall.observe(), rematch, earlier=(seen,))
    assert isinstance(unseen, UnknownYet)
    assert f"{stall.site} changed after the process started" in unseen.why
    assert stall.verified(seen) == StillExposed(f"process {pid} runs stall-kit 1.0, which is affected", (pid,))


def test_a_package_that_is_gone_at_the_start_is_gone_though_python_then_keeps_its_bytecode(stall: Stall) -> None:
    stall.install(OLD)
    stall.start()
    seen = stall.observe()
    stall.stop()
    stall.uninstall()
    stall.write_manifest_of_another()
    (stall.root / "app/stall_kit.py").write_text("def answer(path):\n    return 200, b''\n")
    stall.start()
    time.sleep(0.05)
    (stall.site / "__pycache__").mkdir()
    (stall.site / "__pycache__/lone.pyc").touch()
    assert how(verify(VULNERABILITY, stall.observe(), rematch, earlier=(seen,))) == BY_INVENTORY


def test_an_egg_that_a_path_file_names_is_not_overlooked(stall: Stall) -> None:
    stall.install(OLD)
    stall.start()
    seen = stall.observe()
    stall.stop()
    egg = stall.site / "stall_kit-1.0-py3.egg"
    (egg / "EGG-INFO").mkdir(parents=True)
    (egg / "EGG-INFO/PKG-INFO").write_text("Metadata-Version: 1.0\nName: stall-kit\nVersion: 1.0\n")
    (stall.site / "stall_kit").rename(egg / "stall_kit")
    stall.uninstall()
    stall.write_manifest_of_another()
    (stall.site / "easy-install.pth").write_text(f"./{egg.name}\n")
    stall.start()
    result = verify(VULNERABILITY, stall.observe(), rematch, earlier=(seen,))
    assert isinstance(result, UnknownYet)
    assert "stall-kit: it has no RECORD" in result.why


def test_a_line_of_code_that_changes_where_python_looks_is_not_verified(stall: Stall) -> None:
    stall.install(NEW)
    (stall.site / "more.pth").write_text("import sys; sys.path.insert(0, '/srv/vendored')\n")
    stall.start()
    result = stall.verified()
    assert isinstance(result, UnknownYet)
    assert f"{stall.site}/more.pth: a line of code" in result.why


def test_a_release_that_was_linked_before_the_start_is_what_runs(stall: Stall) -> None:
    venv = released(stall, linked=True)
    swap(venv, linked=True)
    stall.start()
    assert how(stall.verified()) == BY_INVENTORY


def test_files_that_keep_their_old_times_do_not_pass_for_loaded_ones(stall: Stall) -> None:
    """`cp -p`, `tar` and `rsync -t` forge the time of modification; nobody forges that of the change."""
    stall.install(NEW)
    new = stall.root / "new"
    shutil.copytree(stall.site, new)
    stall.install(OLD)
    stall.start()
    stall.uninstall()
    shutil.copytree(new, stall.site, dirs_exist_ok=True)
    assert isinstance(stall.verified(), UnknownYet)


def test_the_last_version_seen_is_not_taken_from_another_process_of_the_same_number(stall: Stall) -> None:
    stall.install(NEW)
    stall.start()
    seen = stall.observe()
    assert isinstance(seen.seen, Running)
    (process,) = seen.seen.processes
    other = msgspec.structs.replace(process, started=process.started - timedelta(seconds=1))
    before = msgspec.structs.replace(seen, seen=msgspec.structs.replace(seen.seen, processes=(other,)))
    time.sleep(0.05)
    stall.install(OLD)
    assert isinstance(stall.verified(seen), Verified)
    assert isinstance(stall.verified(before), UnknownYet)


def test_a_candidate_that_answers_500_to_everything_is_not_verified(stall: Stall) -> None:
    stall.install(OLD)
    stall.start()
    before = stall.probe()
    stall.install(NEW, healthy=False)
    stall.restart()
    result = verify(VULNERABILITY, stall.observe(), rematch, probe=PROBE, before=before, after=stall.probe())
    assert result == UnknownYet(
        "the probe of what runs is undecided: the benign twin did not succeed: status 500, a server error",
        "mend the service, then look again",
    )


def test_a_candidate_that_is_down_is_not_verified(stall: Stall) -> None:
    stall.install(NEW)
    stall.start()
    stall.stop()
    assert isinstance(stall.verified(), UnknownYet)


def test_a_manifest_that_was_edited_over_old_files_is_not_verified(stall: Stall) -> None:
    stall.install(OLD)
    old = stall.site / "stall_kit-1.0.dist-info"
    record = (old / "RECORD").read_text().replace("stall_kit-1.0", "stall_kit-1.1")
    (old / "METADATA").write_text((old / "METADATA").read_text().replace("1.0", "1.1"))
    (old / "RECORD").write_text(record)
    old.rename(stall.site / "stall_kit-1.1.dist-info")
    stall.start()
    result = stall.verified()
    assert isinstance(result, UnknownYet)
    assert "is not the file that its RECORD lists" in result.why


def test_a_manifest_of_the_new_over_files_of_the_old_is_not_verified(stall: Stall) -> None:
    stall.install(NEW)
    stall.write_code(OLD)
    stall.start()
    result = stall.verified()
    assert isinstance(result, UnknownYet)
    assert "stall_kit/__init__.py is not the file that its RECORD lists" in result.why


def test_a_manifest_with_forged_hashes_is_not_verified_against_what_the_code_says(stall: Stall) -> None:
    stall.write_code(OLD)
    stall.write_manifest(NEW)
    stall.start()
    result = stall.verified()
    assert isinstance(result, UnknownYet)
    assert "says 1.0, its manifest 1.1" in result.why


def test_a_manifest_without_a_record_is_not_verified(stall: Stall) -> None:
    stall.install(NEW)
    (stall.site / "stall_kit-1.1.dist-info/RECORD").unlink()
    stall.start()
    assert isinstance(stall.verified(), UnknownYet)


def test_a_manifest_that_the_old_one_lies_beside_is_not_verified(stall: Stall) -> None:
    stall.install(NEW)
    stall.write_manifest(OLD)
    stall.start()
    result = stall.verified()
    assert isinstance(result, UnknownYet)
    assert "lie side by side" in result.why


@pytest.mark.parametrize("way", ["beside the script", "on PYTHONPATH"])
def test_an_old_copy_that_python_finds_first_is_not_verified(stall: Stall, way: str) -> None:
    stall.install(OLD)
    folder = stall.root / ("app" if way == "beside the script" else "vendored")
    shutil.copytree(stall.site / "stall_kit", folder / "stall_kit")
    stall.install(NEW)
    stall.start(environ={} if folder.name == "app" else {"PYTHONPATH": str(folder)})
    result = stall.verified()
    assert isinstance(result, UnknownYet)
    assert "is found first and hides it" in result.why


def aside(stall: Stall, name: str) -> Path:
    """The old release in a directory of its own, with a program beside it; the environment holds the new."""
    stall.install(OLD)
    place = stall.root / name
    place.mkdir()
    for path in stall.site.glob("stall_kit*"):
        path.rename(place / path.name)
    (place / "__main__.py").write_text(SERVER)
    (place / "server.py").write_text(f"import stall_kit, os\nos.chdir('/tmp')\n{SERVER}")
    stall.install(NEW)
    return place


def zipped(place: Path) -> Path:
    return Path(shutil.make_archive(str(place), "zip", place)).rename(place.parent / "bundle-without-a-suffix")


def hook(place: Path) -> Path:
    found = place.parent / "hook"
    found.mkdir()
    (found / "sitecustomize.py").write_text(f"import sys; sys.path.insert(0, {str(place)!r})\n")
    return found


@pytest.mark.parametrize(
    ("begin", "why"),
    [
        (lambda stall, old: stall.start(program=(str(zipped(old)),)), "it runs from the archive"),
        (lambda stall, old: stall.start(environ={"PYTHONPATH": str(zipped(old))}), "Python looks into first"),
        (lambda stall, old: stall.start(environ={"PYTHONPATH": str(hook(old))}), "a line of code"),
        (lambda stall, old: stall.start(program=(f"{old.name}/server.py",), cwd="."), "is not where its command line"),
        (
            lambda stall, old: stall.start(
                program=("-c", f"import sys; sys.path.insert(0, {str(old)!r}); sys.argv[0:1] = []\n{SERVER}", "x")
            ),
            "its command line: a line of code",
        ),
    ],
    ids=["archive", "archive on the path", "start-up module", "moved away", "-c"],
)
def test_an_old_copy_that_the_command_line_or_the_environment_puts_first_is_not_verified(
    stall: Stall, begin: Callable[[Stall, Path], int], why: str
) -> None:
    begin(stall, aside(stall, "old"))
    result = stall.verified()
    assert isinstance(result, UnknownYet), result
    assert why in result.why


def test_an_old_release_that_is_started_in_its_own_directory_is_exposed(stall: Stall) -> None:
    """As `pip install --target .` lays it out."""
    old = aside(stall, "old")
    stall.start(program=("-c", SERVER), cwd="old", environ={"PYTHONPATH": str(old)})
    assert isinstance(stall.verified(), StillExposed)


def test_a_process_that_sits_in_the_root_directory_is_read_like_any_other(stall: Stall) -> None:
    stall.install(NEW)
    stall.start(program=(str(stall.root / "app/server.py"),), cwd="/")
    assert how(stall.verified()) == BY_INVENTORY


def test_a_worker_whose_master_has_ended_says_nothing_of_what_was_installed_before_it_was_forked(stall: Stall) -> None:
    stall.install(OLD)
    stall.start(wait=False, program=("-c", f"import stall_kit, os, sys, time\ntime.sleep(1)\n{ORPHANED}{SERVER}"))
    time.sleep(0.5)
    stall.install(NEW)
    until(lambda: any(stall.root.glob("ready-*")))
    result = stall.verified()
    assert isinstance(result, UnknownYet), result
    assert "it was forked by a process that has ended" in result.why
    stall.strays += stall.workers()


def test_a_process_that_started_while_files_still_change_is_not_verified(stall: Stall) -> None:
    stall.install(OLD)
    stall.start(environ={"LATE": "0.3"}, wait=False)
    time.sleep(0.1)
    stall.install(NEW)
    result = stall.verified()
    assert isinstance(result, UnknownYet)
    assert "changed after the process started; restart it" in result.why


def test_a_process_that_has_not_loaded_yet_is_given_a_second_and_seen_after_it(stall: Stall) -> None:
    """The fix was there when it started; what it loads half a second later is not the fix."""
    stall.install(NEW)
    stall.start(environ={"LATE": "0.5"}, wait=False)
    swap = threading.Timer(0.2, stall.install, (OLD,))
    swap.start()
    result = stall.verified(settle=SETTLE)
    swap.join()
    assert isinstance(result, UnknownYet)
    assert "changed after the process started" in result.why


def test_a_young_process_with_the_fix_is_waited_for_and_verified(stall: Stall) -> None:
    stall.install(NEW)
    began = time.monotonic()
    stall.start()
    assert how(stall.verified(settle=SETTLE)) == BY_INVENTORY
    assert time.monotonic() - began >= SETTLE


def test_a_file_from_the_future_is_not_verified(stall: Stall) -> None:
    """Where the clock was set back, nothing can be ordered by it."""
    stall.install(NEW)
    future = time.time() + 3600
    os.utime(stall.site / "stall_kit/__init__.py", (future, future))
    stall.start()
    result = stall.verified()
    assert isinstance(result, UnknownYet)
    assert "the clock was set back" in result.why


def test_an_old_worker_left_over_keeps_it_exposed_by_name(stall: Stall) -> None:
    stall.install(OLD)
    stall.start(workers=1)
    (old,) = stall.workers()
    seen = stall.observe()
    stall.stop_only_the_first()
    stall.install(NEW)
    stall.start(workers=1)
    assert stall.verified(seen) == StillExposed(f"process {old} runs stall-kit 1.0, which is affected", (old,))
    assert isinstance(stall.verified(), UnknownYet)
    stall.stop_worker(old)
    assert how(stall.verified(seen)) == BY_INVENTORY


def test_an_old_worker_of_another_release_that_serves_the_same_port_is_found(stall: Stall) -> None:
    """Each release in a directory of its own, as many deployments have it."""
    stall.install(OLD)
    stall.start(workers=1)
    (old,) = stall.workers()
    stall.stop_only_the_first()
    release = Stall(stall.root / "next", stall.port)
    release.install(NEW)
    try:
        release.start()
        assert release.verified() == StillExposed(f"process {old} runs stall-kit 1.0, which is affected", (old,))
    finally:
        release.close()


def test_all_workers_are_seen_and_all_must_be_new(stall: Stall) -> None:
    stall.install(NEW)
    pid = stall.start(workers=2)
    seen = stall.observe().seen
    assert isinstance(seen, Running)
    assert {one.pid for one in seen.processes} == {pid, *stall.workers()}
    assert how(stall.verified()) == BY_INVENTORY


def test_a_package_cache_that_links_the_same_files_elsewhere_raises_no_doubt(stall: Stall) -> None:
    """uv links every environment to one cache; a further environment changes the files' ctime, not the files."""
    stall.install(NEW)
    cache = stall.root / "cache"
    cache.mkdir()
    os.link(stall.site / "stall_kit/__init__.py", cache / "one")
    stall.start()
    time.sleep(0.05)
    os.link(stall.site / "stall_kit/__init__.py", cache / "two")
    assert how(stall.verified()) == BY_INVENTORY
