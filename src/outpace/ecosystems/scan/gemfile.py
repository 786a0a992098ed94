"""Gemfile.lock, of every Bundler."""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern

from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.pins import How, Pin, Scanned

GEMS = "RubyGems"
LONGEST_LINE = 2_000
_SOURCES: dict[str, How] = {"GEM": "pinned", "GIT": "elsewhere", "PATH": "elsewhere", "PLUGIN SOURCE": "elsewhere"}
_SECTIONS = frozenset({*_SOURCES, "PLATFORMS", "DEPENDENCIES", "RUBY VERSION", "BUNDLED WITH", "CHECKSUMS"})

_SPEC = re.compile(r"    ([^\s()!]+) \(([^\s()-]+)(?:-([^\s()]+))?\)\Z")
_ASKED = re.compile(r"      [^\s()!]+(?: \([^()]*\))?\Z")
_OPTION = re.compile(r"  [a-z_]+: ?.*\Z")


def scan_gemfile(data: bytes) -> Scanned:
    """The platform behind a version is cut off. Which gems serve development alone is told by the Gemfile only."""
    pins: set[Pin] = set()
    section, seen = "", set[str]()
    for line in filter(None, map(str.rstrip, data.decode().split("\n"))):
        if line[0] != " ":
            section = _section(line)
            seen.add(section)
        elif section in _SOURCES:
            pins.update(_spec(line, _SOURCES[section]))
        elif not section:
            raise Garbled(f"{shown(line)!r} stands in no section")
    if "DEPENDENCIES" not in seen:
        raise Garbled("it has no section DEPENDENCIES, which follows all gems: it was cut off")
    return Scanned(tuple(sorted(pins)))


def _section(line: str) -> str:
    if line not in _SECTIONS:
        raise Garbled(f"{shown(line)!r} is no section of a Gemfile.lock")
    return line


@lru_cache(maxsize=32_768)
def _spec(line: str, how: How) -> tuple[Pin, ...]:
    if len(line) > LONGEST_LINE:
        raise Garbled(f"it has a line of more than {LONGEST_LINE:,} characters")
    if (found := _SPEC.match(line)) is not None:
        return (Pin(GEMS, intern(found[1]), intern(found[2]), how),)
    if _ASKED.match(line) or _OPTION.match(line) or line == "  specs:":
        return ()
    raise Garbled(f"{shown(line)!r} is no line of a Gemfile.lock")
