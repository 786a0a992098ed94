"""What `outpace test select` says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from outpace.app.test_select import Answer
from outpace.formats.test_items import item_words
from outpace.formats.test_select import answer, text
from outpace.model.unknown import Unknown
from outpace.testing.selection.decision import Changed, Deselected, Everything, New, Selected, Some
from outpace.testing.selection.maps import Item, Told, World, joined

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ITEM, LEVEL = Item("u:shop.py:price"), Item("e:LEVEL")
WORLD = World(tests=("t.py::a", "t.py::b"), broken=(), settings={}, files={}, digests={ITEM: "2", LEVEL: "1"})
KNOWN = joined(
    None,
    (
        Told(test="t.py::a", outcome="passed", items=frozenset({ITEM})),
        Told(test="t.py::b", outcome="passed", items=frozenset({LEVEL})),
    ),
    replace(WORLD, digests={ITEM: "1", LEVEL: "1"}),
    at=AT,
    commit="c",
)
SOME = Some(
    selected=(
        Selected(test="t.py::a", why=Changed((ITEM, Item("f:data\x1b.txt"))), seconds=0.5),
        Selected(test="t.py::n", why=New()),
    ),
    deselected=(Deselected(test="t.py::b", commit="c", at=AT, inputs=1, seconds=1.5),),
    unread=("README.md",),
    gone=("t.py::old",),
)
TOLD = Answer(decision=SOME, known=KNOWN, world=WORLD)


def test_a_selection_names_each_test_with_its_reason_and_what_was_left_out() -> None:
    assert text(TOLD) == (
        "2 of 3 tests are selected (0.5 s of 2.0 s)\n"
        "  t.py::a  changed: price() in shop.py, and 1 more\n"
        "  t.py::n  there is no record of it\n"
        "not selected: 1, each green when it was recorded, with nothing that it depends on changed since; "
        "the oldest record is of 2026-03-01 12:00\n"
        "changed, but no selected test depends on it: README.md\n"
        "no longer there: 1 test, as t.py::old\n"
    )


def test_everything_says_why_and_how_to_begin() -> None:
    everything = Answer(decision=Everything(why=("there is no record",), tests=("a", "b")), known=None, world=WORLD)
    assert text(everything) == (
        "all 2 tests are to run\n"
        "  because there is no record\n"
        "record them once, and the next change runs only what it needs: outpace test select --record\n"
    )


def test_why_tells_what_selected_a_test_and_proves_that_nothing_did() -> None:
    assert text(TOLD, ("t.py::a", "t.py::b")) == (
        "t.py::a is selected: changed: price() in shop.py, and 1 more\n"
        "  changed: price() in shop.py\n"
        "t.py::b is not selected: green when recorded, and none of its 1 inputs changed\n"
        "  as it was: the variable LEVEL\n"
    )


def test_json_holds_what_the_text_says() -> None:
    told = json.loads(answer(TOLD, ("t.py::b",)))["result"]
    assert [each["reason"] for each in told["selected"]] == ["changed", "new"]
    assert told["selected"][0]["items"] == ["u:shop.py:price", "f:data\x1b.txt"]
    assert told["deselected"] == [{"test": "t.py::b", "commit": "c", "recorded": "2026-03-01T12:00:00Z", "inputs": 1}]
    assert told["explained"][0]["inputs"] == [{"item": "e:LEVEL", "means": "the variable LEVEL", "changed": False}]


def test_what_could_not_be_told_is_unknown_in_both() -> None:
    nothing = Unknown("no test was collected", "a suite")
    assert text(nothing) == "unknown: no test was collected\n  would settle it: a suite\n"
    assert json.loads(answer(nothing))["unknown"] == [
        {"what": "the tests", "why": "no test was collected", "would_settle": "a suite"}
    ]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("u:shop.py:Cart.total", "Cart.total() in shop.py"),
        ("u:shop.py:", "shop.py outside its functions"),
        ("d:shop.py", "the docstrings of shop.py"),
        ("f:data/x.txt", "data/x.txt"),
        ("k:conftest.py", "whether conftest.py is there"),
        ("l:.", "the names in the root"),
        ("m:shop", "what the module name shop means"),
        ("e:HOME", "the variable HOME"),
        ("e:*", "the environment, which a child or compiled code may read"),
        ("p:requests", "the distribution requests"),
        ("f:a\x1b[31m", r"a\x1b[31m"),
    ],
)
def test_an_item_is_told_in_words_that_no_terminal_obeys(item: str, words: str) -> None:
    assert item_words(item) == words
