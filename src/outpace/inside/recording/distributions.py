"""Installed distributions, by their RECORD: which one brought a file, and what each is now."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import stat
import sys
from functools import lru_cache
from typing import NamedTuple, Optional

SITES = ("site-packages", "dist-packages")
INFOS = (".dist-info", ".egg-info")
ABSENT = "absent"
DIGITS = 10
PIECE = 1 << 20
OWNERS, USUAL, USUAL_OF_DIRECTORIES = 0o7700, 0o600, 0o700
UNINSTALLED = (".pyc", "direct_url.json", "INSTALLER", "REQUESTED", "uv_cache.json")
"""What installing the same distribution twice need not write twice."""


class Distribution(NamedTuple):
    """`name` is normalized: `pytest_xdist`."""

    name: str
    version: str
    site: str
    info: str

    def files(self) -> list[str]:
        """Absolute paths; nothing where it has no RECORD."""
        rows = csv.reader(self._record().splitlines())
        return [os.path.normpath(os.path.join(self.site, row[0])) for row in rows if row]

    def tops(self) -> set[str]:
        """The topmost names that it brought into its directory."""
        record = self._record()
        if not record:
            return {self.info, *_text(os.path.join(self.site, self.info, "top_level.txt")).split()}
        first = (line.lstrip('"').split("/", 1)[0].split(",", 1)[0] for line in record.splitlines())
        return {name for name in first if name and name != ".."}

    def digest(self) -> str:
        """Of its RECORD and of the files that it names, as they are: one edited in place counts."""
        kept = [path for path in sorted(self.files()) if not path.endswith(UNINSTALLED)]
        told = [self.version, self._record(), *(f"{path[len(self.site) :]} {content_of(path)}" for path in kept)]
        return digest_of("\0".join(told))

    def _record(self) -> str:
        return _text(os.path.join(self.site, self.info, "RECORD"))


@lru_cache(maxsize=1)
def installed() -> dict[str, Distribution]:
    """Name -> the distribution that is found first."""
    found: dict[str, Distribution] = {}
    for site in sys.path:
        if os.path.basename(site) not in SITES or not os.path.isdir(site):
            continue
        for info in sorted(os.listdir(site)):
            if info.endswith(INFOS):
                name, _, version = info.rsplit(".", 1)[0].partition("-")
                found.setdefault(normalized(name), Distribution(normalized(name), version, os.path.abspath(site), info))
    return found


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


@lru_cache(maxsize=1)
def tops() -> dict[tuple[str, str], list[Distribution]]:
    """Site and topmost name there -> who brought it; several share a namespace package."""
    found: dict[tuple[str, str], list[Distribution]] = {}
    for distribution in installed().values():
        for top in distribution.tops():
            found.setdefault((distribution.site, top), []).append(distribution)
    return found


@lru_cache(maxsize=1 << 14)
def owner(path: str) -> Optional[str]:
    """The name of the distribution that brought a file."""
    parts = path.split(os.sep)
    at = max((index for index, part in enumerate(parts) if part in SITES), default=-1)
    if at < 0 or at == len(parts) - 1:
        return None
    brought = tops().get((os.sep.join(parts[: at + 1]), parts[at + 1]), [])
    if len(brought) > 1:
        brought = [each for each in brought if path in each.files()] or brought
    return brought[0].name if brought else None


def item_of(path: str) -> str:
    """Of a file in a directory of distributions; which ones there are, for the directory itself."""
    if os.path.basename(path) in SITES:
        return "p:*"
    name = owner(path)
    return f"p:{name}" if name else f"f:{path}"


def digest_of_installed(name: str) -> str:
    found = installed().get(normalized(name))
    return found.digest() if found is not None else ABSENT


def digest_of_names() -> str:
    return digest_of(repr(sorted((each.name, each.version) for each in installed().values())))


def content_of(path: str) -> str:
    """Of a file, its mode included; of a link also where it leads; what is no file says what it is."""
    try:
        seen = os.stat(path)
    except OSError:
        return kind_of(path)
    if not stat.S_ISREG(seen.st_mode):
        return kind_of(path)
    total = hashlib.blake2b(digest_size=DIGITS)
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            total.update(piece)
    return f"{total.hexdigest()}{_allowed(seen.st_mode)}{_leading(path)}"


def kind_of(path: str) -> str:
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return f"{ABSENT}{_leading(path)}"
    kind = "file" if stat.S_ISREG(mode) else "directory" if stat.S_ISDIR(mode) else "special"
    return f"{kind}{_allowed(mode)}{_leading(path)}"


def _allowed(mode: int) -> str:
    """What the owner may do, where that is not the usual; what a umask decides of the others is no difference."""
    bits = mode & OWNERS
    return "" if bits == (USUAL_OF_DIRECTORIES if stat.S_ISDIR(mode) else USUAL) else f" {bits:o}"


def _leading(path: str) -> str:
    try:
        return f" by {os.readlink(path)}"
    except OSError:  # it is no link
        return ""


def digest_of(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGITS).hexdigest()


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""
