"""The part of CycloneDX 1.6 that Outpace writes: https://cyclonedx.org/docs/1.6/json/."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field


class Property(Struct, frozen=True, kw_only=True):
    name: str
    value: str


class Occurrence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    location: str
    line: int | None = None


class Evidence(Struct, frozen=True, kw_only=True):
    occurrences: tuple[Occurrence, ...]


class Component(Struct, frozen=True, kw_only=True, omit_defaults=True):
    type: str
    ref: str = field(name="bom-ref", default="")
    name: str
    version: str = ""
    purl: str = ""
    evidence: Evidence | None = None
    properties: tuple[Property, ...] = ()


class Tools(Struct, frozen=True, kw_only=True):
    components: tuple[Component, ...]


class Metadata(Struct, frozen=True, kw_only=True, omit_defaults=True):
    timestamp: datetime
    tools: Tools
    component: Component
    properties: tuple[Property, ...] = ()


class Dependency(Struct, frozen=True, kw_only=True, rename="camel"):
    ref: str
    depends_on: tuple[str, ...]


class Composition(Struct, frozen=True, kw_only=True):
    aggregate: str
    assemblies: tuple[str, ...]


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str = ""
    url: str = ""


class Reference(Struct, frozen=True, kw_only=True):
    id: str
    source: Source


class Rating(Struct, frozen=True, kw_only=True, omit_defaults=True):
    score: float | None = None
    severity: str
    method: str = ""
    vector: str = ""


class Analysis(Struct, frozen=True, kw_only=True):
    state: str
    detail: str


class AffectedVersion(Struct, frozen=True, kw_only=True):
    version: str
    status: str


class Affects(Struct, frozen=True, kw_only=True, omit_defaults=True):
    ref: str
    versions: tuple[AffectedVersion, ...] = ()


class Vulnerability(Struct, frozen=True, kw_only=True, omit_defaults=True):
    ref: str = field(name="bom-ref")
    id: str
    source: Source
    references: tuple[Reference, ...] = ()
    ratings: tuple[Rating, ...]
    description: str = ""
    recommendation: str = ""
    published: datetime | None = None
    analysis: Analysis
    affects: tuple[Affects, ...]
    properties: tuple[Property, ...] = ()


class Bom(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    bom_format: str
    spec_version: str
    serial_number: str = ""
    version: int
    metadata: Metadata
    components: tuple[Component, ...]
    dependencies: tuple[Dependency, ...] = ()
    compositions: tuple[Composition, ...] = ()
    vulnerabilities: tuple[Vulnerability, ...] | None = None
