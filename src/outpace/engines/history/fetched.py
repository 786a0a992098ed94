"""When a clone was last seen to hold all that its remote had: by the records that git itself keeps of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from outpace.engines.foreign_files import content
from outpace.model.times import from_timestamp

LONGEST = 1 << 20  # bytes of such a record
BY_COPY = 600  # seconds: what is so much alike in age was copied, and tells of the copying
CLONED = re.compile(
    rb"0+ [0-9a-f]{40,64} [^\n\t]*> (\d{1,10}) [+-]\d{4}\tclone: from (?:(?:https?|ssh|git)://|[\w.-]+@[\w.-]+:)",
    re.ASCII,
)
FROM_AFAR = re.compile(rb" of (?:(?:https?|ssh|git)://|[\w.-]{2,}:)", re.ASCII)
OWN = datetime.max.replace(tzinfo=UTC)


def known_until(directory: Path, tip: str, *, has_remote: bool, is_bare: bool) -> datetime | None:
    """None: nothing tells. A repository with files and no remote is no clone: what it holds is all there is.

    What was fetched from a path tells nothing, since the repository there may itself be an old clone. Of the reflog
    only the time of its first line is read.
    """
    if not has_remote and not is_bare:
        return OWN
    return max(filter(None, (_cloned(directory), _fetched(directory, tip))), default=None)


def _cloned(directory: Path) -> datetime | None:
    first = CLONED.match(content(directory / "logs" / "HEAD", LONGEST))
    return None if first is None else _moment(int(first[1]))


def _fetched(directory: Path, tip: str) -> datetime | None:
    """Git writes FETCH_HEAD whenever it fetched, with what it found, and `description` once, when a clone is made."""
    record = directory / "FETCH_HEAD"
    rows = [row for row in content(record, LONGEST).splitlines() if row.startswith(tip.encode())]
    if not any(FROM_AFAR.search(row) for row in rows):
        return None
    made, written = _written(directory / "description"), _written(record)
    return _moment(written) if made is not None and written is not None and written - made >= BY_COPY else None


def _written(path: Path) -> float | None:
    try:
        return path.lstat().st_mtime
    except OSError:
        return None


def _moment(seconds: float) -> datetime | None:
    try:
        return from_timestamp(seconds)
    except (OverflowError, OSError, ValueError):
        return None
