"""The table of what was checked by hand holds what it promises; bench/hand_checked.py compares it with clones."""

from __future__ import annotations

import re

import msgspec

from bench.hand_checked import TABLE, Table

CHECKED = msgspec.toml.decode(TABLE.read_bytes(), type=Table).episodes
HARD = {"moved", "branches", "reverted", "lost and back", "another lock", "many files", "no lock left", "unpinned"}


def test_at_least_twenty_episodes_of_eight_repositories_were_checked_and_the_hard_kinds_are_among_them() -> None:
    picked = [row.repository for row in CHECKED if row.picked == "by seed"]
    assert len({(row.repository, row.package, row.opened) for row in CHECKED}) == len(CHECKED) >= 20
    assert len(set(picked)) == len(picked) >= 8
    assert {row.picked for row in CHECKED} == {"by seed"} | HARD


def test_each_says_by_what_it_ended_and_how_that_was_read() -> None:
    for row in CHECKED:
        assert (row.closed is None) == (row.commit == "") == (row.state in ("open", "unknown", "unpinned"))
        assert re.fullmatch(r"([0-9a-f]{40})?", row.commit)
        assert "git " in row.how
        assert row.closed is None or (row.opened < row.closed and row.commit[:7] in row.how)
