"""Files that landings moved without a change, locks or not."""

from __future__ import annotations

from collections.abc import Sequence

from outpace.engines.history.clone import Clone
from outpace.engines.history.differences import Interests, differences
from outpace.engines.history.walking import renamed


def moved(clone: Clone, line: Sequence[str], landings: Sequence[int]) -> tuple[tuple[int, str, str], ...]:
    """`line` are the commits of the branch's own line, `landings` places in it."""
    if not landings:
        return ()
    pairs = ((line[at], line[at - 1] if at else None) for at in landings)
    found = differences(clone, pairs, Interests(lambda _: True, lambda _: False))
    return tuple(
        (at, before.decode("utf-8", "surrogateescape"), after.decode("utf-8", "surrogateescape"))
        for at, difference in zip(landings, found, strict=True)
        for before, after in renamed(difference.files)
    )
