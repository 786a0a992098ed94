"""The corpus of the ladder says what lies in it, and what is made of it by rules is wrong code, not broken code."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.ladder_corpus import row_of
from bench.ladder_making import drafts, queue
from bench.ladder_rules import RULES, guard_removed, passage_dropped, prefix_loosened
from bench.ladder_source import Source, compiles
from bench.ladder_trees import CORPUS, Target, apply, difference, targets, tree

TARGETS = targets(CORPUS)
BEFORE = """def read(name):
    path = FOLDER + name
    return open(path).read()
"""
AFTER = """def read(name):
    path = resolved(FOLDER + name)
    if not path.startswith(FOLDER + "/"):
        raise ValueError(name)
    return open(path).read()
"""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_record_is_read_and_every_patch_applies(target: Target) -> None:
    assert row_of(target, quick=True).problems == []


@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        (guard_removed, [["    path = resolved(FOLDER + name)\n", "    return open(path).read()\n"]]),
        (prefix_loosened, [[AFTER.splitlines(keepends=True)[1], "    if not path.startswith(FOLDER):\n"]]),
        (passage_dropped, []),
    ],
)
def test_a_rule_takes_from_a_fix_what_it_says(rule: object, lines: list[list[str]]) -> None:
    source = Source(AFTER, BEFORE)
    made = [source.with_edits(edits) for edits in next(each for each in RULES if each is rule)(source)]
    assert [text.splitlines(keepends=True)[1:3] for text in made] == lines


def test_the_same_drafts_come_in_the_same_order() -> None:
    target = next(each for each in TARGETS if each.name == "shelf")
    first, second = drafts(target), drafts(target)
    queues = [[queue(target, kind, found[kind]) for kind in found] for found in (first, second)]
    assert queues[0] == queues[1]
    assert all(compiles(text) for column in queues[0] for draft in column for _, text in draft.files)


def test_a_difference_applies_to_what_it_was_made_of(tmp_path: Path) -> None:
    target = next(each for each in TARGETS if each.name == "shelf")
    with tree(target) as changed:
        (changed / "shelf.py").unlink()
        (changed / "new.txt").write_text("new\n")
        (changed / "link").symlink_to("new.txt")
        (changed / "catalog.py").chmod(0o755)
        patch = difference(target.folder / "base", changed)
    with tree(target) as again:
        apply(again, patch)
        assert sorted(path.name for path in again.iterdir()) == ["catalog.py", "link", "new.txt", "tests"]
        assert (again / "link").is_symlink()
        assert (again / "catalog.py").stat().st_mode & 0o111
