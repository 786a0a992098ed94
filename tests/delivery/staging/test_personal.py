"""Which columns look personal: by their names, and by what samples look like."""

from __future__ import annotations

import pytest

from outpace.delivery.staging.personal import looks_personal, shapes_of
from outpace.delivery.staging.schema import Column, Kind, Table


def looks(column: str, kind: Kind = "text", *, table: str = "things", shapes: tuple[str, ...] = ()) -> str | None:
    return looks_personal(Table(name=table, columns=()), Column(name=column, kind=kind, shapes=shapes))


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ("email", "an email address"), ("e_mail", "an email address"), ("contactEmail", "an email address"),
        ("billing_email_address", "an email address"), ("mobile", "a phone number"), ("phone_2", "a phone number"),
        ("first_name", "a name"), ("lastName", "a name"), ("user_name", "a name"), ("customer_name", "a name"),
        ("street", "an address"), ("zip_code", "an address"), ("IBAN", "an account"), ("account_number", "an account"),
        ("card_number", "a card"), ("password", "a password"), ("passwordHash", "a password"),
        ("api_key", "a token"), ("session_token", "a token"), ("ip", "an IP address"),
        ("last_login_ip_address", "an IP address"), ("ssn", "a number of a person"), ("notes", "free text"),
        ("internal_comment", "free text"), ("gender", "a trait of a person"), ("date_of_birth", "a date of birth"),
    ],
)  # fmt: skip
def test_a_column_is_told_by_its_name(column: str, what: str) -> None:
    assert looks(column) == f"{what}, by its name"


@pytest.mark.parametrize(
    "column",
    ["id", "total", "name", "product_name", "zipper", "description", "is_email", "email_verified", "email_count",
     "address_id", "token_type", "notebook", "shipping", "status", "card_type", "emailed_at"],
)  # fmt: skip
def test_a_column_of_things_is_told_by_nothing(column: str) -> None:
    assert looks(column) is None


def test_a_name_is_a_persons_in_a_table_of_people() -> None:
    assert looks("name", table="customers") == "a name, by its name"
    assert looks("name", table="public.app_users") == "a name, by its name"
    assert looks("name", table="products") is None


def test_the_kind_of_a_column_says_what_it_cannot_be() -> None:
    assert looks("birthday", "date") == "a date of birth, by its name"
    assert looks("password_changed", "moment") is None
    assert looks("phone", "whole") == "a phone number, by its name"
    assert looks("note", "whole") is None
    assert looks("anything", "host") == "an IP address, by its name"
    assert looks("email", "boolean") is None
    assert looks("gender", "choice") is None


def test_values_tell_where_a_name_does_not() -> None:
    assert looks("c1", shapes=("an account",)) == "an account, by its values"
    assert looks("iban", shapes=("an account",)) == "an account, by its name and its values"
    assert looks("settings", "json", shapes=("an email address", "JSON")) == "an email address, by its values"
    assert looks("settings", "json", shapes=("JSON",)) is None


@pytest.mark.parametrize(
    ("values", "shapes"),
    [
        (["x"] * 99 + ["write to bob@planted.example"], ("an email address",)),
        (["+49 151 1234567", "030 1234567", "a"], ("a phone number",)),
        (["DE89 3704 0044 0532 0130 00", "x", "y"], ("an account",)),
        (["DE89 3704 0044 0532 0130 01"], ()),
        (["4111 1111 1111 1111", "5555555555554444"], ("a card",)),
        (["4111111111111112", "1234567890123"], ()),
        (["$2b$12$abcdefghijklmnopqrstuv"], ("a password",)),
        (["pbkdf2_sha256$260000$abc"], ("a password",)),
        (["ghp_" + "a1" * 18], ("a token",)),
        (["10.0.0.1", "::1", "2001:db8::1"], ("an IP address",)),
        (["1.2.3"], ()),
        (["a very long note about what somebody wanted"], ("free text",)),
        (['{"a": 1}', "[]"], ("JSON",)),
        (['{"a": 1}', "plain"], ()),
        (["red", "green"], ()),
        (["", "  "], ()),
        ([], ()),
    ],
)
def test_samples_look_like_what_they_are(values: list[str], shapes: tuple[str, ...]) -> None:
    assert shapes_of(values) == shapes


def test_a_sample_that_was_made_to_hold_up_a_reader_does_not() -> None:
    hostile = ["a." * 100_000, "[" * 100_000, "+" + "1 " * 100_000, "@" * 100_000]
    assert shapes_of(hostile) == ()
