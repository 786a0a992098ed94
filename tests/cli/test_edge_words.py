"""What somebody types at the edge that cannot be meant is told as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.cli.main import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["block", "--path", "/a", "--for", "soon"], "'soon' is not a time like 90s, 15m, 1h or 7d"),
        (["block", "--path", "admin"], "the `path` of a stopgap begins with /"),
        (["record", "--for", "soon"], "'soon' is not a time like 90s, 15m, 1h or 7d"),
    ],
)
def test_a_word_that_cannot_be_meant_is_a_usage_error_and_no_bug(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["edge", *words]) == 2
    assert told in capsys.readouterr().err
