"""A release, written down: what it holds and how it is started; its digest is that of these bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from outpace.model.edge import Worker
from outpace.model.errors import DamagedData
from outpace.model.release import Digest

FORMAT = 1
"""Raised when the same inputs are to give another release."""

SHORTEST = 8
PREFIX = re.compile(rf"[0-9a-f]{{{SHORTEST},64}}")


class File(Struct, frozen=True, kw_only=True, tag="file", omit_defaults=True):
    """Its content, and whether it may be executed: no other permission counts, and no time."""

    sha256: str
    size: int
    executable: bool = False


class Link(Struct, frozen=True, kw_only=True, tag="link"):
    """A symbolic link, as it is written."""

    to: str


Entry: TypeAlias = File | Link
Listing: TypeAlias = Mapping[str, Entry]
"""By path, with slashes, from the top of the tree. Directories are there for what is in them."""


class Interpreter(Struct, frozen=True, kw_only=True):
    """Of this machine: a release names it and does not hold it."""

    path: str
    version: str


class Layers(Struct, frozen=True, kw_only=True):
    """Digests of listings; `dependencies` is empty where no environment is built."""

    application: str
    dependencies: str = ""


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing in it depends on when, where and as whom it was built."""

    format: int = FORMAT
    application: str
    revision: str
    lock: str = ""  # sha256 of all that says which packages are installed
    environment: Literal["locked", "none"]
    interpreter: Interpreter | None = None
    run: tuple[str, ...]
    ready: str
    workers: tuple[Worker, ...] = ()
    directory: str = "."  # where it is started, from the top of its tree
    roots: tuple[str, ...] = ()  # of its own Python modules, from the top of its tree
    inventory: str  # sha256 of inventory.cdx.json
    layers: Layers
    files: dict[str, Entry]


class Layer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dependency layer: `files` name it; `compiled` is what Python made of them, checked and not a part of the name.

    Bytecode may differ by a byte between two runs of the same compiler over the same source.
    """

    interpreter: Interpreter
    files: dict[str, Entry]
    compiled: dict[str, Entry]


def encoded(manifest: Manifest) -> bytes:
    return msgspec.json.encode(manifest, order="sorted")


def digest_of(manifest: Manifest) -> Digest:
    return Digest(hashlib.sha256(encoded(manifest)).hexdigest())


def listing_digest(files: Listing) -> str:
    return hashlib.sha256(msgspec.json.encode(files, order="sorted")).hexdigest()


def decoded(content: bytes, digest: str) -> Manifest:
    """Raises DamagedData where it is not what the digest names."""
    if hashlib.sha256(content).hexdigest() != digest:
        raise DamagedData(
            f"the manifest of {digest[:12]} was changed",
            hint="build that revision again: outpace release build --anew REVISION",
        )
    try:
        return msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, ValueError) as error:
        raise DamagedData(
            f"the manifest of {digest[:12]} cannot be read: {error}", hint="another Outpace wrote it: build it again"
        ) from error
