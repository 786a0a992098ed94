"""The Linux system calls that Python 3.11 does not offer, through ctypes."""

from __future__ import annotations

import ctypes
import os
import struct

MACHINE = os.uname().machine

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
SIGCHLD = 17

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 16384, 1 << 18
MNT_DETACH = 2
AT_FDCWD, AT_EMPTY_PATH, AT_RECURSIVE = -100, 0x1000, 0x8000
OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC, MOVE_MOUNT_F_EMPTY_PATH = 1, os.O_CLOEXEC, 4
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV, ATTR_IDMAP = 1, 2, 4, 0x100000

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_SECUREBITS = 1, 4, 24, 28
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL, LAST_POSSIBLE_CAPABILITY = 4, 63
SECUREBITS_LOCKED = 0b11101111
"""NOROOT, NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE, each locked, and KEEP_CAPS locked off."""

_CAPABILITY_VERSION_3 = 0x20080522


AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_BY_MACHINE = {
    "x86_64": {"clone": 56, "pivot_root": 155, "capset": 126, "seccomp": 317},
    "aarch64": {"clone": 220, "pivot_root": 41, "capset": 91, "seccomp": 277},
}
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def number(name: str) -> int:
    """Raises OSError where this machine's system call numbers are not known."""
    try:
        return _BY_MACHINE[MACHINE][name]
    except KeyError:
        raise OSError(f"system call numbers for {MACHINE} are not known") from None


def _raise(what: str) -> int:
    code = ctypes.get_errno()
    raise OSError(code, f"{what}: {os.strerror(code)}")


def syscall(what: str, which: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    words = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    result = int(_libc.syscall(ctypes.c_long(which), *words))
    return result if result >= 0 else _raise(what)


def prctl(what: str, option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if _libc.prctl(option, *padded) < 0:
        _raise(what)


def fork_into(namespaces: int) -> int:
    """Like fork, but the child is the first process of new namespaces. Call it in a single-threaded process."""
    return syscall("clone", number("clone"), namespaces | SIGCHLD, 0, 0, 0, 0)


def unshare(namespaces: int) -> None:
    if _libc.unshare(namespaces) < 0:
        _raise("unshare")


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    words = (source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), options.encode())
    if _libc.mount(*words) < 0:
        _raise(f"mount {kind or 'flags'} on {target}")


def detach(target: str) -> None:
    if _libc.umount2(os.fsencode(target), MNT_DETACH) < 0:
        _raise(f"umount {target}")


def pivot_root(new: str, old: str) -> None:
    syscall("pivot_root", number("pivot_root"), os.fsencode(new), os.fsencode(old))


def bind(source: str, target: str, attributes: int, owner_map: int | None = None) -> None:
    """Bind-mount a tree with all that is mounted in it; `owner_map` is a user namespace that shifts its owners."""
    tree = syscall(
        f"open_tree {source}",
        _OPEN_TREE,
        AT_FDCWD,
        os.fsencode(source),
        OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE,
    )
    try:
        if attributes:
            _set_attributes(source, tree, attributes, 0)
        if owner_map is not None:
            _set_attributes(source, tree, ATTR_IDMAP, owner_map)
        syscall(f"move_mount {target}", _MOVE_MOUNT, tree, b"", AT_FDCWD, os.fsencode(target), MOVE_MOUNT_F_EMPTY_PATH)
    finally:
        os.close(tree)


def can_shift_owners(path: str, owner_map: int) -> bool:
    """Whether every file system below a path takes an idmapped mount; nothing is left mounted."""
    flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE
    try:
        tree = syscall("open_tree", _OPEN_TREE, AT_FDCWD, os.fsencode(path), flags)
        try:
            _set_attributes(path, tree, ATTR_IDMAP, owner_map)
        finally:
            os.close(tree)
    except OSError:
        return False
    return True


def _set_attributes(source: str, tree: int, attributes: int, owner_map: int) -> None:
    packed = ctypes.create_string_buffer(struct.pack("QQQQ", attributes, 0, 0, owner_map), 32)
    syscall(f"mount_setattr {source}", _MOUNT_SETATTR, tree, b"", AT_EMPTY_PATH | AT_RECURSIVE, packed, len(packed))


def drop_privileges(user: int | None, group: int | None) -> None:
    """No capability is left and none can come back; becomes `user` where one is given. Safe without any privilege."""
    for capability in range(LAST_POSSIBLE_CAPABILITY + 1):
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            break
    _libc.prctl(PR_SET_SECUREBITS, ctypes.c_ulong(SECUREBITS_LOCKED), 0, 0, 0)
    _libc.prctl(PR_CAP_AMBIENT, ctypes.c_ulong(PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0)
    if user is not None and group is not None:
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION_3, 0), 8)
    nothing = ctypes.create_string_buffer(24)
    syscall("capset", number("capset"), header, nothing)
    prctl("no_new_privs", PR_SET_NO_NEW_PRIVS, 1)


def die_with_parent(signal: int) -> None:
    """Cleared by a change of user id, so call it after that; then look whether the parent is still there."""
    prctl("parent death signal", PR_SET_PDEATHSIG, signal)
