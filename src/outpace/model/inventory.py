"""What an application contains, and what of it could not be read."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from outpace.model.package import Package
from outpace.model.unknown import Unknown


class PublicIndex(Struct, frozen=True, tag=True):
    """From the ecosystem's public index, as far as the project's declarations tell."""

    beside: tuple[str, ...] = ()  # declared beside it, so that it may come from there too. Credentials are masked


class OtherIndex(Struct, frozen=True, tag=True):
    """From an index that the project declares; it may be a mirror of the public one. Credentials are masked."""

    url: str


class Workspace(Struct, frozen=True, tag=True):
    """The project's own code: a workspace member or a virtual root."""

    path: str


class Editable(Struct, frozen=True, tag=True):
    """The project's own code, installed in editable mode."""

    path: str


class LocalPath(Struct, frozen=True, tag=True):
    """A directory or an archive beside the project."""

    path: str


class DirectUrl(Struct, frozen=True, tag=True):
    """An archive at a URL. Credentials are masked."""

    url: str


class Git(Struct, frozen=True, tag=True):
    """A commit of a repository: it proves nothing about the release of the same version. Credentials are masked."""

    url: str
    revision: str = ""


Origin: TypeAlias = PublicIndex | OtherIndex | Workspace | Editable | LocalPath | DirectUrl | Git


class Component(Struct, frozen=True, kw_only=True):
    """One (package, version, origin) as one file pins it."""

    package: Package
    version: str | None  # None: not pinned
    origin: Origin = PublicIndex()
    file: str = ""  # relative to where the reading began, with forward slashes; "" for an environment or a process
    line: int | None = None
    specifier: str = ""  # as written, where the version is None
    doubt: Unknown | None = None  # of the version, where it is not for want of a pin; or whether it is here
    marker: str = ""  # PEP 508, under which it is installed
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()  # dependency groups and extras that bring it; empty: unknown or the main one
    parents: tuple[str, ...] = ()  # names of the components that ask for it; empty: unknown, or a root
    direct: bool | None = None  # None: the file does not tell


class Unread(Struct, frozen=True, kw_only=True):
    """Something that should have been read and was not understood. Never holds a secret."""

    file: str
    why: str
    line: int | None = None


class Uncovered(Struct, frozen=True, kw_only=True):
    """Something that was read, and of which no advisory here can speak: that it is safe is not said."""

    file: str
    why: str


class Inventory(Struct, frozen=True, kw_only=True, tag=True):
    """What was found, from where, what was not understood, and what the advisories do not cover."""

    source: str  # "files", "environment PATH", "process PID", "recorded by ..."
    components: tuple[Component, ...] = ()
    unread: tuple[Unread, ...] = ()
    files: tuple[str, ...] = ()  # every file that was read, also where it holds no component
    uncovered: tuple[Uncovered, ...] = ()

    @property
    def silent(self) -> tuple[str, ...]:
        """Files of which nothing at all could be read: an answer over them is none."""
        speaking = {component.file for component in self.components}
        return () if "" in speaking else tuple(sorted({unread.file for unread in self.unread} - speaking))
