"""The files of a revision, read in batches: bounded, and each asked for once."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from outpace.engines import revision
from outpace.engines.history.clone import Clone
from outpace.engines.revision import Revision

FILES = {"a.py": b"a" * 10, "b.py": b"b" * 10, "c.py": b"c" * 10, "same.py": b"a" * 10, "large.py": b"l" * 99}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Revision:
    monkeypatch.setattr(revision, "LARGEST_FILE", 50)
    monkeypatch.setattr(revision, "MOST_READ", 15)
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    for words in (("init", "-q"), ("add", "--all"), (*who, "commit", "-qm", "Begin")):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return Revision(Clone(tmp_path, os.environ), "HEAD")


def test_no_more_is_kept_than_all_files_may_have_and_one_content_counts_once(files: Revision) -> None:
    files.bring(tuple(FILES))
    assert {path: files.look_up(path) is not None for path in FILES} == {
        "a.py": True,
        "b.py": True,  # the one by which there is more
        "c.py": False,
        "same.py": True,
        "large.py": False,
    }


def test_what_was_not_given_is_not_asked_for_again(files: Revision, monkeypatch: pytest.MonkeyPatch) -> None:
    files.bring(("large.py",))
    monkeypatch.setattr(revision, "LARGEST_FILE", 500)
    assert files.look_up("large.py") is None
