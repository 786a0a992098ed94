"""How far a fix jumped is told by the first numbers of both versions, alike in every ecosystem."""

from __future__ import annotations

import pytest

from outpace.assessment.grouping import jump


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("1.2.3", "1.2.4", "patch"),
        ("1.2.3", "1.2.3.1", "patch"),
        ("1.2.3", "1.3.0", "minor"),
        ("1.2", "1.2.1", "patch"),
        ("1.9", "2.0", "major"),
        ("2.0", "1.9", "major"),
        ("v1.2.3", "v1.2.4-rc.1", "patch"),
        ("1.2.3rc1", "1.2.3", "other"),
        ("1!1.0", "2!1.0", "other"),
        ("2023c", "2024a", "major"),
        ("main", "1.0", "other"),
        ("1.0", "1.0.0", "other"),
        ("9" * 5000, "1", "other"),
    ],
)
def test_a_jump_is_named_by_the_first_number_that_differs(before: str, after: str, expected: str) -> None:
    assert jump(before, after) == expected
