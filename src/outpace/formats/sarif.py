"""A match as SARIF 2.1.0, as code scanning on GitHub takes it.

GitHub rejects a file as a whole for one result without a location, for an empty fix, and for more than it allows.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

import msgspec
from msgspec import Struct

from outpace import __version__
from outpace.app.match import View
from outpace.formats import sarif_log as log
from outpace.formats.advice import (
    MATCHED_ONLY,
    action,
    advisory_page,
    exploited_in_words,
    pin,
    purl,
    score,
    severity_in_words,
    shown,
    target,
)
from outpace.formats.gfm import linked, prose
from outpace.formats.pin_edits import Edit, Judge, LookUp, edits
from outpace.formats.plain import escaped
from outpace.model.advisory import Coverage, Vulnerability
from outpace.model.exposure import Exposure
from outpace.model.fact import digest_of
from outpace.model.inventory import Component

MOST_RESULTS = 25_000  # GitHub rejects a run with more
MOST_NOTIFICATIONS = 1_000
LARGEST_GZIP = 10_000_000  # bytes
HOME = "urn:outpace:v1:match"
NOTIFICATIONS = {
    "unknown": "Whether a vulnerability affects a component could not be determined.",
    "not-understood": "Something that should have been read was not understood.",
    "not-covered": "Something was read of which the advisories cannot speak.",
    "left-out": "More was found than the file may hold.",
}

Offered: TypeAlias = Mapping[Component, Edit]


class Written(Struct, frozen=True, kw_only=True):
    """`left_out` counts the results for which there was no room: the least severe."""

    document: bytes
    left_out: int = 0


def document(
    view: View, *, folder: str = "", look_up: LookUp = lambda _: None, unaffected: Judge = lambda _: False
) -> Written:
    """`folder` is where the files' root lies in the repository; without the last two, no fix is offered."""
    exposures = view.matched.exposures
    worst_first = sorted(range(len(exposures)), key=lambda number: -_weight(exposures[number].vulnerability))
    offered = edits(view.matched, look_up, unaffected)
    for most in _fewer(len(exposures)):
        kept = [exposures[number] for number in sorted(worst_first[:most])]
        content = _written(view, kept, folder, offered)
        if most == 0 or len(gzip.compress(content, mtime=0)) <= LARGEST_GZIP:
            return Written(document=content, left_out=len(exposures) - most)
    raise AssertionError("the last try is without results")


def _fewer(number: int) -> Iterator[int]:
    most = min(number, MOST_RESULTS)
    while most:
        yield most
        most //= 2
    yield 0


def _weight(found: Vulnerability) -> float:
    """What is exploited first, then by score; an unknown score may be any, and stands in the middle."""
    known = score(found.severity)
    return (100.0 if found.exploited else 0.0) + (5.0 if known is None else known)


def _written(view: View, exposures: Sequence[Exposure], folder: str, offered: Offered) -> bytes:
    left_out = len(view.matched.exposures) - len(exposures)
    rules = _rules(exposures, view.matched.coverage)
    places = {name: number for number, name in enumerate(rules)}
    run = log.Run(
        tool=log.Tool(driver=_driver(tuple(rules.values()))),
        automation_details=log.AutomationDetails(id=_automation(view, folder)),
        column_kind="unicodeCodePoints",
        invocations=(
            log.Invocation(
                execution_successful=not view.matched.inventory.silent,
                end_time_utc=view.at,
                tool_execution_notifications=tuple(_notifications(view, left_out, folder)),
            ),
        ),
        results=tuple(_results(exposures, places, offered, view, folder)),
    )
    whole = log.Log(schema=log.SCHEMA, version="2.1.0", runs=(run,))
    return msgspec.json.format(escaped(msgspec.json.encode(whole)), indent=2)


def _driver(rules: tuple[log.Rule, ...]) -> log.Driver:
    return log.Driver(
        name="Outpace",
        version=__version__,
        semantic_version=__version__,
        information_uri=HOME,
        rules=rules,
        notifications=tuple(
            log.Descriptor(id=name, short_description=log.Message(text=text)) for name, text in NOTIFICATIONS.items()
        ),
    )


def _automation(view: View, folder: str) -> str:
    """The category under which GitHub replaces an earlier upload: one for each thing that is looked at."""
    source = view.matched.inventory.source
    subject = folder.strip("/") if source == "files" else source.partition(" ")[0]
    return f"outpace-match/{_uri(subject)}/" if subject else "outpace-match/"


def _rules(exposures: Iterable[Exposure], coverage: Coverage | None) -> dict[str, log.Rule]:
    """One for each id; where records of several packages share one, the most severe speaks."""
    found: dict[str, list[Vulnerability]] = {}
    for each in exposures:
        found.setdefault(shown(each.vulnerability.id), []).append(each.vulnerability)
    return {name: _rule(name, max(several, key=_weight), coverage) for name, several in found.items()}


def _rule(name: str, found: Vulnerability, coverage: Coverage | None) -> log.Rule:
    known = score(found.severity)
    summary = shown(found.summary, 800) or "The record gives no summary."
    title = shown(f"{found.package.name}: {found.summary or name}", 200)
    lines = (
        ("Package", found.package.name),
        ("Also known as", ", ".join(found.aliases) or "nothing else"),
        ("Severity", severity_in_words(found.severity)),
        ("Known to be exploited (KEV)", exploited_in_words(found, coverage)),
        ("Published", f"{found.published:%Y-%m-%d}" if found.published else "unknown"),
    )
    text = "\n".join((summary, "", *(f"{key}: {shown(value)}" for key, value in lines), "", MATCHED_ONLY))
    markdown = "\n".join(
        (linked(name), "", prose(summary), "", *(f"- {key}: {prose(value)}" for key, value in lines), "", MATCHED_ONLY)
    )
    return log.Rule(
        id=name,
        short_description=log.Message(text=_unlinked(title)),
        full_description=log.Message(text=_unlinked(summary)),
        help=log.Help(text=_unlinked(text), markdown=markdown),
        help_uri=advisory_page(name),
        default_configuration=log.Configuration(level=_level(found)),
        properties=log.RuleProperties(
            tags=("security", "vulnerability", "dependency"),
            severity="" if known is None else f"{known:.1f}",
        ),
    )


def _level(found: Vulnerability) -> log.Level:
    known = score(found.severity)
    if found.exploited is not None or (known is not None and known >= 7.0):
        return "error"
    return "warning" if known is None or known >= 4.0 else "note"


def _results(
    exposures: Iterable[Exposure],
    places: Mapping[str, int],
    offered: Offered,
    view: View,
    folder: str,
) -> Iterator[log.Result]:
    seen = Counter[str]()
    for each in exposures:
        component, found = each.component, each.vulnerability
        name = shown(found.id)
        print_ = digest_of(name, shown(component.package.name), shown(component.file))[:32]
        seen[print_] += 1
        told = f"{pin(component)} is affected by {name}. {action(each)}"
        edit = offered.get(component)
        yield log.Result(
            rule_id=name,
            rule_index=places[name],
            level=_level(found),
            message=log.Message(text=_unlinked(shown(told))),
            locations=(_location(component.file or view.matched.inventory.source, component.line, folder),),
            partial_fingerprints=log.Fingerprints(
                primary_location_line_hash=f"{print_[:16]}:{seen[print_]}", exposure=f"{print_}:{seen[print_]}"
            ),
            fixes=(_fix(component, edit, folder),) if edit else (),
            properties=log.ResultProperties(
                purl=purl(component), fixed_in=shown(target(each)), caveats=tuple(map(shown, each.caveats))
            ),
        )


def _fix(component: Component, edit: Edit, folder: str) -> log.Fix:
    region = log.Region(start_line=edit.line, start_column=edit.start, end_column=edit.end)
    change = log.ArtifactChange(
        artifact_location=log.ArtifactLocation(uri=_uri(folder + edit.file)),
        replacements=(log.Replacement(deleted_region=region, inserted_content=log.Message(text=edit.after)),),
    )
    told = f"Pin {component.package.name} to {edit.after}, which no advisory here affects."
    return log.Fix(description=log.Message(text=_unlinked(shown(told))), artifact_changes=(change,))


def _location(file: str, line: int | None, folder: str) -> log.Location:
    """Where no line is known, the first: GitHub shows nothing without one."""
    return log.Location(
        physical_location=log.PhysicalLocation(
            artifact_location=log.ArtifactLocation(uri=_uri(folder + file)),
            region=log.Region(start_line=max(line or 1, 1)),
        )
    )


def _notifications(view: View, left_out: int, folder: str) -> Iterator[log.Notification]:
    inventory = view.matched.inventory
    every = [
        _noted("unknown", f"{pin(each.component)} and {each.vulnerability.id}: {each.unknown.why}", each.component.file)
        for each in view.matched.doubts
    ]
    every += [_noted("not-understood", each.why, each.file, each.line) for each in inventory.unread]
    every += [_noted("not-covered", each.why, each.file) for each in inventory.uncovered]
    if left_out:
        told = f"{left_out:,} results, the least severe, are left out: the file may hold no more."
        yield _notified("left-out", "warning", told)
    for kind, told, file, line in every[:MOST_NOTIFICATIONS]:
        place = (_location(file, line, folder),) if file else ()
        yield _notified(kind, "note" if kind == "not-covered" else "warning", told, place)
    if len(every) > MOST_NOTIFICATIONS:
        told = f"{len(every) - MOST_NOTIFICATIONS:,} more things that are unknown are left out here."
        yield _notified("left-out", "warning", told)


def _noted(kind: str, told: str, file: str, line: int | None = None) -> tuple[str, str, str, int | None]:
    return kind, told, file, line


def _notified(kind: str, level: log.Level, told: str, place: tuple[log.Location, ...] = ()) -> log.Notification:
    return log.Notification(
        level=level,
        message=log.Message(text=_unlinked(shown(told))),
        descriptor=log.DescriptorReference(id=kind),
        locations=place,
    )


def _unlinked(text: str) -> str:
    """SARIF reads `[text](target)` in a message as a link."""
    return text.replace("](", "] (")


def _uri(path: str) -> str:
    """Relative, and nothing in it but the path: no scheme, no query, no step upwards."""
    parts = (part for part in path.split("/") if part not in ("", ".", ".."))
    return "/".join(quote(part, safe="", errors="replace") for part in parts) or "."
