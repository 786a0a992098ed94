"""Which values may be of one answer, one session or just drawn: tokens and ids; not accounts, amounts and roles."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest

from outpace.delivery.exchanges.answers import Answer, Answered, Different, Result, Same
from outpace.delivery.exchanges.comparing import Comparer
from outpace.delivery.exchanges.exchange import Fields

ASKED = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
JSON: Fields = (("content-type", "application/json"),)
TWITTER = int(ASKED.timestamp() * 1_000) - 1_288_834_974_657 << 22


def document(value: object, *fields: tuple[str, str]) -> Answered:
    return Answered(200, (*JSON, *fields), json.dumps(value).encode())


def page(text: str) -> Answered:
    return Answered(200, (("content-type", "text/html"),), text.encode())


def found(old: Answer, new: Answer) -> list[str]:
    """The places, where the old release always answers alike."""
    comparer = Comparer()
    for each in (old, old):
        comparer.remember(each)
    result = comparer.settled(comparer.compared((old, old), (new,), asked=ASKED), "")
    return [each.place for each in result.differences] if isinstance(result, Different) else []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("session_user", "alice", "bob"),
        ("token_scope", "read", "admin"),
        ("tokenized_pan", "tok_1", "4111111111111111"),
        ("session_timeout", "15m", "never"),
        ("access_token", "a3Bc9fQ2kLm4", ""),
        ("request_id", "a", ""),
        ("session", "guestUser", "adminUser"),
        ("session", "customer-17", "customer-18"),
        ("card_token", "tok_9f3kQ2", "4111111111111111"),
        ("next_page_token", "a3Bc9fQ2kLm4", "b7Zd1gR8pTn5"),
        ("account", "1234567890123456", "6543210987654321"),
        ("card", 4111111111111111, 5500005555555559),
        ("balance_wei", 10**18, 9 * 10**18),
        ("balance_wei", str(10**18), str(9 * 10**18)),
        ("id", str(TWITTER), str(TWITTER + (7_200_000 << 22))),
    ],
)
def test_another_value_is_a_difference_whatever_its_field_is_called(name: str, old: object, new: object) -> None:
    assert found(document({name: old}), document({name: new})) == [f"$.{name}"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("access_token", "a3Bc9fQ2kLm4", "b7Zd1gR8pTn5"),
        ("csrfToken", "QmFzZTY0dG9rZW4+/w==", "Zm9vYmFyYmF6cXV4+g=="),
        ("session_key", "f7cq1l0zxv3hk8wd", "p0sm5e9jq2ynr6tb"),
        ("jwt", "eyJhbGciOi.eyJzdWIiOjF9.c2lnbmF0dXJl", "eyJhbGciOi.eyJzdWIiOjEsIm4iOjJ9.b3RoZXI1"),
        ("request_id", "a", "b"),
        ("id", "3f2a99c1d04b77aa", "aa2a99c1d04b77bb"),
        ("id", "3f2a99c1d04b77aa3f2a99c1d04b77aa", "aa2a99c1d04b77bbaa2a99c1d04b77bb"),
        ("key", "a3Bc9fQ2kLm4Xw7y", "b7Zd1gR8pTn5Vu2q"),
        ("id", str(TWITTER), str(TWITTER + (5_000 << 22) + 17)),
        ("id", TWITTER, TWITTER + (5_000 << 22) + 17),
    ],
)
def test_what_was_just_drawn_is_no_difference(name: str, old: object, new: object) -> None:
    assert found(document({name: old}), document({name: new})) == []


def test_tokens_as_libraries_draw_them_are_no_difference() -> None:
    drawn = Random(3)
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

    def token(alphabet: str, length: int) -> str:
        return "".join(drawn.choices(alphabet, k=length))

    for alphabet, length in ((letters, 22), (letters, 32), (letters + "-_", 43), ("0123456789abcdef", 32)):
        for _ in range(300):
            assert (
                found(document({"token": token(alphabet, length)}), document({"token": token(alphabet, length)})) == []
            )


@pytest.mark.parametrize(
    ("name", "old", "new", "differs"),
    [
        ("x-session-user", "alice", "bob", True),
        ("x-csrf-protection", "on", "off", True),
        ("x-csrf-token", "a3Bc9fQ2kLm4", "", True),
        ("x-csrf-token", "a3Bc9fQ2kLm4", "b7Zd1gR8pTn5", False),
        ("x-request-id", "1", "2", False),
    ],
)
def test_a_header_of_a_session_is_compared_unless_both_are_tokens(
    name: str, old: str, new: str, *, differs: bool
) -> None:
    assert found(document(1, (name, old)), document(1, (name, new))) == [f"header {name}"] * differs


@pytest.mark.parametrize(
    ("name", "old", "new", "differs"),
    [
        ("token_role", "user", "admin", True),
        ("csrf_token", "a3Bc9fQ2kLm4", "", True),
        ("csrf_token", "aa", "bb", False),
        ("form_token", "a3Bc9fQ2kLm4", "b7Zd1gR8pTn5", False),
    ],
)
def test_a_hidden_field_is_compared_unless_both_are_tokens(name: str, old: str, new: str, *, differs: bool) -> None:
    pages = [page(f'<form><input type="hidden" name="{name}" value="{value}"></form>') for value in (old, new)]
    assert bool(found(*pages)) is differs


def test_twenty_digits_in_a_page_are_no_drawn_id() -> None:
    assert found(page("<b>12345678901234567890</b>"), page("<b>98765432109876543210</b>")) == ["line, behind '<b>'"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Expires=Wed, 21 Oct 2027 07:28:00 GMT", "", "expires -> sid=..."),
        (
            "Expires=Wed, 21 Oct 2027 07:28:00 GMT",
            "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "expires -> sid=...; expired",
        ),
        ("Expires=Wed, 21-Oct-2027 07:28:00 GMT", "expires=Wed, 21 Oct 2027 07:28:09 GMT", ""),
        ("Max-Age=60; Path=/", "path=/; max-age=60", ""),
    ],
)
def test_a_cookie_that_ends_sooner_or_with_the_browser_is_a_difference(old: str, new: str, told: str) -> None:
    answers = [document(1, ("set-cookie", "; ".join(["sid=1", each] if each else ["sid=1"]))) for each in (old, new)]
    result = Comparer().compared((answers[0], answers[0]), (answers[1],), asked=ASKED)
    assert ([each.readable for each in result.differences] if isinstance(result, Different) else []) == (
        [f"header set-cookie: sid=...; {told}"] if told else []
    )


USERS = [str(UUID(int=number * 2**90 + 7, version=4)) for number in range(1, 8)]


@pytest.mark.parametrize(
    "answer",
    [
        lambda user: document({"owner": user}),
        lambda user: document(1, ("location", f"/users/{user}")),
        lambda user: page(f"<h1>Account</h1>\n<p>{user}</p>"),
    ],
)
def test_everybody_is_not_given_the_next_ones_id(answer: Callable[[str], Answered]) -> None:
    """The old release gives each of them later, so none was just drawn."""
    comparer = Comparer()
    results: list[Result] = []
    for mine, next_ones in pairwise(USERS):
        comparer.remember(answer(mine))
        results.append(
            comparer.compared((answer(mine), answer(mine)), (answer(next_ones),), asked=ASKED, about="GET /u")
        )
    settled = [comparer.settled(each, "GET /u") for each in results]
    assert [type(each) for each in settled] == [*[Different] * (len(USERS) - 2), Same]


@pytest.mark.parametrize("answer", [lambda one: document({"featured": one}), lambda one: page(f"<p>See {one}</p>")])
def test_an_id_that_the_old_release_draws_anew_from_a_few_is_no_difference_when_it_gave_it_later(
    answer: Callable[[str], Answered],
) -> None:
    comparer = Comparer()
    first = comparer.compared((answer(USERS[0]),) * 2, (answer(USERS[1]),), asked=ASKED, about="GET /")
    for one, other in ((USERS[0], USERS[1]), (USERS[2], USERS[3])):
        comparer.remember(answer(one))
        comparer.remember(answer(other))
        comparer.compared((answer(one), answer(other)), (answer(one),), asked=ASKED, about="GET /")
    assert isinstance(comparer.settled(first, "GET /"), Same)


def test_somebody_elses_id_that_does_not_last_is_no_difference() -> None:
    comparer = Comparer()
    mine, other = document({"owner": USERS[0]}), document({"owner": USERS[1]})
    comparer.remember(mine)
    once = comparer.compared((mine, mine), (other, mine), asked=ASKED, about="GET /")
    always = comparer.compared((mine, mine), (other, other), asked=ASKED, about="GET /")
    comparer.remember(other)
    assert [type(comparer.settled(each, "GET /")) for each in (once, always)] == [Same, Different]
