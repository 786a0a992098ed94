"""What a weakness of a known kind takes has other forms, and what it does not take has none."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import pytest

from outpace.proving.ladder import forms

KINDS: dict[str, tuple[Callable[[str], Iterator[str]], str, tuple[str, ...]]] = {
    "an end of a line": (forms.ends_of_lines, "a\r\nb", ("a\nb", "a\rb", "a%0d%0ab", "a\u560d\u560ab")),
    "this machine": (
        forms.addresses_of_here,
        "http://127.0.0.1:{port}/x",
        ("http://2130706433:{port}/x", "http://[::ffff:127.0.0.1]:{port}/x", "http://example.com@127.0.0.1:{port}/x"),
    ),
    "a tag": (
        forms.tags,
        "!!python/object/apply:os.system ['id']",
        (
            "!<tag:yaml.org,2002:python/object/apply:os.system> ['id']",
            "!!python/object/new:os.system ['id']",
            "- !!python/object/apply:os.system ['id']",
        ),
    ),
    "a scheme": (
        forms.schemes,
        "[x](javascript:alert(1))",
        (
            "[x](java\tscript:alert(1))",
            "[x](\x01javascript:alert(1))",
            "[x](JAVASCRIPT:alert(1))",
            "[x](vbscript:alert(1))",
        ),
    ),
    "an expression": (
        forms.expressions,
        "open('x').read()",
        ("(lambda: open('x').read())()", "[open('x').read()][0]", "open('x'). read()"),
    ),
}


@pytest.mark.parametrize(("form", "text", "some"), KINDS.values(), ids=KINDS.keys())
def test_a_text_of_the_kind_is_written_in_other_ways(
    form: Callable[[str], Iterator[str]], text: str, some: tuple[str, ...]
) -> None:
    found = list(form(text))
    assert [each for each in some if each not in found] == []


@pytest.mark.parametrize(("form", "text", "some"), KINDS.values(), ids=KINDS.keys())
def test_a_text_of_no_kind_is_left(form: Callable[[str], Iterator[str]], text: str, some: tuple[str, ...]) -> None:
    del text, some
    assert list(form("../docs/a b.txt")) == []


def test_an_expression_stays_one_in_most_forms() -> None:
    def parses(text: str) -> bool:
        try:
            ast.parse(text.strip(), mode="eval")
        except SyntaxError:
            return False
        return True

    found = list(forms.expressions("f(1)"))
    assert [each for each in found if not parses(each)] == ["f(1);", "\ufefff(1)"]
