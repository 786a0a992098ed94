"""Which releases of a store run on this host, as the process table tells, and which the edge's files name."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from outpace.engines.release_store import KEPT, ReleaseStore
from outpace.engines.scratch import PREFIX
from outpace.model.errors import UsageError

PROC = Path("/proc")
LARGEST = 4 << 20
DIGESTS = re.compile(rb"[0-9a-f]{64}")
OWN = frozenset({KEPT, "known"})
STAGES = "staging"
PAST = frozenset({"trails"})
"""Folders of the edge that only say what was."""


def running(store: ReleaseStore, proc: Path = PROC) -> frozenset[str]:
    """Digests of releases and of layers that a process stands in, was started from or has loaded from.

    A process that shows a layer and no release of it stands for every release on that layer. Raises UsageError
    elsewhere than on Linux.
    """
    if sys.platform != "linux":
        raise UsageError(
            f"what runs is seen on Linux only, and this is {sys.platform}", hint="run it on the edge's host"
        )
    roots = {os.fsencode(root) for root in (store.kept, store.kept.resolve())}
    either = b"|".join(re.escape(root) for root in sorted(roots))
    held = re.compile(rb"(?:%s)/(releases|layers)/([0-9a-f]{64})" % either)
    on_layer: dict[str, list[str]] = {}
    for stored in store.all():
        on_layer.setdefault(stored.manifest.layers.dependencies, []).append(stored.digest)
    found: set[str] = set()
    for process in proc.iterdir():
        if process.name.isdigit():
            named = [hit.groups() for told in _told(process) for hit in held.finditer(told)]
            releases = {digest.decode() for kind, digest in named if kind == b"releases"}
            layers = {digest.decode() for kind, digest in named if kind == b"layers"}
            alone = set[str]() if releases else {each for layer in layers for each in on_layer.get(layer, ())}
            found |= releases | layers | alone
    return frozenset(found)


def _told(process: Path) -> Iterator[bytes]:
    """What may be seen of it: another user's is less."""
    for name in ("cwd", "exe", "root"):
        try:
            yield os.fsencode((process / name).readlink())
        except OSError:
            continue
    for name in ("cmdline", "environ", "maps"):
        try:
            with (process / name).open("rb") as file:
                yield file.read(LARGEST)
        except OSError:
            continue


def named(store: ReleaseStore) -> frozenset[str]:
    """Digests that a file of the edge holds: what it runs, and what it would go back to."""
    known = frozenset(each.digest for each in store.all())
    found: set[str] = set(store.pins().values())
    for path in _files(store.root):
        try:
            with path.open("rb") as file:
                found |= {told.decode() for told in DIGESTS.findall(file.read(LARGEST))} & known
        except OSError:
            continue
    return frozenset(found)


def _files(root: Path) -> Iterator[Path]:
    """Of the edge, and of each environment that stands below it like an edge of its own."""
    if not root.is_dir():
        return
    for entry in root.iterdir():
        if entry.is_file():
            yield entry
        elif entry.name == STAGES:
            yield from (each for stage in entry.iterdir() for each in _files(stage))
        elif entry.is_dir() and entry.name not in OWN | PAST and not entry.name.startswith(PREFIX):
            yield from (each for each in entry.iterdir() if each.is_file())
