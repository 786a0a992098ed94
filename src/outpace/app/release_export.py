"""Hand a release out as an image: into a folder, or to a registry."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from msgspec import Struct

from outpace.model.release import Digest


class Image(Protocol):
    @property
    def digest(self) -> str: ...
    @property
    def size(self) -> int: ...


class Sent(Protocol):
    """What came of a push: how many blobs went, and how many were there."""

    @property
    def reference(self) -> str: ...
    @property
    def sent(self) -> int: ...
    @property
    def present(self) -> int: ...
    @property
    def size(self) -> int: ...


class ExportView(Struct, frozen=True, kw_only=True):
    """`image` is the digest under which it can be pulled. Where it was not pushed, nothing was `sent`."""

    release: Digest
    image: str
    size: int
    place: str
    pushed: bool = False
    sent: int = 0
    present: int = 0
    sent_size: int = 0


def exported(release: Digest, image: Image, folder: Path) -> ExportView:
    return ExportView(release=release, image=image.digest, size=image.size, place=str(folder))


def pushed(release: Digest, image: Image, sent: Sent) -> ExportView:
    return ExportView(
        release=release,
        image=image.digest,
        size=image.size,
        place=sent.reference,
        pushed=True,
        sent=sent.sent,
        present=sent.present,
        sent_size=sent.size,
    )
