"""The smallest part of a change that turns a test red."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.causes import Cause, Spent, composed, signs, smallest
from outpace.testing.mending.pieces import difference


@given(st.integers(1, 24).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1), min_size=1))))
def test_of_pieces_that_are_all_needed_none_is_left_out_and_none_is_too_many(case: tuple[int, set[int]]) -> None:
    count, needed = case
    assert smallest(range(count), lambda chosen: needed <= chosen) == Cause(tuple(sorted(needed)), sure=True)


def test_what_was_not_tried_to_the_end_is_not_sure() -> None:
    left = [3]

    def red(chosen: frozenset[int]) -> bool:
        if not left[0]:
            raise Spent
        left[0] -= 1
        return 5 in chosen

    found = smallest(range(8), red)
    assert 5 in found.pieces
    assert not found.sure


def test_a_file_is_composed_of_the_pieces_as_they_are_and_the_others_as_they_were() -> None:
    parts = [[-1, "a\n", "a\n"], [0, "b\n", "B\n"], [-1, "c\n", "c\n"], [1, "", "d\n"]]
    assert composed(parts, frozenset()) == "a\nb\nc\n"
    assert composed(parts, frozenset({1})) == "a\nb\nc\nd\n"


def test_a_file_that_is_new_is_not_there_without_its_piece() -> None:
    assert [composed([[0, None, "x"]], frozenset(chosen)) for chosen in ((), (0,))] == [None, "x"]


def test_one_failure_has_one_sign_whatever_addresses_are_in_its_words() -> None:
    def row(message: str) -> dict[str, object]:
        result = ["t.py::test_a", "failed", 0.1, "AssertionError", message, "call", []]
        return {"broken": [], "status": 0, "rounds": [{"results": [result], "lost": []}]}

    one, other, third = (signs(row(text), ["t.py::test_a"]) for text in ("<A 0x12>", "<A 0xff>", "<B 0x12>"))
    assert one == other != third


def test_what_could_not_be_collected_is_red_by_the_words_of_its_file() -> None:
    row = {"broken": [["t.py", "ImportError: no x"]], "status": 0, "rounds": []}
    assert signs(row, ["t.py::test_a"]) == {"t.py::test_a": "not collected ImportError: no x"}


OLD = """RATE = 3


def used(number):
    return number * RATE


def unused(number):
    return number
"""
NEW = """RATE = 3
STEP = 1


def stepped(number):
    return number + STEP


def used(number):
    number = stepped(number)
    return number * RATE


def unused(number):
    return number + 2
"""
TESTS = """from shop import used


def test_it():
    assert used(2) == 6


def test_the_same():
    assert used(3) == 9
"""
ASK = """import json, os, sys
from outpace.inside.causes import Search
search = Search(json.load(sys.stdin))
told = [search.cause(name) for name in ("test_shop.py::test_it", "test_shop.py::test_the_same")]
os.write(3, json.dumps([told, search.trial.count]).encode())
"""


def found(root: Path, *, each: int = 40, others: int = 40) -> tuple[list[dict[str, Any]], int]:
    """Of a module with one causing line among many that no test reaches."""
    (root / "shop.py").write_text(NEW)
    (root / "test_shop.py").write_text(TESTS)
    names = [f"other{place}.py" for place in range(others)]
    for name in names:
        (root / name).write_text("X = 2\n")
    changed = difference(
        {"shop.py": OLD, **dict.fromkeys(names, "X = 1\n")}, {"shop.py": NEW, **dict.fromkeys(names, "X = 2\n")}
    )
    request = {"root": str(root), "files": changed.plain(), "words": ["-q", "-p", "no:cacheprovider"], "seconds": 60.0}
    read, write = os.pipe()
    argv = ["bash", "-c", f'exec "$@" 3>&{write}', "-", sys.executable, "-c", ASK]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    sent = json.dumps({**request, "each": each, "most": 200, "from_green": True}).encode()
    subprocess.run(argv, input=sent, cwd=root, env=env, pass_fds=[write], stdout=subprocess.DEVNULL, check=True)
    os.close(write)
    with os.fdopen(read) as file:
        rows, count = json.load(file)
    (line,) = [piece.number for piece in changed.pieces if piece.new == "    number = stepped(number)\n"]
    for row in rows:
        row["is_it"] = row.pop("pieces", None) == [line]
    return rows, count


def test_the_causing_line_is_found_among_many_files_that_the_test_does_not_reach(tmp_path: Path) -> None:
    rows, count = found(tmp_path)
    assert rows == [{"before": "green", "sure": True, "is_it": True}] * 2
    assert count <= 16


def test_a_search_that_runs_out_says_that_it_is_not_sure(tmp_path: Path) -> None:
    rows, _ = found(tmp_path, each=2)
    assert [row.get("sure", False) for row in rows] == [False, False]
