"""What a change of a module is told apart into."""

from __future__ import annotations

import pytest

from outpace.inside.units import documents_of, functions_of, lines_of, unit_named, units_of

BEFORE = '''\
"""A shop."""
import math
LIMIT = 3

def price(count=1):
    """In cents."""
    def each():
        return 5
    return each() * count

class Cart:
    """What is bought."""
    size = 2

    def total(self):
        return sum(self.of, 0)

    @property
    def of(self):
        return [1]

    @of.setter
    def of(self, new):
        self.new = new

if LIMIT:
    async def late():
        return [one for one in range(3)]
'''


def changed(old: str, new: str) -> set[str]:
    assert old in BEFORE
    before, after = units_of(BEFORE), units_of(BEFORE.replace(old, new))
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_functions_and_the_rest_of_the_module_are_its_units() -> None:
    assert sorted(units_of(BEFORE)) == ["", "Cart.of", "Cart.total", "late", "price"]


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        ("return 5", "return 6", {"price"}),
        ("* count", "*  (count)  # as many", set()),
        ("In cents", "In euros", set()),
        ("A shop", "A store", set()),
        ("count=1", "count=2", {""}),
        ("def price(count", "def price(count: int", {""}),
        ("LIMIT = 3", "LIMIT = 3.0", {""}),
        ("size = 2", "size = 3", {""}),
        ("class Cart:", "class Cart(dict):", {""}),
        ("@property", "@math.floor", {""}),
        ("self.new = new", "self.new = None", {"Cart.of"}),
        ("range(3)", "range(4)", {"late"}),
        ("async def late", "def late", {"", "late"}),
        ("def total", "def sum", {"", "Cart.total", "Cart.sum"}),
        ("if LIMIT:", "if not LIMIT:", {""}),
        ("import math", "import cmath", {""}),
        ("return each() * count", "yield each() * count", {"", "price"}),
        ("        return 5", "        yield 5", {"price"}),
    ],
)
def test_a_change_is_one_of_the_units_that_hold_it(old: str, new: str, units: set[str]) -> None:
    assert changed(old, new) == units


def test_a_docstring_is_told_apart_from_every_unit() -> None:
    assert documents_of(BEFORE) != documents_of(BEFORE.replace("In cents", "In euros"))
    assert documents_of(BEFORE) == documents_of(BEFORE.replace("return 5", "return 6"))


def test_what_cannot_be_parsed_has_no_units() -> None:
    assert units_of("def broken(:") == lines_of("def broken(:") == {}
    assert units_of("a\0b") == {}


@pytest.mark.parametrize(
    "source",
    [
        f"X = {' + '.join(['a'] * 1200)}\n",
        f"X = 0x{'f' * 4000}\n",
        "if a:\n    pass\n" + "elif b:\n    def f(): pass\n" * 900,
    ],
)
def test_a_tree_of_any_depth_and_a_number_of_any_length_have_units(source: str) -> None:
    assert units_of(source)[""] not in (units_of(f"{source}Y = 1\n")[""], units_of("X = 1\n")[""])


def test_lines_of_a_unit_begin_with_its_decorators_and_hold_all_bodies_of_its_name() -> None:
    assert lines_of(BEFORE) == {"price": (5, 9), "Cart.total": (15, 16), "Cart.of": (18, 24), "late": (27, 28)}


@pytest.mark.parametrize(
    ("qualified", "unit"),
    [
        ("Cart.total", "Cart.total"),
        ("price.<locals>.each", "price"),
        ("price.<locals>.each.<locals>.<lambda>", "price"),
        ("<lambda>", ""),
        ("Cart.<lambda>", ""),
        ("<module>", ""),
        ("Cart.<listcomp>", ""),
    ],
)
def test_nested_code_belongs_to_the_unit_around_it(qualified: str, unit: str) -> None:
    assert unit_named(qualified) == unit


def test_functions_are_found_under_any_statement() -> None:
    import ast

    source = "try:\n    def a(): pass\nexcept E:\n    def b(): pass\nmatch 1:\n    case 1:\n        def c(): pass\n"
    assert [name for name, _ in functions_of(ast.parse(source))] == ["a", "b", "c"]
