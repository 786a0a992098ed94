"""Which files and functions are mutated."""

from __future__ import annotations

import pytest

from outpace.testing.mutants.targets import Chosen, NoSuchTarget, changed, chosen, product

PATHS = frozenset(
    {
        "setup.py",
        "docs/conf.py",
        "src/shop/__init__.py",
        "src/shop/prices.py",
        "src/shop/test_inline.py",
        "src/shop/data.json",
        "tests/test_prices.py",
        "tests/helpers.py",
        "web/app.py",
    }
)

PRICES = """
class Box:
    def __init__(self): pass
    def open(self): return 1

class Boxes:
    def open(self): return 1

def discount(): return 1
def a(): return 1
def b(): return 1
"""


def read(path: str) -> str:
    return PRICES if path == "src/shop/prices.py" else "def half("


def test_the_product_is_what_is_neither_test_nor_about_the_project() -> None:
    assert product(PATHS) == ("src/shop/__init__.py", "src/shop/prices.py", "web/app.py")
    assert product(PATHS, "web") == ("web/app.py",)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ([], [("src/shop/__init__.py", None), ("src/shop/prices.py", None), ("web/app.py", None)]),
        (["src/shop/prices.py"], [("src/shop/prices.py", None)]),
        (["tests/helpers.py"], [("tests/helpers.py", None)]),
        (["src"], [("src/shop/__init__.py", None), ("src/shop/prices.py", None)]),
        (["shop.prices"], [("src/shop/prices.py", None)]),
        (["shop"], [("src/shop/__init__.py", None)]),
        (["shop.prices::b", "shop.prices::a"], [("src/shop/prices.py", ("a", "b"))]),
        (["shop.prices::Box"], [("src/shop/prices.py", ("Box.__init__", "Box.open"))]),
        (["web/app.py::any"], [("web/app.py", ("any",))]),
        (["shop.prices::b", "src"], [("src/shop/__init__.py", None), ("src/shop/prices.py", None)]),
    ],
)
def test_a_target_is_a_file_a_folder_a_module_or_a_function(
    targets: list[str], expected: list[tuple[str, tuple[str, ...] | None]]
) -> None:
    assert chosen(PATHS, targets, read=read) == tuple(Chosen(path=path, functions=names) for path, names in expected)


@pytest.mark.parametrize("target", ["nope", "src/shop/data.json/x", "prices.p"])
def test_a_target_that_is_not_there_is_named(target: str) -> None:
    assert chosen(PATHS, ["web", target], read=read) == NoSuchTarget(target=target)


@pytest.mark.parametrize(
    ("function", "nearest"),
    [
        ("discuont", ("discount",)),
        ("Box.opne", ("Box.open", "Boxes.open")),
        ("opn", ("Box.open",)),
        ("zzz", ("Box.__init__", "Box.open", "Boxes.open")),
    ],
)
def test_a_function_that_is_not_there_is_named_with_the_nearest_that_are(
    function: str, nearest: tuple[str, ...]
) -> None:
    target = f"shop.prices::{function}"
    expected = NoSuchTarget(target=target, path="src/shop/prices.py", function=function, nearest=nearest)
    assert chosen(PATHS, [target], read=read) == expected


def test_a_target_is_below_the_application() -> None:
    assert chosen(PATHS, ["app.py"], "web", read=read) == (Chosen(path="web/app.py"),)


def test_functions_that_are_new_or_other_have_changed() -> None:
    before = "A = 1\ndef same(): return 1\ndef other(): return 1\n"
    after = "A = 2\ndef same():\n    # a comment\n    return 1\ndef other(): return 2\ndef new(): pass\n"
    assert changed(before, after) == ("other", "new")
    assert changed(after, "def half(") == ()
