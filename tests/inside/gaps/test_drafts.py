"""The text of a test without some of its statements, and with others in their place."""

from __future__ import annotations

import pytest

from outpace.inside.gaps.beside import asserting, name_of, raising
from outpace.inside.gaps.drafts import draft_of, own_text, tidy, without

TEST = """\
def test_shop(runner):
    # it opens
    shop = Shop("a")
    with runner.folder():
        shop.load("x")
        assert shop.read("y") == [1]
    with pytest.raises(ValueError):
        shop.close()
    assert shop.name
"""
METHOD = """\
    def test_shop(self):
        self.assertEqual(shop("a"), "A")
        self.assertRaises(ValueError, shop, 1)
"""


def test_statements_are_those_of_with_blocks_too_but_for_blocks_that_something_is_raised_in() -> None:
    draft = draft_of(TEST)
    told = [
        (draft.of(step.node).splitlines()[0], step.asserts, [draft.of(call) for call in step.calls])
        for step in draft.steps
    ]
    assert told == [
        ('shop = Shop("a")', False, []),
        ('shop.load("x")', False, ['shop.load("x")']),
        ('assert shop.read("y") == [1]', True, ['shop.read("y")']),
        ("with pytest.raises(ValueError):", False, []),
        ("assert shop.name", True, []),
    ]
    calls = [(step.asserts, [draft_of(METHOD).of(call) for call in step.calls]) for step in draft_of(METHOD).steps]
    assert calls == [(True, ['shop("a")']), (False, [])]


def test_a_block_that_is_emptied_goes_with_its_statements() -> None:
    assert own_text(without(draft_of(TEST), (1, 2, 3))) == (
        'def test_shop(runner):\n    # it opens\n    shop = Shop("a")\n    assert shop.name\n'
    )


def test_an_assertion_stands_behind_a_statement_or_in_the_place_of_its_call() -> None:
    draft = draft_of(TEST)
    assert asserting(draft, 0, -1, "assert shop.name == 'a'") == (
        "def test_shop(runner):\n    shop = Shop(\"a\")\n    assert shop.name == 'a'\n"
    )
    assert asserting(draft, 2, 0, 'assert shop.read("y") is None', dropped=(0,)) == (
        "def test_shop(runner):\n    with runner.folder():\n"
        '        shop.load("x")\n        assert shop.read("y") is None\n'
    )
    assert raising(draft_of(METHOD), 0, "with self.assertRaises(KeyError):") == (
        "    def test_shop(self):\n        with self.assertRaises(KeyError):\n"
        '            self.assertEqual(shop("a"), "A")\n'
    )


def test_what_may_be_part_of_a_text_is_no_comment() -> None:
    assert tidy('def t():\n    x = """\n# a\n"""\n\n') == 'def t():\n    x = """\n# a\n"""\n'
    assert tidy("def t():\n    # a\n\n\n    x = 1\n\n") == "def t():\n    x = 1\n"


@pytest.mark.parametrize(
    ("function", "line", "inputs", "name"),
    [
        ("Shop.isOpen", "assert shop.isOpen('a-b') is True", "'a-b'", "test_is_open_is_true_for_a_b"),
        ("_slug", "self.assertFalse(slug(''))", "''", "test_slug_is_false"),
        ("total", "with pytest.raises(shop.NoPrice):", "12", "test_total_raises_shop_no_price_for_12"),
        ("total", "assert total([1, 2]) == 3", "1 2", "test_total_gives_3_for_1_2"),
    ],
)
def test_a_name_says_what_is_called_and_what_comes_of_it(function: str, line: str, inputs: str, name: str) -> None:
    taken: set[str] = set()
    assert [name_of(function, line, inputs, taken) for _ in range(2)] == [name, f"{name}_2"]
