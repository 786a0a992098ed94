"""What `outpace respond` says of a block that was put up until the fix is live."""

from __future__ import annotations

from datetime import UTC, datetime

from outpace.formats.respond import blocked
from outpace.model.stopgap import Stopgap
from outpace.stories.case import Shielding

UNTIL = datetime(2026, 11, 27, 7, 34, tzinfo=UTC)


def test_a_block_that_stands_is_told_with_its_end_and_one_that_ended_with_how_to_put_it_up_again() -> None:
    path = Stopgap(advisories=("PYSEC-2025-1",), path="/secret.txt", method="get")
    header = Stopgap(advisories=("PYSEC-2025-1",), header="user-agent", contains="jndi: x")
    assert blocked(None) == ""
    assert blocked(Shielding(stopgap=path, stands=False, spent=False)) == ""
    assert blocked(Shielding(stopgap=path, stands=True, spent=True, until=UNTIL)) == (
        "blocked meanwhile: GET of /secret.txt and below until 2026-11-27 07:34 UTC"
    )
    assert blocked(Shielding(stopgap=path, stands=False, spent=True, until=UNTIL)) == (
        "GET of /secret.txt and below was blocked until 2026-11-27 07:34 UTC, and is no more, though what runs may be"
        " exposed; block it again: outpace edge block --path /secret.txt --method get"
    )
    assert blocked(Shielding(stopgap=header, stands=False, spent=True, until=UNTIL)).endswith(
        "outpace edge block --header user-agent --contains 'jndi: x'"
    )
