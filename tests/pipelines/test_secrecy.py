"""What looks like a secret, and what does not."""

from __future__ import annotations

import pytest

from outpace.pipelines.secrecy import hidden, looks_secret

HOSTED = "ghp_" + "a1B2" * 9
SECRET = "hunter2-and-more"
CLOUD = "AKIA" + "IOSFODNN7EXAMPLE"
URL = f"postgres://shop:{SECRET}@localhost/shop"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "dummy"),
        ("API_TOKEN", SECRET),
        ("PGPASSWORD", "postgres"),
        ("db_pass", "x"),
        ("AWS_ACCESS_KEY_ID", "x"),
        ("SENTRY_DSN", "x"),
        ("DATABASE_URL", URL),
        ("ANYTHING", CLOUD),
        ("ANYTHING", HOSTED),
        ("ANYTHING", "0123456789abcdef0123456789abcdef"),
        ("ANYTHING", "-----BEGIN PRIVATE KEY-----"),
    ],
)
def test_a_name_or_a_shape_tells_a_secret(name: str, value: str) -> None:
    assert looks_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB", "sqlite"),
        ("DJANGO_SETTINGS_MODULE", "shop.settings.test"),
        ("DATABASE_URL", "sqlite:///db.sqlite3"),
        ("CACHE_URL", "redis://localhost:6379/0"),
        ("TOKENIZERS_PARALLELISM", "false"),
        ("TOKENIZE_WITH", "spaces"),
        ("REQUIRE_TOKEN", "false"),
        ("DISABLE_AUTH", "1"),
        ("KEYBOARD", "us"),
        ("BYPASS_CACHE", "always"),
        ("PYTHONWARNINGS", "error::DeprecationWarning,ignore::ResourceWarning"),
    ],
)
def test_what_says_nothing_of_a_secret_is_none(name: str, value: str) -> None:
    assert not looks_secret(name, value)


def test_a_command_is_shown_without_what_looks_like_a_secret_in_it() -> None:
    words = ("pytest", f"--dsn={URL}", "--api-token", SECRET, f"--password={SECRET}", HOSTED, "-k", "not token", "-q")
    assert hidden(words) == (
        "pytest", "--dsn=...", "--api-token", "...", "--password=...", "...", "-k", "not token", "-q",
    )  # fmt: skip
    plain = (
        "pytest",
        "-p",
        "no:cacheprovider",
        "--cov=shop",
        "tests/test_tokens.py::test_password",
        "--token-check",
        "-x",
    )
    assert hidden(plain) == plain
