"""A rewritten module means the same to its callers, and looks otherwise."""

from __future__ import annotations

import base64
import bisect
import colorsys
import csv
import difflib
import fnmatch
import graphlib
import heapq
import shlex
import string
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from outpace.proving.ladder.rewrites import rewritten

MODULE = '''"""Prices."""

RATE = 2


def _twice(value):
    # a comment
    return value * RATE


def total(prices, cap=_twice(50)):
    result = 0
    for price in prices:
        result += _twice(price)
    try:
        return min(result, cap)
    except TypeError as error:
        raise ValueError(str(error)) from error
'''


def loaded(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "loaded"}
    exec(compile(source, "loaded.py", "exec"), names)
    return names


def test_a_rewritten_module_gives_its_callers_the_same() -> None:
    text = rewritten(MODULE)
    assert text is not None
    names = loaded(text)
    assert (names["total"]([1, 2]), names["total"]([60]), names["RATE"]) == (6, 100, 2)
    with pytest.raises(ValueError, match="not supported"):
        names["total"]([1], cap="x")


def test_its_comments_its_locals_and_its_private_functions_are_others() -> None:
    text = rewritten(MODULE)
    assert text is not None
    assert "a comment" not in text
    assert "result =" not in text
    assert "def _twice(" not in text
    kept = rewritten(MODULE, private=False)
    assert kept is not None
    assert "def _twice(" in kept


def test_a_module_that_cannot_be_parsed_is_not_rewritten() -> None:
    assert rewritten("def (") is None


@pytest.mark.parametrize(
    "module",
    [base64, bisect, colorsys, csv, difflib, fnmatch, graphlib, heapq, shlex, string, textwrap],
    ids=lambda module: module.__name__,
)
def test_modules_of_the_library_are_rewritten_into_modules_with_the_same_public_names(module: ModuleType) -> None:
    text = rewritten(Path(str(module.__file__)).read_text())
    assert text is not None
    names = loaded(text)
    assert {name for name in vars(module) if not name.startswith("_")} <= set(names)
    if module is textwrap:
        assert names["fill"]("one two three four", width=9) == textwrap.fill("one two three four", width=9)
    if module is shlex:
        assert names["split"]("a 'b c' d") == shlex.split("a 'b c' d")
    if module is difflib:
        assert names["get_close_matches"]("appel", ["ape", "apple"]) == ["apple", "ape"]
    if module is graphlib:
        order = names["TopologicalSorter"]({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}}).static_order()
        assert next(iter(order)) == "a"
