"""A match as text: the answer first, then what is exposed, then what is unknown or unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from outpace.app.match import Clean, Doubtful, Exposed, Unreadable, View
from outpace.formats.origins import in_words
from outpace.formats.plain import Hanging, printable
from outpace.model.advisory import Coverage, Fix, Scored, Severity, VectorOnly
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import Component, Unread

if TYPE_CHECKING:
    from rich.console import RenderableType

FILES_NAMED = 4
IDS_NAMED = 6


def text(view: View) -> RenderableType:
    from rich.console import Group

    parts: list[RenderableType] = [Hanging(_answer(view), style="bold"), Hanging(_basis(view))]
    for title, lines in _sections(view.matched):
        parts += ["", Hanging(title, style="bold")]
        parts += [_line(line) for line in lines]
    return Group(*parts)


def _line(line: str) -> Hanging:
    bare = line.lstrip(" ")
    indent = len(line) - len(bare)
    return Hanging(printable(bare), indent=indent, hang=4, style="" if indent else "bold")


def _answer(view: View) -> str:
    matched = view.matched
    total = _count(len(matched.inventory.components), "component")
    match view.answer:
        case Exposed():
            affected = {(each.component.package, each.component.version) for each in matched.exposures}
            many = _count(len({each.vulnerability.id for each in matched.exposures}), "vulnerability")
            return f"Exposed: {many} in {len(affected)} of {total}."
        case Clean():
            return f"Not exposed: {total}, none affected as far as the advisories reach."
        case Doubtful():
            return f"Unknown in part: {total}, none known to be affected, and some cannot be judged."
        case Unreadable(files):
            return f"Unknown: {printable(_listed(files))} could not be read."


def _basis(view: View) -> str:
    matched = view.matched
    read = _listed(matched.inventory.files) if matched.inventory.source == "files" else matched.inventory.source
    where = f" in {printable(view.above)}, since there is no lock here" if view.above else ""
    return f"Read {printable(read) or 'nothing'}{where}. {_reach(matched.coverage)}"


def _reach(coverage: Coverage | None) -> str:
    if coverage is None:
        return "There is no advisory data."
    until = f"up to {coverage.cutoff:%Y-%m-%d}" if coverage.cutoff else "of unknown age"
    kev = f", KEV up to {coverage.kev_cutoff:%Y-%m-%d}" if coverage.kev_cutoff else ", no KEV catalog"
    return f"Advisories {until}{kev}."


def _sections(matched: Matched) -> Iterator[tuple[str, list[str]]]:
    if matched.exposures:
        yield f"exposed ({len(matched.exposures)})", list(_exposed(matched.exposures, matched.coverage))
    if matched.doubts:
        yield f"unknown ({len(matched.doubts)})", list(_unknown(matched.doubts))
    if matched.inventory.unread:
        yield f"not understood ({len(matched.inventory.unread)})", [_unread(each) for each in matched.inventory.unread]


def _exposed(exposures: Iterable[Exposure], coverage: Coverage | None) -> Iterator[str]:
    every = list(exposures)
    wide = max(len(each.vulnerability.id) for each in every)
    deep = max(len(_severity(each.vulnerability.severity)) for each in every)
    for component, many in groupby(every, key=lambda each: each.component):
        yield _component(component)
        here = list(many)
        shared = set[str](here[0].caveats).intersection(*(each.caveats for each in here))
        for each in here:
            found = each.vulnerability
            kev = "in KEV" if found.exploited else "KEV unknown" if coverage and not coverage.kev_cutoff else ""
            parts = [f"{found.id:<{wide}}", f"{_severity(found.severity):<{deep}}", kev, _fixed(each.fixed)]
            yield "  " + "  ".join(part for part in parts if part)
            if found.aliases:
                yield f"    {', '.join(found.aliases)}"
            yield from (f"    {caveat}" for caveat in each.caveats if caveat not in shared)
        yield from (f"  {caveat}" for caveat in sorted(shared))


def _component(component: Component) -> str:
    extras = f"[{','.join(component.extras)}]" if component.extras else ""
    version = component.version or component.specifier or "(not pinned)"
    parts = [f"{component.package.name}{extras} {version}", _place(component.file, component.line)]
    if component.groups:
        parts.append(f"group {', '.join(component.groups)}")
    if component.marker:
        parts.append(f"if {component.marker}")
    parts.append(in_words(component.origin))
    return "  ".join(part for part in parts if part)


def _place(file: str, line: int | None) -> str:
    return file if line is None else f"{file}:{line}"


def _severity(severity: Severity) -> str:
    match severity:
        case Scored(score, rating, _):
            return f"{score:.1f} {rating}"
        case VectorOnly(vector):
            return vector
        case _:
            return "severity unknown"


def _fixed(fix: Fix) -> str:
    if fix.same_branch is not None and fix.nearest in (fix.same_branch, None):
        told = f"fixed in {fix.same_branch}"
    elif fix.same_branch is not None:
        told = f"fixed in {fix.same_branch}, nearest {fix.nearest}"
    elif fix.nearest is not None:
        told = f"fixed in {fix.nearest}, another branch"
    else:
        told = "above the last affected version" if fix.assumed else "no fixed version known"
    return f"{told} (assumed: the record names only the last affected version)" if fix.assumed else told


def _unknown(doubts: Iterable[Doubt]) -> Iterator[str]:
    for component, many in groupby(doubts, key=lambda each: each.component):
        yield _component(component)
        by_reason: dict[tuple[str, str], list[str]] = {}
        for each in many:
            by_reason.setdefault((each.unknown.why, each.unknown.would_settle), []).append(each.vulnerability.id)
        for (why, settle), ids in by_reason.items():
            yield f"  {_listed(ids, IDS_NAMED)}: {why}"
            if settle:
                yield f"    would settle it: {settle}"


def _unread(unread: Unread) -> str:
    return f"  {_place(unread.file, unread.line)}  {unread.why}"


def _listed(names: Iterable[str], most: int = FILES_NAMED) -> str:
    every = list(names)
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"


def _count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
