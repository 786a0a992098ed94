"""Requirement lines, as uv is asked them."""

from __future__ import annotations

import pytest

from outpace.engines.uv_lines import index_options


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (b"a==1\n--pre\n-r more.txt\n", []),
        (b"-i https://a.invalid # the mirror\n", ["--index-url https://a.invalid"]),
        (b"--pypi-url=https://a.invalid\n", ["--index-url https://a.invalid"]),
        (b"--extra-index \\\n https://a.invalid\n", ["--extra-index-url https://a.invalid"]),
        (b"--no-index --find=wheels --pre\n", ["--no-index", "--find-links wheels"]),
        ("--trusted h.invalid\n".encode("utf-16"), ["--trusted-host h.invalid"]),
        (b"--no-deps\n", []),
    ],
)
def test_what_says_where_packages_come_from_is_passed_on_by_its_whole_name(text: bytes, lines: list[str]) -> None:
    assert list(index_options([text])) == lines
