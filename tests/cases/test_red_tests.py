"""The labeled red tests hold together; bench/red_tests_truth.py proves them, which takes minutes and an index."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from bench.red_tests_truth import DATA, Pair, Seed, edited, halves, is_red, misplaced, read

PAIRS = [pair for half in ("", "_held_out") for pair in read(DATA / f"labels{half}.toml").pair]
SEEDS = [seed for half in ("", "_held_out") for seed in read(DATA / f"seeds{half}.toml").seed]
OWN = [seed for seed in SEEDS if seed.package.startswith("own/")]


def test_a_package_stands_in_the_half_that_the_seed_draws() -> None:
    assert list(misplaced()) == []


def test_the_halves_do_not_depend_on_the_order_of_the_names() -> None:
    assert halves(["a", "b", "c"]) == halves(["c", "b", "a", "a"])


@pytest.mark.parametrize("row", [*PAIRS, *SEEDS], ids=lambda row: row.name)
def test_a_red_test_is_labeled_once(row: Pair | Seed) -> None:
    assert [test for test, count in Counter(red.test for red in row.red).items() if count > 1] == []


def test_each_seed_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(seed.name for seed in SEEDS).items() if count > 1] == []


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_the_sdists_of_a_pair_are_those_that_it_names(pair: Pair) -> None:
    assert set(pair.sha256) == {pair.old, pair.new, pair.tests or pair.old}


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.name)
def test_a_seed_holds_a_regression(seed: Seed) -> None:
    assert "regression" in {red.label for red in seed.red}


@pytest.mark.parametrize("seed", OWN, ids=lambda seed: seed.name)
def test_the_edits_of_a_seed_find_their_place(seed: Seed, tmp_path: Path) -> None:
    tree = shutil.copytree(DATA / seed.package, tmp_path / "tree")
    assert list(edited(tree, seed.edit)) == []


@pytest.mark.parametrize(
    ("seen", "red"),
    [
        ({"t.py::a": "failed"}, True),
        ({"t.py::a": "passed"}, False),
        ({"t.py::a": "skipped"}, False),
        ({"t.py::b": "passed"}, False),
        ({"t.py": "not collected"}, True),
        ({"": "not collected"}, True),
    ],
)
def test_a_test_is_red_when_it_fails_or_cannot_be_collected(seen: dict[str, str], red: bool) -> None:
    assert is_red("t.py::a", seen) is red
