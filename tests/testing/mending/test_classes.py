"""What each class of red test needs as evidence; the default is unknown."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.testing.mending.bodies import Beside
from outpace.testing.mending.classes import Cause, Facts, classed
from outpace.testing.mending.failures import Message, NoAttribute, NoName, NotRaised, Values
from outpace.testing.mending.intents import Intent, Lines
from outpace.testing.mending.pieces import Piece
from outpace.testing.mending.successors import Rename, Step
from outpace.testing.told import Result

TEST = "test_shop.py::test_none_that_touch_become_one"
FAILED = Result(TEST, "failed", exception="AssertionError", message="assert 1 == 2", phase="call")
PIECE = Piece(number=0, path="shop.py", line=7, function="merged", old="a <= b\n", new="a < b\n")
CAUSE = Cause(pieces=(PIECE,), sure=True)
PLAIN = Facts(test=TEST, failure=FAILED, oracle=Values(observed="1", expected="2"), cause=CAUSE)
CHECK_LOST = Beside(what="the body of take changed too", path="shop.py", line=7, was="if a: raise E", now="b()")
RENAMED = Step(edit=Rename(module="shop", old="A", into="shop", new="B"), evidence="shop.A is now B")


def but(**changed: object) -> Facts:
    return msgspec.structs.replace(PLAIN, **changed)


def piece(old: str, new: str) -> Cause:
    return Cause(pieces=(msgspec.structs.replace(PIECE, old=old, new=new),), sure=True)


KEY_CHANGED = piece("k='#comment'", "k='#comments'")
DIFFERENT = Values(observed="'un dólar'", expected="'un dolar'")
IMPLEMENTED = piece("raise NotImplementedError()", "return self.word(number) + self.ending(number) or number.name")
NONE = piece("kind = kind or 'none'", "kind = kind or 'some'")
TYPE_ERROR = Result(TEST, "failed", exception="TypeError")
DOCSTRING = Intent(docstrings={("shop.py", "merged"): Lines(came=("those that overlap",), went=("overlap or touch",))})
NOW_FALSE, OFF = Values(observed="False", expected="True"), piece("'on'", "'off'")
SLUG = Values(observed="'a_b'", expected="'a-b'")
SEPARATOR = piece('replace(" ", "-")', 'replace(" ", "_")')
SLUG_IS, SLUG_WAS, WEEKS = (
    Intent(docstrings={("shop.py", "merged"): Lines(came=(line,))})
    for line in ('A slug: "a_b" for "A B".', 'A slug: "a-b" for "A B".', "Reads `1h` and `1w`.")
)
KEY = Values(observed="{'#comments': 1}", expected="{'#comment': 1}")


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (PLAIN, "regression"),
        (but(oracle=NotRaised(exception="E")), "regression"),
        (but(oracle=Message(observed="a", expected="b")), "regression"),
        (but(unstable="alone it is green 3 times of 5"), "brittle"),
        (but(around="a conftest.py cannot be imported"), "infrastructure"),
        (but(mended=True, steps=(RENAMED,)), "mechanical"),
        (but(cause=Cause(pieces=(PIECE,), sure=True, kind="wording")), "brittle"),
        (but(cause=Cause(pieces=(PIECE,), sure=True, kind="repr")), "brittle"),
        (but(oracle=Values(observed="'[1]'", expected="'[ 1]'")), "brittle"),
        (but(oracle=Values(observed="'{\"a\": 1, \"b\": 2}'", expected="'{\"a\": 1}'")), "brittle"),
        (but(oracle=Values(observed="'B(1)'", expected="'A(1)'"), steps=(RENAMED,)), "mechanical"),
        (but(oracle=Values(observed="'B(1)'", expected="'A(1)'"), renamed=frozenset({("A", "B")})), "mechanical"),
        (but(oracle=DIFFERENT, intent=Intent(documents=Lines(came=('- accents ("dólar", "dólares")',)))), "behavioral"),
        (but(oracle=DIFFERENT, intent=Intent(documents=Lines(came=("- accents (dólares)",)))), "regression"),
        (but(cause=NONE, intent=Intent(documents=Lines(came=("- the `none` kind is gone",)))), "behavioral"),
        (but(oracle=NOW_FALSE, intent=Intent(documents=Lines(came=("- `False` is cached",)))), "regression"),
        (but(oracle=NOW_FALSE, intent=Intent(documents=Lines(came=("- merged() gives `False`",)))), "behavioral"),
        (but(cause=OFF, literals=frozenset({"off"}), intent=Intent(messages=("Read `off`",))), "regression"),
        (but(cause=IMPLEMENTED, oracle=NotRaised(exception="NotImplementedError")), "behavioral"),
        (but(cause=IMPLEMENTED, oracle=NotRaised(exception="KeyError")), "regression"),
        (but(missing=NoName(module="shop", name="_text"), own=True, cause=None), "brittle"),
        (but(oracle=SLUG, intent=SLUG_IS), "behavioral"),
        (but(oracle=SLUG, intent=SLUG_WAS), "regression"),
        (but(oracle=NotRaised(exception="E"), literals=frozenset({"1w"}), intent=WEEKS), "behavioral"),
        (but(oracle=SLUG, cause=SEPARATOR, intent=Intent(documents=Lines(came=("- Faster startup",)))), "regression"),
        (but(oracle=SLUG, cause=SEPARATOR, intent=Intent(documents=Lines(came=('- parts at "_"',)))), "behavioral"),
        (but(oracle=KEY, cause=KEY_CHANGED, intent=Intent(messages=("Say #comments",))), "behavioral"),
        (but(failure=TYPE_ERROR, raised="return len(None)", cause=None), "regression"),
        (
            but(
                missing=NoAttribute(owner="A", name="old"),
                own=True,
                cause=None,
                intent=Intent(documents=Lines(came=("- Removed `A.old`",))),
            ),
            "behavioral",
        ),
    ],
)  # fmt: skip
def test_evidence_decides_the_class(facts: Facts, kind: str) -> None:
    assert classed(facts).kind == kind


@pytest.mark.parametrize(
    "facts",
    [
        but(cause=None),
        but(cause=Cause(pieces=(PIECE,), sure=False)),
        but(cause=Cause(pieces=(PIECE,) * 5, sure=True)),
        but(cause=Cause(pieces=(PIECE,), sure=True, kind="nothing")),
        but(oracle=None),
        but(intent=Intent(messages=("Keep apart what only touches",))),
        but(intent=DOCSTRING),
        but(test="test_shop.py::test_prices", intent=DOCSTRING),
        but(intent=Intent(documents=Lines(came=("- the merged `none` kind",))), cause=NONE),
        but(mended=True, steps=(RENAMED,), beside=(CHECK_LOST,)),
        but(intent=Intent(documents=Lines(came=("merged() is another one",)))),
        but(missing=NoName(module="shop", name="gone"), own=True, cause=None),
        but(failure=TYPE_ERROR, raised="raise TypeError('no')", oracle=None, cause=None),
        but(oracle=KEY, cause=KEY_CHANGED, intent=Intent(messages=("Touch the key",))),
    ],
)  # fmt: skip
def test_what_evidence_does_not_decide_is_unknown(facts: Facts) -> None:
    assert classed(facts).kind == "unknown"


def test_what_changed_beside_the_name_is_shown_with_both_sides() -> None:
    assert classed(but(mended=True, steps=(RENAMED,), beside=(CHECK_LOST,))).evidence == (
        "shop.A is now B",
        "with that the test is green, its assertions as they were",
        "the body of take changed too: shop.py:7",
        "it was: if a: raise E",
        "it is: b()",
    )


def test_both_sides_are_shown() -> None:
    assert classed(but(cause=None)).evidence == ("what turns it red was not isolated", "expected 2", "observed 1")


@given(st.booleans(), st.sampled_from(["wording", "repr", "behavior"]), st.text(max_size=20))
def test_nothing_that_is_still_red_is_called_mended(unstable: bool, kind: str, message: str) -> None:
    """`mechanical` with an edit needs a green test: whatever else is said of a red one, it is another class."""
    cause = Cause(pieces=(PIECE,), sure=True, kind=kind)  # pyright: ignore[reportArgumentType]  one of its words
    facts = but(steps=(RENAMED,), mended=False, unstable="now and then" if unstable else "", cause=cause,
                intent=Intent(messages=(message,)))  # fmt: skip
    assert classed(facts).kind != "mechanical"
