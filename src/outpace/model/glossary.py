"""The glossary of the documentation, which is the one source of definitions: of tooltips, of claims, of `explain`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

ENTRY = re.compile(r"^- \*\*(?P<term>[^*]+)\*\*: (?P<definition>.+)$", re.MULTILINE)


@cache
def entries() -> Mapping[str, str]:
    """Definitions by term, in the order of the page. Emphasis is taken off; back quotes stay."""
    page = files("outpace").joinpath("glossary.md").read_text(encoding="utf-8")
    return MappingProxyType({found["term"]: _plain(found["definition"]) for found in ENTRY.finditer(page)})


def definition(term: str) -> str:
    """Raises KeyError for a word that the page does not have: a test finds it."""
    return entries()[term]


def _plain(markdown: str) -> str:
    return re.sub(r"(?<![\w*])\*([^*]+)\*(?![\w*])", r"\1", markdown)
