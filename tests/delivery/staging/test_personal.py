"""Which columns look personal: by their names, and by what samples look like."""

from __future__ import annotations

import json

import pytest

from outpace.delivery.staging.personal import looks_personal, shapes_of, text_of
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
        (["call +31 612345000 or so"], ("a phone number",)),
        (["{+31612345000,x}"], ("a phone number",)),
        (["paid to DE89 3704 0044 0532 0130 00 AT ONCE"], ("an account",)),
        (["with 4111-1111-1111-1111, then"], ("a card",)),
        (["build 1.2+34567890abc of 2026-11-27T07:28:08+020000"], ()),
        ([], ()),
    ],
)
def test_samples_look_like_what_they_are(values: list[str], shapes: tuple[str, ...]) -> None:
    assert shapes_of(values) == shapes


@pytest.mark.parametrize(
    ("document", "shapes"),
    [
        ({"tel": "x"}, ("JSON", "a phone number")),
        ({"a": [{"b": ["+31 612345000"]}]}, ("a phone number", "JSON")),
        ({"bsn": 123456782}, ("JSON", "a number of a person")),
        ({"kids": [{"name": "Piet"}]}, ("JSON", "a name of something")),
        ({"customer": {"name": "Piet"}}, ("JSON", "a name")),
        ({"name": {"first": "Piet"}}, ("JSON", "a name")),
        ({"address": {"line1": "Winkel 5"}}, ("JSON", "an address")),
        ({"sent": '{"to": {"iban": "x"}}'}, ("JSON", "an account")),
        ({"+31 612345000": 1}, ("a phone number", "JSON")),
        ({"theme": "dark", "email": True, "note": None, "size": 0.12345678, "pages": [1, 2]}, ("JSON",)),
    ],
)
def test_what_stands_in_documents_is_looked_at_by_its_keys_and_values(
    document: object, shapes: tuple[str, ...]
) -> None:
    written = json.dumps(document)
    assert set(shapes_of([written, "{}"])) == set(shapes)
    cut_off = ('{"more": 1, ' + written[1:-1] + ', "further": "' + "é" * 4000)[:4000]
    assert set(shapes_of([cut_off])) == set(shapes)


def test_a_name_in_a_document_is_a_persons_in_a_table_of_people() -> None:
    assert looks("meta", table="patients", shapes=("JSON", "a name of something")) == "a name, by its values"
    assert looks("meta", table="products", shapes=("JSON", "a name of something")) is None


@pytest.mark.parametrize(
    ("octets", "text"),
    [(b'{"a": 1}', '{"a": 1}'), ("é".encode() * 4000, "é" * 2000), (b"a" + "é".encode() * 4000, "a" + "é" * 1999),
     (b"\xff\xd8\xff\xe0\0\x10JFIF", ""), (b"a\0b", ""), (b"", "")],
)  # fmt: skip
def test_bytes_that_are_text_are_read(octets: bytes, text: str) -> None:
    assert text_of(octets) == text


def test_a_sample_that_was_made_to_hold_up_a_reader_does_not() -> None:
    hostile = ["a." * 100_000, "[" * 100_000, "+" + "1 " * 100_000, "@" * 100_000, '["' + '\\"' * 100_000]
    assert shapes_of(hostile) == ()
