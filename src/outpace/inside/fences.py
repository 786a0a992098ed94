"""What a fork cannot do to the process that made it: signal it, or look into what it holds and has open (Landlock)."""

from __future__ import annotations

import os
import struct

CREATE, ADD, RESTRICT = 444, 445, 446
VERSION = BENEATH = 1
SIGNAL = 1 << 1
REFER = 1 << 13
"""Renaming from one folder into another. Inside of a sandbox that has rules about files, each ruleset forbids it that
does not allow it, even one about signals alone."""
_fences: list[Fence] = []
_descriptors: set[int] = set()
_hooked: list[bool] = []


class Fence:
    """A process that enters it can no longer reach those that did not. Where the kernel cannot say which signals are
    meant (before Linux 6.12), it can still kill them, and what they would have answered is missing then."""

    def __init__(self) -> None:
        import ctypes  # not everywhere, and only needed in the sandbox

        self._syscall = ctypes.CDLL(None).syscall
        version = self._syscall(CREATE, None, ctypes.c_size_t(0), VERSION)
        scopes = version >= 6
        attributes = struct.pack("QQQ", REFER, 0, SIGNAL) if scopes else struct.pack("Q", REFER)
        self._ruleset = self._syscall(CREATE, attributes, ctypes.c_size_t(len(attributes)), 0) if version > 1 else -1
        if self._ruleset >= 0:
            root = os.open("/", os.O_PATH | os.O_CLOEXEC)
            self._syscall(ADD, self._ruleset, BENEATH, struct.pack("=Qi", REFER, root), 0)
            os.close(root)

    def enter(self) -> None:
        """For ever, children included. Refused where privileges can be gained: outside of a sandbox."""
        if self._ruleset >= 0:
            self._syscall(RESTRICT, self._ruleset, 0)


def raised() -> None:
    """From now on, every fork of ours stands in one."""
    try:
        _fences.append(Fence())
    except (ImportError, OSError, AttributeError):
        return


def enter() -> None:
    """In a fork."""
    for fence in _fences:
        fence.enter()


def close_in_children(descriptor: int) -> None:
    """Whatever this process forks from now on, on whoever's behalf, does not have it; nor does what it starts."""
    if not _hooked:
        _hooked.append(True)
        os.register_at_fork(after_in_child=_close)
    _descriptors.add(descriptor)


def _close() -> None:
    """Once: the numbers may stand for something else in what this child forks itself."""
    for descriptor in _descriptors:
        try:
            os.close(descriptor)
        except OSError:
            continue
    _descriptors.clear()
