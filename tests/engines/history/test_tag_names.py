"""What of a tag's name is shown."""

from __future__ import annotations

import pytest

from outpace.engines.history.tag_names import shown


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("v1.2.3", "v1.2.3"),
        ("release-2025.02", "release-2025.02"),
        ("django/4.2", "4.2"),
        ("2.0.0-rc.1", "2.0.0-rc.1"),
        ("prod/2024-01-02_1200", "prod/2024-01-02_1200"),
        ("janedoe-1.0", "1.0"),
        ("1.0-janedoe", "1.0"),
        ("for-jane", "a tag without a version"),
        ("", "a tag without a version"),
    ],
)
def test_only_the_version_and_words_of_the_trade_are_shown(name: str, told: str) -> None:
    assert shown(name) == told
