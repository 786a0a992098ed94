from datetime import date, datetime

import pytest

from parcel.routes import DEPOTS, depot, eta, stable_depot, utc, window


def test_berlin_and_paris_have_depots_of_their_own():
    assert depot("Berlin") != depot("Paris")


@pytest.mark.parametrize("city", ["Berlin", "Paris", "Oslo"])
def test_a_city_has_one_of_the_depots(city):
    assert 0 <= depot(city) < DEPOTS


def test_a_stable_depot_never_moves():
    assert [stable_depot(city) for city in ("Berlin", "Paris")] == [3, 6]


def test_a_window_starts_at_nine():
    assert window("2026-03-02T09:00:00")[0] == 1772442000


def test_a_window_lasts_two_hours():
    start, end = window("2026-03-02T09:00:00+00:00")
    assert end - start == 7200


def test_a_window_with_an_offset_is_the_same_everywhere():
    assert window("2026-03-02T09:00:00+00:00")[0] == 1772442000


def test_utc_is_added_to_a_naive_time():
    assert utc("2026-03-02T09:00:00").isoformat() == "2026-03-02T09:00:00+00:00"


@pytest.mark.parametrize(
    ("sent", "days", "arrives"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 2, date(2026, 3, 10)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
    ],
)
def test_parcels_arrive_on_working_days(sent, days, arrives):
    assert eta(sent, days) == arrives


def test_a_naive_time_is_local():
    assert window("2026-03-02T09:00:00")[0] == datetime(2026, 3, 2, 9).timestamp()
