"""A match as CSV (RFC 4180): one row for each exposure and for each thing that is unknown."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO

from msgspec import Struct, structs

from outpace.app.match import View
from outpace.formats.advice import exploited_in_words, purl, score, vector
from outpace.formats.deadlines import cell as due_cell
from outpace.formats.origins import source_word, whence
from outpace.formats.plain import printable
from outpace.model.advisory import Coverage, Scored, Vulnerability
from outpace.model.exposure import Doubt, Exposure
from outpace.model.inventory import Component
from outpace.model.times import text as time_text

LONGEST_CELL = 32_000  # a spreadsheet's own limit is 32,767 characters

# What a spreadsheet would take for a formula, also behind blanks and in full width.
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


class Row(Struct, frozen=True, kw_only=True):
    """The columns, in this order. `state` is exposed, unknown, not understood or not covered."""

    state: str
    package: str = ""
    version: str = ""
    specifier: str = ""
    file: str = ""
    line: str = ""
    vulnerability: str = ""
    aliases: str = ""
    score: str = ""
    severity: str = ""
    vector: str = ""
    in_kev: str = ""
    fixed_same_branch: str = ""
    fixed_nearest: str = ""
    fix_assumed: str = ""
    notes: str = ""
    would_settle: str = ""
    summary: str = ""
    published: str = ""
    purl: str = ""
    source: str = ""
    origin: str = ""
    groups: str = ""
    marker: str = ""
    due: str = ""


def document(view: View) -> bytes:
    page = StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(Row.__struct_fields__)
    for row in _rows(view):
        writer.writerow([safe_cell(str(value)) for value in structs.astuple(row)])
    return page.getvalue().encode()


def safe_cell(text: str) -> str:
    """On one line, and text for a spreadsheet too."""
    shown = printable(text[:LONGEST_CELL])[:LONGEST_CELL]
    return f"'{shown}" if _FORMULA.match(text) else shown


def _rows(view: View) -> Iterator[Row]:
    matched = view.matched
    for exposure in matched.exposures:
        yield _exposed(exposure, view)
    for doubt in matched.doubts:
        yield _unknown(doubt, matched.coverage)
    for unread in matched.inventory.unread:
        yield Row(state="not understood", file=unread.file, line=_line(unread.line), notes=unread.why)
    for uncovered in matched.inventory.uncovered:
        yield Row(state="not covered", file=uncovered.file, notes=uncovered.why)


def _exposed(exposure: Exposure, view: View) -> Row:
    fixed = exposure.fixed
    return structs.replace(
        _row("exposed", exposure.component, exposure.vulnerability, view.matched.coverage),
        fixed_same_branch=fixed.same_branch or "",
        fixed_nearest=fixed.nearest or "",
        fix_assumed="yes" if fixed.assumed else "no",
        notes="; ".join(exposure.caveats),
        due=due_cell(view.due_of(exposure.vulnerability), view.at),
    )


def _unknown(doubt: Doubt, coverage: Coverage | None) -> Row:
    row = _row("unknown", doubt.component, doubt.vulnerability, coverage)
    return structs.replace(row, notes=doubt.unknown.why, would_settle=doubt.unknown.would_settle)


def _row(state: str, component: Component, found: Vulnerability, coverage: Coverage | None) -> Row:
    scored = score(found.severity)
    return Row(
        state=state,
        package=component.package.name,
        version=component.version or "",
        specifier=component.specifier,
        file=component.file,
        line=_line(component.line),
        vulnerability=found.id,
        aliases=" ".join(found.aliases),
        score="" if scored is None else f"{scored:.1f}",
        severity=found.severity.rating if isinstance(found.severity, Scored) else "unknown",
        vector=vector(found.severity),
        in_kev=exploited_in_words(found, coverage),
        summary=found.summary,
        published=time_text(found.published) if found.published else "",
        purl=purl(component),
        source=source_word(component.origin),
        origin=whence(component.origin),
        groups=" ".join(component.groups),
        marker=component.marker,
    )


def _line(line: int | None) -> str:
    return "" if line is None else str(line)
