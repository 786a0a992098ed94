"""A file of cases that cannot be read is named with what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.case_files import load


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "no such file"), (b"{}", "is no file of cases"), (b"[1]", "is no file of cases"), (b"\xff", "is no file")],
    ids=["none", "another object", "another list", "no JSON"],
)
def test_a_wrong_file_ends_with_its_name_and_the_reason(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "cases.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        load(file)
    assert str(ended.value).startswith(f"{file}")
    assert said in str(ended.value)
