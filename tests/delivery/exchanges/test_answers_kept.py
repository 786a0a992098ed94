"""What is kept of an answer finds a token again in a replay, and says nobody's name."""

from __future__ import annotations

import json

import pytest

from outpace.delivery.exchanges.answers import Answered
from outpace.delivery.exchanges.exchange import Request
from outpace.delivery.exchanges.program_words import by_told_name, told_name
from outpace.delivery.exchanges.sessions import Session
from tests.delivery.exchanges.test_redaction import Redact, Redactor, is_absent, kept, seen

JSON, PAGE = "application/json", "text/html"


@pytest.mark.parametrize(
    ("secret", "answer", "kind"),
    [
        ("adalovelace", json.dumps({"members": {"adalovelace": {"name": "Ada"}}}), JSON),
        ("hunter22x", json.dumps({"hunter22x": "x"}), JSON),
        ("p12345-67890", json.dumps({"p12345-67890": ["x"]}), JSON),
        ("Lovelace", json.dumps({"Lovelace_token": "x"}), JSON),
        ("lovelace", '<input name="lovelace" value="x">', PAGE),
    ],
)
def test_a_key_that_is_no_word_of_a_program_does_not_stay(secret: str, answer: str, kind: str) -> None:
    assert is_absent(secret, seen(answer=answer.encode(), answer_kind=kind))


@pytest.mark.parametrize(
    ("answer", "later", "kind"),
    [
        ('{"access_token": "%s"}', '{"n": 1, "access_token": "%s"}', JSON),
        ('{"eintritt": "%s", "n": 1}', '{"neu": {"a": "b"}, "eintritt": "%s"}', JSON),
        ('{"shops": {"Paris": {"Kasse": ["", "%s"]}}}', '{"shops": {"Paris": {"Kasse": ["a", "%s"]}}}', JSON),
        (
            '<input type=hidden name="Prüfwert" value="a"><input name="Echtheit" value="%s">',
            '<input name="Echtheit" value="%s">',
            PAGE,
        ),
    ],
)
def test_a_token_is_found_again_under_the_same_name_whatever_it_is(answer: str, later: str, kind: str) -> None:
    redactor, token, given = Redactor(Redact()), "8sdf7Gh2jkl", "9tge8Hi3kml"
    recorded = kept(seen("/login", answer=(answer % token).encode(), answer_kind=kind), redactor)
    asked = kept(seen("/account", fields=(("x-csrf-token", token),)), redactor)
    session = Session()
    session.learn(recorded, Answered(200, (), (later % given).encode()))
    assert session.dressed(asked.request) == Request(
        method="GET", target="/account", authority="shop.example", fields=(("x-csrf-token", given),)
    )


def test_names_that_cannot_be_told_apart_are_left_out() -> None:
    names = [f"wort{number}" for number in range(300)]
    told = by_told_name(dict.fromkeys(names, 1))
    assert 0 < len(told) < 256
    assert len({told_name(each) for each in names}) > len(told)
    assert by_told_name({"access_token": 1, "nextPage": 2}) == {"access_token": 1, "nextPage": 2}
