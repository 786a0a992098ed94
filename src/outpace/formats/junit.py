"""JUnit XML as CI systems read it: one suite, one case for each thing that was checked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias
from xml.etree import ElementTree as ET

from msgspec import Struct

from outpace.formats.plain import printable
from outpace.model.times import text as time_text


class Fine(Struct, frozen=True, tag=True):
    output: str = ""


class Failure(Struct, frozen=True, tag=True):
    message: str


class NotDecided(Struct, frozen=True, tag=True):
    """JUnit's `error`: neither passed nor failed, and a reader must not take it for green."""

    message: str


class NotApplicable(Struct, frozen=True, tag=True):
    message: str


Outcome: TypeAlias = Fine | Failure | NotDecided | NotApplicable


class Case(Struct, frozen=True, kw_only=True):
    name: str
    outcome: Outcome
    seconds: float = 0.0


def document(
    suite: str, cases: Sequence[Case], *, properties: Sequence[tuple[str, str]] = (), at: datetime | None = None
) -> bytes:
    counts = {
        kind: sum(isinstance(case.outcome, kind) for case in cases) for kind in (Failure, NotDecided, NotApplicable)
    }
    root = ET.Element("testsuites")
    attributes = {
        "name": printable(suite),
        "tests": str(len(cases)),
        "failures": str(counts[Failure]),
        "errors": str(counts[NotDecided]),
        "skipped": str(counts[NotApplicable]),
        "time": f"{sum(case.seconds for case in cases):.3f}",
    }
    element = ET.SubElement(root, "testsuite", attributes | ({"timestamp": time_text(at)} if at else {}))
    told = ET.SubElement(element, "properties")
    for name, value in properties:
        ET.SubElement(told, "property", name=name, value=printable(value))
    for case in cases:
        _case(element, suite, case)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _case(parent: ET.Element, suite: str, case: Case) -> None:
    element = ET.SubElement(
        parent, "testcase", classname=printable(suite), name=printable(case.name), time=f"{case.seconds:.3f}"
    )
    match case.outcome:
        case Fine(output):
            if output:
                ET.SubElement(element, "system-out").text = printable(output)
        case Failure(message):
            ET.SubElement(element, "failure", message=printable(message))
        case NotDecided(message):
            ET.SubElement(element, "error", message=printable(message))
        case NotApplicable(message):
            ET.SubElement(element, "skipped", message=printable(message))
