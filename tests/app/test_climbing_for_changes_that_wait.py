"""A change that guards the witness, and gives way behind it, is refuted in the sandbox with what it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.app.climb import Ground, climb
from outpace.engines.proposed import between
from outpace.model.proof import Conclusion, Proved, Refuted, Undecided
from outpace.proving.ladder.cases import Benign, Leaks, Room, Witness
from outpace.proving.tasks import Task
from tests.fakes.notes_ground import ground

CODE = """import hashlib
import os
import urllib.parse

FOLDER = "docs"
READ = []
WRITTEN = []


def read(name):
    with open(os.path.join(FOLDER, name)) as file:
        return file.read()


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def decoded(name):
    return urllib.parse.unquote(name)
"""
TEST = """import os
import notes

def test_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("alpha")
    assert notes.read("a.txt") == "alpha"
    assert notes.decoded("a%20b") == "a b"
    assert len(notes.digest("a")) == 64
"""
SETUP = "import notes"
TASK = Task(
    goal="read() gives no files outside of its folder",
    editable=("notes.py",),
    room=(Room(path="docs/a.txt", content="alpha"), Room(path="secret.txt", content="canary-7731")),
    witnesses=(Witness(setup=SETUP, does="notes.read('../secret.txt')", exploited=Leaks("canary-7731")),),
    benign=(Benign(setup=SETUP, does="notes.read('a.txt')"),),
)
OPENS = "    with open(os.path.join(FOLDER, name)) as file:\n"
LEAVES = "not os.path.realpath(os.path.join(FOLDER, name)).startswith(os.path.realpath(FOLDER) + os.sep)"
GUARD = f"    if {LEAVES}:\n        raise ValueError(name)\n"
HASHED = "digest(file.read())"
DIGEST = f"""    if {LEAVES}:
        with open(os.path.join(FOLDER, name)) as file:
            return {HASHED}
"""
TELLS = Refuted("variants dead: its answer depends on what it must not tell: with another secret it is another")
HELD_OUT = "variants dead: still exploited by a variant of the witness, held out"
CHANGES: dict[str, tuple[str, Conclusion]] = {
    "right": (GUARD + OPENS, Proved()),
    "opens after 40 calls": (
        "    READ.append(name)\n" + GUARD.replace("if ", "if len(READ) <= 40 and ") + OPENS,
        Refuted(f"{HELD_OUT}: the same again and again"),
    ),
    "hashes what leaks": (DIGEST + OPENS, TELLS),
    "says a hash of what leaks": (DIGEST.replace(f"return {HASHED}", f"raise ValueError({HASHED})") + OPENS, TELLS),
    "guards by an assertion alone": (
        f"    assert {LEAVES.removeprefix('not ')}\n" + OPENS,
        Refuted(
            "witness dead: where Python runs with -O: still exploited: "
            "with notes.read('../secret.txt'), 'canary-7731' comes back"
        ),
    ),
    "decodes after its check": (
        GUARD + OPENS.replace("FOLDER, name", "FOLDER, decoded(name)"),
        Refuted(f"{HELD_OUT}: percent-encoded"),
    ),
    "refuses links": (
        GUARD.replace("realpath(FOLDER)", "abspath(FOLDER)") + OPENS,
        Refuted(
            "benign identical: a call like those that are given, held out, has another answer: "
            "folders that are reached by a link"
        ),
    ),
    "guards the name of the file": (
        "    if name.endswith('secret.txt'):\n        raise ValueError(name)\n" + OPENS,
        Refuted(f"{HELD_OUT}: the same with another name"),
    ),
}  # fmt: skip


def concluded(on: Ground) -> Conclusion:
    return climb(TASK, between(on.base.root, on.change.root), on).conclusion


@pytest.mark.parametrize(("edit", "conclusion"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_that_gives_way_behind_its_guard_is_refuted(edit: str, conclusion: Conclusion, tmp_path: Path) -> None:
    assert concluded(ground(tmp_path, CODE, CODE.replace(OPENS, edit), TEST)) == conclusion


INSIDE = "os.path.realpath(os.path.join(READ, FOLDER)) + os.sep"
ROOT = GUARD.replace("os.path.realpath(FOLDER) + os.sep", INSIDE) + OPENS
SET: dict[str, tuple[str, Conclusion]] = {
    "what the fix needs": (
        CODE.replace("READ = []", 'READ = "."').replace(OPENS, ROOT),
        Proved(),
    ),
    "what it has no use for": (
        CODE.replace("READ = []", "READ = [1]").replace(OPENS, GUARD + OPENS),
        Refuted("added code exercised: it changes READ at notes.py:6, and nothing that was tried notices"),
    ),
    "two that it cannot be without": (
        CODE.replace("READ = []\nWRITTEN = []\n", "READ = [1]\nWRITTEN = [1]\nassert READ + WRITTEN\n").replace(
            OPENS, GUARD + OPENS
        ),
        Undecided(
            "added code exercised: without READ, notes.py cannot be loaded",
            would_settle="a change of one thing at a time",
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "conclusion"), SET.values(), ids=SET.keys())
def test_a_value_that_is_set_otherwise_has_to_be_noticed(code: str, conclusion: Conclusion, tmp_path: Path) -> None:
    assert concluded(ground(tmp_path, CODE, code, TEST)) == conclusion
