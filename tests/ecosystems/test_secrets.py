"""Credentials never get through."""

from __future__ import annotations

import time

import pytest

from outpace.ecosystems.secrets import masked


@pytest.mark.parametrize(
    "text",
    [
        "https://deploy:hunter2@host.invalid/simple",
        "https://hunter2@host.invalid/simple",
        "bad line https://deploy:hunter2@host.invalid/x and more",
        "https://deploy:hun/hunter2@host.invalid/simple",
        "https://deploy:p@hunter2@host.invalid/simple",
        "HTTPS://deploy:hunter2@host.invalid",
        "git+https://x:hunter2@host.invalid/a.git@v1#egg=a",
        "deploy:hunter2@host.invalid/simple",
        "//deploy:hunter2@host.invalid/simple",
        "https:/deploy:hunter2@host.invalid/simple",
        "https://host.invalid/a.whl?token=hunter2&x=1",
        "https://host.invalid/a.whl?X-Amz-Signature=hunter2",
        "--password hunter2".replace(" ", "="),
        "api_key: hunter2",
        '"https://deploy:hunter2@host.invalid/simple"',
    ],
)
def test_a_secret_is_masked(text: str) -> None:
    assert "hunter2" not in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://host.invalid/simple",
        "https://host.invalid:8080/simple/@scope",
        "git+https://host.invalid/a?rev=main&subdirectory=b#egg=a",
        "acme @ file:///srv/acme-1.0.tar.gz",
        'acme==1.0; python_version >= "3.8"',
        "me@example.invalid",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("token", [";", "a", "a:", ":", "@", "?", "?a=", "&", "a://", "token ", "a-", "://", "a@"])
def test_a_line_that_was_made_to_hold_up_a_reader_takes_its_share_of_time(token: str) -> None:
    for lead in ("", "https://host.invalid/?"):
        began = time.process_time()
        masked(lead + token * (200_000 // len(token)))
        assert time.process_time() - began < 1


def test_what_stands_before_an_at_sign_without_a_space_is_no_shelter() -> None:
    assert masked("acme@deploy:hunter2@host.invalid/x") == "acme@***@host.invalid/x"
