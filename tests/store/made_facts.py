"""Facts for the tests of the store, light enough to be imported by the processes that they start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Raw

from outpace.model.fact import Fact

NOON = datetime(2024, 1, 30, 12, tzinfo=UTC)


def fact(number: int = 0, *, kind: str = "known", subject: str = "shop", minutes: int = 0) -> Fact:
    return Fact(
        kind=kind,
        subject=subject,
        digest=f"{number:064x}",
        at=NOON + timedelta(minutes=minutes),
        source="a test",
        body=Raw(b'{"number":%d}' % number),
    )
