"""Texts of an expression are put in one another's places as if each expression had been written out anew."""

from __future__ import annotations

import ast

import pytest

from outpace.proving.ladder.literals import plainly, replaced, replaced_at

EXPRESSIONS = {
    "an argument": "read('a')",
    "several": "read('a', b'b', 'c', mode='d')",
    "in a mapping": "read({'a': 'b', 3: ['c', None]})",
    "marks and escapes": "read('\\'\\n\\\\', \"it's\")",
    "a text of its own kind": "read(u'a')",
    "beside one that is put together": "read(f'{x!r:>{y}} {{z}}', 'a')",
    "within others": "[read('a')['b'] for _ in ('c',) if 'd' % (1, 'e')]",
}
OTHERS = ("x", "'", '"', "\\", "\n\t\0", "\udce9", "\u65e5", "{y}", "a" * 300)


@pytest.mark.parametrize("does", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_each_is_as_python_would_write_it(does: str) -> None:
    expected: list[str] = []
    tree = ast.parse(does, mode="eval")
    inner = {id(each) for joined in ast.walk(tree) if isinstance(joined, ast.JoinedStr) for each in ast.walk(joined)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in inner and isinstance(node.value, str | bytes):
            old = node.value
            for text in OTHERS:
                try:
                    node.value = text if isinstance(old, str) else text.encode("latin-1")
                except UnicodeEncodeError:
                    continue
                expected.append(ast.unparse(tree))
            node.value = old
    assert list(replaced(does, lambda _: iter(OTHERS))) == expected


def test_names_in_a_mapping_are_told_from_other_texts() -> None:
    does = "read({'a': 'b'}, 'c')"
    assert [old for _, old, _ in replaced_at(does, lambda _: iter("x"), names=True)] == ["a"]
    assert [old for _, old, _ in replaced_at(does, lambda _: iter("x"), names=False)] == ["c", "b"]


def test_what_is_no_address_before_needs_no_plain_word() -> None:
    assert plainly("go('/a')", "go('/b')") == ""
    assert plainly("go('https://a.test')", "go('/b')") == "go('q7f3')"
