"""What nobody may read in a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.sandbox import mask

CASES = (
    ("https://joe:hunter2@example.org/simple", "https://***@example.org/simple"),
    ("git+ssh://token@example.org/x", "git+ssh://***@example.org/x"),
    ("GET /x?a=1&token=abc&b=2", "GET /x?a=1&token=***&b=2"),
    ("/x?X-Amz-Signature=abcdef", "/x?X-Amz-Signature=***"),
    ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
    ("authorization: basic am9lOmh1bnRlcjI=", "authorization: basic ***"),
    ('{"Authorization": "token abc"}', '{"Authorization": "token ***"}'),
    ("Cookie: session=abc; other=def", "Cookie: ***"),
    ("UV_INDEX_PASSWORD=hunter2 uv sync", "UV_INDEX_PASSWORD=*** uv sync"),
    ("remote: ghp_0123456789abcdefghij said no", "remote: *** said no"),
    (
        "nothing secret: https://example.org/a?b=c, me@example.org",
        "nothing secret: https://example.org/a?b=c, me@example.org",
    ),
)


@pytest.mark.parametrize(("text", "masked"), CASES)
def test_secrets_are_masked_and_the_rest_is_kept(text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.text(alphabet="abc:/@?&=* \n", max_size=60))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(st.text(alphabet=st.characters(categories=("L", "N"), max_codepoint=127), min_size=3, max_size=30))
def test_no_password_in_an_address_gets_through(password: str) -> None:
    assert f"{password}@" not in mask(f"fatal: https://user:{password}@host.example/x: 403").replace("***@", "")
