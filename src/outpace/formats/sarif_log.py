"""The part of SARIF 2.1.0 that Outpace writes: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct, field

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

Level: TypeAlias = Literal["error", "warning", "note"]


class Message(Struct, frozen=True, kw_only=True):
    text: str


class Help(Struct, frozen=True, kw_only=True):
    text: str
    markdown: str


class Configuration(Struct, frozen=True, kw_only=True):
    level: Level


class RuleProperties(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`security-severity` is a number in a string; it is left out where no score is known."""

    tags: tuple[str, ...]
    severity: str = field(name="security-severity", default="")


class Rule(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    id: str
    short_description: Message
    full_description: Message
    help: Help
    help_uri: str = ""
    default_configuration: Configuration
    properties: RuleProperties


class Descriptor(Struct, frozen=True, kw_only=True, rename="camel"):
    id: str
    short_description: Message


class Driver(Struct, frozen=True, kw_only=True, rename="camel"):
    name: str
    version: str
    semantic_version: str
    information_uri: str
    rules: tuple[Rule, ...]
    notifications: tuple[Descriptor, ...]


class Tool(Struct, frozen=True, kw_only=True):
    driver: Driver


class ArtifactLocation(Struct, frozen=True, kw_only=True, rename="camel"):
    uri: str
    uri_base_id: str = "%SRCROOT%"


class Region(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    start_line: int
    start_column: int | None = None
    end_column: int | None = None


class PhysicalLocation(Struct, frozen=True, kw_only=True, rename="camel"):
    artifact_location: ArtifactLocation
    region: Region


class Location(Struct, frozen=True, kw_only=True, rename="camel"):
    physical_location: PhysicalLocation


class Replacement(Struct, frozen=True, kw_only=True, rename="camel"):
    deleted_region: Region
    inserted_content: Message


class ArtifactChange(Struct, frozen=True, kw_only=True, rename="camel"):
    artifact_location: ArtifactLocation
    replacements: tuple[Replacement, ...]


class Fix(Struct, frozen=True, kw_only=True, rename="camel"):
    description: Message
    artifact_changes: tuple[ArtifactChange, ...]


class Fingerprints(Struct, frozen=True, kw_only=True, rename="camel"):
    """GitHub looks at the first alone."""

    primary_location_line_hash: str
    exposure: str = field(name="outpaceExposure/v1")


class ResultProperties(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    purl: str
    fixed_in: str = ""
    caveats: tuple[str, ...] = ()


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    rule_id: str
    rule_index: int
    level: Level
    message: Message
    locations: tuple[Location, ...]
    partial_fingerprints: Fingerprints
    fixes: tuple[Fix, ...] = ()
    properties: ResultProperties


class DescriptorReference(Struct, frozen=True, kw_only=True):
    id: str


class Notification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    level: Level
    message: Message
    descriptor: DescriptorReference
    locations: tuple[Location, ...] = ()


class Invocation(Struct, frozen=True, kw_only=True, rename="camel"):
    execution_successful: bool
    end_time_utc: datetime
    tool_execution_notifications: tuple[Notification, ...]


class AutomationDetails(Struct, frozen=True, kw_only=True):
    id: str


class Run(Struct, frozen=True, kw_only=True, rename="camel"):
    tool: Tool
    automation_details: AutomationDetails
    column_kind: str
    invocations: tuple[Invocation, ...]
    results: tuple[Result, ...]


class Log(Struct, frozen=True, kw_only=True):
    schema: str = field(name="$schema")
    version: str
    runs: tuple[Run, ...]
