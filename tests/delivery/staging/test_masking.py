"""What stands for a value: the same for the same, unique for what is unique, and never the value."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import re
import uuid

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from outpace.delivery.staging.masking import LARGEST, Masker
from outpace.delivery.staging.schema import Column, Kind

MASKER = Masker(b"k" * 32)
OTHER = Masker(b"o" * 32)
WHOLE = st.integers(-(2**31) + 1, 2**31 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.floats(allow_nan=False) | st.text(min_size=1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def hashed(value: str, kind: Kind = "text", **more: object) -> str:
    return MASKER.hashed(Column(name="c", kind=kind, **more))(value)  # type: ignore[arg-type]


@given(st.text(min_size=1), st.text(min_size=1))
def test_texts_have_equal_masks_where_they_are_equal(one: str, other: str) -> None:
    assert (hashed(one) == hashed(other)) == (one == other)


@given(st.text(min_size=1), st.integers(1, 40))
def test_a_mask_is_no_longer_than_its_column_and_has_nothing_of_the_value(value: str, limit: int) -> None:
    masked = hashed(value, limit=limit)
    assert re.fullmatch(r"[a-p]{1,20}|[0-9a-f-]{32,36}", masked)
    assert len(masked) <= limit


@given(st.text(min_size=1))
def test_another_key_gives_another_mask(value: str) -> None:
    assert OTHER.hashed(Column(name="c", kind="text"))(value) != hashed(value)


@given(st.sets(WHOLE, max_size=200))
def test_whole_numbers_stay_unique_as_long_as_they_were_and_of_their_sign(values: set[int]) -> None:
    masked = {value: MASKER.whole(value, 31) for value in values}
    assert len(set(masked.values())) == len(values)
    assert {value: (len(str(value)), value > 0) for value in values} == {
        value: (len(str(each)), each > 0) for value, each in masked.items()
    }
    assert all(-(2**31) < each < 2**31 for each in masked.values())


@pytest.mark.parametrize(("lowest", "highest"), [(1, 9), (10, 99), (1000, 9999), (10_000, 32_767)])
def test_numbers_of_one_length_are_only_put_in_another_order(lowest: int, highest: int) -> None:
    values = range(lowest, highest + 1)
    masked = [MASKER.whole(value, 15) for value in values]
    assert sorted(masked) == list(values)
    assert masked != list(values)


@given(st.integers(2**30, 2**31 - 1))
@example(2**31 - 1)
def test_a_large_number_fits_its_column_still(value: int) -> None:
    assert MASKER.whole(value, 31) < 2**31


@given(st.emails() | st.text(min_size=1), st.integers(18, 100))
def test_an_address_reaches_nobody_and_fits(value: str, limit: int) -> None:
    masked = MASKER.email(Column(name="c", kind="text", limit=limit))(value)
    assert re.fullmatch(r"[a-p]{8,20}@(example|x)\.invalid", masked)
    assert len(masked) <= limit


def test_what_a_column_takes_for_the_same_has_the_same_mask() -> None:
    assert hashed("Bob@Example.org", ignores_case=True) == hashed("bob@example.ORG", ignores_case=True)
    assert hashed("bob   ", declared="character(6)") == hashed("bob", declared="character(6)")
    assert hashed("bob   ") != hashed("bob")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=2))
def test_a_number_keeps_its_digits_and_its_point(value: object) -> None:
    plain = f"{value:f}"
    masked = hashed(plain, "number")
    assert re.sub(r"[1-9]", "d", masked) == re.sub(r"[1-9]", "d", plain)


@given(st.datetimes())
def test_dates_times_and_moments_are_others_that_can_be_read(value: dt.datetime) -> None:
    assert 1930 <= dt.date.fromisoformat(hashed(value.date().isoformat(), "date")).year <= 2010
    assert dt.datetime.fromisoformat(hashed(str(value), "moment"))
    assert dt.time.fromisoformat(hashed(value.time().isoformat(), "time")) is not None


@given(st.uuids())
def test_a_uuid_is_another_one_in_the_same_writing_also_in_text(value: uuid.UUID) -> None:
    masked = uuid.UUID(hashed(str(value), "uuid"))
    assert masked != value
    assert hashed(str(value)) == str(masked)
    assert hashed(value.hex, limit=32) == masked.hex
    assert len(hashed(str(value), limit=20)) == 20


@given(st.ip_addresses())
def test_an_address_of_a_host_is_a_private_one(value: object) -> None:
    assert ipaddress.ip_address(hashed(str(value), "host")) in ipaddress.ip_network("fd00::/8")


def strings(document: object) -> set[str]:
    match document:
        case str():
            return {document}
        case list():
            return set().union(*map(strings, document)) if document else set()
        case dict():
            return set().union(*map(strings, document.values())) if document else set()
        case _:
            return set()


def shape(document: object) -> object:
    match document:
        case list():
            return [shape(each) for each in document]
        case dict():
            return len(document)
        case bool() | None:
            return document
        case str():
            return "text"
        case _:
            return "number"


@given(JSON)
def test_every_string_of_a_document_is_replaced_and_its_shape_stays(document: object) -> None:
    masked = json.loads(hashed(json.dumps(document), "json"))
    assert shape(masked) == shape(document)
    assert strings(masked) & strings(document) == set()


def test_numbers_that_may_name_somebody_and_keys_that_look_like_an_address_are_replaced() -> None:
    document = '{"bob@planted.example": {"phone": 4915117654321, "amount": 7, "ok": true, "at": "Windsor"}, "plan": 3}'
    masked = hashed(document, "json")
    assert re.fullmatch(r'\{"[a-p]{20}":\{"phone":\d{13},"amount":7,"ok":true,"at":"[a-p]{20}"\},"plan":3\}', masked)
    assert "4915117654321" not in masked


@pytest.mark.parametrize("broken", ["{", '{"a": bob}', "[" * 100_000, "9" * 5000, "NaN,"])
def test_what_is_no_json_is_replaced_as_a_whole(broken: str) -> None:
    assert re.fullmatch(r'"[a-p]{20}"', hashed(broken, "json"))


def test_nothing_stays_nothing_and_a_text_of_json_is_masked_within() -> None:
    assert hashed("") == ""
    assert hashed("", "date") == ""
    assert re.fullmatch(r'\{"a":"[a-p]{20}"\}', hashed('{"a": "b"}', shapes=("JSON",)))
    assert re.fullmatch(r"[a-p]{10}", hashed('{"a": "b"}', shapes=("JSON",), limit=10))
