"""What tokens.py promises."""

import pytest
from tokens import BadToken, Expired, claims_of, issue, may

KEY = b"a key of the tests"


def test_claims_come_back() -> None:
    assert claims_of(KEY, issue(KEY, "ann", 0), 1) == {"sub": "ann", "exp": 3_600, "scopes": []}


def test_scopes_are_sorted() -> None:
    assert claims_of(KEY, issue(KEY, "ann", 0, scopes=("b", "a")), 1)["scopes"] == ["a", "b"]


def test_another_key_is_not_trusted() -> None:
    with pytest.raises(BadToken):
        claims_of(b"another key", issue(KEY, "ann", 0), 1)


def test_a_changed_payload_is_not_trusted() -> None:
    head, _, signature = issue(KEY, "ann", 0).partition(".")
    with pytest.raises(BadToken):
        claims_of(KEY, f"{head[:-2]}AA.{signature}", 1)


def test_a_text_without_a_signature_is_not_trusted() -> None:
    with pytest.raises(BadToken, match="signature"):
        claims_of(KEY, "bm90aGluZw", 1)


def test_a_token_lasts_until_just_before_its_end() -> None:
    assert claims_of(KEY, issue(KEY, "ann", 0, lifetime=10), 9)["sub"] == "ann"


def test_a_token_ends_at_its_end() -> None:
    with pytest.raises(Expired):
        claims_of(KEY, issue(KEY, "ann", 0, lifetime=10), 10)


def test_an_old_token_says_for_how_long() -> None:
    with pytest.raises(Expired) as caught:
        claims_of(KEY, issue(KEY, "ann", 0, lifetime=10), 15)
    assert str(caught.value) == "expired 5 seconds ago"


def test_a_scope_grants_itself() -> None:
    assert may({"scopes": ["files:write"]}, "files:write")


def test_a_star_grants_its_area() -> None:
    assert may({"scopes": ["files:*"]}, "files:write")


def test_a_star_grants_no_other_area() -> None:
    assert not may({"scopes": ["files:*"]}, "users:write")


def test_nothing_grants_nothing() -> None:
    assert not may({"scopes": []}, "files:read")


def test_tokens_need_no_quoting_in_a_url() -> None:
    assert set("+/= ").isdisjoint(issue(KEY, "ann \u00fc", 0))
