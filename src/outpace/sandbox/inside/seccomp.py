"""A small seccomp filter: system calls that foreign code never needs, and sockets that the tier does not confine."""

from __future__ import annotations

import ctypes
import errno
import struct

from . import kernel

_SET_MODE_FILTER = 1
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_X32 = 0x40000000
_NAMESPACES = 0x7E020000
"""Every CLONE_NEW* flag that clone takes."""

_MAY_CREATE = 0o100 | 0o20000000
"""O_CREAT and the bit that O_TMPFILE adds; the mode argument means nothing without one of them."""
_SET_ID_BITS = 0o6000
_MSG_FASTOPEN = 0x20000000
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
_SOCK_STREAM, _IPPROTO_TCP, _TYPE_BITS = 1, 6, 0xF

_Step = tuple[int, int, int, int]

_NEW_EVERYWHERE = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "clone3": 435, "openat2": 437, "pidfd_getfd": 438, "mount_setattr": 442, "quotactl_fd": 443,
    "fchmodat2": 452, "setxattrat": 463, "removexattrat": 466, "open_tree_attr": 467,
}  # fmt: skip
_NAMES: dict[str, dict[str, int]] = {
    "x86_64": {
        "open": 2, "socket": 41, "sendto": 44, "sendmsg": 46, "clone": 56, "shmget": 29, "msgget": 68, "chmod": 90,
        "fchmod": 91, "creat": 85, "ptrace": 101, "mknod": 133, "pivot_root": 155, "acct": 163, "mount": 165,
        "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169, "init_module": 175, "delete_module": 176,
        "quotactl": 179, "add_key": 248, "request_key": 249, "keyctl": 250, "openat": 257, "mknodat": 259,
        "fchmodat": 268, "unshare": 272, "perf_event_open": 298, "open_by_handle_at": 304, "sendmmsg": 307,
        "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313,
        "memfd_create": 319, "kexec_load": 246, "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323,
        "chroot": 161, "sethostname": 170, "syslog": 103,
        "shmat": 30, "shmctl": 31, "semget": 64, "semop": 65, "semctl": 66, "msgsnd": 69, "msgrcv": 70, "msgctl": 71,
        "setpriority": 141, "sched_setparam": 142, "sched_setscheduler": 144,
        "setxattr": 188, "lsetxattr": 189, "removexattr": 197, "lremovexattr": 198, "sched_setaffinity": 203,
        "semtimedop": 220, "mq_open": 240, "ioprio_set": 251, "inotify_add_watch": 254,
        "fanotify_init": 300, "prlimit64": 302, "sched_setattr": 314,
    },
    "aarch64": {
        "socket": 198, "sendto": 206, "sendmsg": 211, "clone": 220, "shmget": 194, "msgget": 186, "fchmod": 52,
        "ptrace": 117, "pivot_root": 41, "acct": 89, "mount": 40, "umount2": 39, "swapon": 224, "swapoff": 225,
        "reboot": 142, "init_module": 105, "delete_module": 106, "quotactl": 60, "add_key": 217, "request_key": 218,
        "keyctl": 219, "openat": 56, "mknodat": 33, "fchmodat": 53, "unshare": 97, "perf_event_open": 241,
        "open_by_handle_at": 265, "sendmmsg": 269, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271,
        "kcmp": 272, "finit_module": 273, "memfd_create": 279, "kexec_load": 104, "kexec_file_load": 294, "bpf": 280,
        "userfaultfd": 282, "chroot": 51, "sethostname": 161, "syslog": 116,
        "shmat": 196, "shmctl": 195, "semget": 190, "semop": 193, "semctl": 191, "msgsnd": 189, "msgrcv": 188,
        "msgctl": 187, "setpriority": 140, "sched_setparam": 118, "sched_setscheduler": 119, "setxattr": 5,
        "lsetxattr": 6, "removexattr": 14, "lremovexattr": 15, "sched_setaffinity": 122, "semtimedop": 192,
        "mq_open": 180, "ioprio_set": 30, "inotify_add_watch": 27, "fanotify_init": 262,
        "prlimit64": 261, "sched_setattr": 274,
    },
}  # fmt: skip

_NEVER = (
    "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "mount", "umount2", "pivot_root",
    "chroot", "open_tree", "open_tree_attr", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
    "unshare", "setns", "bpf", "perf_event_open", "userfaultfd", "add_key", "request_key", "keyctl",
    "open_by_handle_at", "acct", "swapon", "swapoff", "reboot", "init_module", "finit_module", "delete_module",
    "quotactl", "quotactl_fd", "kexec_load", "kexec_file_load", "sethostname", "syslog",
)  # fmt: skip
_NEVER_AMONG_OTHERS = (
    "shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "semctl", "msgget", "msgsnd", "msgrcv", "msgctl",
    "mq_open", "inotify_add_watch", "fanotify_init",
)  # fmt: skip
"""Without namespaces these reach what other processes of the user's own, past Landlock."""

_ATTRIBUTES = ("setxattr", "lsetxattr", "setxattrat", "removexattr", "lremovexattr", "removexattrat")
"""Past Landlock too; answered as by a file system that has none, which `cp -a` takes well."""

_ON_ITSELF_ONLY = {
    "prlimit64": 0, "sched_setparam": 0, "sched_setscheduler": 0, "sched_setaffinity": 0, "sched_setattr": 0,
    "setpriority": 1, "ioprio_set": 1,
}  # fmt: skip
"""The argument that names a process; 0 is the caller."""

_NOT_THERE = ("clone3", "openat2", "io_uring_setup", "io_uring_enter", "io_uring_register")
"""Answered with ENOSYS, so that libraries fall back on calls whose arguments a filter can read."""

_MODE_ARGUMENT = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "fchmodat2": 2, "creat": 1, "mknod": 1, "mknodat": 2}
_FLAGS_AND_MODE = {"open": (1, 2), "openat": (2, 3)}
_FLAGS_ARGUMENT = {"sendto": 3, "sendmsg": 2, "sendmmsg": 3}


def install(families: tuple[int, ...], *, among_others: bool, shared_memory: bool) -> None:
    """For this process and its children, for ever. Sockets of `families` may be made. `among_others` says that there
    are no namespaces between the program and the user's other processes: UDP, raw sockets and multipath TCP are refused
    then, and calls that name a process or an object of theirs. `shared_memory` allows memfd and System V segments.
    """
    refused: dict[str, int] = {**dict.fromkeys(_NEVER, errno.EPERM), **dict.fromkeys(_NOT_THERE, errno.ENOSYS)}
    if among_others:
        refused |= dict.fromkeys(_NEVER_AMONG_OTHERS, errno.EPERM)
        refused |= dict.fromkeys(_ATTRIBUTES, errno.EOPNOTSUPP)
    if not shared_memory:
        refused |= {"memfd_create": errno.EPERM, "shmget": errno.EPERM}
    itself = _ON_ITSELF_ONLY if among_others else {}
    program = _program(refused, itself, _socket(families, tcp_only=among_others))
    code = b"".join(struct.pack("HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    packed = ctypes.create_string_buffer(header, len(header))
    kernel.syscall("seccomp", kernel.number("seccomp"), _SET_MODE_FILTER, 0, packed)


def _give(action: int) -> _Step:
    return (_RETURN, 0, 0, action)


def _refuse(code: int) -> _Step:
    return _give(_ERRNO | code)


def _argument(index: int) -> _Step:
    """The lower half; both architectures are little-endian."""
    return (_LOAD, 0, 0, 16 + 8 * index)


def _program(refused: dict[str, int], itself: dict[str, int], socket_body: list[_Step]) -> list[_Step]:
    known = _NAMES[kernel.MACHINE] | _NEW_EVERYWHERE
    steps: list[_Step] = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, kernel.AUDIT_ARCH[kernel.MACHINE]),
        _give(_KILL),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, 0, 1, _X32),
        _refuse(errno.ENOSYS),
    ]
    for name, code in refused.items():
        steps += _when(known, name, [_refuse(code)])
    for name, index in _MODE_ARGUMENT.items():
        steps += _when(known, name, _unless_bits(index, _SET_ID_BITS))
    for name, (flags, mode) in _FLAGS_AND_MODE.items():
        created: list[_Step] = [_argument(flags), (_ANY_BIT, 1, 0, _MAY_CREATE), _give(_ALLOW)]
        steps += _when(known, name, created + _unless_bits(mode, _SET_ID_BITS))
    for name, index in _FLAGS_ARGUMENT.items():
        steps += _when(known, name, _unless_bits(index, _MSG_FASTOPEN))
    for name, index in itself.items():
        steps += _when(known, name, [_argument(index), (_EQUAL, 0, 1, 0), _give(_ALLOW), _refuse(errno.EPERM)])
    steps += _when(known, "clone", _unless_bits(0, _NAMESPACES))
    steps += _when(known, "socket", socket_body)
    return [*steps, _give(_ALLOW)]


def _when(known: dict[str, int], name: str, body: list[_Step]) -> list[_Step]:
    """`body` must end in a return; the number stays loaded for what follows."""
    if name not in known:
        return []
    return [(_EQUAL, 0, len(body), known[name]), *body]


def _unless_bits(index: int, bits: int) -> list[_Step]:
    return [_argument(index), (_ANY_BIT, 0, 1, bits), _refuse(errno.EPERM), _give(_ALLOW)]


def _socket(families: tuple[int, ...], *, tcp_only: bool) -> list[_Step]:
    steps: list[_Step] = [_argument(0)]
    for family in families:
        body = _tcp() if tcp_only and family in (AF_INET, AF_INET6) else [_give(_ALLOW)]
        steps += [(_EQUAL, 0, len(body), family), *body]
    return [*steps, _refuse(errno.EACCES)]


def _tcp() -> list[_Step]:
    return [
        _argument(1),
        (_AND, 0, 0, _TYPE_BITS),
        (_EQUAL, 1, 0, _SOCK_STREAM),
        _refuse(errno.EACCES),
        _argument(2),
        (_EQUAL, 2, 0, 0),
        (_EQUAL, 1, 0, _IPPROTO_TCP),
        _refuse(errno.EACCES),
        _give(_ALLOW),
    ]
