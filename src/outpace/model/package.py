"""A package of an ecosystem, and its package URL."""

from __future__ import annotations

from urllib.parse import quote

from msgspec import Struct

PYPI = "PyPI"
NPM = "npm"
CRATES_IO = "crates.io"
GO = "Go"
RUBYGEMS = "RubyGems"

ECOSYSTEMS = (PYPI, NPM, CRATES_IO, GO, RUBYGEMS)
"""Those whose versions can be ordered here."""

_PURL_TYPES = {CRATES_IO: "cargo", GO: "golang", RUBYGEMS: "gem"}


class Package(Struct, frozen=True, order=True):
    """`name` is normalized by the ecosystem's rule (PEP 503 for PyPI); ecosystem as OSV spells it."""

    ecosystem: str
    name: str

    def purl(self, version: str | None = None) -> str:
        """https://github.com/package-url/purl-spec; of npm and Go, what stands before the last slash is a namespace."""
        kind = _PURL_TYPES.get(self.ecosystem, self.ecosystem.lower())
        bare = f"pkg:{kind}/{quote(self.name, safe='/' if self.ecosystem in (NPM, GO) else '')}"
        return bare if version is None else f"{bare}@{quote(version, safe='')}"
