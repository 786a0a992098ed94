"""What foreign code may put in the place of a file that is read."""

from __future__ import annotations

import os
from pathlib import Path

from outpace.engines.foreign_files import content


def test_a_regular_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abcdef")
    assert (content(tmp_path / "file", 100), content(str(tmp_path / "file"), 3)) == (b"abcdef", b"abc")


def test_what_is_no_regular_file_is_empty_and_nobody_waits_for_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    names = ("link", "folder", "pipe", "absent")
    assert [content(tmp_path / name, 100) for name in names] == [b""] * len(names)
