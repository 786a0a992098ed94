"""Exceptions are allowed that a function's documentation names, by themselves or as kinds of what it names."""

from __future__ import annotations

import pytest

from outpace.inside.probing.documented import allowed, named

SPHINX = """One.

:raises ValueError: if so
:raise KeyError: or so
:raises json.JSONDecodeError, OSError: never"""
GOOGLE = """One.

Raises:
    ValueError: if so,
        and only then: see there
    KeyError: or so

Returns:
    int: 3"""
NUMPY = """One.

Raises
------
ValueError
    If so.
KeyError
    Or so.

Notes
-----
Nothing."""


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ("Nothing is said.", set[str]()),
        (SPHINX, {"ValueError", "KeyError", "JSONDecodeError", "OSError"}),
        (GOOGLE, {"ValueError", "KeyError"}),
        (NUMPY, {"ValueError", "KeyError"}),
    ],
)
def test_documentation_names_exceptions_in_three_ways(document: str, names: set[str]) -> None:
    assert named(document) == names


@pytest.mark.parametrize(
    ("kind", "names", "fine"),
    [
        ("ValueError", {"ValueError"}, True),
        ("KeyError", {"LookupError"}, True),
        ("KeyError", {"ValueError"}, False),
        ("ValueError", {"JSONDecodeError"}, False),
    ],
)
def test_a_kind_of_what_is_named_is_fine(kind: str, names: set[str], fine: bool) -> None:
    assert allowed(kind, frozenset(names)) is fine
