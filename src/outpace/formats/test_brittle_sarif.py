"""Brittle tests as SARIF 2.1.0: a rule for each kind, a result for each finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from outpace import __version__
from outpace.formats import sarif_log as log
from outpace.formats.plain import escaped
from outpace.model.fact import digest_of
from outpace.model.unknown import Unknown
from outpace.testing.brittle.commands import command
from outpace.testing.brittle.records import Brittleness, Finding
from outpace.testing.brittle.words import condition

HOME = "urn:outpace:v1:test-brittle"
TOLD = {
    "order": "A test that turns behind another one.",
    "alone": "A test that needs another one in front of it.",
    "twice": "A test that turns when it runs a second time.",
    "hash-seed": "A test that depends on the order of a set.",
    "clock": "A test that depends on when it runs.",
    "time-zone": "A test that depends on the time zone.",
    "locale": "A test that depends on the locale or on its encoding.",
    "network": "A test that depends on a network.",
    "directory": "A test that depends on a directory, on its name, or on the order in which it is listed.",
    "environment": "A test that depends on a variable of the environment.",
    "randomness": "A test that depends on what is drawn at random.",
    "slow": "A test that depends on how fast the machine is.",
    "optimize": "A test that depends on assert statements.",
    "warnings": "A test that turns where warnings are errors.",
    "over-specified": "A test of how the code is written rather than of what it does.",
}


def document(told: Brittleness | Unknown, *, at: datetime) -> bytes:
    findings, env = ((), {}) if isinstance(told, Unknown) else (told.findings, told.env)
    kinds = tuple(kind for kind in TOLD if any(each.flip.kind == kind for each in findings))
    run = log.Run(
        tool=log.Tool(driver=_driver(kinds)),
        automation_details=log.AutomationDetails(id="outpace-test-brittle/"),
        column_kind="unicodeCodePoints",
        invocations=(
            log.Invocation(
                execution_successful=not isinstance(told, Unknown),
                end_time_utc=at,
                tool_execution_notifications=tuple(_notifications(told)),
            ),
        ),
        results=tuple(_result(each, kinds.index(each.flip.kind), env) for each in findings),
    )
    whole = log.Log(schema=log.SCHEMA, version="2.1.0", runs=(run,))
    return msgspec.json.format(escaped(msgspec.json.encode(whole)), indent=2)


def _driver(kinds: tuple[str, ...]) -> log.Driver:
    return log.Driver(
        name="Outpace",
        version=__version__,
        semantic_version=__version__,
        information_uri=HOME,
        rules=tuple(map(_rule, kinds)),
        notifications=(
            log.Descriptor(id="unknown", short_description=log.Message(text="Something could not be determined.")),
        ),
    )


def _rule(kind: str) -> log.Rule:
    told = log.Message(text=TOLD[kind])
    return log.Rule(
        id=f"brittle/{kind}",
        short_description=told,
        full_description=told,
        help=log.Help(text=TOLD[kind], markdown=TOLD[kind]),
        default_configuration=log.Configuration(level="warning"),
        properties=log.RuleProperties(tags=("test", "reliability")),
    )


def _result(found: Finding, rule: int, env: Mapping[str, str]) -> log.Result:
    flip = found.flip
    digest = digest_of(found.test, flip.kind)[:32]
    link = "" if flip.kind in ("order", "alone") else "with "
    said = f"{found.test} turns {link}{condition(flip)}. It can be seen with: {command(flip, env)}"
    return log.Result(
        rule_id=f"brittle/{flip.kind}",
        rule_index=rule,
        level="note" if flip.tier == "T1" else "warning",
        message=log.Message(text=said.replace("](", "] (")),
        locations=(
            log.Location(
                physical_location=log.PhysicalLocation(
                    artifact_location=log.ArtifactLocation(uri=found.test.partition("::")[0]),
                    region=log.Region(start_line=1),
                )
            ),
        ),
        partial_fingerprints=log.Fingerprints(primary_location_line_hash=f"{digest[:16]}:1", exposure=f"{digest}:1"),
        properties=log.ResultProperties(purl="", caveats=found.also),
    )


def _notifications(told: Brittleness | Unknown) -> Iterator[log.Notification]:
    doubts = [("the tests", told)] if isinstance(told, Unknown) else [(d.what, d.unknown) for d in told.doubts]
    for what, unknown in doubts:
        yield log.Notification(
            level="warning",
            message=log.Message(text=f"{what}: {unknown.why}".replace("](", "] (")),
            descriptor=log.DescriptorReference(id="unknown"),
        )
