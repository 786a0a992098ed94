"""Strings in double quotes are found whole, and one that nobody closes ends with its line."""

from __future__ import annotations

import re

import pytest

from outpace.delivery.quoted import QUOTED


@pytest.mark.parametrize(
    ("text", "strings"),
    [
        (r'{"a": "b \" c", "": 1}', ["a", r"b \" c", ""]),
        ('"a\\\nb" "c', ["a\\\nb", "c"]),
        ('x = "never\ny = "b"', ["never", "b"]),
        ('"a\\', ["a"]),
        ('{"a": "\\\\"}', ["a", "\\\\"]),
    ],
)
def test_a_string_ends_with_its_quote_or_with_its_line(text: str, strings: list[str]) -> None:
    assert re.findall(QUOTED, text) == strings


@pytest.mark.parametrize("text", ['\\"' * 20_000, '\\"' * 20_000 + "\\", '"' + '\\"' * 20_000])
def test_a_text_of_quotes_alone_is_read_once(text: str) -> None:
    assert [found.end() for found in re.finditer(QUOTED, text)] == [len(text)]
