"""Runs every attack in a box of one tier, as whoever started it.

`python arena.py full|file-system|none [ATTACK...]`
prints one JSON object, {attack: [outcome, how]}. Started by path, so that it can be run as another user.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import msgspec

from outpace.sandbox import Box, Confined, FileSystem, Full, NoSandbox, Tier, confine

Outcomes: TypeAlias = dict[str, tuple[str, str]]
ATTACKS = Path(__file__).with_name("attacks.py")
PYTHON = Path(sys.executable).resolve()
TIERS: dict[str, Tier] = {"full": Full(), "file-system": FileSystem(), "none": NoSandbox()}
MIB = 1 << 20
LARGE = Box()
SMALL = Box(memory=160 * MIB, processes=40, disk=16 * MIB, seconds=15)
AT_ONCE = (
    "write_outside", "write_what_is_readable", "read_secret_in_environment", "read_environment_of_others",
    "read_file_in_home", "list_home", "read_through_proc_root", "read_shared_memory_of_others",
    "see_that_a_file_exists", "change_permissions_outside", "change_times_outside", "see_command_lines_of_others",
    "see_load_and_memory_of_the_host", "connect_over_tcp", "connect_over_tcp_fast_open", "send_over_udp", "ask_dns",
    "connect_to_a_unix_socket", "connect_to_an_abstract_socket", "open_a_vsock", "open_a_raw_socket",
    "set_up_io_uring", "make_a_user_namespace", "use_the_kernel_keyring", "trace_another_process", "kill_outpace",
    "become_root", "leave_a_set_user_id_program", "write_kernel_settings", "leave_the_control_group",
    "write_a_hook_into_the_git_directory", "replace_the_git_directory", "replace_a_nested_git_directory",
    "read_system_v_memory_of_others", "limit_another_process", "slow_another_process", "watch_a_directory_outside",
    "change_attributes_outside", "change_owners_outside", "kill_another_process", "delete_outside",
)  # fmt: skip
ALONE = (
    "kill_the_launcher", "fork_bomb", "fill_temporary_directory", "fill_writable_directory", "write_one_huge_file",
    "exhaust_memory", "exhaust_memory_with_many_processes", "exhaust_shared_memory", "exhaust_memory_files",
)  # fmt: skip
OUTSIDE = ("outlive", "outlive_a_killed_outpace")
ALL = (*AT_ONCE, *ALONE, *OUTSIDE)


class Arena:
    """A folder with a home, a checkout and a secret, listeners of every kind, and a victim that runs beside them."""

    def __init__(self, folder: Path, victim: int, ports: dict[str, str]) -> None:
        self.folder = folder
        for name in ("home", "readable", "free", "outside", "checkout/.git/hooks", "checkout/vendor/inner/.git"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        secret = folder / "home" / "secret"
        secret.write_text("a secret in a file")
        secret.chmod(0o600)
        self.scene = ports | {
            "outside": str(folder / "outside"),
            "home": str(folder / "home"),
            "secret": str(secret),
            "readable": str(folder / "readable"),
            "free": str(folder / "free"),
            "checkout": str(folder / "checkout"),
            "token": os.environ["ARENA_TOKEN"],
            "outpace": str(os.getpid()),
            "victim": str(victim),
            "marker": f"outlives-{os.getpid()}",
        }

    def box(self, limits: Box) -> Box:
        folder = self.folder
        checkout = folder / "checkout"
        return msgspec.structs.replace(
            limits,
            readable=(Path(sys.base_prefix), ATTACKS, folder / "readable"),
            writable=(folder / "free", checkout),
            protected=(checkout / ".git", checkout / "vendor" / "inner" / ".git"),
        )

    def attack(self, names: tuple[str, ...], tier: Tier, limits: Box = LARGE) -> Confined:
        return confine(
            [PYTHON, "-I", "-S", ATTACKS, *names],
            box=self.box(limits),
            cwd=self.folder / "free",
            tier=tier,
            stdin=json.dumps(self.scene).encode(),
            unsafe_allow_none=True,
        )


@contextmanager
def arena() -> Generator[Arena, None, None]:
    folder = Path(tempfile.mkdtemp(prefix="outpace-arena-"))
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    shared = Path(f"/dev/shm/outpace-arena-{os.getpid()}")
    shared.write_text("a secret in shared memory")
    listeners = _listeners(folder)
    libc = ctypes.CDLL(None, use_errno=True)
    segment = libc.shmget(0, 4096, 0o1600)
    libc.shmat.restype = ctypes.c_void_p
    ctypes.memmove(libc.shmat(segment, None, 0), b"a secret", 8)
    places = {"shm": str(shared), "system_v": str(segment)}
    try:
        yield Arena(folder, victim.pid, _addresses(folder, listeners) | places)
    finally:
        libc.shmctl(segment, 0, None)
        victim.kill()
        victim.wait()
        shared.unlink(missing_ok=True)
        for listener in listeners.values():
            listener.close()
        for path, below, _ in os.walk(folder):
            for name in below:
                Path(path, name).chmod(0o700)
        shutil.rmtree(folder)


def _listeners(folder: Path) -> dict[str, socket.socket]:
    listeners = {
        "tcp": socket.create_server(("127.0.0.1", 0)),
        "udp": socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "unix": socket.socket(socket.AF_UNIX),
        "abstract": socket.socket(socket.AF_UNIX),
    }
    listeners["udp"].bind(("127.0.0.1", 0))
    listeners["unix"].bind(str(folder / "listener"))
    listeners["abstract"].bind(f"\0outpace-arena-{os.getpid()}")
    for name in ("unix", "abstract"):
        listeners[name].listen(5)
    threading.Thread(target=_echo, args=(listeners["udp"],), daemon=True).start()
    return listeners


def _echo(udp: socket.socket) -> None:
    try:
        while True:
            content, sender = udp.recvfrom(100)
            udp.sendto(content, sender)
    except OSError:
        pass


def _addresses(folder: Path, listeners: dict[str, socket.socket]) -> dict[str, str]:
    return {
        "tcp": str(listeners["tcp"].getsockname()[1]),
        "udp": str(listeners["udp"].getsockname()[1]),
        "unix": str(folder / "listener"),
        "abstract": f"outpace-arena-{os.getpid()}",
    }


def outcomes(confined: Confined, names: tuple[str, ...]) -> Outcomes:
    """An attack of which nothing was heard was ended with its process."""
    lines = [json.loads(line) for line in confined.done.stdout.decode().splitlines() if line.startswith("[")]
    found: Outcomes = {name: (outcome, how) for name, outcome, how in lines}
    ended = f"ended: {confined.exceeded or confined.done.returncode} {confined.done.stderr.decode()[-300:]}"
    return {name: found.get(name, ("stopped", ended)) for name in names}


def alive(marker: str) -> list[int]:
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and marker.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


def _outlive(place: Arena, tier: Tier) -> Outcomes:
    started = place.attack(("outlive",), tier).done.stdout
    assert b"possible" in started, started
    left = alive(place.scene["marker"])
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return {"outlive": ("possible", f"{len(left)} left") if left else ("stopped", "none left")}


def _outlive_a_killed_outpace(place: Arena, tier: str) -> Outcomes:
    """Another Outpace, of which only the one process is killed, as by the kernel when memory is short."""
    marker = f"orphan-{os.getpid()}"
    outpace = subprocess.Popen([sys.executable, __file__, "sleep", tier, marker], start_new_session=True)
    program = f"time.sleep({_LONG}) # {marker}"
    there = _wait_until(lambda: len(alive(program)) > 1 or outpace.poll() is not None)
    assert outpace.poll() is None, "the program and its daemon ended before anything was killed"
    assert there, "the program and its daemon did not start"  # a second look may miss one that forks just then
    outpace.kill()
    outpace.wait()
    _wait_until(lambda: not alive(marker))
    left = alive(marker)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return {"outlive_a_killed_outpace": ("possible", f"{len(left)} left") if left else ("stopped", "none left")}


_PATIENCE = 40.0
"""Seconds; a stalled machine has needed more than ten to start a program."""

_LONG = 85
"""Seconds that a program sleeps which is to be there when patience has ended."""


def _wait_until(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + _PATIENCE
    while not (met := condition()) and time.monotonic() < until:
        time.sleep(0.05)
    return met


def sleep_in_a_box(tier: str, marker: str) -> None:
    code = (
        f"import os, time\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0: time.sleep({_LONG})\n os._exit(0)\n"
        f"time.sleep({_LONG}) # {marker}"
    )
    box = Box(readable=(Path(sys.base_prefix),))
    ended = confine([PYTHON, "-I", "-S", "-c", code], box=box, cwd=Path("/usr"), tier=TIERS[tier])
    print(ended, file=sys.stderr)


def main(tier: str, *chosen: str) -> None:
    with arena() as place:
        at_once, alone = (tuple(name for name in names if name in chosen or not chosen) for names in (AT_ONCE, ALONE))
        found = outcomes(place.attack(at_once, TIERS[tier]), at_once) if at_once else {}
        for name in alone:
            found |= outcomes(place.attack((name,), TIERS[tier], SMALL), (name,))
            for block in (place.folder / "free").iterdir():
                block.unlink()
        if not chosen:
            found |= _outlive(place, TIERS[tier]) | _outlive_a_killed_outpace(place, tier)
    print(json.dumps(found))


if __name__ == "__main__":
    if sys.argv[1] == "sleep":
        sleep_in_a_box(*sys.argv[2:])
    else:
        main(*sys.argv[1:])
