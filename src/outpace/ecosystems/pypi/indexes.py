"""Which package indexes a project declares, and where a component therefore comes from. Never told by a host's name."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import cast
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from outpace.ecosystems.secrets import masked
from outpace.model.inventory import OtherIndex, PublicIndex
from outpace.model.toml import document as toml_document

PUBLIC_NAME = "pypi"  # the name that a declaration itself gives to the public index (poetry and pipenv by default)


class Declared(Struct, frozen=True, kw_only=True):
    """Keys of index URLs. `public` are declared under the public index's own name."""

    other: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()

    def with_other(self, urls: Iterable[str]) -> Declared:
        return Declared(other=self.other | {key(url) for url in urls}, public=self.public)

    def origin(self, url: str) -> PublicIndex | OtherIndex:
        known = key(url)
        if known in self.public or known not in self.other:
            return PublicIndex()
        return OtherIndex(masked(url))


def key(url: str) -> str:
    """What makes two spellings the same index: no credentials, no trailing slash, host in small letters."""
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc.rpartition("@")[2].lower()
        return urlunsplit((parts.scheme.lower(), host, parts.path.rstrip("/"), parts.query, ""))
    except ValueError:
        return url.strip()


def lone_public(registries: Iterable[str], declared: Declared) -> Declared:
    """A lock that names several registries of which no declaration tells: only one of them can be the public one.

    The one that most components come from is taken for it, the others count as declared by the lock itself.
    """
    counts = Counter(key(url) for url in registries)
    undeclared = [name for name, _ in counts.most_common() if name not in declared.other | declared.public]
    if any(name in declared.public for name in counts):
        return declared.with_other(undeclared)
    return declared.with_other(undeclared[1:])


def from_project(text: str) -> Declared:
    """The indexes of pyproject.toml, uv.toml and Pipfile. A file that cannot be parsed declares nothing."""
    try:
        document = toml_document(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return Declared()
    tool = _table(document, "tool")
    pairs = [
        *_uv(_table(tool, "uv")),
        *_uv(document),
        *_named(_table(tool, "poetry").get("source")),
        *_named(_table(tool, "pdm").get("source")),
        *_named(document.get("source")),
    ]
    public = frozenset(key(url) for name, url in pairs if name.lower() == PUBLIC_NAME)
    return Declared(other=frozenset(key(url) for _, url in pairs) - public, public=public)


def together(many: Iterable[Declared]) -> Declared:
    every = list(many)
    public = frozenset[str]().union(*(each.public for each in every))
    return Declared(other=frozenset[str]().union(*(each.other for each in every)) - public, public=public)


def _table(of: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = of.get(name)
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _uv(table: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs = _named(table.get("index"))
    pip = _table(table, "pip")
    single = [table.get("index-url"), table.get("default-index"), pip.get("index-url")]
    for many in (table.get("extra-index-url"), pip.get("extra-index-url")):
        single += cast("list[object]", many) if isinstance(many, list) else [many]
    return pairs + [("", url) for url in single if isinstance(url, str)]


def _named(value: object) -> list[tuple[str, str]]:
    if not isinstance(value, list):
        return []
    rows = [cast("Mapping[str, object]", row) for row in cast("list[object]", value) if isinstance(row, dict)]
    return [(str(row.get("name", "")), url) for row in rows if isinstance(url := row.get("url"), str)]
