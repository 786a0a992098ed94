"""Foreign code at its worst, run inside a box: every function does harm and says how, or is stopped by an OSError.

The standard library alone, in one file: `python -I -S attacks.py NAME...` with the scene as JSON on the standard input.
"""

# shorter with os, and what foreign code would do
# ruff: noqa: PTH101, PTH116, PTH208
from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias, cast

Scene: TypeAlias = dict[str, str]
MIB = 1 << 20


class Stopped(Exception):
    """The attack did not do what it is there for."""


def _first_success(attempts: Iterator[str]) -> str:
    """The first attempt that is not refused; attempts raise OSError through `_tries`."""
    for success in attempts:
        return success
    raise Stopped("every way is refused")


def _try(action: Callable[[], object], success: str) -> Iterator[str]:
    try:
        action()
    except OSError:
        return
    yield success


def write_outside(scene: Scene) -> str:
    def attempts() -> Iterator[str]:
        for folder in (scene["outside"], scene["home"], "/var/tmp", "/usr/local", "/etc", "/"):
            file = Path(folder, f"outpace-attack-{os.getpid()}")
            yield from _try(lambda file=file: (file.write_text("x"), file.unlink()), f"wrote {folder}")
        yield from _try(lambda: Path(scene["secret"]).write_text("overwritten"), "overwrote a file")

    return _first_success(attempts())


def write_what_is_readable(scene: Scene) -> str:
    Path(scene["readable"], "new").write_text("x")
    return "wrote into a read-only directory"


def delete_outside(scene: Scene) -> str:
    Path(scene["secret"]).rename(Path(scene["outside"], "moved"))
    return "renamed a file"


def read_secret_in_environment(scene: Scene) -> str:
    for name, value in os.environ.items():
        if value == scene["token"]:
            return f"found in {name}"
    raise Stopped("no variable holds it")


def read_environment_of_others(scene: Scene) -> str:
    for folder in [f"/proc/{scene['outpace']}", f"/proc/{scene['victim']}", *_processes()]:
        try:
            content = Path(folder, "environ").read_bytes()
        except OSError:
            continue
        if scene["token"].encode() in content:
            return f"found in {folder}"
    raise Stopped("no process shows it")


def _processes() -> list[str]:
    try:
        return [f"/proc/{name}" for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []


def read_file_in_home(scene: Scene) -> str:
    return Path(scene["secret"]).read_text()


def list_home(scene: Scene) -> str:
    return str(os.listdir(scene["home"]))


def read_through_proc_root(scene: Scene) -> str:
    def attempts() -> Iterator[str]:
        for process in ("self", "1", scene["outpace"], scene["victim"]):
            path = Path(f"/proc/{process}/root{scene['secret']}")
            yield from _try(path.read_text, f"read {path}")

    return _first_success(attempts())


def read_shared_memory_of_others(scene: Scene) -> str:
    return Path(scene["shm"]).read_text()


def read_system_v_memory_of_others(scene: Scene) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    address = libc.shmat(int(scene["system_v"]), None, 0o10000)
    if address in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "shmat")
    return ctypes.string_at(address, 8).decode()


def limit_another_process(scene: Scene) -> str:
    resource.prlimit(int(scene["victim"]), resource.RLIMIT_CORE, (0, 0))
    return "prlimit worked"


def slow_another_process(scene: Scene) -> str:
    os.setpriority(os.PRIO_PROCESS, int(scene["victim"]), 19)
    return "setpriority worked"


def watch_a_directory_outside(scene: Scene) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init()
    if libc.inotify_add_watch(watch, scene["home"].encode(), 0xFFF) < 0:
        raise OSError(ctypes.get_errno(), "inotify_add_watch")
    return "every name that appears there is told"


def change_attributes_outside(scene: Scene) -> str:
    os.setxattr(scene["secret"], "user.attack", b"x")
    return "setxattr worked"


def change_owners_outside(scene: Scene) -> str:
    os.chown(scene["secret"], -1, os.stat(scene["secret"]).st_gid)
    return "chown worked"


def see_that_a_file_exists(scene: Scene) -> str:
    return f"{os.stat(scene['secret']).st_size} bytes"


def change_permissions_outside(scene: Scene) -> str:
    os.chmod(scene["secret"], 0o644)
    return "chmod worked"


def change_times_outside(scene: Scene) -> str:
    os.utime(scene["secret"], (1, 1))
    return "utime worked"


def see_command_lines_of_others(scene: Scene) -> str:
    return str(Path(f"/proc/{scene['victim']}/cmdline").read_bytes())


def see_load_and_memory_of_the_host(scene: Scene) -> str:
    return Path("/proc/meminfo").read_text().splitlines()[0]


def connect_over_tcp(scene: Scene) -> str:
    socket.create_connection(("127.0.0.1", int(scene["tcp"])), timeout=2).close()
    return "connected"


def connect_over_tcp_fast_open(scene: Scene) -> str:
    with socket.socket() as client:
        client.settimeout(2)
        client.sendto(b"x", socket.MSG_FASTOPEN, ("127.0.0.1", int(scene["tcp"])))
    return "connected"


def listen_over_tcp(scene: Scene) -> str:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        Path(scene["free"], "port").write_text(str(port))
        server.listen()
        server.settimeout(2)
        server.accept()
    return "somebody outside connected"


def send_over_udp(scene: Scene) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(2)
        client.sendto(b"x", ("127.0.0.1", int(scene["udp"])))
        return f"answered {client.recv(10)!r}"


def ask_dns(scene: Scene) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"\0" * 12, ("127.0.0.53", 53))
        client.sendto(b"\0" * 12, ("192.0.2.53", 53))
    return "sent"


def connect_to_a_unix_socket(scene: Scene) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(scene["unix"])
    return "connected"


def connect_to_an_abstract_socket(scene: Scene) -> str:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + scene["abstract"])
    return "connected"


def open_a_vsock(scene: Scene) -> str:
    socket.socket(socket.AF_VSOCK).close()
    return "opened"


def open_a_raw_socket(scene: Scene) -> str:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    return "opened"


def set_up_io_uring(scene: Scene) -> str:
    return _call("io_uring_setup", 425, 4, ctypes.create_string_buffer(120))


def _call(name: str, number: int, *arguments: object) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
    return f"{name} worked"


def make_a_user_namespace(scene: Scene) -> str:
    pid = os.fork()
    if pid == 0:
        os._exit(ctypes.CDLL(None).unshare(0x10000000) and 1)
    if os.waitpid(pid, 0)[1]:
        raise Stopped("unshare is refused")
    return "unshare worked"


def use_the_kernel_keyring(scene: Scene) -> str:
    number = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
    return _call("keyctl", number, 0, ctypes.c_int(-5).value, 1)


def trace_another_process(scene: Scene) -> str:
    number = {"x86_64": 101, "aarch64": 117}[os.uname().machine]
    return _call("ptrace", number, 0x4206, int(scene["victim"]), 0, 0)


def kill_another_process(scene: Scene) -> str:
    os.kill(int(scene["victim"]), 9)
    return "killed"


def kill_the_launcher(scene: Scene) -> str:
    """The first process of a namespace ignores this silently; what counts is whether it is still there."""
    launcher = os.getppid()
    os.kill(launcher, 9)
    time.sleep(0.2)
    if os.getppid() == launcher:
        raise Stopped("it lives on")
    return "killed"


def kill_outpace(scene: Scene) -> str:
    os.kill(int(scene["outpace"]), 0)
    return "it would have been"


def become_root(scene: Scene) -> str:
    os.setuid(0)
    os.setgroups([])
    return "became root with capabilities"


def leave_a_set_user_id_program(scene: Scene) -> str:
    def attempts() -> Iterator[str]:
        file = Path(scene["free"], "program")
        file.write_text("x")
        yield from _try(lambda: os.chmod(file, 0o4755), "chmod")
        flags = os.O_CREAT | os.O_WRONLY
        yield from _try(lambda: os.close(os.open(f"{file}2", flags, 0o4755)), "open")

    return _first_success(attempts())


def write_kernel_settings(scene: Scene) -> str:
    os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
    return "could be written"


def leave_the_control_group(scene: Scene) -> str:
    def attempts() -> Iterator[str]:
        for path in ("/sys/fs/cgroup/pids/cgroup.procs", "/sys/fs/cgroup/cgroup.procs"):
            yield from _try(lambda path=path: os.close(os.open(path, os.O_WRONLY)), f"{path} could be written")

    return _first_success(attempts())


def write_a_hook_into_the_git_directory(scene: Scene) -> str:
    Path(scene["checkout"], ".git", "hooks", "pre-commit").write_text("x")
    return "wrote a hook"


def replace_the_git_directory(scene: Scene) -> str:
    checkout = Path(scene["checkout"])
    (checkout / ".git").rename(checkout / "old")
    (checkout / ".git").mkdir()
    return "replaced it"


def replace_a_nested_git_directory(scene: Scene) -> str:
    checkout = Path(scene["checkout"])
    (checkout / "vendor" / "inner").rename(checkout / "vendor" / "old")
    (checkout / "vendor" / "inner" / ".git").mkdir(parents=True)
    return "replaced it by way of its parent"


def fork_bomb(scene: Scene) -> str:
    """Bounded by its own count: the box allows far fewer."""
    children: list[int] = []
    try:
        for _ in range(300):
            pid = os.fork()
            if pid == 0:
                time.sleep(20)
                os._exit(0)
            children.append(pid)
        time.sleep(10)  # a bomb stays; where processes are counted by looking, the look must come first
    finally:
        for pid in children:
            os.kill(pid, 9)
    return f"{len(children)} processes"


def fill_temporary_directory(scene: Scene) -> str:
    return _fill(os.environ["TMPDIR"])


def fill_writable_directory(scene: Scene) -> str:
    return _fill(scene["free"])


def _fill(folder: str) -> str:
    block = b"\1" * (4 * MIB)
    for index in range(40):
        Path(folder, f"block-{index}").write_bytes(block)
        time.sleep(0.02)
    time.sleep(5)
    return "wrote 160 MiB"


def write_one_huge_file(scene: Scene) -> str:
    with Path(scene["free"], "huge").open("wb") as file:
        file.truncate(400 * MIB)
    return "400 MiB"


def exhaust_memory(scene: Scene) -> str:
    return _hold(mmap.mmap(-1, 500 * MIB, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


def exhaust_memory_with_many_processes(scene: Scene) -> str:
    for _ in range(8):
        if os.fork() == 0:
            _hold(mmap.mmap(-1, 60 * MIB, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
            time.sleep(10)
            os._exit(0)
    for _ in range(60):
        time.sleep(0.1)
        if os.waitpid(-1, os.WNOHANG) != (0, 0):
            raise Stopped("one was killed")
    return "480 MiB in 8 processes"


def exhaust_shared_memory(scene: Scene) -> str:
    return _hold(mmap.mmap(-1, 500 * MIB, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS))


def exhaust_memory_files(scene: Scene) -> str:
    block = b"\1" * (8 * MIB)
    opened = [os.memfd_create(f"attack-{index}") for index in range(60)]
    for descriptor in opened:
        os.write(descriptor, block)
    return "480 MiB"


def _hold(memory: mmap.mmap) -> str:
    for offset in range(0, len(memory), 4096):
        memory[offset] = 1
    time.sleep(5)
    return f"{len(memory) // MIB} MiB"


def outlive(scene: Scene) -> str:
    """A daemon, forked twice, in its own session; whoever called looks for it by its name."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            sleep = [sys.executable, "-I", "-S", "-c", f"import time; time.sleep(8) # {scene['marker']}"]
            subprocess.Popen(sleep, stdin=-3, stdout=-3, stderr=-3, start_new_session=True)
        os._exit(0)
    time.sleep(0.3)
    return "started"


def main() -> None:
    scene = cast("Scene", json.load(sys.stdin))
    for name in sys.argv[1:]:
        try:
            outcome = [name, "possible", str(globals()[name](scene))]
        except Stopped as error:
            outcome = [name, "stopped", str(error)]
        except (OSError, MemoryError) as error:
            code = error.errno if isinstance(error, OSError) else None
            outcome = [name, "stopped", f"{errno.errorcode.get(code or 0, '')} {error}"]
        print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    main()
