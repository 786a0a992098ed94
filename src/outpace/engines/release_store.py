"""Releases on the disk of one host, each read-only under its digest; a killed build leaves nothing that counts.

releases/DIGEST/    application/  environment -> the layer's  inventory.cdx.json  manifest.json
layers/DIGEST/      environment/  layer.json
known/              which inputs gave which digest, and when it was last given out
pins/               what a rollback needs, one name a file
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from outpace.delivery.releases import manifest as manifests
from outpace.delivery.releases.manifest import PREFIX, SHORTEST, Interpreter, Layer, Manifest
from outpace.delivery.releases.retention import Going, Held, HeldLayer
from outpace.engines import release_files as files
from outpace.engines.scratch import scratch
from outpace.model import times
from outpace.model.errors import DamagedData, NotFound, UsageError
from outpace.model.release import DIGEST, Digest

APPLICATION, ENVIRONMENT = "application", "environment"
MANIFEST, INVENTORY, LAYER = "manifest.json", "inventory.cdx.json", "layer.json"
LARGEST = 256 << 20
OPEN = 0o755
KEPT = "kept"
"""Between the edge's folder, whose files change all the time, and what never changes: who looks at a process asks when
the way to its packages was laid, and takes the older time of a folder and of the one that holds it."""
PATH = "/usr/local/bin:/usr/bin:/bin"
AGAIN = "build that revision again: outpace release build --anew REVISION"


class Stored(Struct, frozen=True, kw_only=True):
    """One release that can be started."""

    digest: Digest
    path: Path
    manifest: Manifest
    built: datetime

    @property
    def application(self) -> Path:
        return self.path / APPLICATION

    @property
    def environment(self) -> Path | None:
        return self.path / ENVIRONMENT if self.manifest.layers.dependencies else None

    @property
    def cwd(self) -> Path:
        return self.application / self.manifest.directory

    def environ(self) -> dict[str, str]:
        """What a process of it needs beyond the application's own variables. Python writes nothing into a release."""
        told = {"PATH": PATH, "OUTPACE_RELEASE": self.digest, "PYTHONDONTWRITEBYTECODE": "1"}
        if self.environment is not None:
            told |= {"PATH": f"{self.environment}/bin{os.pathsep}{PATH}", "VIRTUAL_ENV": str(self.environment)}
        if self.manifest.roots:
            told["PYTHONPATH"] = os.pathsep.join(str(self.application / root) for root in self.manifest.roots)
        return told

    def argv(self, words: Sequence[str], port: int | None = None) -> tuple[str, ...]:
        """`{port}` is filled in; a bare name is the environment's own program where it has one of that name."""
        filled = [word if port is None else word.replace("{port}", str(port)) for word in words]
        own = None if self.environment is None else self.environment / "bin" / filled[0]
        if "/" not in filled[0]:
            return (str(own), *filled[1:]) if own is not None and own.exists() else tuple(filled)
        return (str(self.cwd / filled[0]), *filled[1:])


class ReleaseStore:
    """`root` is the edge's folder of one application."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.kept = root / KEPT
        self.releases = self.kept / "releases"
        self.layers = self.kept / "layers"
        self._known = root / "known"
        self._pins = root / "pins"

    # what is there

    def all(self) -> tuple[Stored, ...]:
        """The whole ones, oldest first. One whose manifest was changed is left out: `find` and `verify` say so."""
        found: list[Stored] = []
        for digest in _names(self.releases):
            try:
                found.append(self._read(digest))
            except (DamagedData, NotFound):
                continue
        return tuple(sorted(found, key=lambda each: (each.built, each.digest)))

    def find(self, prefix: str) -> Stored:
        """By its digest, or the first eight digits and more. Raises NotFound, UsageError and DamagedData."""
        if not PREFIX.fullmatch(prefix):
            raise UsageError(
                f"{prefix!r} is no release's digest",
                hint=f"give {SHORTEST} or more digits: outpace release list",
            )
        several = [name for name in _names(self.releases) if name.startswith(prefix)]
        if not several:
            raise NotFound(f"no release here begins with {prefix}", hint="outpace release list shows them")
        if len(several) > 1:
            raise UsageError(f"{len(several)} releases begin with {prefix}", hint="give more of its digits")
        return self._read(several[0])

    def made_of(self, inputs: str) -> Stored | None:
        """The release that these inputs gave, where it is still here and can be started."""
        digest = self._told("releases", inputs)
        if digest is None:
            return None
        try:
            stored = self._read(digest)
        except (NotFound, DamagedData):
            return None
        interpreter = stored.manifest.interpreter
        if interpreter is not None and not Path(interpreter.path).exists():
            return None
        layer = stored.manifest.layers.dependencies
        return stored if not layer or self.has_layer(layer) else None

    def noted(self, kind: str, key: str) -> bytes:
        """What was noted under this digest; empty where nothing was. Nobody depends on it: it saves a question."""
        try:
            return (self._known / kind / key).read_bytes()
        except OSError:
            return b""

    def note(self, kind: str, key: str, content: bytes) -> None:
        place = self._known / kind / key
        place.parent.mkdir(parents=True, exist_ok=True)
        half = place.with_name(f".{key}.{os.getpid()}")
        half.write_bytes(content)
        half.replace(place)

    def layer_of(self, inputs: str) -> str | None:
        """The dependency layer that these inputs gave, where it is still here."""
        digest = self._told("layers", inputs)
        return digest if digest is not None and self.has_layer(digest) else None

    def has_layer(self, digest: str) -> bool:
        """And it can be told what it holds. Whether all of that is as it was, `verify` says."""
        try:
            self.read_layer(digest)
        except DamagedData:
            return False
        return True

    def read_layer(self, digest: str) -> Layer:
        try:
            content = (self.layers / digest / LAYER).read_bytes()
            return msgspec.json.decode(content, type=Layer)
        except (OSError, msgspec.DecodeError) as error:
            raise DamagedData(f"the dependency layer {digest[:12]} cannot be read", hint=AGAIN) from error

    def verify(self, prefix: str) -> str:
        """What of it differs from its digest, by the first file in order; empty where nothing does."""
        stored = self.find(prefix)
        wrong = self._application_difference(stored)
        layer, interpreter = stored.manifest.layers.dependencies, stored.manifest.interpreter
        if wrong or not layer:
            return wrong
        place = stored.path / ENVIRONMENT
        if not place.is_symlink() or str(place.readlink()) != _to_layer(layer):
            return f"{ENVIRONMENT} is no link to its layer"
        return self._layer_difference(layer, interpreter)

    def _difference(self, digest: str) -> str:
        try:
            return self.verify(digest)
        except (DamagedData, NotFound) as error:
            return error.message

    def _application_difference(self, stored: Stored) -> str:
        manifest = stored.manifest
        wrong = files.difference(stored.application, manifest.files)
        if wrong:
            return f"{APPLICATION}/{wrong}"
        if manifests.listing_digest(manifest.files) != manifest.layers.application:
            return f"{MANIFEST} lists another application"
        try:
            told = files.sha256_of(stored.path / INVENTORY)
        except OSError:
            return f"{INVENTORY} is missing"
        return "" if told == manifest.inventory else f"{INVENTORY} has another content"

    def _layer_difference(self, digest: str, interpreter: Interpreter | None) -> str:
        try:
            layer = self.read_layer(digest)
        except DamagedData as error:
            return error.message
        if manifests.listing_digest(layer.files) != digest or layer.interpreter != interpreter:
            return f"{ENVIRONMENT}: {LAYER} was changed"
        wrong = files.difference(self.layers / digest / ENVIRONMENT, {**layer.files, **layer.compiled})
        return f"{ENVIRONMENT}/{wrong}" if wrong else ""

    # what is added

    @contextmanager
    def building(self, purpose: str) -> Generator[Path]:
        """A folder that ends with this block or this process; what is finished in it is renamed away."""
        self.releases.mkdir(parents=True, exist_ok=True, mode=0o755)
        self.layers.mkdir(parents=True, exist_ok=True, mode=0o755)
        with scratch(purpose, self.root) as place:
            yield place

    @contextmanager
    def alone(self, kind: Literal["release", "layer"], inputs: str) -> Generator[None]:
        """Whoever comes second waits, and finds it built. A kill frees the lock. A release's builder takes a layer's
        lock as well, which is never the same one."""
        import fcntl

        locks = self._known / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        with (locks / f"{kind}-{inputs[:2]}").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def add_layer(self, half: Path, layer: Layer, inputs: str) -> str:
        """`half` holds the finished environment. Returns the layer's digest."""
        digest = manifests.listing_digest(layer.files)
        files.written(half / LAYER, msgspec.json.encode(layer, order="sorted"))
        self._place(half, self.layers / digest, lambda: self._layer_difference(digest, layer.interpreter))
        self.note("layers", inputs, digest.encode())
        return digest

    def add(self, half: Path, manifest: Manifest, inventory: bytes, inputs: str) -> Stored:
        """`half` holds the finished application."""
        digest = manifests.digest_of(manifest)
        files.written(half / MANIFEST, manifests.encoded(manifest))
        files.written(half / INVENTORY, inventory)
        if manifest.layers.dependencies:
            (half / ENVIRONMENT).symlink_to(_to_layer(manifest.layers.dependencies))
        self._place(half, self.releases / digest, lambda: self._difference(digest))
        self.note("releases", inputs, digest.encode())
        return self._read(digest)

    def used(self, *digests: str) -> None:
        """For an hour these releases and layers are not collected."""
        place = self._known / "used"
        place.mkdir(parents=True, exist_ok=True)
        with self._pinning():
            for digest in filter(None, digests):
                (place / digest).touch()

    def _place(self, half: Path, place: Path, wrong: Callable[[], str]) -> None:
        """The same content may be there already, of other inputs; what is there and was changed is replaced."""
        files.closed(half)
        files.durable(half)
        half.chmod(OPEN)  # a folder that is renamed into another one must be writable
        with self._pinning():
            if place.is_dir() and wrong():
                place.chmod(OPEN)
                place.rename(half.with_name("doubtful"))
            if not place.is_dir():
                half.rename(place)
                place.chmod(files.FOLDER)
        files.synced(place.parent)

    # pins, and what goes

    def pin(self, name: str, digest: Digest | None) -> None:
        """A release that must stay, such as `last-good`; None lets it go. One rename."""
        with self._pinning():
            place = self._pins / name
            if digest is None:
                place.unlink(missing_ok=True)
                return
            self._read(digest)
            half = place.with_name(f".{name}.half")
            half.write_text(digest)
            files.synced(half)
            half.replace(place)

    def pins(self) -> Mapping[str, Digest]:
        if not self._pins.is_dir():
            return {}
        there = sorted(place for place in self._pins.iterdir() if not place.name.startswith("."))
        return {place.name: Digest(place.read_text().strip()) for place in there}

    def held(self) -> tuple[tuple[Held, ...], tuple[HeldLayer, ...]]:
        releases = tuple(
            Held(
                digest=each.digest,
                built=each.built,
                used=self._last_used(each.digest) or each.built,
                layer=each.manifest.layers.dependencies,
            )
            for each in self.all()
        )
        layers = tuple(
            HeldLayer(digest=name, used=self._last_used(name) or _time(self.layers / name))
            for name in _names(self.layers)
        )
        return releases, layers

    def collect(self, decide: Callable[[tuple[Held, ...], tuple[HeldLayer, ...]], Going]) -> Going:
        """Nothing is pinned or given out while it is decided; each is gone by one rename before its files are."""
        with self.building("leaving") as leaving, self._pinning():
            found = decide(*self.held())
            for name in found.releases:
                self._leave(self.releases / name, leaving)
            for name in found.layers:
                self._leave(self.layers / name, leaving)
            self._forget()
        return found

    def _forget(self) -> None:
        """Which inputs gave what is gone."""
        for kind, folder in (("releases", self.releases), ("layers", self.layers)):
            for told in (self._known / kind).glob("*"):
                if not (folder / told.read_text()).is_dir():
                    told.unlink(missing_ok=True)

    def _leave(self, place: Path, leaving: Path) -> None:
        place.chmod(OPEN)
        place.rename(leaving / place.name)
        (self._known / "used" / place.name).unlink(missing_ok=True)

    @contextmanager
    def _pinning(self) -> Generator[None]:
        import fcntl

        self._pins.mkdir(parents=True, exist_ok=True)
        with (self.root / ".pinning").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # the parts

    def _read(self, digest: str) -> Stored:
        path = self.releases / digest
        place = path / MANIFEST
        try:
            if place.is_symlink() or place.stat().st_size > LARGEST:
                raise DamagedData(f"the manifest of {digest[:12]} was changed", hint=AGAIN)
            content, built = place.read_bytes(), _time(place)
        except OSError as error:
            raise NotFound(f"there is no release {digest[:12]} here", hint="outpace release list shows them") from error
        return Stored(digest=Digest(digest), path=path, manifest=manifests.decoded(content, digest), built=built)

    def _told(self, kind: str, inputs: str) -> str | None:
        told = self.noted(kind, inputs).decode("ascii", "replace")
        return told if DIGEST.fullmatch(told) else None

    def _last_used(self, name: str) -> datetime | None:
        try:
            return _time(self._known / "used" / name)
        except OSError:
            return None


def _to_layer(digest: str) -> str:
    return f"../../layers/{digest}/{ENVIRONMENT}"


def _names(folder: Path) -> Iterator[str]:
    if folder.is_dir():
        named = (entry for entry in folder.iterdir() if DIGEST.fullmatch(entry.name))
        yield from sorted(entry.name for entry in named if entry.is_dir() and not entry.is_symlink())


def _time(place: Path) -> datetime:
    return times.from_timestamp(place.stat().st_mtime)
