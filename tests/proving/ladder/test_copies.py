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
