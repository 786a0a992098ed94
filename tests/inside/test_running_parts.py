"""The parts of a run that need no project: what is marked, what stays together, what is heard."""

from __future__ import annotations

import ast
import importlib.util
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.forks import tell
from outpace.inside.running.run import Contradiction, Running
from outpace.inside.running.sharing import Group, shares
from outpace.inside.running.taking import Site, Taking, marked
from outpace.inside.running.watching import Watching
from outpace.inside.session import Result

SOURCE = '''
"""A module."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os


class Shop:
    def open(self, hour):
        """Doc."""
        if 9 <= hour < 18:
            return "open"
        return "closed" if hour < 20 else "dark"

    def first(self, items):
        for item in items:
            return item
        try:
            return items[0]
        except IndexError:
            return None


def unused():
    def inner():
        return 1
    return inner()


def kind(value):
    match value:
        case 1:
            return "one"
        case _:
            return "other"


async def later(value):
    while value > 0:
        value -= 1
    return value
'''


def loaded(path: Path, name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def not_taken(taking: Taking) -> list[str]:
    return [f"{site.kind} {site.function}:{site.line}" for site, taken in taking.taken() if not taken]


def test_only_what_was_not_taken_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SOURCE)
    taking = Taking(str(tmp_path), ["shop.py"])
    take_out = taking.install()
    try:
        module = loaded(tmp_path / "shop.py", "taken_shop")
    finally:
        take_out()
    assert len(not_taken(taking)) == len(taking.sites)
    shop = module.Shop()
    assert (shop.open(10), shop.open(21), shop.first([7]), shop.first([]), module.kind(2)) == (
        "open",
        "dark",
        7,
        None,
        "other",
    )
    assert not_taken(taking) == [
        "true Shop.open:14",
        "function unused:25",
        "function unused.inner:26",
        "case kind:33",
        "function later:39",
        "true later:40",
        "false later:40",
    ]
    assert module.Shop.open.__doc__ == "Doc."


LINES = '''"""Doc."""
from __future__ import annotations
from typing import TYPE_CHECKING
import functools

if TYPE_CHECKING:
    import os


@functools.cache
def price(count):
    """Doc."""
    if count > 100:
        return (
            0
        )
    try:
        return 2 * count
    except TypeError:
        raise
    finally:
        count = 0


def unused(kind):
    match kind:
        case 1:
            return 1
    pass


if len(__name__) < 1: price = None
'''


def test_a_line_is_told_where_a_statement_on_it_was_not_come_to(tmp_path: Path) -> None:
    (tmp_path / "prices.py").write_text(LINES)
    (tmp_path / "bad.py").write_text("def (")
    every = tuple(range(1, LINES.count("\n") + 1))
    taking = Taking(str(tmp_path), ["prices.py"], {"prices.py": every, "bad.py": (1,)})
    take_out = taking.install()
    try:
        module = loaded(tmp_path / "prices.py", "marked_prices")
    finally:
        take_out()
    assert (module.__doc__, module.price(2)) == ("Doc.", 4)
    assert list(taking.not_run()) == [
        ("bad.py", 1),
        *(("prices.py", line) for line in (14, 15, 16, 20, 26, 28, 32)),
    ]


def test_lines_that_nobody_asked_for_have_no_marks(tmp_path: Path) -> None:
    (tmp_path / "prices.py").write_text(LINES)
    assert list(Taking(str(tmp_path), ["prices.py"]).not_run()) == []
    assert list(Taking(str(tmp_path), [], {"prices.py": (1, 2, 7)}).not_run()) == []


@pytest.mark.parametrize(
    "source", ["if True:\n    x = 1\n", "while 1:\n    break\n", "if __name__ == '__main__':\n    1\n"]
)
def test_a_condition_that_is_the_same_in_every_run_has_no_outcomes(source: str) -> None:
    tree, sites = ast.parse(source), list[Site]()
    marked(tree, lambda line, kind, function, lines: sites.append(Site("", line, kind, function, lines)) or 0)
    assert sites == []


def test_a_file_that_cannot_be_parsed_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def (")
    taking = Taking(str(tmp_path), ["bad.py", "gone.py"])
    assert (taking.sites, taking.unread) == ([], ["bad.py", "gone.py"])


def test_files_that_are_opened_are_told_from_those_that_are_not(tmp_path: Path) -> None:
    for name in ("read.json", "unread.json", "db.sqlite"):
        (tmp_path / name).write_text("")
    watching = Watching(str(tmp_path), ["read.json", "unread.json", "db.sqlite"])
    watching.install()
    (tmp_path / "read.json").read_text()
    sqlite3.connect(tmp_path / "db.sqlite").close()
    watching.on = False
    (tmp_path / "unread.json").read_text()
    assert watching.read() == {"read.json": True, "unread.json": False, "db.sqlite": True}
    assert not watching.children


def test_the_longest_groups_are_dealt_out_first_and_stay_whole() -> None:
    groups = [Group("a", ("a1", "a2")), Group("b", ("b",)), Group("c", ("c",)), Group("d", ("d",))]
    order = ["a1", "b", "a2", "c", "d"]
    seconds = {"a1": 1.0, "a2": 2.0, "b": 2.0, "c": 1.0, "d": 0.5}
    assert shares(groups, seconds, 2, order) == (("a1", "a2", "d"), ("b", "c"))
    assert shares(groups, seconds, 9, order) == (("a1", "a2"), ("b",), ("c",), ("d",))
    assert shares([], {}, 3, []) == ()


@given(
    sizes=st.lists(st.integers(min_value=1, max_value=4), max_size=12),
    jobs=st.integers(min_value=1, max_value=6),
    seconds=st.lists(st.floats(min_value=0, max_value=10), min_size=48, max_size=48),
)
def test_every_test_is_in_one_share_and_groups_are_never_torn(
    sizes: list[int], jobs: int, seconds: list[float]
) -> None:
    groups = [Group(str(n), tuple(f"{n}.{each}" for each in range(size))) for n, size in enumerate(sizes)]
    order = [test for group in groups for test in group.tests]
    found = shares(groups, dict(zip(order, seconds, strict=False)), jobs, order)
    assert sorted(test for share in found for test in share) == sorted(order)
    assert len(found) <= jobs
    for group in groups:
        assert any(set(group.tests) <= set(share) for share in found)
    assert all(share == tuple(sorted(share, key=order.index)) for share in found)


def test_what_is_marked_runs_on_this_python() -> None:
    tree = ast.parse(SOURCE)
    marked(tree, lambda *_: 0)
    assert compile(tree, "shop.py", "exec") is not None
    assert sys.version_info >= (3, 11)


class Pretended:
    """A session whose tests are all green; `tells` comes in place of what they would tell."""

    def __init__(self, names: list[str], tells: list[object] | None = None) -> None:
        self._names, self._tells = names, tells

    def results(self, ids: list[str]) -> Iterator[Result]:
        if self._tells is None:
            yield from (Result(name, "passed") for name in ids)
            return
        for each in self._tells:
            tell(json.dumps(each).encode())


def told_by(names: list[str], tells: list[object] | None = None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    session: Any = Pretended(names, tells)
    Running(session, rows.append).side_by_side([names], seconds=20)
    return rows


GREEN_A, GREEN_B, GREEN_C = (list(Result(name, "passed")) for name in "abc")
CONTRADICTIONS: tuple[tuple[str, list[object], str], ...] = (
    ("an unknown test", [GREEN_C], "told of 'c', which it did not run then"),
    ("another test than the next", [GREEN_B], "told of 'b', which it did not run then"),
    ("one more often than once", [GREEN_A, GREEN_A], "told of 'a', which it did not run then"),
    ("more than all", [GREEN_A, GREEN_B, GREEN_B], "told of 'b', which it did not run then"),
    ("fewer than all", [GREEN_A], "came to its end without b"),
    ("no result", [{"left": []}], "told something that is no result"),
    ("nothing", [[]], "told something that is no result"),
)


def test_each_test_that_a_process_ran_is_told_once() -> None:
    assert [row["result"][:2] for row in told_by(["a", "b"]) if row] == [["a", "passed"], ["b", "passed"]]


@pytest.mark.parametrize(("tells", "why"), [case[1:] for case in CONTRADICTIONS], ids=[c[0] for c in CONTRADICTIONS])
def test_what_a_process_cannot_have_run_is_not_taken_for_a_result(tells: list[object], why: str) -> None:
    with pytest.raises(Contradiction, match=f"a process of tests {why}"):
        told_by(["a", "b"], tells)
