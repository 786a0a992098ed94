"""What durations.py promises."""

import pytest
from durations import backoff, format_duration, parse_duration, schedule


@pytest.mark.parametrize(("text", "seconds"), [("45s", 45), ("1h30m", 5_400), ("2d", 172_800), ("1D 1s", 86_401)])
def test_units_add_up(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "1", "h", "1w", "1.5h", "-1s"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


def test_units_stand_in_descending_order() -> None:
    with pytest.raises(ValueError, match="out of order"):
        parse_duration("5m1h")


def test_a_unit_stands_once() -> None:
    with pytest.raises(ValueError, match="out of order"):
        parse_duration("5m6m")


def test_the_message_names_the_text() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the text is compared below
        parse_duration("soon")
    assert caught.value.args == ("not a duration: 'soon'",)


def test_two_units_are_shown_by_default() -> None:
    assert format_duration(90_061) == "1d1h"


def test_zero_units_are_left_out() -> None:
    assert format_duration(86_405) == "1d5s"


def test_nothing_is_zero_seconds() -> None:
    assert format_duration(0) == "0s"


def test_the_past_has_one_sign() -> None:
    assert format_duration(-3_660) == "-1h1m"


def test_the_rest_is_cut_off() -> None:
    assert format_duration(3_599, parts=1) == "59m"


def test_waits_double() -> None:
    assert [backoff(number) for number in (1, 2, 3)] == [1, 2, 4]


def test_waits_stay_below_the_ceiling() -> None:
    assert backoff(30) == 60


def test_attempts_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        backoff(0)


def test_no_wait_follows_the_last_attempt() -> None:
    assert schedule(4) == [1, 2, 4]
