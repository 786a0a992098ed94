"""Red tests that selection would have left out: named, kept, and told from those that fell over what others left."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from outpace.app.test_run import How, Tests, Times, run_tests, times_key
from outpace.app.test_run_selected import with_misses
from outpace.app.test_select import Answer, Kept, explain
from outpace.model.times import now
from outpace.testing.ports import Told
from outpace.testing.result.records import Result
from outpace.testing.selection.decision import Everything, Policy, Some, decided
from outpace.testing.selection.maps import Input, Item, Map, Recorded, World
from tests.fakes.proving import MemoryResults

COMMIT, NOW = "a" * 40, "b" * 40


class WrittenInside:
    """Implements `testing.ports.Inside`: each test's outcome in company, and alone."""

    def __init__(self, company: Mapping[str, str], alone: Mapping[str, str]) -> None:
        self.company, self.alone = company, alone
        self.asked: list[Mapping[str, Any]] = []

    def ask(
        self,
        module: str,
        request: Mapping[str, Any],
        *,
        seconds: float,
        memory: int = 0,
        loopback: bool = True,
        routed: bool = False,
        env: Mapping[str, str] | None = None,
        heard: Callable[[bytes], None] = lambda _: None,
    ) -> Told:
        assert module == "running.run"
        self.asked.append(request)
        ids = request["ids"] or list(self.company)
        outcomes = self.alone if request["ids"] else self.company
        rows: list[dict[str, Any]] = [{"collected": list(self.company)}]
        rows += [{"result": [test, outcomes[test], 0.5, "", "", "call", []]} for test in ids]
        return Told(rows=tuple(json.dumps(row).encode() for row in (*rows, {"left": []})))


def recorded(test: str) -> Recorded:
    return Recorded(test=test, outcome="passed", seconds=1, shares=(), inputs=(0,), at=now(), commit=COMMIT)


KNOWN = Map(
    full=now() - timedelta(days=1),
    commit=COMMIT,
    inputs=(Input(item=Item("f:x"), digest="1"),),
    groups=(),
    tests=(recorded("a"), recorded("b"), recorded("c")),
    settings=(),
    files=(),
)
WORLD = World(tests=("a", "b", "c"), broken=(), settings={}, files={}, digests={Item("f:x"): "1"})


def ran(inside: WrittenInside, known: Map, decision: Everything | Some) -> tuple[Result, Kept]:
    kept = Kept(results=MemoryResults(), key="k")
    kept.put(known)
    tests = Tests(inside=inside, root="/", words=())
    result = run_tests(tests, How(), choice=decision)
    told = Answer(decision=decision, known=known, world=WORLD)
    return with_misses(result, told, kept, tests, How(), commit=NOW), kept


def test_a_red_test_that_would_have_been_left_out_is_a_miss_only_if_it_is_red_alone() -> None:
    inside = WrittenInside({"a": "failed", "b": "failed", "c": "passed"}, {"a": "failed", "b": "passed"})
    result, kept = ran(inside, KNOWN, Everything(why=("v1 is a release",), tests=WORLD.tests))
    assert result.missed == ("a",)
    known = kept.map()
    assert known is not None
    assert [(miss.test, miss.green, miss.commit, miss.explained) for miss in known.misses] == [("a", COMMIT, NOW, "")]
    policy = Policy(one_in=0)
    assert isinstance(decided(known, WORLD, now=now(), commit=COMMIT, policy=policy), Everything)
    explain(kept, "it asks the clock")
    explained = kept.map()
    assert isinstance(decided(explained, WORLD, now=now(), commit=COMMIT, policy=policy), Some)


def test_all_tests_that_ran_without_being_chosen_are_held_against_the_records_too() -> None:
    decision = decided(KNOWN, WORLD, now=now(), commit=NOW, policy=Policy(one_in=0))
    assert isinstance(decision, Some)
    inside = WrittenInside({"a": "failed", "b": "passed", "c": "passed"}, {"a": "failed"})
    tests = Tests(inside=inside, root="/", words=())
    kept = Kept(results=MemoryResults(), key="k")
    told = Answer(decision=decision, known=KNOWN, world=WORLD)
    result = with_misses(run_tests(tests, How()), told, kept, tests, How(), commit=NOW)
    assert result.missed == ("a",)
    policy = Policy(one_in=0)
    then = decided(kept.map(), WORLD, now=now(), commit=NOW, policy=policy)
    assert isinstance(then, Everything)
    assert then.why == (
        "a was red at bbbbbbbbbb without having been selected, recorded green at aaaaaaaaaa: nobody has said why",
    )


def test_what_depends_on_a_change_is_no_miss_nor_is_what_is_one_already() -> None:
    inside = WrittenInside({"a": "failed", "b": "passed", "c": "passed"}, {"a": "failed"})
    everything = Everything(why=("drawn",), tests=WORLD.tests)
    changed = msgspec.structs.replace(KNOWN, inputs=(Input(item=Item("f:x"), digest="2"),))
    assert ran(inside, changed, everything)[0].missed == ()
    again, kept = ran(inside, KNOWN, everything)
    assert again.missed == ("a",)
    known = kept.map()
    assert known is not None
    assert ran(inside, known, everything)[0].missed == ()


def test_where_nothing_is_selected_nothing_runs_and_the_run_is_green() -> None:
    inside = WrittenInside({"a": "failed"}, {})
    decision = decided(KNOWN, WORLD, now=now(), commit=COMMIT, policy=Policy(one_in=0))
    assert isinstance(decision, Some)
    result, _ = ran(inside, KNOWN, decision)
    assert (inside.asked, result.nothing_to_run, result.red) == ([], True, ())


def test_times_are_kept_for_the_next_split_and_asked_for_only_by_one() -> None:
    inside = WrittenInside({"a": "passed"}, {})
    times = Times(results=MemoryResults(), key=times_key("shop", ("root",)))
    tests = Tests(inside=inside, root="/", words=())
    run_tests(tests, How(jobs=2), times=times)
    run_tests(tests, How(jobs=1), times=times)
    run_tests(tests, How(jobs=2), times=times)
    assert [request["times"] for request in inside.asked] == [{}, {}, {"a": 0.5}]


@pytest.mark.parametrize("damaged", [b"", b"x", b"{}"])
def test_times_that_cannot_be_read_are_none(damaged: bytes) -> None:
    results = MemoryResults()
    results.put("k", damaged)
    assert Times(results=results, key="k").known() == {}
