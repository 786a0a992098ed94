"""A test that carries a copy of its subject is refused."""

from __future__ import annotations

from outpace.model.proof import Failed, Passed
from outpace.proving.ladder import copies

SUBJECT = '''def total(prices):
    """Of all."""
    result = 0
    for price in prices:
        result += price
    return result
'''
COPY = """def expected(values):
    found = 0
    for value in values:
        found += value
    return found

def test_total():
    assert total([1]) == expected([1])
"""


def test_a_copy_with_other_names_is_found() -> None:
    said = copies.judge({"tests/test_gap.py": COPY}, {"shop.py": SUBJECT})
    assert said == Failed("expected of tests/test_gap.py is a copy of total, so it is compared with itself")


def test_a_test_of_its_own_words_passes() -> None:
    own = "def test_total():\n    prices = [1, 2]\n    assert total(prices) == 3\n    assert total([]) == 0\n"
    assert isinstance(copies.judge({"tests/test_gap.py": own}, {"shop.py": SUBJECT}), Passed)


PARSE = """def parse(name):
    low, kind = name.lower(), None
    if low.endswith('.exe'):
        if low.endswith('.win32.exe'):
            base = name[:-10]
            kind = 'win32'
        elif low.startswith('.win32-py', -16):
            base = name[:-16]
            kind = 'win32'
    return name, kind
"""
AGAIN = """def like(given):
    small = given.lower()
    if not small.endswith('.exe'):
        return given, None
    if small.endswith('.win32.exe'):
        return given[:-10], 'win32'
    return (given[:-16], 'win32') if small.startswith('.win32-py', -16) else (given, None)

def test_parse():
    assert parse('a.exe') == like('a.exe')
"""


def test_a_copy_in_other_statements_is_found_by_what_it_asks() -> None:
    said = copies.judge({"tests/test_gap.py": AGAIN}, {"wheels.py": PARSE})
    assert said == Failed("like of tests/test_gap.py is a copy of parse, so it is compared with itself")


def test_a_test_that_says_as_much_as_its_subject_asks_is_no_copy() -> None:
    own = PARSE.replace("def parse(name)", "def test_parse(name='x')").replace(
        "    return name, kind", "    assert kind"
    )
    assert isinstance(copies.judge({"tests/test_gap.py": own}, {"wheels.py": PARSE}), Passed)
