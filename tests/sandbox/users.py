"""Argument vectors that run a program as somebody else, or in a poorer place, than the tests themselves."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from tests.needs import needs

NOBODY = 65534
NOT_ROOT = "the suite does not run as root; what an ordinary user gets is tested"
ROOT = Path(__file__).parents[2]


def root() -> list[str]:
    if os.geteuid() != 0:
        pytest.skip(NOT_ROOT)
    return []


def root_without_control_groups() -> list[str]:
    """As in a container, where /sys/fs/cgroup cannot be written."""
    if os.geteuid() != 0:
        pytest.skip(NOT_ROOT)
    return [needs("unshare"), "--mount", "sh", "-c", 'mount -t tmpfs none /sys/fs/cgroup; exec "$0" "$@"']


def ordinary() -> list[str]:
    """The user nobody, who needs to get at our interpreter even if it is in root's home."""
    if os.geteuid() != 0:
        return []
    drop = f"{needs('setpriv')} --reuid={NOBODY} --regid={NOBODY} --clear-groups --no-new-privs"
    return [needs("unshare"), "--mount", "sh", "-c", f'{_reachable()}\nexec {drop} "$0" "$@"']


def _reachable() -> str:
    """Shell lines that put what we need at its own path, below directories that anybody may search."""
    lines = ["set -e", "stage=$(mktemp -d)", "mount -t tmpfs none $stage"]
    closed: dict[Path, list[Path]] = {}
    for path in {ROOT, Path(sys.base_prefix), Path(sys.prefix)}:
        wall = next((each for each in reversed(path.parents) if not each.stat().st_mode & 0o001), None)
        if wall is not None:
            closed.setdefault(wall, []).append(path)
    for number, (wall, paths) in enumerate(closed.items()):
        for index, path in enumerate(paths):
            staged = f"$stage/{number}-{index}"
            lines.append(f"mkdir {staged}; mount --bind {shlex.quote(str(path))} {staged}")
        lines.append(f"mount -t tmpfs -o mode=755 none {shlex.quote(str(wall))}")
        for index, path in enumerate(paths):
            place = shlex.quote(str(path))
            lines.append(f"mkdir -p {place}; mount --bind $stage/{number}-{index} {place}")
    return "\n".join([*lines, "umount -l $stage", "rmdir $stage"])
