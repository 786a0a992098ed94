"""A match as text: the answer first, then what is exposed, then what is unknown or unread."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from packaging.version import Version

from outpace.app.match import View
from outpace.ecosystems.pypi.versions import parse
from outpace.formats.advice import answer_in_words, listed, severity_in_words
from outpace.formats.coverage import reach
from outpace.formats.deadlines import lines as due_lines
from outpace.formats.origins import in_words
from outpace.formats.plain import Hanging, printable
from outpace.model.advisory import Fix
from outpace.model.exposure import Doubt, Exposure
from outpace.model.inventory import Component, Uncovered, Unread

if TYPE_CHECKING:
    from rich.console import RenderableType

NO_SEVERITY = "severity unknown"
IDS_NAMED = 6
FIXED_IN = re.compile(r"\(fixed in ([^()\s]+)\)")

F = TypeVar("F", Exposure, Doubt)
Place: TypeAlias = Callable[[str, int | None], str]


def text(view: View) -> RenderableType:
    from rich.console import Group

    parts: list[RenderableType] = [
        Hanging(answer_in_words(view, printable(listed(view.matched.inventory.silent))), style="bold"),
        Hanging(_basis(view)),
    ]
    for title, lines in _sections(view):
        parts += ["", Hanging(title, style="bold")]
        parts += [_line(line) for line in lines]
    return Group(*parts)


def _line(line: str) -> Hanging:
    bare = line.lstrip(" ")
    indent = len(line) - len(bare)
    return Hanging(printable(bare), indent=indent, hang=4, style="" if indent else "bold")


def _basis(view: View) -> str:
    matched = view.matched
    read = listed(matched.inventory.files) if matched.inventory.source == "files" else matched.inventory.source
    where = f" in {printable(view.above)}, since there is no lock here" if view.above else ""
    return f"Read {printable(read) or 'nothing'}{where}. {reach(matched.coverage)}"


def _sections(view: View) -> Iterator[tuple[str, list[str]]]:
    matched = view.matched
    inventory = matched.inventory
    if matched.exposures:
        told = partial(_exposed, view=view)
        yield f"exposed ({len(matched.exposures)})", list(_by_file(matched.exposures, told))
    if matched.doubts:
        yield f"unknown ({len(matched.doubts)})", list(_by_file(matched.doubts, _unknown))
    if inventory.unread:
        yield f"not understood ({len(inventory.unread)})", [_noted(each, each.line) for each in inventory.unread]
    if inventory.uncovered:
        yield f"not covered ({len(inventory.uncovered)})", [_noted(each, None) for each in inventory.uncovered]


def _by_file(found: Sequence[F], told: Callable[[Sequence[F], Place], Iterator[str]]) -> Iterator[str]:
    """Under a heading for each file where there are several; files of which the same is said share one."""
    files = dict.fromkeys(each.component.file for each in found)
    if len(files) < 2:
        yield from told(found, _place)
        return
    alike: dict[tuple[str, ...], list[str]] = {}
    by_file = {file: [each for each in found if each.component.file == file] for file in files}
    for file, here in by_file.items():
        alike.setdefault(tuple(told(here, _no_place)), []).append(file)
    for lines, together in alike.items():
        yield listed(together) if len(together) == 1 else f"{len(together)} files: {listed(together)}"
        shown = lines if len(together) > 1 else told(by_file[together[0]], _line_only)
        yield from (f"  {line}" for line in shown)


def _exposed(every: Sequence[Exposure], place: Place, view: View) -> Iterator[str]:
    coverage = view.matched.coverage
    wide = max(len(each.vulnerability.id) for each in every)
    deep = max(len(severity_in_words(each.vulnerability.severity, NO_SEVERITY)) for each in every)
    for component, many in groupby(every, key=lambda each: each.component):
        yield _component(component, place)
        here = list(many)
        shared = set[str](here[0].caveats).intersection(*(each.caveats for each in here))
        for each in here:
            found = each.vulnerability
            kev = "in KEV" if found.exploited else "KEV unknown" if coverage and not coverage.kev_cutoff else ""
            parts = [
                f"{found.id:<{wide}}",
                f"{severity_in_words(found.severity, NO_SEVERITY):<{deep}}",
                kev,
                _fixed(each.fixed),
            ]
            yield "  " + "  ".join(part for part in parts if part)
            if found.aliases:
                yield f"    {', '.join(found.aliases)}"
            yield from (f"    {line}" for line in due_lines(view.due_of(found), view.at))
            yield from (f"    {caveat}" for caveat in each.caveats if caveat not in shared)
        yield from (f"  {caveat}" for caveat in sorted(shared))


def _component(component: Component, place: Place) -> str:
    extras = f"[{','.join(component.extras)}]" if component.extras else ""
    version = component.version or component.specifier or "(not pinned)"
    parts = [f"{component.package.name}{extras} {version}", place(component.file, component.line)]
    if component.groups:
        parts.append(f"group {', '.join(component.groups)}")
    if component.marker:
        parts.append(f"if {component.marker}")
    parts.append(in_words(component.origin))
    return "  ".join(part for part in parts if part)


def _place(file: str, line: int | None) -> str:
    return file if line is None else f"{file}:{line}"


def _line_only(_: str, line: int | None) -> str:
    return "" if line is None else f"line {line}"


def _no_place(_: str, __: int | None) -> str:
    return ""


def _fixed(fix: Fix) -> str:
    if fix.after is not None:
        named = f", or {fix.nearest}, another branch" if fix.nearest is not None else ""
        return f"after {fix.after} (assumed: the record names only the last affected version){named}"
    if fix.same_branch is not None and fix.nearest in (fix.same_branch, None):
        told = f"fixed in {fix.same_branch}"
    elif fix.same_branch is not None:
        told = f"fixed in {fix.same_branch}, nearest {fix.nearest}"
    elif fix.nearest is not None:
        told = f"fixed in {fix.nearest}, another branch"
    else:
        told = "above the last affected version" if fix.assumed else "no fixed version known"
    return f"{told} (assumed: the record names only the last affected version)" if fix.assumed else told


def _unknown(doubts: Sequence[Doubt], place: Place) -> Iterator[str]:
    for component, many in groupby(doubts, key=lambda each: each.component):
        yield _component(component, place)
        by_reason: dict[str, list[Doubt]] = {}
        for each in many:
            by_reason.setdefault(each.unknown.why, []).append(each)
        for why, here in by_reason.items():
            yield f"  {listed((each.vulnerability.id for each in here), IDS_NAMED)}: {why}"
            if settle := _settle([each.unknown.would_settle for each in here]):
                yield f"    would settle it: {settle}"


def _settle(ways: Iterable[str]) -> str:
    """One sentence; where several differ only in the version that fixes, it names them all."""
    distinct = [way for way in dict.fromkeys(ways) if way]
    fixed = [found[1] for way in distinct if (found := FIXED_IN.search(way))]
    if len(distinct) < 2 or len({FIXED_IN.sub("", way) for way in distinct}) > 1:
        return "; or ".join(distinct)
    return FIXED_IN.sub(f"(fixed in {', '.join(sorted(set(fixed), key=_order))})", max(distinct, key=len))


def _order(version: str) -> tuple[bool, Version, str]:
    known = parse(version)
    return (known is not None, known or Version("0"), version)


def _noted(noted: Unread | Uncovered, line: int | None) -> str:
    return f"  {_place(noted.file, line)}  {noted.why}"
