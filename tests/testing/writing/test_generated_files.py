"""Generated tests are written as the project writes its own."""

from __future__ import annotations

import ast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.inside.probing.programs import Node, call, constant, method, named, operator, packed, variable
from outpace.testing.writing import names
from outpace.testing.writing.files import file_name, written
from outpace.testing.writing.found import Assertion, FoundTest
from outpace.testing.writing.layout import laid_out
from outpace.testing.writing.style import Style, formatter_of, style_of

SLUG = named("web.text", "is_slug")


def found(program: tuple[Node, ...], *claims: tuple[str, str, str], target: str = "is_slug") -> FoundTest:
    seen = {place: (kind, text) for place, kind, text in claims}
    return FoundTest(
        target=target,
        program=tuple(packed(node) for node in program),
        asserts=tuple(Assertion(*claim) for claim in claims),
        seen=seen,
        parameters=("text",),
    )


def slug(text: str, answer: bool) -> FoundTest:
    return found((call(SLUG, constant(text)),), ("0:{}", "is", repr(answer)))


RAISES = found((call(SLUG, constant(3)),), ("raises", "raises", "builtins:ValueError"))
BASKET = found(
    (call(named("web.text", "Basket"), constant(2)), method(variable(0), "add", constant("a"))),
    ("1:{}", "equal", "['a']"),
    ("0:{}.size", "equal", "2"),
    target="Basket.add",
)
PYTEST = """\
import pytest

from web.text import Basket, is_slug


@pytest.mark.parametrize("text", ["a", "a-b"])
def test_is_slug_accepts(text):
    assert is_slug(text) is True


def test_is_slug_rejects_trailing_dash():
    assert is_slug("a-") is False


def test_is_slug_raises_value_error_for_3():
    with pytest.raises(ValueError):
        is_slug(3)


def test_basket_add_returns_list_for_a():
    basket = Basket(2)
    result = basket.add("a")
    assert result == ["a"]
    assert basket.size == 2
"""
UNITTEST = """\
import unittest

from web import text


class IsSlugTest(unittest.TestCase):
    def test_is_slug_accepts(self):
        for text_ in ['a', 'a-b']:
            with self.subTest(text_=text_):
                self.assertIs(text.is_slug(text_), True)

    def test_is_slug_raises_value_error_for_3(self):
        with self.assertRaises(ValueError):
            text.is_slug(3)
"""


def test_a_file_for_pytest_reads_as_if_by_hand() -> None:
    tests = [slug("a", answer=True), slug("a-b", answer=True), slug("a-", answer=False), RAISES, BASKET]
    assert written("web.text", tests, Style()) == PYTEST


def test_a_file_for_unittest_uses_its_own_words() -> None:
    style = Style(framework="unittest", imports="module", quotes="'")
    assert written("web.text", [slug("a", answer=True), slug("a-b", answer=True), RAISES], style) == UNITTEST


@pytest.mark.parametrize(
    ("text", "settings", "wanted"),
    [
        ("from web.text import a\n\n\ndef test_a():\n    assert a('x') == 'y'\n", {}, Style(quotes="'", line=79)),
        (
            "import unittest\nimport web\n\n\nclass A(unittest.TestCase):\n    def test_a(self):\n        pass\n",
            {"setup.cfg": "[flake8]\nmax-line-length = 100\n"},
            Style(framework="unittest", imports="module", parametrized=False, line=100),
        ),
        (
            'from web import a\n\n\nclass TestA:\n    def test_a(self) -> None:\n        assert a("x")\n',
            {"pyproject.toml": "[tool.ruff]\nline-length = 120\n"},
            Style(classes=True, imports="module", line=120, annotated=True),
        ),
    ],
)
def test_style_is_read_from_the_tests_that_are_there(text: str, settings: dict[str, str], wanted: Style) -> None:
    assert style_of({"tests/test_a.py": text}, settings, package="web") == wanted


def test_a_project_without_pytest_gets_no_tests_for_it() -> None:
    assert style_of({}, {}, package="web", has_pytest=False).framework == "unittest"


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        (set[str](), "test_text.py"),
        ({"test_text.py"}, "test_web_text.py"),
        ({"test_text.py", "test_web_text.py"}, "test_text_behavior.py"),
    ],
)
def test_no_file_is_written_over(taken: set[str], wanted: str) -> None:
    assert file_name("web.text", Style(), frozenset(taken)) == wanted


@pytest.mark.parametrize(
    ("node", "wanted"),
    [
        (call(SLUG, constant("")), "empty_string"),
        (call(SLUG, constant("a-")), "trailing_dash"),
        (call(SLUG, constant("  ")), "blank_string"),
        (call(SLUG, constant("a"), strict=constant(value=True)), "a_with_strict"),
        (call(SLUG, constant(-3)), "negative_3"),
        (call(SLUG), ""),
        (call(SLUG, Node("source", "datetime.date(2020, 1, 31)", (named("datetime", "date"),))), "date"),
        (call(SLUG, constant(0), constant(value=False)), "zero_and_false"),
        (call(SLUG, constant("387")), "code_387"),
        (call(named("builtins", "len"), call(named("web.text", "Basket"))), ""),
        (operator("{} == {}", variable(0), constant("")), "empty_string"),
    ],
)
def test_a_name_says_with_what_it_is_called(node: Node, wanted: str) -> None:
    assert names.condition(node, ("code",)) == wanted


def test_no_name_is_given_twice() -> None:
    taken: set[str] = set()
    given = [names.test_name(slug("a-", answer=False), taken) for _ in range(3)]
    assert given == ["test_is_slug_rejects_trailing_dash" + end for end in ("", "_2", "_3")]


def test_groups_of_one_target_are_told_apart_by_what_they_are_given() -> None:
    taken: set[str] = set()
    bump, one = named("web.text", "bump"), constant(1)
    calls = [call(bump, one), call(bump, one, one), call(bump, one, by=one)]
    tests = [found((each,), ("0:{}", "equal", "2"), target="bump") for each in calls]
    given = [names.group_name(msgspec.structs.replace(test, parameters=("text", "step")), taken) for test in tests]
    assert given == ["test_bump_returns", "test_bump_returns_with_step", "test_bump_returns_with_by"]


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.binary()),
    lambda inner: st.one_of(st.lists(inner), st.tuples(inner), st.dictionaries(st.text(), inner)),
    max_leaves=12,
)


@given(VALUES, st.sampled_from("'\""), st.integers(30, 100))
def test_a_layout_changes_nothing_of_what_is_written(value: object, quotes: str, limit: int) -> None:
    text = laid_out(repr(value), before="x = ", limit=limit, quotes=quotes)
    assert ast.literal_eval(text.removeprefix("x = ")) == value


@pytest.mark.parametrize(
    ("settings", "formatter"),
    [
        ({}, ""),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 100\n"}, "ruff"),
        ({"pyproject.toml": "[tool.ruff.lint]\n[tool.black]\n"}, "black"),
        ({"pyproject.toml": "[tool.ruff.format]\n[tool.black]\n"}, "ruff"),
        ({".ruff.toml": "line-length = 100\n"}, "ruff"),
        ({".pre-commit-config.yaml": "repos:\n  - hooks:\n      - id: black\n"}, "black"),
        ({".pre-commit-config.yaml": "repos:\n  - hooks:\n      - id: ruff-format\n"}, "ruff"),
        ({".pre-commit-config.yaml": "repos:\n  - hooks:\n      - id: blacken-docs\n"}, ""),
    ],
)
def test_a_formatter_is_the_one_that_the_project_declares(settings: dict[str, str], formatter: str) -> None:
    assert formatter_of(settings) == formatter


def test_a_file_is_written_by_the_test_that_reads_it() -> None:
    path = operator("{} / 'a.txt'", named("", "tmp_path"))
    program = (path, method(variable(0), "write_text", constant("")), call(SLUG, variable(0)))
    assert written("web.text", [found(program, ("2:{}", "is", "False"))], Style()).endswith(
        "def test_is_slug_rejects_empty_file(tmp_path):\n"
        '    path = tmp_path / "a.txt"\n'
        '    path.write_text("")\n'
        "    assert is_slug(path) is False\n"
    )


def test_a_unittest_takes_up_what_is_printed_and_makes_its_own_folder() -> None:
    path = operator("{} / 'a.txt'", named("", "tmp_path"))
    program = (path, call(named("pathlib", "Path.touch"), variable(0)), call(SLUG, variable(0)))
    test = found(program, ("2:{}", "is", "True"), ("prints", "prints", "a slug\n"))
    assert written("web.text", [test], Style(framework="unittest")) == (
        "import contextlib\nimport io\nimport pathlib\nimport tempfile\nimport unittest\n\n"
        "from web.text import is_slug\n\n\n"
        "class IsSlugTest(unittest.TestCase):\n"
        "    def test_is_slug_accepts_object(self):\n"
        "        folder = tempfile.TemporaryDirectory()\n"
        "        self.addCleanup(folder.cleanup)\n"
        "        tmp_path = pathlib.Path(folder.name)\n"
        "        with contextlib.redirect_stdout(io.StringIO()) as output:\n"
        '            path = tmp_path / "a.txt"\n'
        "            pathlib.Path.touch(path)\n"
        "            result = is_slug(path)\n"
        '        self.assertEqual(output.getvalue(), "a slug\\n")\n'
        "        self.assertIs(result, True)\n"
    )


def test_what_is_printed_is_looked_at_after_the_call_that_prints_it() -> None:
    test = found((call(SLUG, constant("a")),), ("0:{}", "is", "True"), ("prints", "prints", "a slug\n"))
    assert written("web.text", [test], Style()).endswith(
        '    result = is_slug("a")\n    assert capsys.readouterr().out == "a slug\\n"\n    assert result is True\n'
    )


def test_names_that_a_test_file_needs_are_imported_under_others() -> None:
    text = written(
        "web.text",
        [
            found((call(named("web.text", name), constant(3)),), ("0:{}", "equal", "1"), target=name)
            for name in ("pytest", "list", "test_me", "is_slug")
        ],
        Style(),
    )
    assert text.startswith("from web.text import is_slug, list as list_, pytest as pytest_, test_me as _test_me\n")
    assert "    assert pytest_(3) == 1\n" in text
    assert "    assert _test_me(3) == 1\n" in text


def test_operators_are_written_as_operators() -> None:
    square = call(named("web.text", "Square"), constant(0.5))
    equal = (square, operator("{} == {}", variable(0), constant("")))
    text = written(
        "web.text",
        [
            found(equal, ("1:{}", "is", "False"), target="Square.__eq__"),
            found((square, operator("{} == {}", variable(0), square)), ("1:{}", "is", "True"), target="Square.__eq__"),
        ],
        Style(),
    )
    assert 'def test_square_equality_returns_false_for_empty_string():\n    assert (Square(0.5) == "") is False' in text
    assert "    assert Square(0.5) == Square(0.5)\n" in text


def test_a_property_is_set_by_an_assignment() -> None:
    square = call(named("web.text", "Square"), constant(0.5))
    setting = call(named("builtins", "setattr"), variable(0), constant("side"), constant(-1))
    seen = Node("attribute", "side", (variable(0),))
    raising = found((square, setting), ("raises", "raises", "builtins:ValueError"), target="Square.side")
    text = written(
        "web.text", [found((square, setting, seen), ("2:{}", "equal", "-1"), target="Square.side"), raising], Style()
    )
    assert "    square = Square(0.5)\n    square.side = -1\n    assert square.side == -1\n" in text
    assert "    with pytest.raises(ValueError):\n        square.side = -1\n" in text
