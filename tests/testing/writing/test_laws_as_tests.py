"""What holds of many values is written once, with a few of them, or drawn where the project draws values already."""

from __future__ import annotations

import ast

from outpace.inside.probing.programs import Node, call, constant, named, operator, packed, variable
from outpace.testing.writing.files import names_of, written
from outpace.testing.writing.found import Assertion, FoundTest
from outpace.testing.writing.style import Style, style_of

QUOTE, UNQUOTE = named("web.text", "quote"), named("web.text", "unquote")
BACK = operator("{} == {}", call(UNQUOTE, call(QUOTE, variable(0))), variable(0))


def law(*values: Node, claim: Node = BACK, columns: tuple[str, ...] = ("text",), drawn: bool = False) -> FoundTest:
    place = f"{len(values)}:{{}}"
    return FoundTest(
        target="quote",
        program=tuple(packed(node) for node in (*values, claim)),
        asserts=(Assertion(place, "is", "True"),),
        seen={place: ("is", "True")},
        parameters=columns,
        law="unquote_reverses_quote",
        strategies=("st.text()",) * len(columns) if drawn else (),
    )


MANY = [law(constant(text), drawn=True) for text in ("%", "a b")]


def test_several_values_stand_in_a_table() -> None:
    assert written("web.text", MANY, Style()) == (
        "import pytest\n\nfrom web.text import quote, unquote\n\n\n"
        '@pytest.mark.parametrize("text", ["%", "a b"])\n'
        "def test_unquote_reverses_quote(text):\n"
        "    assert unquote(quote(text)) == text\n"
    )


def test_one_value_stands_in_the_assertion() -> None:
    assert 'def test_unquote_reverses_quote():\n    assert unquote(quote("%")) == "%"\n' in written(
        "web.text", MANY[:1], Style()
    )


def test_unittest_goes_through_them_in_sub_tests() -> None:
    text = written("web.text", MANY, Style(framework="unittest", classes=True, imports="module"))
    assert '        for text_ in ["%", "a b"]:\n            with self.subTest(text_=text_):\n' in text
    assert "                self.assertTrue(text.unquote(text.quote(text_)) == text_)\n" in text


def test_hypothesis_draws_more_of_them_where_the_project_uses_it() -> None:
    text = written("web.text", MANY, Style(hypothesis=True))
    assert text.startswith("from hypothesis import example, given, settings\nfrom hypothesis import strategies as st\n")
    assert text.endswith(
        "@settings(derandomize=True, deadline=None)\n"
        '@example(text="%")\n'
        '@example(text="a b")\n'
        "@given(text=st.text())\n"
        "def test_unquote_reverses_quote(text):\n"
        "    assert unquote(quote(text)) == text\n"
    )
    assert "pytest" not in text


def test_what_cannot_be_drawn_everywhere_stands_in_a_table_there_too() -> None:
    rows = [law(constant(text)) for text in ("%", "a b")]
    assert written("web.text", rows, Style(hypothesis=True)) == written("web.text", rows, Style())


def test_operands_that_are_comparisons_keep_their_parentheses() -> None:
    same = operator(
        "{} == {}", operator("{} < {}", variable(0), variable(1)), operator("{} > {}", *map(variable, (1, 0)))
    )
    rows = [law(*(constant(each) for each in pair), claim=same, columns=("one", "other")) for pair in ((1, 2), (2, 1))]
    assert "    assert (one < other) == (other > one)\n" in written("web.text", rows, Style())


def test_a_column_never_hides_what_is_called() -> None:
    rows = [law(constant(text), columns=("quote",)) for text in ("%", "a b")]
    text = written("web.text", rows, Style())
    assert "assert unquote(quote(quote_)) == quote_\n" in text
    ast.parse(text)


def test_all_examples_of_a_law_are_one_test() -> None:
    assert names_of("web.text", MANY, Style()) == {"test_unquote_reverses_quote": tuple(MANY)}


def test_hypothesis_is_used_where_tests_import_it_and_the_environment_has_it() -> None:
    tests = {"tests/test_a.py": "from hypothesis import given\n\ndef test_a():\n    assert True\n"}
    assert style_of(tests, {}, package="web", has_hypothesis=True).hypothesis
    assert not style_of(tests, {}, package="web").hypothesis
    plain = {"tests/test_a.py": "def test_a():\n    assert True\n"}
    assert not style_of(plain, {}, package="web", has_hypothesis=True).hypothesis
