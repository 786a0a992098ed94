"""The edit of one line that is a whole fix: another version behind `==` in a requirements file that people write.

Offered only where nothing else must change with it: no hashes, no file that a tool compiles, no second pin of the
package beside it, and a version that no advisory affects. Whether the rest goes with that version is not looked at.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from msgspec import Struct, structs

from outpace.ecosystems.pypi.encodings import decoded
from outpace.ecosystems.pypi.versions import canonical, normalize_name
from outpace.formats.advice import highest
from outpace.model.errors import BadInput
from outpace.model.exposure import Exposure, Matched
from outpace.model.inventory import Component, PublicIndex
from outpace.model.package import Package

LookUp = Callable[[str], bytes | None]
Judge = Callable[[Component], bool]  # whether no advisory affects it, or may

_PIN = re.compile(
    r"\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*==\s*(?P<version>[A-Za-z0-9.!+_-]+)\s*(?:;[^\\]*|#.*)?",
    re.ASCII,
)
_COMPILED = re.compile(
    r"^#.*(?:generated|pip-compile|pip compile|uv export|poetry export)", re.MULTILINE | re.IGNORECASE
)
_HASHED = re.compile(r"--hash\b|--require-hashes\b")


class Edit(Struct, frozen=True, kw_only=True):
    """Columns count from 1, in code points; the end is not included."""

    file: str
    line: int
    start: int
    end: int
    after: str


def edits(matched: Matched, look_up: LookUp, unaffected: Judge) -> Mapping[Component, Edit]:
    """For each exposed component that one edit makes unaffected; each file is read at most once."""
    exposed: dict[Component, list[Exposure]] = {}
    asked: dict[Package, list[Component]] = {}
    for exposure in matched.exposures:
        exposed.setdefault(exposure.component, []).append(exposure)
    for component in matched.inventory.components:
        asked.setdefault(component.package, []).append(component)
    texts: dict[str, list[str]] = {}
    found: dict[Component, Edit] = {}
    for component, exposures in exposed.items():
        after = _after(exposures)
        if after is None or not _is_alone(component, asked.get(component.package, [])):
            continue
        if component.file not in texts:
            texts[component.file] = _lines(component.file, look_up)
        edit = _edit(component, texts[component.file], after)
        if edit is not None and unaffected(structs.replace(component, version=after)):
            found[component] = edit
    return found


def _after(exposures: list[Exposure]) -> str | None:
    """The highest of the fixes, if each is known and on the version's own branch."""
    fixes = [each.fixed.same_branch for each in exposures]
    elsewhere = any(
        each.fixed.assumed or each.fixed.nearest not in (None, each.fixed.same_branch) for each in exposures
    )
    return None if elsewhere or None in fixes else highest(fix for fix in fixes if fix)


def _is_alone(component: Component, asked: list[Component]) -> bool:
    """Whether nothing else in its file, or in a file beside, above or below it, asks for the package."""
    if component.version is None or component.line is None or not isinstance(component.origin, PublicIndex):
        return False
    here = posixpath.dirname(component.file)
    return not any(_are_near(here, each.file) for each in asked if each != component)


def _are_near(folder: str, file: str) -> bool:
    other = posixpath.dirname(file)
    return f"{folder}/".startswith(f"{other}/") or f"{other}/".startswith(f"{folder}/") or "" in (folder, other)


def _lines(file: str, look_up: LookUp) -> list[str]:
    """Empty where the file is not one that people write by hand."""
    if not file.endswith((".txt", ".in")):
        return []
    try:
        text = decoded(look_up(file) or b"")
    except (BadInput, ValueError):
        return []
    return [] if _COMPILED.search(text) or _HASHED.search(text) else text.splitlines()


def _edit(component: Component, lines: list[str], after: str) -> Edit | None:
    line = component.line or 0
    found = _PIN.fullmatch(lines[line - 1]) if 0 < line <= len(lines) else None
    if found is None or normalize_name(found["name"]) != component.package.name:
        return None
    if canonical(found["version"]) != component.version or not after.isascii():
        return None
    return Edit(
        file=component.file, line=line, start=found.start("version") + 1, end=found.end("version") + 1, after=after
    )
