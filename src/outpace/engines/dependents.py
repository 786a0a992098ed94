"""Which distributions of an environment ask for others: `Requires-Dist` in their metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from outpace.ecosystems.pypi.versions import normalize_name

INFORMATION = ".dist-info"
LARGEST = 4 << 20
ASKS = re.compile(r"^Requires-Dist[ \t]*:[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)(.*)$", re.IGNORECASE)
EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']*)["']""")
# Extras for those who work on the distribution itself: nobody runs it with them.
ITS_OWN = re.compile(
    r"(?:^|[-_.])(?:tests?|testing|dev|develop|development|docs?|lint|typing|types?|mypy|check|cover)(?:$|[-_.])"
)


def dependents(environment: Path, packages: frozenset[str]) -> tuple[str, ...]:
    """Without the packages themselves; whoever asks for one first, then who asks for these."""
    asks = {name: frozenset(_asked(path)) for name, path in distributions(environment)}
    found: dict[str, None] = {}
    reached = packages
    while reached:
        near = sorted(name for name, asked in asks.items() if asked & reached and name not in packages | found.keys())
        found |= dict.fromkeys(near)
        reached = frozenset(near)
    return tuple(found)


def distributions(environment: Path) -> Iterator[tuple[str, Path]]:
    for place in sorted(environment.glob(f"lib/python*/site-packages/*{INFORMATION}")):
        name, _, _ = place.name.removesuffix(INFORMATION).rpartition("-")
        yield normalize_name(name), place


def _asked(information: Path) -> Iterator[str]:
    """The description after the blank line may say anything."""
    metadata = information / "METADATA"
    if metadata.is_symlink() or not metadata.is_file() or metadata.stat().st_size > LARGEST:
        return
    for line in metadata.read_text("utf-8", "replace").splitlines():
        if not line.strip():
            return
        asked = ASKS.match(line)
        if asked and not any(ITS_OWN.search(extra.lower()) for extra in EXTRA.findall(asked[2])):
            yield normalize_name(asked[1])
