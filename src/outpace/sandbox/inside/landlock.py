"""Landlock: which files, TCP ports and processes a program may reach, from then on and for its children."""

from __future__ import annotations

import ctypes
import os
import stat
import struct

from . import kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH, _NET_PORT = 1, 2

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
BIND_TCP, CONNECT_TCP = 1, 2
SCOPES = 0b11
"""Abstract unix sockets and signals."""

_FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
READ = EXECUTE | READ_FILE | READ_DIR


def abi() -> int:
    """0 where the kernel has no Landlock."""
    try:
        return kernel.syscall("landlock", _CREATE, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def all_rights(version: int) -> int:
    rights = (1 << 13) - 1
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        rights |= right if version >= since else 0
    return rights


def restrict(
    *,
    read: Iterable[str],
    write: Iterable[str],
    devices: Iterable[str],
    bind: Iterable[int] = (),
    connect: Iterable[int] | None = None,
) -> None:
    """Needs no_new_privs. A path that does not exist is no rule. `connect` None leaves TCP alone."""
    version = abi()
    handled = all_rights(version)
    ports = (BIND_TCP | CONNECT_TCP) if version >= 4 and connect is not None else 0
    attributes = struct.pack("QQQ", handled, ports, SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    packed = ctypes.create_string_buffer(attributes, 24)
    ruleset = kernel.syscall("landlock_create_ruleset", _CREATE, packed, size, 0)
    _allow_paths(ruleset, read, READ & handled)
    _allow_paths(ruleset, write, handled & ~IOCTL_DEV)
    _allow_paths(ruleset, devices, (READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV) & handled)
    if ports:
        _allow_ports(ruleset, bind, BIND_TCP)
        _allow_ports(ruleset, connect or (), CONNECT_TCP)
    kernel.syscall("landlock_restrict_self", _RESTRICT, ruleset, 0)
    os.close(ruleset)


def _allow_paths(ruleset: int, paths: Iterable[str], rights: int) -> None:
    for path in paths:
        try:
            opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            directory = stat.S_ISDIR(os.fstat(opened).st_mode)
            allowed = rights if directory else rights & _FILE_RIGHTS
            if allowed:
                rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, opened), 12)
                kernel.syscall("landlock_add_rule", _ADD, ruleset, _PATH_BENEATH, rule, 0)
        finally:
            os.close(opened)


def _allow_ports(ruleset: int, ports: Iterable[int], right: int) -> None:
    for port in ports:
        rule = ctypes.create_string_buffer(struct.pack("QQ", right, port), 16)
        kernel.syscall("landlock_add_rule", _ADD, ruleset, _NET_PORT, rule, 0)
