"""Names and versions that a URL, a path or a file name of a distribution tells."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from outpace.ecosystems.secrets import masked
from outpace.model.inventory import DirectUrl, Git, LocalPath

ARCHIVES = (".whl", ".zip", ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tar")
VCS = re.compile(r"(?P<kind>git|hg|svn|bzr)\+(?P<url>.+)", re.DOTALL)
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|file:")


class Named(Struct, frozen=True):
    name: str
    version: str


def named_by(file: str) -> Named | None:
    """From `acme_x-1.0-py3-none-any.whl` or `acme-x-1.0.tar.gz`."""
    file = unquote(file.rpartition("/")[2])
    if len(file) > 400:
        return None
    try:
        if file.endswith(".whl"):
            name, version, _, _ = parse_wheel_filename(file)
        else:
            name, version = parse_sdist_filename(file)
    except (InvalidWheelFilename, InvalidSdistFilename, ValueError):
        return None
    return Named(str(name), str(version))


def path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def fragment_of(url: str) -> dict[str, str]:
    """`#egg=acme&subdirectory=x`."""
    pairs = (part.partition("=") for part in url.partition("#")[2].split("&"))
    return {key: unquote(value) for key, _, value in pairs}


def is_archive(path: str) -> bool:
    return path.lower().endswith(ARCHIVES)


def origin_of(url: str) -> Git | DirectUrl | LocalPath:
    """`git+https://...@revision#egg=...`, an archive's URL, or a `file:` one."""
    plain = url.partition("#")[0]
    found = VCS.match(plain)
    if found:
        address, revision = _split_revision(found["url"])
        kind = "" if found["kind"] == "git" else f"{found['kind']}+"
        return Git(masked(kind + address), masked(revision))
    if plain.lower().startswith("file:"):
        return LocalPath(unquote(path_of(plain)))
    return DirectUrl(masked(plain))


def _split_revision(url: str) -> tuple[str, str]:
    """The revision follows an `@` in the path; one before it belongs to the user's name."""
    scheme, colons, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    address, at, revision = path.rpartition("@")
    if not at:
        return url, ""
    return f"{scheme}{colons}{authority}{slash}{address}", revision
