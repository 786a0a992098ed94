"""Build, list, check, hand out and collect releases of one application."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from outpace.delivery.releases.manifest import File, Layer, Listing, Manifest
from outpace.delivery.releases.retention import Going, Held, HeldLayer, going
from outpace.model.application import Application
from outpace.model.errors import DamagedData
from outpace.model.release import Digest


class Stored(Protocol):
    """A release on the disk. `outpace.engines.release_store.Stored` is one."""

    @property
    def digest(self) -> Digest: ...
    @property
    def path(self) -> Path: ...
    @property
    def manifest(self) -> Manifest: ...
    @property
    def built(self) -> datetime: ...


class Store(Protocol):
    def all(self) -> tuple[Stored, ...]: ...
    def find(self, prefix: str) -> Stored: ...
    def verify(self, prefix: str) -> str: ...
    def read_layer(self, digest: str) -> Layer: ...
    def pins(self) -> Mapping[str, Digest]: ...
    def held(self) -> tuple[tuple[Held, ...], tuple[HeldLayer, ...]]: ...
    def collect(self, decide: Callable[[tuple[Held, ...], tuple[HeldLayer, ...]], Going]) -> Going: ...


class Builder(Protocol):
    def build(self, application: Application, revision: str, *, anew: bool = False) -> Stored: ...


class Packages(Struct, frozen=True, kw_only=True):
    """The dependency layer that a release stands on."""

    digest: str
    python: str
    files: int
    size: int
    damaged: bool = False  # what it holds cannot be told any more


class Shown(Struct, frozen=True, kw_only=True):
    digest: Digest
    application: str
    revision: str
    path: str
    built: datetime
    files: int
    size: int
    packages: Packages | None
    runs: bool = False
    needed: bool = False  # for a rollback, or by a rollout


class BuiltView(Struct, frozen=True, kw_only=True):
    """`stored`: it was there before, of the same inputs."""

    release: Shown
    stored: bool
    seconds: float


class ListView(Struct, frozen=True, kw_only=True):
    application: str
    folder: str
    releases: tuple[Shown, ...]  # newest first


class VerifyView(Struct, frozen=True, kw_only=True):
    """`differs` names the first file that is not what it was; empty where all are."""

    digest: Digest
    files: int
    size: int
    differs: str


class CollectView(Struct, frozen=True, kw_only=True):
    application: str
    gone: tuple[Shown, ...]
    layers: tuple[str, ...]
    stay: int
    size: int  # bytes that this frees
    dry_run: bool


def build(builder: Builder, store: Store, application: Application, revision: str, *, anew: bool = False) -> BuiltView:
    began = time.monotonic()
    before = {each.digest for each in store.all()}
    stored = builder.build(application, revision, anew=anew)
    seconds = time.monotonic() - began
    return BuiltView(
        release=shown(store, stored), stored=stored.digest in before and not anew, seconds=round(seconds, 3)
    )


def listed(
    store: Store, application: Application, folder: Path, *, running: Collection[str], needed: Collection[str]
) -> ListView:
    rows = [shown(store, each, running=running, needed=needed) for each in reversed(store.all())]
    return ListView(application=application.name, folder=str(folder), releases=tuple(rows))


def verify(store: Store, prefix: str) -> VerifyView:
    stored = store.find(prefix)
    row = shown(store, stored)
    packages = row.packages
    return VerifyView(
        digest=stored.digest,
        files=row.files + (packages.files if packages else 0),
        size=row.size + (packages.size if packages else 0),
        differs=store.verify(stored.digest),
    )


def collect(
    store: Store,
    application: str,
    *,
    running: Callable[[], Collection[str]],
    needed: Callable[[], Collection[str]],
    keep: int,
    now: datetime,
    dry_run: bool,
) -> CollectView:
    """What runs and what a rollback needs is asked while nothing new can be given out."""
    before = {each.digest: shown(store, each) for each in store.all()}
    sizes = {layer.digest: _layer_size(store, layer.digest) for layer in store.held()[1]}

    def decide(releases: tuple[Held, ...], layers: tuple[HeldLayer, ...]) -> Going:
        return going(releases, layers, running=running(), needed=needed(), keep=keep, now=now)

    found = decide(*store.held()) if dry_run else store.collect(decide)
    gone = tuple(before[digest] for digest in found.releases if digest in before)
    return CollectView(
        application=application,
        gone=gone,
        layers=found.layers,
        stay=len(before) - len(gone),
        size=sum(each.size for each in gone) + sum(sizes.get(layer, 0) for layer in found.layers),
        dry_run=dry_run,
    )


def shown(store: Store, stored: Stored, *, running: Collection[str] = (), needed: Collection[str] = ()) -> Shown:
    manifest = stored.manifest
    return Shown(
        digest=stored.digest,
        application=manifest.application,
        revision=manifest.revision,
        path=str(stored.path),
        built=stored.built,
        files=len(manifest.files),
        size=_size(manifest.files),
        packages=_packages(store, manifest),
        runs=stored.digest in running,
        needed=stored.digest in needed,
    )


def _packages(store: Store, manifest: Manifest) -> Packages | None:
    digest, interpreter = manifest.layers.dependencies, manifest.interpreter
    if not digest or interpreter is None:
        return None
    try:
        files = _layer_files(store, digest)
    except DamagedData:
        return Packages(digest=digest, python=interpreter.version, files=0, size=0, damaged=True)
    return Packages(digest=digest, python=interpreter.version, files=len(files), size=_size(files))


def _layer_files(store: Store, digest: str) -> Listing:
    layer = store.read_layer(digest)
    return {**layer.files, **layer.compiled}


def _layer_size(store: Store, digest: str) -> int:
    """Nothing where it cannot be told."""
    try:
        return _size(_layer_files(store, digest))
    except DamagedData:
        return 0


def _size(files: Listing) -> int:
    return sum(each.size for each in files.values() if isinstance(each, File))
