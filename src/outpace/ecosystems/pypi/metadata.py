"""What an installed distribution says of itself: METADATA and direct_url.json."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct

from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name
from outpace.ecosystems.secrets import masked
from outpace.model.inventory import Component, DirectUrl, Editable, Git, LocalPath, Origin, PublicIndex
from outpace.model.package import PYPI, Package

_HEADER = re.compile(r"^(name|version)[ \t]*:[ \t]*(.*?)[ \t]*$", re.IGNORECASE)


class _Vcs(Struct):
    vcs: str = "git"
    commit_id: str = ""


class _Directory(Struct):
    editable: bool = False


class _DirectUrl(Struct):
    """PEP 610."""

    url: str
    vcs_info: _Vcs | None = None
    dir_info: _Directory | None = None


def component_of(metadata: bytes, direct_url: bytes | None = None) -> Component:
    """Raises ValueError that says what is missing."""
    headers = _headers(metadata.decode("utf-8", "replace"))
    name, version = headers.get("name", ""), headers.get("version", "")
    if not is_name(name):
        raise ValueError("its metadata gives no name")
    if not version:
        raise ValueError(f"its metadata gives no version of {name}")
    return Component(
        package=Package(PYPI, normalize_name(name)),
        version=canonical(version),
        origin=PublicIndex() if direct_url is None else origin_of(direct_url),
    )


def _headers(text: str) -> dict[str, str]:
    """The first of each; the description after the blank line may say anything."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            break
        header = _HEADER.match(line)
        if header:
            found.setdefault(header[1].lower(), header[2])
    return found


def origin_of(direct_url: bytes) -> Origin:
    try:
        direct = msgspec.json.decode(direct_url, type=_DirectUrl)
        path = unquote(urlsplit(direct.url).path) if direct.url.startswith("file:") else None
    except ValueError as error:
        raise ValueError("its direct_url.json cannot be read") from error
    if direct.vcs_info is not None:
        return Git(masked(direct.url), masked(direct.vcs_info.commit_id))
    if direct.dir_info is not None:
        place = path if path is not None else masked(direct.url)
        return Editable(place) if direct.dir_info.editable else LocalPath(place)
    return DirectUrl(masked(direct.url)) if path is None else LocalPath(path)
