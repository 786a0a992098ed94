"""Package URLs, taken apart: https://github.com/package-url/purl-spec."""

from __future__ import annotations

from urllib.parse import unquote

from msgspec import Struct

LONGEST = 4_096


class Purl(Struct, frozen=True, kw_only=True):
    """Percent-decoded; `namespace` and `version` are empty where there is none."""

    type: str
    name: str
    namespace: str = ""
    version: str = ""
    qualifiers: tuple[tuple[str, str], ...] = ()

    def qualifier(self, key: str) -> str:
        return dict(self.qualifiers).get(key, "")


def purl_of(text: str) -> Purl | None:
    """None where it is none."""
    scheme, colon, rest = text.strip().partition(":")
    if len(text) > LONGEST or scheme.lower() != "pkg" or not colon:
        return None
    rest = rest.lstrip("/").partition("#")[0]
    path, _, query = rest.partition("?")
    kind, slash, named = path.partition("/")
    named, at, version = named.rpartition("@") if "@" in named.rpartition("/")[2] else (named, "", "")
    namespace, _, name = named.strip("/").rpartition("/")
    if not kind or not slash or not name or (at and not version):
        return None
    pairs = (pair.partition("=") for pair in query.split("&") if "=" in pair)
    return Purl(
        type=kind.lower(),
        name=unquote(name),
        namespace=unquote(namespace),
        version=unquote(version),
        qualifiers=tuple((key.lower(), unquote(value)) for key, _, value in pairs),
    )
