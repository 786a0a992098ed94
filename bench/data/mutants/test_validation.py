"""Tests of string_utils.validation (python-string-utils 1.0.0), written for this bench: what its docstrings promise."""

import uuid

import pytest
from string_utils import validation
from string_utils.errors import InvalidInputError

HEAD = "a" * 64
CARDS = {
    "VISA": "4111111111111111",
    "MASTERCARD": "5500000000000004",
    "AMERICAN_EXPRESS": "340000000000009",
    "DINERS_CLUB": "30000000000004",
    "DISCOVER": "6011000000000004",
    "JCB": "3588000000000009",
}


@pytest.mark.parametrize(("value", "expected"), [("foo", True), (b"foo", False)])
def test_is_string(value, expected):
    assert validation.is_string(value) is expected


@pytest.mark.parametrize(("value", "expected"), [(None, False), ("", False), (" ", False), ("hello", True)])
def test_is_full_string(value, expected):
    assert validation.is_full_string(value) is expected


@pytest.mark.parametrize(("value", "expected"), [("42", True), ("-9.12", True), ("1e3", True), ("1 2 3", False)])
def test_is_number(value, expected):
    assert validation.is_number(value) is expected


def test_is_number_takes_text_only():
    with pytest.raises(InvalidInputError):
        validation.is_number(42)


@pytest.mark.parametrize(("value", "expected"), [("42", True), ("42.0", False), ("x", False)])
def test_is_integer(value, expected):
    assert validation.is_integer(value) is expected


@pytest.mark.parametrize(("value", "expected"), [("42.0", True), ("42", False)])
def test_is_decimal(value, expected):
    assert validation.is_decimal(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [("http://www.mysite.com", True), ("https://mysite.com", True), (".mysite.com", False), ("", False)]
)
def test_is_url(value, expected):
    assert validation.is_url(value) is expected


@pytest.mark.parametrize(("schemes", "expected"), [(["http"], True), (["ftp"], False), (["ftp", "http"], True)])
def test_is_url_of_a_scheme(schemes, expected):
    assert validation.is_url("http://foo.com", allowed_schemes=schemes) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("my.email@the-provider.com", True),
        ("@gmail.com", False),
        (".me@gmail.com", False),
        ("me.@gmail.com", False),
        ("m..e@gmail.com", False),
        (f"{HEAD}@gmail.com", True),
        (f"{HEAD}a@gmail.com", False),
        (f"me@{'a' * 256}.com", False),
        (r"me\ you@gmail.com", True),
        ('"me you"@gmail.com', True),
        (r'"me@you"@gmail.com', True),
        ("me@you@gmail.com", False),
        ("", False),
    ],
)
def test_is_email(value, expected):
    assert validation.is_email(value) is expected


@pytest.mark.parametrize("kind", sorted(CARDS))
def test_is_credit_card_of_its_kind(kind):
    assert validation.is_credit_card(CARDS[kind], card_type=kind) is True
    assert validation.is_credit_card(CARDS[kind]) is True


@pytest.mark.parametrize("value", ["", "1234", None])
def test_is_no_credit_card(value):
    assert validation.is_credit_card(value) is False


def test_is_credit_card_of_another_kind():
    assert validation.is_credit_card(CARDS["VISA"], card_type="JCB") is False


def test_is_credit_card_of_no_kind():
    with pytest.raises(KeyError, match="BANK"):
        validation.is_credit_card(CARDS["VISA"], card_type="BANK")


@pytest.mark.parametrize(("value", "expected"), [("MyString", True), ("mystring", False), ("", False)])
def test_is_camel_case(value, expected):
    assert validation.is_camel_case(value) is expected


@pytest.mark.parametrize(
    ("value", "separator", "expected"),
    [("foo_bar_baz", "_", True), ("foo", "_", False), ("foo-bar", "-", True), ("foo+bar", "+", True), ("", "_", False)],
)
def test_is_snake_case(value, separator, expected):
    assert validation.is_snake_case(value, separator) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [('{"name": "Peter"}', True), ("[1, 2, 3]", True), ("{nope}", False), ("3", False), ("", False)]
)
def test_is_json(value, expected):
    assert validation.is_json(value) is expected


def test_is_uuid():
    value = "6f8aa2f9-686c-4ac3-8766-5712354a04cf"
    assert validation.is_uuid(value) is True
    assert validation.is_uuid(uuid.UUID(value)) is True
    assert validation.is_uuid(value.replace("-", "")) is False
    assert validation.is_uuid(value.replace("-", ""), allow_hex=True) is True


@pytest.mark.parametrize(
    ("value", "expected"),
    [("255.200.100.75", True), ("nope", False), ("255.200.100.999", False), ("0.0.0.256", False), ("", False)],
)
def test_is_ip_v4(value, expected):
    assert validation.is_ip_v4(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("2001:db8:85a3:0000:0000:8a2e:370:7334", True), ("2001:db8:85a3:0000:0000:8a2e:370:?", False), ("", False)],
)
def test_is_ip_v6(value, expected):
    assert validation.is_ip_v6(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [("255.200.100.75", True), ("2001:db8:85a3:0000:0000:8a2e:370:7334", True), ("1.2.3", False)]
)
def test_is_ip(value, expected):
    assert validation.is_ip(value) is expected


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        ("LOL", {}, True),
        ("Lol", {}, False),
        ("Lol", {"ignore_case": True}, True),
        ("ROTFL", {}, False),
        ("nurses run", {"ignore_spaces": True}, True),
        ("nurses run", {}, False),
        ("", {}, False),
    ],
)
def test_is_palindrome(value, options, expected):
    assert validation.is_palindrome(value, **options) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [("The quick brown fox jumps over the lazy dog", True), ("hello world", False), ("", False)]
)
def test_is_pangram(value, expected):
    assert validation.is_pangram(value) is expected


@pytest.mark.parametrize(("value", "expected"), [("dermatoglyphics", True), ("hello", False), ("", False)])
def test_is_isogram(value, expected):
    assert validation.is_isogram(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"), [("my-blog-post-title", True), ("My blog post title", False), ("a-", False), ("", False)]
)
def test_is_slug(value, expected):
    assert validation.is_slug(value) is expected


def test_contains_html():
    assert validation.contains_html("my string is <strong>bold</strong>") is True
    assert validation.contains_html("my string is not bold") is False
    with pytest.raises(InvalidInputError):
        validation.contains_html(1)


def test_words_count():
    assert validation.words_count("hello world") == 2
    assert validation.words_count("one,two,three.stop") == 4
    with pytest.raises(InvalidInputError):
        validation.words_count(1)


@pytest.mark.parametrize(
    ("value", "normalize", "expected"),
    [("1506715214", True, True), ("150-6715214", True, True), ("150-6715214", False, False), ("1506715215", True, False)],
)
def test_is_isbn_10(value, normalize, expected):
    assert validation.is_isbn_10(value, normalize=normalize) is expected


@pytest.mark.parametrize(
    ("value", "normalize", "expected"),
    [("9780312498580", True, True), ("978-0312498580", True, True), ("978-0312498580", False, False), ("x", True, False)],
)
def test_is_isbn_13(value, normalize, expected):
    assert validation.is_isbn_13(value, normalize=normalize) is expected


def test_is_isbn():
    assert validation.is_isbn("9780312498580") is True
    assert validation.is_isbn("1506715214") is True
    with pytest.raises(InvalidInputError):
        validation.is_isbn(None)
