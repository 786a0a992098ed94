"""SPDX in JSON: 2.2 and 2.3, and the graph of 3.0."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from outpace.ecosystems.entry import Entry
from outpace.ecosystems.pypi.locks import json
from outpace.ecosystems.reading import Reading

PURLS = frozenset({"purl", "packageUrl"})


class _Reference(Struct, rename={"type": "referenceType", "locator": "referenceLocator"}):
    type: str = ""
    locator: str = ""


class _Package(Struct, rename={"id": "SPDXID", "version": "versionInfo", "references": "externalRefs"}):
    id: str = ""
    version: str | None = None
    references: list[_Reference] | None = None


class _Relation(Struct, rename={"type": "relationshipType", "to": "relatedSpdxElement"}):
    type: str = ""
    to: str = ""


class _Document(Struct, rename={"describes": "documentDescribes"}):
    packages: list[_Package] | None = None
    relationships: list[_Relation] | None = None
    describes: list[str] | None = None


class _Wrapped(Struct):
    """As GitHub's interface gives it."""

    sbom: _Document | None = None


def entries_of_spdx(file: str, text: str) -> Sequence[Entry] | Reading:
    """What the document describes is not one of the packages in it, unless it has a package URL of its own."""
    wrapped = json(file, text, _Wrapped)
    if isinstance(wrapped, Reading):
        return wrapped
    document = wrapped.sbom or json(file, text, _Document)
    if isinstance(document, Reading):
        return document
    subjects = {*(document.describes or ())}
    subjects |= {each.to for each in document.relationships or () if each.type == "DESCRIBES"}
    return tuple(
        Entry(purl=purl, version=each.version or "")
        for each in document.packages or ()
        if (purl := _purl(each)) or each.id not in subjects
    )


def _purl(package: _Package) -> str:
    return next((each.locator for each in package.references or () if each.type in PURLS), "")


class _Identifier(Struct, rename={"type": "externalIdentifierType"}):
    type: str = ""
    identifier: str = ""


class _Element(
    Struct,
    rename={
        "version": "software_packageVersion",
        "purl": "software_packageUrl",
        "identifiers": "externalIdentifier",
        "roots": "rootElement",
        "id": "spdxId",
    },
):
    type: str | None = None
    id: str | None = None
    version: str | None = None
    purl: str | None = None
    identifiers: list[_Identifier | str] | None = None
    roots: list[str] | str | None = None


class _Graph(Struct, rename={"graph": "@graph"}):
    graph: list[_Element]


def entries_of_spdx_graph(file: str, text: str) -> Sequence[Entry] | Reading:
    document = json(file, text, _Graph)
    if isinstance(document, Reading):
        return document
    roots: set[str] = set()
    for element in document.graph:
        named = element.roots or ()
        roots.update((named,) if isinstance(named, str) else named)
    return tuple(
        Entry(purl=purl, version=each.version or "")
        for each in document.graph
        if each.type == "software_Package" and ((purl := _identified(each)) or each.id not in roots)
    )


def _identified(element: _Element) -> str:
    if element.purl:
        return element.purl
    named = [each for each in element.identifiers or () if isinstance(each, _Identifier)]
    return next((each.identifier for each in named if each.type in PURLS), "")
