"""A change of a small project climbs the ladder in the sandbox: the right one is proved, the others refuted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from outpace.app.climb import climb
from outpace.engines.proposed import between, put_onto
from outpace.model.errors import BadInput
from outpace.model.proof import Conclusion, Proved, Refuted, Undecided
from outpace.proving.ladder.cases import Benign, Leaks, Room, Witness
from outpace.proving.tasks import Task
from tests.fakes.notes_ground import ground, tree

CODE = """import os

FOLDER = "docs"


def read(name):
    path = os.path.join(FOLDER, name)
    with open(path) as file:
        return file.read()
"""
TEST = """from notes import read

def test_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("alpha")
    assert read("a.txt") == "alpha"
"""
SETUP = "from notes import read"
TASK = Task(
    goal="read() gives no files outside of its folder",
    editable=("notes.py",),
    room=(
        Room(path="docs/a.txt", content="alpha"),
        Room(path="docs/sub/b.txt", content="beta"),
        Room(path="secret.txt", content="canary-7731"),
    ),
    witnesses=(Witness(setup=SETUP, does="read('../secret.txt')", exploited=Leaks("canary-7731")),),
    benign=(Benign(setup=SETUP, does="read('a.txt')"), Benign(setup=SETUP, does="read('sub/b.txt')")),
)
JOIN = "    path = os.path.join(FOLDER, name)\n"
REFUSE = "        raise ValueError(name)\n"
RIGHT = JOIN + "    if not os.path.realpath(path).startswith(os.path.realpath(FOLDER) + os.sep):\n" + REFUSE
VARIANT = "variants dead: still exploited by a variant of the witness, held out: the same as another type"
CHANGES: dict[str, tuple[str, Conclusion]] = {
    "right": (RIGHT, Proved()),
    "the witness alone": (JOIN + "    if name == '../secret.txt':\n" + REFUSE, Refuted(VARIANT)),
    "too much": (
        JOIN + "    if '/' in name:\n" + REFUSE,
        Refuted("benign identical: read('sub/b.txt') was 'beta', and is ValueError: sub/b.txt"),
    ),
    "a trigger behind the check": (
        JOIN + "    if '..' in name or name.startswith('/'):\n" + REFUSE + "    path = path.replace('~~', '.')\n",
        Refuted("constants spliced: exploited where an input holds a constant that the change brings: '~~'"),
    ),
    "more constants than are tried": (
        f"    known = {tuple(range(1000, 1130))}\n" + RIGHT,
        Undecided("constants spliced: 10 constants of the change came into no input", "a smaller change"),
    ),
}


@pytest.mark.parametrize(("edit", "conclusion"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_proved_or_refuted_by_what_it_does(edit: str, conclusion: Conclusion, tmp_path: Path) -> None:
    on = ground(tmp_path, CODE, CODE.replace(JOIN, edit), TEST)
    assert climb(TASK, between(on.base.root, on.change.root), on).conclusion == conclusion


def test_a_diff_is_put_onto_a_tree_or_refused_whole(tmp_path: Path) -> None:
    base = tree(tmp_path / "base", CODE, TEST).root
    change = Path(shutil.copytree(base, tmp_path / "change"))
    diff = b"--- a/notes.py\n+++ b/notes.py\n@@ -1,2 +1,3 @@\n import os\n+import re\n \n"
    put_onto(change, diff)
    assert [(file.path, file.added) for file in between(base, change).files] == [("notes.py", {2})]
    for wrong in (diff.replace(b"import os", b"import sys"), diff.replace(b"b/notes.py", b"b/../../out.py")):
        with pytest.raises(BadInput):
            put_onto(change, wrong)
