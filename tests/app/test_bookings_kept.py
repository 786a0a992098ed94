"""What was booked for an attempt is kept on disk, settled or not, and counts for every application of that place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from outpace.bootstrap.judging import judge_place
from outpace.bootstrap.proposing import Booked
from outpace.bootstrap.testing import Asked
from outpace.proving.proposing.budget import Booking
from tests.fakes.notes_project import FILES, committed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RESERVED = Booking(task="task-1", number=1, at=NOON, tokens=300, cost_usd=0.25, seconds=60.0)
SETTLED = structs.replace(RESERVED, tokens=70, cost_usd=None, seconds=3.0, settled=True)
TWO = FILES["outpace.toml"] + FILES["outpace.toml"].replace('"notes"', '"other"')


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, folder in (("XDG_STATE_HOME", "state"), ("XDG_CACHE_HOME", "cache")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    (tmp_path / "notes").mkdir()
    return committed(tmp_path / "notes", {**FILES, "outpace.toml": TWO})


def booked(root: Path, *bookings: Booking, name: str = "notes") -> tuple[Booking, ...]:
    """As another process finds them."""
    with judge_place(root, Asked(name=name), report=lambda _: None) as here:
        books = Booked(here)
        for each in bookings:
            books.book(each)
    with judge_place(root, Asked(name=name), report=lambda _: None) as here:
        return Booked(here).booked()


def test_what_was_never_settled_stands_as_it_was_reserved(root: Path) -> None:
    assert booked(root) == ()
    assert booked(root, RESERVED) == (RESERVED,)


@pytest.mark.parametrize("order", [(RESERVED, SETTLED), (SETTLED, RESERVED), (RESERVED, SETTLED, RESERVED)])
def test_what_was_settled_stands_for_its_reservation(root: Path, order: tuple[Booking, ...]) -> None:
    assert booked(root, *order) == (SETTLED,)


def test_each_attempt_and_each_task_is_a_booking_of_its_own_and_other_applications_are_counted(root: Path) -> None:
    second = structs.replace(RESERVED, number=2)
    other = structs.replace(RESERVED, task="task-2")
    assert set(booked(root, RESERVED, second)) == {RESERVED, second}
    assert set(booked(root, other, name="other")) == {RESERVED, second, other}
