"""The row beside the lock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from msgspec import structs

from outpace.store.leases import Lease, Leases

OURS = Lease(name="shop@1", holder="respond", since=datetime(2024, 1, 30, 12, tzinfo=UTC), pid=41, host="ci-1")


def test_the_row_names_who_holds_an_application_and_since_when(tmp_path: Path) -> None:
    leases = Leases(tmp_path / "facts")
    leases.taken(OURS)
    assert (leases.of("shop@1"), leases.of("depot@2")) == (OURS, None)
    leases.given_back(OURS)
    assert leases.of("shop@1") is None
    leases.close()


def test_the_next_holder_replaces_one_that_was_killed_and_keeps_its_row_from_the_dead(tmp_path: Path) -> None:
    leases = Leases(tmp_path / "facts")
    theirs = structs.replace(OURS, pid=42, holder="watch")
    leases.taken(OURS)
    leases.taken(theirs)
    leases.given_back(OURS)
    assert leases.of("shop@1") == theirs
    leases.close()
