"""How strongly this machine can confine foreign code."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class Full(Struct, frozen=True, tag=True):
    """Namespaces, Landlock, no capabilities, a system call filter, limits on processes and memory, no network."""

    missing: tuple[str, ...] = ()


class FileSystem(Struct, frozen=True, tag=True):
    """Landlock, a system call filter and limits, in the host's own namespaces: what an ordinary CI runner gives."""

    missing: tuple[str, ...] = ()


class NoSandbox(Struct, frozen=True, tag=True):
    """Foreign code would do what it likes, as us."""

    missing: tuple[str, ...] = ()


Tier: TypeAlias = Full | FileSystem | NoSandbox


def own_folders(tier: Tier) -> tuple[str, ...]:
    """Folders for temporary files that all programs of a machine share, and that one in a box has to itself."""
    return ("/tmp", "/dev/shm") if isinstance(tier, Full) else ()  # noqa: S108 - the box's own


def name(tier: Tier) -> str:
    """As it is printed and recorded."""
    match tier:
        case Full():
            return "full"
        case FileSystem():
            return "file system"
        case NoSandbox():
            return "none"
