"""What is exposed in a tree, and what the answer is called."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from outpace.app.match import Clean, Doubtful, Exposed, Unreadable, match_files, needs_action
from outpace.engines.tree import WorkingTree
from outpace.model.errors import BadInput
from tests.fakes.advisories import Advisories, record

NOW = datetime(2024, 6, 1, tzinfo=UTC)
SOURCE = Advisories([record("PYSEC-2099-1", "acme", {"introduced": "0"}, {"fixed": "1.1"})])


@pytest.mark.parametrize(
    ("files", "answer", "plain", "strict"),
    [
        ({"requirements.txt": "acme==1.0\n"}, Exposed(), True, True),
        ({"requirements.txt": "acme==1.0\nbad line\n"}, Exposed(), True, True),
        ({"requirements.txt": "acme==1.1\n"}, Clean(), False, False),
        ({"requirements.txt": ""}, Clean(), False, False),
        ({"requirements.txt": "acme>=1\n"}, Doubtful(), False, True),
        ({"requirements.txt": "acme==1.1\nbad line\n"}, Doubtful(), False, True),
        ({"requirements.txt": "bad line\n"}, Unreadable(("requirements.txt",)), True, True),
        ({"requirements.txt": "acme==1.1\n", "uv.lock": ""}, Unreadable(("uv.lock",)), True, True),
    ],
)
def test_the_answer_never_calls_silence_safe(
    files: dict[str, str], answer: object, plain: bool, strict: bool, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    view = match_files(WorkingTree(tmp_path), SOURCE, now=NOW)
    assert view.answer == answer
    assert needs_action(view.answer, strict=False) is plain
    assert needs_action(view.answer, strict=True) is strict


def test_a_tree_without_a_lock_is_not_called_clean(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(BadInput, match="no lock file") as raised:
        match_files(WorkingTree(tmp_path), SOURCE, now=NOW)
    assert "--environment" in raised.value.hint
