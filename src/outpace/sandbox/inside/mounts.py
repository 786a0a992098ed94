"""A root of its own: a fresh tmpfs, into which only what may be seen is bound, read-only unless it may be written."""

# to import pathlib takes longer than to form the box
# ruff: noqa: PTH102, PTH103, PTH106, PTH110, PTH112, PTH114, PTH115, PTH120, PTH123, PTH211
from __future__ import annotations

import os

from . import kernel

STAGE = "/tmp"  # noqa: S108 - a directory that every machine has; what it holds is hidden by the mount, not used
_OLD = "/.old"
DEVICES = ("null", "zero", "full", "random", "urandom")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
ETC = (
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/timezone", "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted", "/etc/ca-certificates.conf",
    "/etc/alternatives", "/etc/mime.types", "/etc/protocols", "/etc/services", "/etc/magic", "/etc/os-release",
    "/etc/debian_version", "/etc/locale.alias", "/etc/locale.conf", "/etc/nix", "/nix/store",
)  # fmt: skip


class Root:
    """Built in a mount namespace of our own; `owner_map` is a user namespace for idmapped mounts, or none."""

    def __init__(self, *, owner_map: int | None) -> None:
        self._owner_map = owner_map

    def enter_stage(self) -> None:
        kernel.mount("", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
        kernel.mount("outpace", STAGE, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,mode=755")
        old = STAGE + _OLD
        os.mkdir(old)
        kernel.pivot_root(STAGE, old)
        os.chdir("/")

    def add_system(self, user: int, group: int) -> None:
        for path in SYSTEM:
            outside = _OLD + path
            if os.path.islink(outside):
                os.symlink(os.readlink(outside), path)
            elif os.path.isdir(outside):
                os.mkdir(path)
                kernel.bind(outside, path, kernel.ATTR_RDONLY | kernel.ATTR_NODEV | kernel.ATTR_NOSUID)
        for path in ETC:
            if os.path.exists(_OLD + path):
                self._bind(os.path.realpath(_OLD + path), path, kernel.ATTR_RDONLY, owner_map=None)
        _write_etc(user, group)

    def add_devices(self, shared_memory: int) -> None:
        os.mkdir("/dev")
        kernel.mount("dev", "/dev", "tmpfs", kernel.MS_NOSUID | kernel.MS_NOEXEC, "size=64k,mode=755")
        for name in DEVICES:
            _touch(f"/dev/{name}")
            kernel.bind(f"{_OLD}/dev/{name}", f"/dev/{name}", 0)
        for name, number in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
            os.symlink(f"/proc/self/fd{number}", f"/dev/{name}")
        os.mkdir("/dev/shm")  # noqa: S108 - ours, not the host's
        options = f"size={shared_memory},mode=1777"
        kernel.mount("shm", "/dev/shm", "tmpfs", _PLAIN, options)  # noqa: S108 - the same
        os.mkdir("/dev/pts")
        try:
            kernel.mount("pts", "/dev/pts", "devpts", kernel.MS_NOSUID | kernel.MS_NOEXEC, "newinstance,ptmxmode=666")
            os.symlink("pts/ptmx", "/dev/ptmx")
        except OSError:
            os.rmdir("/dev/pts")

    def add_processes(self) -> None:
        os.mkdir("/proc")
        kernel.mount("proc", "/proc", "proc", _PLAIN | kernel.MS_NOEXEC)
        for path in ("/proc/sys", "/proc/irq", "/proc/bus", "/proc/sysrq-trigger"):
            if os.path.exists(path):
                kernel.bind(path, path, kernel.ATTR_RDONLY)

    def add_temporary(self, size: int) -> None:
        os.mkdir("/tmp")  # noqa: S108 - ours, not the host's
        kernel.mount("tmp", "/tmp", "tmpfs", _PLAIN, f"size={size},nr_inodes={size // _PER_FILE + 64},mode=1777")  # noqa: S108 - the same

    def add_readable(self, path: str) -> None:
        self._bind(_OLD + path, path, kernel.ATTR_RDONLY, owner_map=self._owner_map)

    def add_writable(self, path: str) -> None:
        self._bind(_OLD + path, path, 0, owner_map=self._owner_map)

    def protect(self, path: str, inside: str) -> None:
        """Read-only below a writable directory. The directories between are mounts too, which cannot be renamed."""
        between = inside
        for name in os.path.dirname(path)[len(inside) :].strip("/").split("/"):
            if name:
                between = f"{between}/{name}"
                kernel.bind(between, between, _CLOSED)
        kernel.bind(path, path, kernel.ATTR_RDONLY | _CLOSED)

    def leave_host(self) -> None:
        kernel.detach(_OLD)
        os.rmdir(_OLD)
        flags = kernel.MS_RDONLY | kernel.MS_NOSUID | kernel.MS_NODEV
        kernel.mount("", "/", "", _REMOUNT | _BIND | flags)
        os.chdir("/")

    def _bind(self, outside: str, inside: str, attributes: int, *, owner_map: int | None) -> None:
        if not os.path.lexists(inside):
            _make_target(inside, directory=os.path.isdir(outside))
        kernel.bind(outside, inside, attributes | _CLOSED, owner_map)


_PER_FILE = 1024
_PLAIN = kernel.MS_NOSUID | kernel.MS_NODEV
_CLOSED = kernel.ATTR_NOSUID | kernel.ATTR_NODEV
_REMOUNT, _BIND = 32, 4096


def _make_target(path: str, *, directory: bool) -> None:
    if directory:
        os.makedirs(path, mode=0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        _touch(path)


def _touch(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))


def _write_etc(user: int, group: int) -> None:
    os.makedirs("/etc", exist_ok=True)
    files = {
        "passwd": f"sandbox:x:{user}:{group}:sandbox:/tmp/home:/bin/sh\n",
        "group": f"sandbox:x:{group}:\n",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }
    for name, content in files.items():
        with open(f"/etc/{name}", "w", encoding="utf-8") as file:
            file.write(content)
