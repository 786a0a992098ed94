"""The lock that keeps two Outpace apart."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from outpace.engines.lease import PADDED, Holder, hold, holder_of
from outpace.model.errors import BadInput, Busy
from outpace.model.times import now, text

HOLD = """
import sys, time
from pathlib import Path
from outpace.engines.lease import PADDED, Holder, hold, holder_of
with hold(Path(sys.argv[1]), "respond for shop"):
    print("held", flush=True)
    time.sleep(60)
"""


def another_holds(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_holder_is_told_who_has_it_and_since_when(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "shop"
    begun = now()
    other = another_holds(path)
    try:
        with pytest.raises(Busy) as refusal, hold(path, "watch"):
            pass
    finally:
        other.kill()
        other.communicate()
    expected = f"respond for shop, process {other.pid} on {socket.gethostname()}, since "
    assert expected in refusal.value.message
    assert text(begun) <= refusal.value.message.rsplit(" ", 1)[1] <= text(now())
    assert f"kill {other.pid}" in refusal.value.hint


def test_a_kill_frees_it(tmp_path: Path) -> None:
    other = another_holds(tmp_path / "lock")
    other.send_signal(signal.SIGKILL)
    other.communicate()
    with hold(tmp_path / "lock", "watch") as held:
        assert held == Holder(holder="watch", pid=os.getpid(), since=held.since, host=socket.gethostname())


def test_an_error_in_the_block_frees_it_and_leaves_no_name(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(tmp_path / "lock", "watch"):
        raise ZeroDivisionError
    assert (tmp_path / "lock").read_bytes().strip() == b""
    with hold(tmp_path / "lock", "watch"):
        pass


def test_one_process_cannot_hold_it_twice(tmp_path: Path) -> None:
    with (
        hold(tmp_path / "lock", "watch"),
        pytest.raises(Busy, match=f"process {os.getpid()}"),
        hold(tmp_path / "lock", "b"),
    ):
        pass


def test_a_holder_that_has_not_written_its_name_still_keeps_others_out(tmp_path: Path) -> None:
    with hold(tmp_path / "lock", "watch"):
        os.truncate(tmp_path / "lock", 0)
        with pytest.raises(Busy, match="has just begun"), hold(tmp_path / "lock", "b"):
            pass


def test_a_program_that_we_start_does_not_keep_the_lock(tmp_path: Path) -> None:
    with hold(tmp_path / "lock", "watch"):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
    try:
        with hold(tmp_path / "lock", "again") as held:
            assert (held.holder, child.poll()) == ("again", None)
    finally:
        child.kill()
        child.wait()


def test_only_the_owner_can_read_it_and_a_link_is_refused(tmp_path: Path) -> None:
    with hold(tmp_path / "state" / "lock", "watch"):
        assert stat.S_IMODE((tmp_path / "state" / "lock").stat().st_mode) == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="cannot open the lock"), hold(tmp_path / "link", "watch"):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_taking_it_again_needs_no_room_on_the_disk(tmp_path: Path) -> None:
    sizes: list[int] = []
    for name in ("a", "a longer name of what is done"):
        with hold(tmp_path / "lock", name):
            sizes.append((tmp_path / "lock").stat().st_size)
    assert sizes == [PADDED, PADDED] == [(tmp_path / "lock").stat().st_size] * 2


def test_who_holds_it_is_told_while_it_is_held(tmp_path: Path) -> None:
    assert holder_of(tmp_path / "lock") is None
    with hold(tmp_path / "lock", "watch") as me:
        assert holder_of(tmp_path / "lock") == me
    assert holder_of(tmp_path / "lock") is None
