"""Mutants of a small project, tried in the sandbox by its own tests; verdicts are kept, and go on."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from outpace import sandbox
from outpace.app.test_mutants import How, Kept, Suite, since, strength, targets, try_mutants
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.engines.verdicts import Verdicts
from outpace.model.errors import NotFound
from outpace.testing.mutants.score import word_of
from outpace.testing.mutants.targets import Chosen
from outpace.testing.mutants.trial import Trial

PRICES = '''\
"""Prices."""

LIMIT = 100


def discount(total, member):
    if member and total > LIMIT:
        return total * 0.9
    return total


def shipping(total):
    if total >= 50:
        return 0
    return 5


def unused(total):
    return total + 1
'''
TESTS = """\
import pytest
from shop.prices import discount, shipping


@pytest.fixture(scope="module")
def rich():
    return discount(200, True)


def test_members_pay_less(rich):
    assert rich == 180


def test_others_do_not():
    assert discount(200, False) == 200


class TestShipping:
    def test_is_free_for_much(self):
        assert shipping(60) == 0

    def test_costs_for_little(self):
        assert shipping(10) == 5


def test_red():
    assert shipping(0) == 6
"""


def here(tree: Path, source: str = PRICES, tests: str = TESTS) -> Suite:
    package = tree / "src" / "shop"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    (package / "prices.py").write_text(source)
    (tree / "test_prices.py").write_text(tests)
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(python, built=described(Path(sys.executable), ("src", ".")), tree=tree, cwd=tree)
    return Suite(inside=inside, root=str(tree), words=())


FILES = (Chosen(path="src/shop/prices.py"),)
SAID = {
    "<module>:number:1": "at import",
    "discount:boolean:1": "killed",
    "discount:comparison:1": "survived",
    "discount:comparison:2": "killed",
    "discount:negated:1": "killed",
    "discount:number:1": "killed",
    "discount:return:1": "killed",
    "discount:return:2": "killed",
    "discount:arithmetic:1": "killed",
    "shipping:comparison:1": "survived",
    "shipping:comparison:2": "killed",
    "shipping:number:1": "survived",
    "shipping:number:2": "killed",
    "shipping:number:3": "killed",
    "unused:arithmetic:1": "unreached",
    "unused:number:1": "unreached",
    "unused:return:1": "unreached",
}


DIFF = [
    "--- a/src/shop/prices.py",
    "+++ b/src/shop/prices.py",
    "@@ -10,7 +10,7 @@",
    " ",
    " ",
    " def shipping(total):",
    "-    if total >= 50:",
    "+    if total > 50:",
    "         return 0",
    "     return 5",
    " ",
]


def words(trial: Trial) -> dict[str, str]:
    return {each.mutant.id: word_of(each.verdict) for each in trial.tried}


class Counting:
    """Keeps what a run hands over, and how often it was asked."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self.added: list[str] = []

    def known(self) -> Mapping[str, bytes]:
        return self._kept.known()

    def add(self, rows: Iterable[tuple[str, bytes]]) -> None:
        rows = list(rows)
        self.added += [key for key, _ in rows]
        self._kept.add(rows)


def test_each_mutant_gets_its_verdict_and_a_second_run_tries_only_what_changed(tmp_path: Path) -> None:
    kept = Verdicts(tmp_path / "kept.jsonl")
    first = try_mutants(here(tmp_path / "tree"), FILES, How(), kept=Counting(kept))
    assert first.doubt is None
    assert words(first) == SAID
    assert [(each.test, each.state) for each in first.left_out] == [("test_prices.py::test_red", "red")]

    (diff,) = [each.verdict.diff for each in first.tried if each.mutant.id == "shipping:comparison:1"]  # type: ignore[union-attr]
    assert diff.splitlines() == DIFF

    edited = PRICES.replace("return 5", "return 2 + 3")
    counting = Counting(kept)
    second = try_mutants(here(tmp_path / "tree", edited), FILES, How(), kept=counting)
    again = {each.mutant.id for each in second.tried if each.again}
    assert again == {name for name, word in SAID.items() if name.startswith("discount") and word != "at import"}
    assert len(counting.added) == len([name for name in words(second) if name.startswith("shipping")])
    assert words(second)["discount:comparison:1"] == "survived"


THREADS = """
import threading

threading.Thread(target=threading.Event().wait, daemon=True).start()


def test_a():
    pass
"""


@pytest.mark.parametrize(
    ("tests", "why"),
    [
        ("import shop.prices\n", "no test was collected"),
        (
            "from shop.prices import discount\ndef test_a():\n    assert discount(1, True) == 2\n",
            "none of 1 tests is green",
        ),
        (THREADS, "importing the project starts threads"),
    ],
)
def test_tests_that_cannot_judge_leave_doubt(tmp_path: Path, tests: str, why: str) -> None:
    doubt = try_mutants(here(tmp_path, tests=tests), FILES, How()).doubt
    assert doubt is not None
    assert doubt.why.startswith(why)


def test_verdicts_of_a_harness_that_is_broken_are_not_kept(tmp_path: Path) -> None:
    tests = """
from shop.prices import shipping

SEEN = []

def test_a():
    SEEN.append(shipping(60))

def test_b():
    assert not SEEN and shipping(60) == 0
"""
    counting = Counting(Verdicts(tmp_path / "kept"))
    trial = try_mutants(here(tmp_path / "tree", tests=tests), FILES, How(), kept=counting)
    assert trial.doubt is not None
    assert trial.doubt.why.startswith("test_prices.py::test_b is red after others without any mutant")
    assert counting.added == []


def test_what_runs_only_on_import_is_tried_in_a_process_that_imports_anew(tmp_path: Path) -> None:
    source = "LIMITS = {'low': 3}\nWORD = 'x'\n\n\ndef low(by=1):\n    return LIMITS['low'] + by\n"
    tests = "from shop.prices import low, LIMITS\n\nassert LIMITS\n\ndef test_low():\n    assert low() == 4\n"
    trial = try_mutants(here(tmp_path, source, tests), FILES, How(imports=True))
    assert trial.doubt is None
    assert {name: word for name, word in words(trial).items() if name.startswith("<module>")} == {
        "<module>:assign:1": "killed",
        "<module>:string:1": "killed",
        "<module>:number:1": "killed",
        "<module>:string:2": "survived",
        "<module>:number:2": "killed",
    }
    (kill,) = next(each.verdict.kills for each in trial.tried if each.mutant.id == "<module>:assign:1")  # type: ignore[union-attr]
    assert (kill.test, kill.how) == ("test_prices.py", "exception")


def test_a_sample_tells_the_strength_of_the_tests(tmp_path: Path) -> None:
    score, trial = strength(here(tmp_path), ["src/shop/prices.py"], sample=6, seed=3)
    assert (len(trial.tried), trial.sampled_of, score.judged) == (6, 16, 6)
    assert score.rate.low is not None
    assert score.rate.value is not None
    assert score.rate.low < score.rate.value
    assert words(trial).items() <= SAID.items()


def test_nothing_chosen_is_nothing_tried(tmp_path: Path) -> None:
    assert try_mutants(here(tmp_path), (), How()) == Trial()


def test_only_functions_that_changed_are_tried_since_a_commit() -> None:
    before = {"a.py": b"def f(): return 1\ndef g(): return 1\n", "same.py": b"x"}
    after = {"a.py": b"def f(): return 2\ndef g(): return 1\n", "same.py": b"x", "new.py": b"def h(): pass\n"}
    files = [Chosen(path=path) for path in after] + [Chosen(path="a.py", functions=("g",))]
    assert since(files, before.get, after.__getitem__) == (
        Chosen(path="a.py", functions=("f",)),
        Chosen(path="new.py", functions=("h",)),
    )


def test_a_target_that_is_not_there_is_not_found() -> None:
    def read(path: str) -> bytes:
        del path
        return b"\xef\xbb\xbfdef add(): pass\n"

    with pytest.raises(NotFound, match="module 'nope'") as nowhere:
        targets(["a.py"], ["nope"], below=".", read=read, command="gaps")
    assert nowhere.value.hint == "name one as it lies in the repository: outpace test gaps src/shop/prices.py"
    with pytest.raises(NotFound, match=r"'nope' in a\.py") as missing:
        targets(["a.py"], ["a.py::nope"], below=".", read=read, command="generate")
    assert missing.value.hint == "name one that it has: outpace test generate a.py::add"
