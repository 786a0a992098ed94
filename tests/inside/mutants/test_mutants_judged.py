"""Mutants judged in forks by plain functions: killed, by what and how, or not."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from outpace.inside.mutants import loading
from outpace.inside.mutants.judging import Judged, judge
from outpace.inside.mutants.reaching import Touched, reach, who_reaches
from outpace.inside.mutants.sites import Mutant, mutants_of
from outpace.inside.mutants.slots import Limits
from outpace.inside.mutants.suites import Callables

LIMITS = Limits(at_once=2, floor=0.2, wall=20.0)
SOURCE = """\
import os

LIMIT = 3


def above(a):
    return a > LIMIT


def loop(n):
    total = 0
    while n > 0:
        n -= 1
        total += n
    return total


def safe(a):
    if a:
        os._exit(3)
    return 1


def never():
    return 1
"""


def loaded(source: str, path: Path) -> tuple[ModuleType, dict[int, Mutant]]:
    path.write_text(source)
    mutants = mutants_of(source)
    take_out = loading.install({str(path): loading.Target(source, mutants)})
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    take_out()
    return module, dict(enumerate(mutants, 1))


def all_of(
    works: Mapping[str, Callable[[], object]],
    mutants: Mapping[int, Mutant],
    *,
    killers: int = 1,
    repeat: bool = False,
    controls: int = 15,
) -> dict[str, Judged]:
    suite = Callables(works)
    touched = list(reach(suite, limits=LIMITS))
    tests = who_reaches(touched)
    by_name = {each.test: each for each in touched}
    judged = judge(suite, tests, by_name, limits=LIMITS, killers=killers, repeat=repeat, controls=controls)
    return {mutants[each.number].id if each.number else "control": each for each in judged}


def shown(judged: Mapping[str, Judged]) -> dict[str, list[str]]:
    return {name: [f"{kill.test} {kill.how}" for kill in each.kills] for name, each in judged.items()}


def equals(value: object, expected: object) -> None:
    if value != expected:
        raise AssertionError(f"{value} is not {expected}")


def test_a_test_reaches_what_it_runs_and_nothing_else(tmp_path: Path) -> None:
    module, mutants = loaded(SOURCE, tmp_path / "reached.py")
    suite = Callables({"above": lambda: module.above(1), "loop": lambda: module.loop(0), "red": lambda: equals(1, 2)})
    told = {each.test: each for each in reach(suite, limits=LIMITS)}
    assert {name: {mutants[number].function for number in each.reached} for name, each in told.items()} == {
        "above": {"above"},
        "loop": {"loop"},
        "red": set(),
    }
    assert {name: (each.state, each.why) for name, each in told.items()} == {
        "above": ("green", ""),
        "loop": ("green", ""),
        "red": ("red", "AssertionError: 1 is not 2"),
    }
    assert [mutants[number].id for number in sorted(told["loop"].reached)] == [
        "loop:number:1",
        "loop:comparison:1",
        "loop:comparison:2",
        "loop:number:2",
        "loop:return:1",
    ]


def test_each_mutant_is_killed_by_the_test_that_sees_it_and_how_is_told(tmp_path: Path) -> None:
    module, mutants = loaded(SOURCE, tmp_path / "killed.py")
    judged = all_of(
        {
            "above": lambda: equals([module.above(3), module.above(4)], [False, True]),
            "loop": lambda: equals([module.loop(3), module.loop(1)], [3, 0]),
            "safe": lambda: equals(module.safe(0), 1),
        },
        mutants,
    )
    control = judged.pop("control")
    assert control.kills == ()
    assert shown(judged) == {
        "above:return:1": ["above assertion"],
        "above:comparison:1": ["above assertion"],
        "above:comparison:2": ["above assertion"],
        "loop:number:1": ["loop assertion"],
        "loop:comparison:1": ["loop assertion"],
        "loop:comparison:2": ["loop assertion"],
        "loop:number:2": [],  # the last turn adds nothing
        "loop:augmented:1": ["loop timeout"],
        "loop:number:3": ["loop assertion"],
        "loop:augmented:2": ["loop assertion"],
        "loop:return:1": ["loop assertion"],
        "safe:negated:1": ["safe crash"],
        "safe:number:2": ["safe assertion"],
    }
    assert judged["safe:negated:1"].kills[0].why == "exit status 3"


def test_a_survivor_says_how_often_it_was_run(tmp_path: Path) -> None:
    module, mutants = loaded("def f(a):\n    return a < 3\n", tmp_path / "survivor.py")
    works = {str(value): lambda value=value: equals(bool(module.f(value)), value < 3) for value in (1, 2, 4, 5)}
    judged = all_of(works, mutants, controls=0)
    assert {name: (each.executions, len(each.kills)) for name, each in judged.items()} == {
        "f:return:1": (1, 1),
        "f:comparison:1": (4, 0),
        "f:comparison:2": (1, 1),
        "f:number:1": (4, 0),
    }


def test_as_many_killers_are_named_as_were_asked_for(tmp_path: Path) -> None:
    source = "import os\n\n\ndef f(a):\n    if a == 2:\n        os.abort()\n    return a\n"
    module, mutants = loaded(source, tmp_path / "killers.py")
    works = {str(value): lambda value=value: equals(module.f(value), value) for value in (0, 1, 3, 4)}
    judged = all_of(works, mutants, killers=3, controls=0)
    assert {name: sorted(kills) for name, kills in shown(judged).items()} == {
        "f:comparison:1": ["0 crash", "1 crash", "3 crash"],
        "f:number:1": ["3 crash"],
        "f:return:1": ["0 assertion", "1 assertion", "3 assertion"],
    }


def test_a_kill_that_needs_no_mutant_is_unstable(tmp_path: Path) -> None:
    module, mutants = loaded("def f(a):\n    return a\n", tmp_path / "unstable.py")
    state: list[int] = []

    def pollutes() -> None:
        state.append(module.f(1) or 1)

    def is_polluted() -> None:
        for _ in range(400_000):
            pass
        module.f(1)
        assert not state

    judged = all_of({"pollutes": pollutes, "is polluted": is_polluted}, mutants, repeat=True, controls=1)
    assert judged["f:return:1"].unstable == "its tests are red in this order without the mutant too"
    assert shown({"control": judged["control"]}) == {"control": ["is polluted assertion"]}


def test_a_kill_that_is_repeated_and_comes_out_the_same_is_stable(tmp_path: Path) -> None:
    module, mutants = loaded("def f(a):\n    return a\n", tmp_path / "stable.py")
    judged = all_of({"f": lambda: equals(module.f(1), 1)}, mutants, repeat=True)
    assert {name: each.unstable for name, each in judged.items() if name != "control"} == {"f:return:1": ""}
    assert judged["f:return:1"].executions == 2


def test_memory_is_bounded(tmp_path: Path) -> None:
    module, mutants = loaded("def f(a):\n    return bytes(a - 1 << 33)\n", tmp_path / "memory.py")
    judged = all_of({"f": lambda: equals(module.f(1), b"")}, mutants, controls=0)
    assert shown(judged)["f:arithmetic:2"] == ["f exception"]


def test_files_of_one_fork_are_gone_for_the_next(tmp_path: Path) -> None:
    module, mutants = loaded("def f(a):\n    return a\n", tmp_path / "files.py")

    def leaves() -> None:
        module.f(1)
        assert not list(Path(tempfile.gettempdir()).iterdir())
        tempfile.mkstemp()

    judged = all_of({"leaves": leaves}, mutants)
    assert shown(judged) == {"f:return:1": [], "control": []}


def test_a_test_that_never_ends_is_told_apart(tmp_path: Path) -> None:
    loaded("def f(a):\n    return a\n", tmp_path / "endless.py")

    def endless() -> None:
        while True:
            pass

    told = list(reach(Callables({"endless": endless}), limits=Limits(longest=0.2)))
    assert [(each.test, each.state, each.reached) for each in told] == [("endless", "timed out", frozenset())]


def test_the_order_of_tests_does_not_depend_on_small_differences_of_time() -> None:
    def touched(name: str, cpu: float, *reached: int) -> Touched:
        return Touched(name, "green", frozenset({1, *reached}), cpu)

    short = [touched("a", 0.031, 2, 3), touched("b", 0.029, 2, 3), touched("c", 0.002, 2, 3, 4), touched("e", 0.05)]
    assert who_reaches([*short, touched("d", 0.3), touched("red", 0.0)._replace(state="red")]) == {
        1: ("e", "a", "b", "c", "d"),
        2: ("a", "b", "c"),
        3: ("a", "b", "c"),
        4: ("c",),
    }


@pytest.mark.parametrize("again", [1, 2])
def test_switching_back_restores_the_original(tmp_path: Path, again: int) -> None:
    module, mutants = loaded("def f(a):\n    return a + 1\n", tmp_path / f"switched{again}.py")
    values = []
    for number in (0, *mutants, 0):
        loading.switch(number)
        values.append(module.f(3))
    loading.switch(0)
    assert values == [4, None, 2, 5, 4]


def test_what_a_kill_says_does_not_differ_from_run_to_run() -> None:
    def fails() -> None:
        raise ValueError(f"{object()} in /tmp/some/forks-k2_x/1/file\nand more")

    (said,) = Callables({"fails": fails}).results(["fails"])
    assert said.why == "ValueError: <object object at …> in …/file"
