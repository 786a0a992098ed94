"""A run of tests as JUnit XML, in the shape of pytest's xunit2, with the reasons in properties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree as ET

from outpace.formats.plain import printable
from outpace.formats.test_items import reason_words
from outpace.formats.test_run import untaken_words
from outpace.model.test_run import Green, Red
from outpace.model.times import text as time_text
from outpace.model.unknown import Unknown
from outpace.testing.result.names import names_of
from outpace.testing.result.records import Diff, Result, Tried
from outpace.testing.selection.decision import Everything, Some
from outpace.testing.told import RED

SKIPPED = {"skipped": "pytest.skip", "xfailed": "pytest.xfail"}


def document(result: Result, *, at: datetime) -> bytes:
    """A red test that was green when it ran again keeps its failure. An unknown run holds an error, so that it looks
    green to nobody; tests that were not selected are skipped, with the proof."""
    cases = [*map(_case, result.tests), *_deselected(result), *_unknown(result)]
    root = ET.Element("testsuites", name="outpace test run")
    counts = {kind: sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error", "skipped")}
    suite = ET.SubElement(
        root,
        "testsuite",
        name="outpace",
        errors=str(counts["error"]),
        failures=str(counts["failure"]),
        skipped=str(counts["skipped"]),
        tests=str(len(cases)),
        time=f"{sum(each.seconds for each in result.tests):.3f}",
        timestamp=time_text(at),
    )
    _tell(suite, _properties(result))
    for case, test in zip(cases, [*result.tests, *([None] * len(cases))], strict=False):
        _explain(case, result, test)
        suite.append(case)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _case(test: Tried) -> ET.Element:
    classname, name = names_of(test.id)
    case = ET.Element("testcase", classname=printable(classname), name=printable(name), time=f"{test.seconds:.3f}")
    said = printable(f"{test.exception}: {test.message}" if test.exception else test.message)
    if test.outcome in RED:
        kind = "failure" if test.outcome == "failed" else "error"
        found = ET.SubElement(case, kind, message=said, type=printable(test.exception) or test.kind)
        found.text = "\n".join(f"{printable(file)}:{line} {printable(name)}" for file, line, name in test.frames)
    elif test.outcome in SKIPPED:
        ET.SubElement(case, "skipped", message=said, type=SKIPPED[test.outcome])
    return case


def _explain(case: ET.Element, result: Result, test: Tried | None) -> None:
    """What this run knows of a test beside its outcome."""
    if test is None:
        return
    told: list[tuple[str, str]] = []
    if isinstance(result.choice, Some):
        reasons = {each.test: each.why for each in result.choice.selected}
        told += [("selected", reason_words(reasons[test.id]))] if test.id in reasons else []
    if test.outcome in RED:
        told.append(("kind", test.kind))
    if test.id in result.flaky:
        ET.SubElement(case, "flakyFailure", message="red and green on the same files", type="flaky")
    if test.id in result.missed:
        told.append(("missed", "selection would have left it out"))
    if told:
        _tell(case, told)


def _deselected(result: Result) -> Iterator[ET.Element]:
    for each in result.choice.deselected if isinstance(result.choice, Some) else ():
        classname, name = names_of(each.test)
        case = ET.Element("testcase", classname=printable(classname), name=printable(name), time="0.000")
        said = f"not selected: green at {each.commit[:10]} ({time_text(each.at)}), and nothing it depends on changed"
        ET.SubElement(case, "skipped", message=said, type="outpace.deselected")
        yield case


def _unknown(result: Result) -> Iterator[ET.Element]:
    if isinstance(result.run, Unknown):
        case = ET.Element("testcase", classname="outpace", name="the run", time="0.000")
        ET.SubElement(case, "error", message=printable(result.run.why), type="unknown")
        yield case


def _properties(result: Result) -> Iterator[tuple[str, str]]:
    match result.run:
        case Green():
            yield "result", "green"
        case Red():
            yield "result", "red"
        case Unknown():
            yield "result", "unknown"
    match result.choice:
        case Everything(why=why):
            yield from (("everything", each) for each in why)
        case Some(deselected=deselected) if deselected:
            yield "oldest record", time_text(min(each.at for each in deselected))
        case _:
            pass
    if isinstance(result.diff, Diff):
        yield from (("untested", untaken_words(each)) for each in result.diff.untaken)
        yield from (("unread", path) for path in result.diff.unread)
    for survivor in result.survivors if isinstance(result.survivors, tuple) else ():
        yield "survivor", f"{survivor.path}:{survivor.line} {survivor.function}"
    yield from (("note", each) for each in result.caveats)


def _tell(parent: ET.Element, told: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> None:
    properties = ET.Element("properties")
    for name, value in told:
        ET.SubElement(properties, "property", name=name, value=printable(value))
    parent.insert(0, properties)
