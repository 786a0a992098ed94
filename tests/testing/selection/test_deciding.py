"""Which tests a change needs, from records alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from outpace.testing.selection.decision import (
    Changed,
    Decision,
    Deselected,
    Everything,
    New,
    NotGreen,
    Policy,
    Some,
    Unstable,
    Untraced,
    decided,
    drawn,
    missed,
)
from outpace.testing.selection.maps import Item, Map, Miss, Told, World, joined, widened

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
COMMIT = "a" * 40
NEVER = Policy(one_in=0)
PRICE, TAX, SHOP, RATES = Item("u:shop.py:price"), Item("u:shop.py:tax"), Item("u:shop.py:"), Item("f:rates.txt")
DIGESTS = {PRICE: "1", TAX: "2", SHOP: "3", RATES: "4"}
FILES = {"shop.py": "s", "rates.txt": "r", "README.md": "m"}


def world(
    *tests: str,
    digests: Mapping[Item, str] | None = None,
    files: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    broken: tuple[tuple[str, str], ...] = (),
) -> World:
    return World(
        tests=tests or ("price", "tax"),
        broken=broken,
        settings={"pytest": "8", **(settings or {})},
        files={**FILES, **(files or {})},
        digests={**DIGESTS, **(digests or {})},
    )


def told(test: str, *items: Item, outcome: str = "passed", untraced: tuple[str, ...] = ()) -> Told:
    shared = frozenset({SHOP})
    return Told(test=test, outcome=outcome, seconds=1.0, shares=(shared,), items=frozenset(items), untraced=untraced)


def known(*records: Told) -> Map:
    every = records or (told("price", PRICE, RATES), told("tax", TAX))
    return joined(None, every, world(*(each.test for each in every)), at=NOW, commit=COMMIT)


def asked(found: Map | None, there: World, **more: object) -> Decision:
    options = {"now": LATER, "commit": COMMIT, "policy": NEVER, **more}
    return decided(found, there, **options)  # type: ignore[arg-type]


def reasons(decision: Decision) -> dict[str, object]:
    assert isinstance(decision, Some), decision
    return {each.test: each.why for each in decision.selected}


def test_with_nothing_changed_nothing_runs_and_each_test_has_its_proof() -> None:
    proofs = tuple(
        Deselected(test=test, commit=COMMIT, at=NOW, inputs=inputs, seconds=1.0)
        for test, inputs in (("price", 3), ("tax", 2))
    )
    assert asked(known(), world()) == Some(selected=(), deselected=proofs)


@pytest.mark.parametrize(
    ("item", "selected"),
    [(PRICE, {"price"}), (TAX, {"tax"}), (RATES, {"price"}), (SHOP, {"price", "tax"})],
)
def test_a_changed_item_selects_every_test_that_depends_on_it_and_no_other(item: Item, selected: set[str]) -> None:
    assert reasons(asked(known(), world(digests={item: "9"}))) == {test: Changed((item,)) for test in selected}


def test_an_item_that_nobody_can_tell_any_more_counts_as_changed() -> None:
    now = replace(world(), digests={})
    assert set(reasons(asked(known(), now))) == {"price", "tax"}


def test_a_test_without_a_record_is_selected_and_one_that_is_gone_is_named() -> None:
    decision = asked(known(), world("price", "new"))
    assert reasons(decision) == {"new": New()}
    assert isinstance(decision, Some)
    assert decision.gone == ("tax",)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (told("price", PRICE, outcome="failed"), NotGreen("failed")),
        (told("price", PRICE, outcome="error"), NotGreen("error")),
        (told("price", PRICE, untraced=("it starts make",)), Untraced("it starts make")),
    ],
)
def test_a_record_that_vouches_for_nothing_selects_its_test(record: Told, why: object) -> None:
    assert reasons(asked(known(record), world("price"))) == {"price": why}


def test_a_test_that_depends_on_others_without_a_change_is_unstable_from_then_on() -> None:
    first = known(told("price", PRICE))
    second = joined(first, (told("price", PRICE, RATES),), world("price"), at=LATER, commit=COMMIT)
    why = "1 of its inputs are new and 0 are gone, with nothing changed: f:rates.txt"
    assert reasons(asked(second, world("price"))) == {"price": Unstable(why)}
    third = joined(second, (told("price", PRICE, RATES),), world("price"), at=LATER, commit=COMMIT)
    assert reasons(asked(third, world("price"))) == {"price": Unstable(why)}


def test_a_test_that_changes_its_answer_without_a_change_is_unstable() -> None:
    first = known(told("price", PRICE, outcome="failed"))
    second = joined(first, (told("price", PRICE),), world("price"), at=LATER, commit=COMMIT)
    why = "it failed and then passed, with nothing changed"
    assert reasons(asked(second, world("price"))) == {"price": Unstable(why)}


def test_what_failed_last_time_runs_first_then_what_is_new_then_the_quickest() -> None:
    slow = replace(told("slow", PRICE), seconds=9.0)
    found = known(slow, told("quick", PRICE), told("red", TAX, outcome="failed"))
    decision = asked(found, world("slow", "quick", "red", "new", digests={PRICE: "9"}))
    assert list(reasons(decision)) == ["red", "new", "quick", "slow"]


def test_a_changed_file_that_selects_nothing_is_named() -> None:
    decision = asked(known(), world(digests={PRICE: "9"}, files={"README.md": "x", "shop.py": "t", "new.txt": "n"}))
    assert isinstance(decision, Some)
    assert decision.unread == ("README.md", "new.txt")


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (world(settings={"pytest": "9"}), "pytest changed"),
        (world(settings={"the locale": "C"}), "the locale changed"),
        (world(files={"fast.pyx": "1"}), "fast.pyx changed, which belongs to compiled code"),
        (
            world(files={"uv.lock": "1"}),
            "uv.lock changed, but nothing that is installed did: this environment does not show what it means",
        ),
        (world(broken=(("test_x.py", "SyntaxError"),)), "test_x.py cannot be collected: SyntaxError"),
    ],
)
def test_what_records_cannot_speak_of_runs_everything_and_says_why(now: World, why: str) -> None:
    assert asked(known(), now) == Everything(why=(why,), tests=("price", "tax"))


def test_a_lock_that_changed_what_is_installed_selects_who_depends_on_that() -> None:
    lib = Item("p:lib")
    found = joined(None, (told("price", PRICE, lib),), world("price", digests={lib: "1"}), at=NOW, commit=COMMIT)
    decision = asked(found, world("price", digests={lib: "2"}, files={"uv.lock": "1"}))
    assert reasons(decision) == {"price": Changed((lib,))}


def test_without_a_map_everything_runs() -> None:
    assert asked(None, world()) == Everything(why=("there is no record of these tests yet",), tests=("price", "tax"))


def test_a_map_with_a_flaw_runs_everything() -> None:
    found = replace(known(), flaws=("the project starts threads",))
    assert asked(found, world()) == Everything(why=("the project starts threads",), tests=("price", "tax"))


def test_an_old_map_runs_everything_until_every_test_is_recorded_again() -> None:
    old = NOW + timedelta(days=31)
    why = "the whole suite was last recorded 31 days ago, 30 are allowed"
    assert asked(known(), world(), now=old) == Everything(why=(why,), tests=("price", "tax"))
    partly = joined(known(), (told("price", PRICE, RATES),), world(), at=old, commit=COMMIT)
    assert isinstance(asked(partly, world(), now=old), Everything)
    wholly = joined(known(), (told("price", PRICE, RATES), told("tax", TAX)), world(), at=old, commit=COMMIT)
    assert isinstance(asked(wholly, world(), now=old), Some)


def test_a_release_runs_everything() -> None:
    assert asked(known(), world(), release="v1") == Everything(why=("v1 is a release",), tests=("price", "tax"))


def test_one_commit_in_twenty_runs_everything_the_same_one_for_everybody() -> None:
    commits = [f"{number:040x}" for number in range(2000)]
    chosen = [commit for commit in commits if drawn(commit, 20)]
    assert 70 <= len(chosen) <= 130
    why = f"one change in 20 runs everything, and {chosen[0][:10]} is drawn"
    decision = asked(known(), world(), commit=chosen[0], policy=Policy())
    assert decision == Everything(why=(why,), tests=("price", "tax"))


def test_a_miss_runs_everything_until_it_is_explained() -> None:
    miss = Miss(test="tax", commit=COMMIT, at=NOW)
    open_ = replace(known(), misses=(miss,))
    why = f"tax was red at {COMMIT[:10]} without having been selected: nobody has said why"
    assert asked(open_, world()) == Everything(why=(why,), tests=("price", "tax"))
    explained = replace(known(), misses=(replace(miss, explained="it reads the network"),))
    assert isinstance(asked(explained, world()), Some)


def test_a_red_test_that_was_left_out_is_a_miss_and_one_that_was_selected_is_none() -> None:
    decision = asked(known(), world(digests={PRICE: "9"}))
    assert missed(decision, ("price", "tax", "unknown")) == ("tax",)
    assert missed(Everything(why=("so",), tests=("tax",)), ("tax",)) == ()


def test_records_of_another_run_take_the_place_of_theirs_and_leave_the_others() -> None:
    at = LATER
    changed = world("price", "tax", digests={PRICE: "9"})
    found = joined(known(), (told("price", PRICE, TAX),), changed, at=at, commit="b" * 40)
    records = {each.test: (each.commit, found.items_of(each)) for each in found.tests}
    assert records == {
        "price": ("b" * 40, {PRICE: "9", TAX: "2", SHOP: "3"}),
        "tax": (COMMIT, {TAX: "2", SHOP: "3"}),
    }


def test_a_run_in_one_process_only_adds_to_records_that_still_hold() -> None:
    digests = {TAX: "9"}
    seen = (told("price", RATES, PRICE, Item("f:more.txt")), told("tax", PRICE), told("new", PRICE))
    found = widened(known(), seen, world(digests={**digests, Item("f:more.txt"): "5"}))
    assert {each.test: found.items_of(each) for each in found.tests} == {
        "price": {PRICE: "1", RATES: "4", SHOP: "3", Item("f:more.txt"): "5"},
        "tax": {TAX: "2", SHOP: "3"},
    }


ITEMS = st.sampled_from([Item(f"u:m.py:f{number}") for number in range(6)])
RECORDS = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.frozensets(ITEMS), min_size=1)


@given(records=RECORDS, changed=st.frozensets(ITEMS))
def test_no_test_that_depends_on_a_changed_item_is_left_out(
    records: dict[str, frozenset[Item]], changed: frozenset[Item]
) -> None:
    digests = {Item(f"u:m.py:f{number}"): "old" for number in range(6)}
    every = tuple(told(test, *items) for test, items in records.items())
    found = joined(None, every, world(*records, digests=digests), at=NOW, commit=COMMIT)
    decision = asked(found, world(*records, digests={**digests, **dict.fromkeys(changed, "new")}))
    assert set(reasons(decision)) == {test for test, items in records.items() if items & changed}
