"""What a project file asks for: requirement strings become components, most of them without a version."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct
from packaging.requirements import Requirement

from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.requirement_lines import SHOWN, Installs, Refused, Requires, understood
from outpace.ecosystems.pypi.requirements import installed, required
from outpace.ecosystems.reading import Reading
from outpace.ecosystems.secrets import masked
from outpace.model.inventory import Component, PublicIndex, Unread

SETTLE = "make a lock (uv lock), or read what is installed (outpace match --environment DIR)"

_QUOTED = re.compile(r'"([^"\n\\]{1,300})"|\'([^\'\n]{1,300})\'')


class Demand(Struct, frozen=True, kw_only=True):
    """One requirement as it is written, and the groups or extras that bring it (none: the project itself)."""

    text: str
    line: int | None = None
    groups: tuple[str, ...] = ()
    marker: str = ""


class Lines:
    """The lines on which a file quotes a requirement; one that is quoted twice has two, in order."""

    def __init__(self, text: str) -> None:
        self._lines: dict[str, deque[int]] = defaultdict(deque)
        at, line = 0, 1
        for found in _QUOTED.finditer(text):
            line += text.count("\n", at, found.start())
            at = found.start()
            self._lines[found[1] or found[2]].append(line)

    def of(self, quoted: str) -> int | None:
        lines = self._lines.get(quoted)
        if not lines:
            return None
        return lines.popleft() if len(lines) > 1 else lines[0]


def demanded(file: str, demands: Iterable[Demand], declared: Declared) -> Reading:
    """A demand that nobody can read is unread, and the others are read."""
    index = PublicIndex(beside=tuple(sorted(declared.other)))
    found = [each for demand in demands for each in _found(file, demand, index)]
    return Reading(
        components=merged(each for each in found if isinstance(each, Component)),
        unread=tuple(each for each in found if isinstance(each, Unread)),
    )


def merged(components: Iterable[Component]) -> tuple[Component, ...]:
    """What several groups bring in one line is one component; where the project itself brings it, that counts."""
    found: dict[object, Component] = {}
    for each in components:
        key = (each.package, each.version, each.specifier, each.marker, each.extras, each.origin, each.line)
        other = found.setdefault(key, each)
        if other is not each:
            groups = tuple(sorted({*other.groups, *each.groups})) if other.groups and each.groups else ()
            found[key] = msgspec.structs.replace(other, groups=groups)
    return tuple(found.values())


def _found(file: str, demand: Demand, index: PublicIndex) -> Iterator[Component | Unread]:
    text = " ".join(demand.text.split())
    if "\0" in text:
        yield _unread(file, demand, "holds a NUL character")
        return
    for entry in understood(text):
        match entry:
            case Requires(requirement):
                asked = Requirement(requirement)
                if demand.marker and (why := _with_marker(asked, demand.marker)):
                    yield _unread(file, demand, why)
                else:
                    yield required(file, demand.line, asked, index, _NOTHING_HELD, demand.groups)
            case Installs():
                yield installed(file, demand.line, entry, lambda _: None, demand.groups)
            case Refused(why):
                yield _unread(file, demand, f"asks for {masked(text)[:SHOWN]!r}: {why}")
            case _:
                yield _unread(file, demand, f"asks for {masked(text)[:SHOWN]!r}, which is no requirement")


_NOTHING_HELD: Mapping[tuple[str, str], frozenset[str]] = {}


def _with_marker(asked: Requirement, marker: str) -> str:
    """Puts the condition on the requirement; what is wrong with it, else nothing."""
    try:
        condition = Requirement(f"x; {marker}").marker
        together = condition if asked.marker is None else Requirement(f"x; ({asked.marker}) and ({marker})").marker
    except (ValueError, RecursionError):
        return f"has the marker {masked(marker)[:SHOWN]!r}, which PEP 508 does not allow"
    asked.marker = together
    return ""


def _unread(file: str, demand: Demand, why: str) -> Unread:
    return Unread(file=file, line=demand.line, why=f"{'it' if demand.line is None else f'line {demand.line}'} {why}")
