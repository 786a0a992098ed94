"""A package of an ecosystem, and its package URL."""

from __future__ import annotations

from urllib.parse import quote

from msgspec import Struct

PYPI = "PyPI"


class Package(Struct, frozen=True, order=True):
    """`name` is normalized by the ecosystem's rule (PEP 503 for PyPI); ecosystem as OSV spells it."""

    ecosystem: str
    name: str

    def purl(self, version: str | None = None) -> str:
        """https://github.com/package-url/purl-spec; the type of PyPI is `pypi`."""
        bare = f"pkg:{self.ecosystem.lower()}/{quote(self.name, safe='')}"
        return bare if version is None else f"{bare}@{quote(version, safe='')}"
