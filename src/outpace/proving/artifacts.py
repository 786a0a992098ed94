"""Whether a uv.lock names other archives than before for versions that did not move: what no version shows."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from msgspec import Struct

from outpace.model.toml import document as toml_document

LARGEST_LOCK = 64 << 20


class Artifact(Struct, frozen=True, kw_only=True, order=True):
    """One archive of one version; `host` is where it is fetched from, empty where the index says it."""

    package: str
    version: str
    file: str
    hash: str
    host: str = ""


def tampered(base: bytes | None, change: bytes | None) -> str | None:
    """The first thing that is wrong, in words; None where nothing is, or where one of the locks cannot be read."""
    before, after = _artifacts(base), _artifacts(change)
    if not before:
        return None
    hashes = {(found.package, found.version, found.file): found.hash for found in before}
    for found in after:
        known = hashes.get((found.package, found.version, found.file))
        if known is not None and known != found.hash:
            return f"the hash of {found.file} is another than before, though its version did not change"
    known_hosts = {found.host for found in before}
    for found in after:
        if found.host not in known_hosts:
            return f"{found.file} would be fetched from {found.host}, where nothing came from before"
    return None


def _artifacts(lock: bytes | None) -> tuple[Artifact, ...]:
    if lock is None or len(lock) > LARGEST_LOCK:
        return ()
    try:
        document = toml_document(lock.decode("utf-8", "replace"))
    except tomllib.TOMLDecodeError:
        return ()
    return tuple(sorted(found for package in _tables(document.get("package")) for found in _of(package)))


def _of(package: Mapping[str, Any]) -> list[Artifact]:
    files = [*_tables(package.get("wheels")), *_tables([package.get("sdist")])]
    return [
        Artifact(
            package=str(package.get("name", "")),
            version=str(package.get("version", "")),
            file=_file(str(one.get("url") or one.get("path") or one.get("filename") or "")),
            hash=str(one.get("hash", "")),
            host=_host(str(one.get("url", ""))),
        )
        for one in files
    ]


def _tables(value: object) -> list[Mapping[str, Any]]:
    listed = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", one) for one in listed if isinstance(one, dict)]


def _file(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return url[:80]
