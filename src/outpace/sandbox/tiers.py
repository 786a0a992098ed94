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


def name(tier: Tier) -> str:
    """As it is printed and recorded."""
    match tier:
        case Full():
            return "full"
        case FileSystem():
            return "file system"
        case NoSandbox():
            return "none"
