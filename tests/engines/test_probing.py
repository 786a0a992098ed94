"""Tests generated for small modules by the project's own Python, in the sandbox."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from outpace import sandbox
from outpace.app.test_generate import How, generate, modules_of
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_formatter import OwnFormatter
from outpace.engines.own_python import described
from outpace.engines.test_sources import TestSources
from outpace.testing.generation import Generated, Generation, Nothing
from outpace.testing.writing.style import Style

PRICES = '''
"""Prices."""

import datetime
import enum


class Kind(enum.Enum):
    FOOD = "food"
    BOOK = "book"


def discount(total: int, kind: Kind) -> int:
    """What is taken off.

    >>> discount(120, Kind.BOOK)
    """
    if total < 0:
        raise ValueError(f"{total} is no total")
    if kind is Kind.BOOK or total > 4711:
        return total // 10
    return 0


def today() -> str:
    return str(datetime.date.today())


def first_word(text: str) -> str:
    return text.split()[0]
'''


def probed(tree: Path, text: str, *, framework: str = "pytest", seed: int = 1, budget: int = 90) -> Generation:
    (tree / "prices.py").write_text(text)
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=tree, cwd=tree)
    sources = TestSources(tree, ["prices.py"], ["."])
    modules = modules_of([("prices.py", None, text)], ["."])
    style = msgspec.structs.replace(Style(), framework=framework)
    return generate(inside, sources, modules, style, How(seed=seed, budget=budget))[0]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    each = probed(tmp_path_factory.mktemp("project"), PRICES)
    assert isinstance(each, Generated), each
    return each


def test_every_branch_is_taken_and_every_mutant_killed_or_named(found: Generated) -> None:
    assert (found.worth.outcomes, found.worth.of_outcomes) == (8, 8)
    assert found.worth.mutants - found.worth.killed == len(found.worth.survivors)
    assert {each.partition(":")[0] for each in found.worth.survivors} == {"today"}


def test_a_bug_is_listed_and_asserted_nowhere(found: Generated) -> None:
    assert [(each.target, each.code, each.why) for each in found.looks_wrong] == [
        ("first_word", "from prices import first_word\nfirst_word('')", "raised IndexError")
    ]
    assert "IndexError" not in found.text


def test_what_is_another_thing_tomorrow_is_not_asserted(found: Generated) -> None:
    assert "today" not in found.text


def test_what_is_written_is_a_test_of_the_project_s_own_kind(found: Generated) -> None:
    assert found.path == "tests/test_prices.py"
    assert "from prices import Kind, discount, first_word\n" in found.text
    assert "with pytest.raises(ValueError" in found.text
    assert "outpace" not in found.text.lower()


def test_each_test_is_kept_for_something_that_no_other_one_has(found: Generated) -> None:
    earned = [element for test in found.tests for element in (*test.mutants, *test.branches)]
    assert len(earned) == len(set(earned))
    assert sum(len(test.mutants) for test in found.tests) == found.worth.killed


def test_the_same_seed_gives_the_same_bytes(found: Generated, tmp_path: Path) -> None:
    again = probed(tmp_path, PRICES)
    assert isinstance(again, Generated)
    assert again.text == found.text


def test_a_project_of_unittest_gets_tests_of_unittest(tmp_path: Path) -> None:
    each = probed(tmp_path, PRICES, framework="unittest", budget=30)
    assert isinstance(each, Generated), each
    (tmp_path / "test_prices.py").write_text(each.text)
    assert "pytest" not in each.text
    done = subprocess.run(
        [sys.executable, "-m", "unittest", "-q", "test_prices"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_module_that_cannot_be_imported_is_not_known(tmp_path: Path) -> None:
    each = probed(tmp_path, "import nowhere_to_be_found\n\ndef f(): return 1\n")
    assert isinstance(each, Nothing)
    assert each.why.why == "ModuleNotFoundError: No module named 'nowhere_to_be_found'"


TEXTS = """
def escape(text: str) -> str:
    return text.replace("%", "%25").replace(" ", "%20").replace("/", "%2F")


def unescape(text: str) -> str:
    return text.replace("%2F", "/").replace("%20", " ").replace("%25", "%")


def clean(text: str) -> str:
    return text.replace("  ", " ")


class Grade:
    def __init__(self, points: int) -> None:
        self.points = points

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grade) and self.points // 10 == other.points // 10

    def __hash__(self) -> int:
        return hash(self.points)
"""


def test_laws_are_written_where_they_hold_and_listed_where_their_names_promise_what_is_not_so(tmp_path: Path) -> None:
    each = probed(tmp_path, TEXTS, budget=300)
    assert isinstance(each, Generated), each
    assert "assert unescape(escape(" in each.text
    for broken in ("escape(escape(", "escape(unescape(", "clean(clean(", "hash(Grade"):
        assert f"assert {broken}" not in each.text
    wrong = {it.code.splitlines()[-1]: it.why for it in each.looks_wrong}
    assert wrong["clean(clean('   ')) == clean('   ')"] == "is not true"
    assert [why for code, why in wrong.items() if code.count("hash(Grade") == 2] == ["is not true"]


COUNTING = """
LOG = []
SEEN = None
MADE = 0


def noted(word: str) -> int:
    LOG.append(word)
    return len(word) + 1


def first(word: str) -> str:
    global SEEN, MADE
    MADE += 1
    if SEEN is None:
        SEEN = {"a": 1}
    return word[:1] + "-"
"""


def test_a_test_that_leaves_something_behind_is_left_out(tmp_path: Path) -> None:
    each = probed(tmp_path, COUNTING, budget=60)
    assert isinstance(each, Generated), each
    assert each.left_out > 0
    assert "noted(" not in each.text
    assert "first(" in each.text


def test_the_project_s_formatter_has_the_last_word_before_the_gate(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.ruff.format]\nquote-style = "single"\n')
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    built = described(Path(sys.executable), (".",))
    formatter = OwnFormatter(python, built=built, tree=tmp_path, name="ruff")
    assert formatter("tests/test_a.py", 'A = ["b",\n "c"]\n') == "A = ['b', 'c']\n"
    assert formatter("tests/test_a.py", "A = (\n") == "A = (\n"
    nowhere = OwnFormatter(python, built=built, tree=tmp_path, name="no-such-formatter")
    assert nowhere("tests/test_a.py", "A = [ ]\n") == "A = [ ]\n"


READING = """
import json
from typing import TextIO


def level(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    if "level" not in data:
        return -1
    return 7


def numbered(source: TextIO) -> list[str]:
    return [f"{n + 1} {line.strip()}" for n, line in enumerate(source) if line.strip()]
"""


def test_functions_that_read_files_are_given_some(tmp_path: Path) -> None:
    each = probed(tmp_path, READING, budget=200)
    assert isinstance(each, Generated), each
    assert (each.worth.killed, each.worth.outcomes) == (each.worth.mutants, each.worth.of_outcomes)
    assert '    path = tmp_path / "a.json"\n    path.write_text(' in each.text
    assert "level(str(path)) == 7" in each.text
    assert "numbered(io.StringIO(" in each.text


PROMISING = '''
def part(text: str, place: int) -> str:
    """One of its parts.

    Raises:
        ValueError: where there is no such part.
    """
    if place < 0:
        raise ValueError(place)
    return text.split("-")[place]
'''


def test_an_exception_that_the_documentation_does_not_name_looks_wrong(tmp_path: Path) -> None:
    each = probed(tmp_path, PROMISING, budget=60)
    assert isinstance(each, Generated), each
    assert [(it.target, it.why) for it in each.looks_wrong] == [
        ("part", "raised IndexError; its documentation names ValueError")
    ]
    assert "IndexError" not in each.text


BOXES = """
import enum
import threading
import time


class Color(enum.Enum):
    CRIMSON = 1
    GREEN = 2


def code_of(name: str) -> int:
    return Color[name.upper()].value + 6


class Box:
    def __init__(self, side: int) -> None:
        self._side = side

    @property
    def side(self) -> int:
        return self._side

    @side.setter
    def side(self, value: int) -> None:
        if value < 0:
            raise ValueError("negative")
        self._side = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Box) and other._side == self._side

    __hash__ = None


def started(count: int) -> int:
    threading.Thread(target=lambda: threading.Event().wait(30)).start()
    return count + 3


def polled(count: int) -> int:
    time.sleep(0.2)
    return count + 7 if count > 3 else 0


def pytest(count: int) -> int:
    return count + 4
"""


def test_setters_members_operators_and_waits_are_tried_and_threads_are_not_left(tmp_path: Path) -> None:
    each = probed(tmp_path, BOXES, budget=400)
    assert isinstance(each, Generated), each
    assert [name for name in each.worth.survivors if not name.startswith("started")] in ([], ["polled:comparison:1"])
    assert ".side = " in each.text
    assert "code_of(" in each.text
    assert "__eq__" not in each.text
    assert "started(" not in each.text
    assert "assert pytest_(" in each.text
    assert each.left_out > 0
