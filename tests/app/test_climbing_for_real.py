"""A change of a small project climbs the ladder in the sandbox: the right one is proved, the others refuted."""

from __future__ import annotations

import itertools
import shutil
import sys
from pathlib import Path

import pytest

from outpace import sandbox
from outpace.app.climb import Ground, climb
from outpace.app.climb_runs import Tree
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.engines.proposed import between, put_onto
from outpace.model.errors import BadInput
from outpace.model.proof import Conclusion, Proved, Refuted
from outpace.proving.ladder.cases import Benign, Leaks, Room, Witness
from outpace.proving.ladder.patch import Patch
from outpace.proving.tasks import Task

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
VARIANT = (
    "variants dead: still exploited by a variant of the witness, held out: doubled, for a filter that removes once"
)
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
}


def tree(root: Path, code: str) -> Tree:
    root.mkdir()
    (root / "notes.py").write_text(code)
    (root / "test_notes.py").write_text(TEST)
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    built = described(Path(sys.executable), (".",))
    return Tree(root=root, inside=InsidePython(python, built=built, tree=root, cwd=root, env=env))


@pytest.mark.parametrize(("edit", "conclusion"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_proved_or_refuted_by_what_it_does(edit: str, conclusion: Conclusion, tmp_path: Path) -> None:
    base, change = tree(tmp_path / "base", CODE), tree(tmp_path / "change", CODE.replace(JOIN, edit))
    patch = between(base.root, change.root)
    numbers = itertools.count()

    def another(other: Patch) -> Tree:
        return tree(tmp_path / f"another-{next(numbers)}", (other.files[0].after or b"").decode())

    words = ("-q", "-p", "no:cacheprovider")
    ground = Ground(base=base, change=change, tested=change, another=another, words=words)
    assert climb(TASK, patch, ground).conclusion == conclusion


def test_a_diff_is_put_onto_a_tree_or_refused_whole(tmp_path: Path) -> None:
    base = tree(tmp_path / "base", CODE).root
    change = Path(shutil.copytree(base, tmp_path / "change"))
    diff = b"--- a/notes.py\n+++ b/notes.py\n@@ -1,2 +1,3 @@\n import os\n+import re\n \n"
    put_onto(change, diff)
    assert [(file.path, file.added) for file in between(base, change).files] == [("notes.py", {2})]
    for wrong in (diff.replace(b"import os", b"import sys"), diff.replace(b"b/notes.py", b"b/../../out.py")):
        with pytest.raises(BadInput):
            put_onto(change, wrong)
