"""A release as an image of the Open Container Initiative: the same release gives the same bytes.

Written after the image specification 1.1. Nothing of Docker is needed: layers are tar archives with fixed times and
owners, compressed at a fixed level.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, cast

import msgspec
from msgspec import Struct

from outpace.delivery.releases.manifest import Manifest
from outpace.engines.release_files import walked
from outpace.engines.release_store import APPLICATION, ENVIRONMENT, INVENTORY, MANIFEST, ReleaseStore, Stored
from outpace.engines.scratch import scratch
from outpace.model.errors import BadInput, DamagedData
from outpace.model.release import SHORT, Digest
from outpace.model.times import from_timestamp

TOP = "release"
PORT = 8080
NOBODY = "65532:65532"
LEVEL = 6
WHITEOUT = ".wh."
IMAGE = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
INDEX = "application/vnd.oci.image.index.v1+json"
MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class Member(NamedTuple):
    """A name in the archive, what it is read from, and where it leads, if that is not what the place says."""

    name: str
    place: Path
    leads: str = ""


Members = Callable[[], Iterator[Member]]


class Blob(Struct, frozen=True, kw_only=True):
    """A file of the image, named by the digest of its bytes."""

    path: Path
    digest: str
    size: int
    media: str
    unpacked: str = ""  # the digest of a layer before it was compressed


class Packed(Struct, frozen=True, kw_only=True):
    """What the cache knows of a layer: `digest` is its file's name there."""

    digest: str
    size: int
    unpacked: str


class Image(Struct, frozen=True, kw_only=True):
    """`blobs` are the layers, lowest first, and the configuration; `manifest` names them all."""

    manifest: bytes
    digest: str
    blobs: tuple[Blob, ...]

    @property
    def size(self) -> int:
        return sum(blob.size for blob in self.blobs) + len(self.manifest)


class Images:
    """Layers that were compressed once lie in `cache`, which may be deleted at any time."""

    def __init__(self, store: ReleaseStore, cache: Path) -> None:
        self._store = store
        self._cache = cache

    def image(self, stored: Stored) -> Image:
        """The interpreter is not in it: /usr/local/bin/python3.x is that of the image that it is laid upon. Raises
        DamagedData where a file of the release is not what it was."""
        dependencies = stored.manifest.layers.dependencies
        self._store.used(stored.digest, dependencies)
        self._ensure_whole(stored)
        layers = [self._application(stored)]
        if dependencies:
            layers.insert(0, self._dependencies(stored, dependencies))
        configuration = self._kept(_configuration(stored, layers), CONFIG)
        manifest = _json(
            {
                "schemaVersion": 2,
                "mediaType": IMAGE,
                "config": _descriptor(configuration),
                "layers": [_descriptor(layer) for layer in layers],
                "annotations": _annotations(stored),
            }
        )
        return Image(manifest=manifest, digest=_digest(manifest), blobs=(*layers, configuration))

    def _ensure_whole(self, stored: Stored) -> None:
        wrong = self._store.verify(stored.digest)
        if wrong:
            raise DamagedData(
                f"{stored.digest[:SHORT]} is not what it was: {wrong}",
                hint=f"outpace release build --anew {stored.manifest.revision[:SHORT]}",
            )

    def _dependencies(self, stored: Stored, digest: str) -> Blob:
        top = self._store.layers / digest / ENVIRONMENT
        interpreter = stored.manifest.interpreter
        version = "" if interpreter is None else ".".join(interpreter.version.split(".")[:2])
        return self._layer(f"{digest}-{version}", lambda: _members(f"{TOP}/{ENVIRONMENT}", top, version))

    def _application(self, stored: Stored) -> Blob:
        def members() -> Iterator[Member]:
            yield from _members(f"{TOP}/{APPLICATION}", stored.application)
            for name in (MANIFEST, INVENTORY):
                yield Member(f"{TOP}/{name}", stored.path / name)

        return self._layer(str(stored.digest), members)

    def _layer(self, key: str, members: Members) -> Blob:
        told = self._cache / f"{key}.json"
        try:
            packed = msgspec.json.decode(told.read_bytes(), type=Packed)
            path = self._cache / packed.digest
            if path.stat().st_size == packed.size:
                return _layer_of(path, packed)
        except (OSError, msgspec.DecodeError):
            pass
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        with scratch("image", self._cache) as place:
            half = place / "layer"
            packed = _packed(members(), half)
            path = self._cache / packed.digest
            half.replace(path)
            written = place / "told"
            written.write_bytes(msgspec.json.encode(packed))
            written.replace(told)
        return _layer_of(path, packed)

    def _kept(self, content: bytes, media: str) -> Blob:
        digest = _digest(content)
        path = self._cache / digest.removeprefix("sha256:")
        with scratch("image", self._cache) as place:
            half = place / "half"
            half.write_bytes(content)
            half.replace(path)
        return Blob(path=path, digest=digest, size=len(content), media=media)


def _layer_of(path: Path, packed: Packed) -> Blob:
    return Blob(path=path, digest=f"sha256:{packed.digest}", size=packed.size, media=LAYER, unpacked=packed.unpacked)


def exported(image: Image, to: Path, name: str) -> None:
    """An image layout in a folder that is not there yet, or empty. `name` is what it is called in it."""
    try:
        _exported(image, to, name)
    except OSError as error:
        raise BadInput(
            f"cannot write the image to {to}: {error.strerror}", hint="name a folder that can be made, in --to"
        ) from error


def _exported(image: Image, to: Path, name: str) -> None:
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise BadInput(f"{to} is there already", hint="name a folder that is empty, or none yet, in --to")
    to.parent.mkdir(parents=True, exist_ok=True)
    with scratch("layout", to.parent.resolve()) as place:
        half = place / "layout"
        blobs = half / "blobs" / "sha256"
        blobs.mkdir(parents=True)
        for blob in image.blobs:
            _copied(blob, blobs / blob.digest.removeprefix("sha256:"))
        (blobs / image.digest.removeprefix("sha256:")).write_bytes(image.manifest)
        (half / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
        described = {"mediaType": IMAGE, "digest": image.digest, "size": len(image.manifest)}
        named = {**described, "annotations": {"org.opencontainers.image.ref.name": name}}
        (half / "index.json").write_bytes(_json({"schemaVersion": 2, "mediaType": INDEX, "manifests": [named]}))
        half.chmod(0o755)
        half.rename(to)


def _copied(blob: Blob, into: Path) -> None:
    """The cache is only a cache: what lies in it is looked at again."""
    found = hashlib.sha256()
    with blob.path.open("rb") as source, into.open("wb") as target:
        while part := source.read(1 << 20):
            found.update(part)
            target.write(part)
    if f"sha256:{found.hexdigest()}" != blob.digest:
        blob.path.unlink(missing_ok=True)
        raise DamagedData("a layer in the cache was changed, and is gone now", hint="run the command again")


def _members(prefix: str, top: Path, version: str = "") -> Iterator[Member]:
    """With `version`, of an environment: its interpreter is where images of Python have theirs."""
    for path, entry in walked(top):
        if any(part.startswith(WHITEOUT) for part in path.split("/")):
            raise BadInput(f"an image cannot hold {path}: to it the name means a file that is gone", hint="rename it")
        if version and path == "bin/python":
            yield Member(f"{prefix}/{path}", Path(entry.path), f"/usr/local/bin/python{version}")
        else:
            yield Member(f"{prefix}/{path}", Path(entry.path))


def _packed(members: Iterable[Member], into: Path) -> Packed:
    with into.open("wb") as file:
        sink = _Gzip(file)
        with tarfile.open(
            fileobj=cast("IO[bytes]", sink), mode="w|", format=tarfile.PAX_FORMAT, bufsize=1 << 20
        ) as archive:
            folders: set[str] = set()
            for member in sorted(members):
                for folder in reversed(PurePosixPath(member.name).parents):
                    if str(folder) not in {".", *folders}:
                        folders.add(str(folder))
                        archive.addfile(_told(f"{folder}", tarfile.DIRTYPE, 0o555))
                _add(archive, member)
        sink.end()
    return Packed(digest=sink.packed.hexdigest(), size=into.stat().st_size, unpacked=f"sha256:{sink.plain.hexdigest()}")


def _add(archive: tarfile.TarFile, member: Member) -> None:
    if member.place.is_symlink():
        told = _told(member.name, tarfile.SYMTYPE, 0o777)
        told.linkname = member.leads or os.fspath(member.place.readlink())
        archive.addfile(told)
        return
    with member.place.open("rb") as content:
        status = os.fstat(content.fileno())
        told = _told(member.name, tarfile.REGTYPE, 0o555 if status.st_mode & 0o100 else 0o444)
        told.size = status.st_size
        archive.addfile(told, content)


def _told(name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    told = tarfile.TarInfo(name)
    told.type, told.mode, told.mtime = kind, mode, 0
    return told


class _Gzip:
    """A file that compresses what is written to it: no name, no time, and always the same level."""

    def __init__(self, into: IO[bytes]) -> None:
        self._into = into
        self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
        self.plain, self.packed = hashlib.sha256(), hashlib.sha256()

    def write(self, part: bytes) -> int:
        self.plain.update(part)
        self._pass(self._packer.compress(part))
        return len(part)

    def end(self) -> None:
        self._pass(self._packer.flush())

    def _pass(self, part: bytes) -> None:
        self.packed.update(part)
        self._into.write(part)


def _configuration(stored: Stored, layers: Iterable[Blob]) -> bytes:
    manifest = stored.manifest
    return _json(
        {
            "architecture": MACHINES.get(platform.machine().lower(), platform.machine().lower()),
            "os": "linux",
            "config": {
                "User": NOBODY,
                "Env": [f"{name}={value}" for name, value in sorted(_environ(manifest, stored.digest).items())],
                "Cmd": [word.replace("{port}", str(PORT)) for word in manifest.run],
                "WorkingDir": os.path.normpath(f"/{TOP}/{APPLICATION}/{manifest.directory}"),
                "ExposedPorts": {f"{PORT}/tcp": {}},
                "Labels": _annotations(stored),
            },
            "rootfs": {"type": "layers", "diff_ids": [layer.unpacked for layer in layers]},
        }
    )


def _environ(manifest: Manifest, digest: str) -> Mapping[str, str]:
    inside = Stored(digest=Digest(digest), path=Path("/", TOP), manifest=manifest, built=from_timestamp(0))
    return inside.environ()


def _annotations(stored: Stored) -> dict[str, str]:
    return {
        "org.opencontainers.image.title": stored.manifest.application,
        "org.opencontainers.image.revision": stored.manifest.revision,
        "org.opencontainers.image.version": stored.digest,
    }


def _descriptor(blob: Blob) -> dict[str, object]:
    return {"mediaType": blob.media, "digest": blob.digest, "size": blob.size}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _json(document: dict[str, object]) -> bytes:
    return msgspec.json.encode(document, order="sorted")
