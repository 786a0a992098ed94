"""What is missing has one successor, or none."""

from __future__ import annotations

import pytest

from outpace.testing.mending.failures import Missing, NoAttribute, NoKeyword, NoModule, NoName, TooManyArguments
from outpace.testing.mending.interfaces import interface
from outpace.testing.mending.successors import (
    DropArgument,
    Edit,
    Inline,
    Rename,
    RenameAttribute,
    RenameKeyword,
    RenameModule,
    step,
)

BODY = "    total = 0\n    for each in items:\n        total += each.price\n    return total\n"
INNER = "".join(f"    {line}\n" for line in BODY.splitlines())
OTHER = "    with open(items) as file:\n        return [line.strip() for line in file]\n"


@pytest.mark.parametrize(
    ("missing", "old", "new", "edit"),
    [
        (
            NoName(module="shop", name="total"),
            {"shop.py": f"def total(items):\n{BODY}"},
            {"shop.py": f"def sum_of(items):\n{BODY}"},
            Rename(module="shop", old="total", into="shop", new="sum_of"),
        ),
        (
            NoName(module="shop", name="total"),
            {"shop/__init__.py": "from shop.a import total\n", "shop/a.py": f"def total(items):\n{BODY}"},
            {"shop/__init__.py": "", "shop/b.py": f"def total(items):\n{BODY}"},
            Rename(module="shop", old="total", into="shop.b", new="total"),
        ),
        (
            NoName(module="shop", name="u"),
            {"shop.py": "def u(x):\n    return x\n"},
            {"shop.py": ""},
            Inline(module="shop", name="u"),
        ),
        (
            NoName(module="shop", name="u"),
            {"shop.py": "def u(x):\n    if sys.version_info < (3,):\n        return unicode(x)\n    return x\n"},
            {"shop.py": ""},
            Inline(module="shop", name="u"),
        ),
        (
            NoAttribute(owner="Version", name="isvalid"),
            {"s.py": f"class VersionInfo:\n    def isvalid(items):\n{INNER}"},
            {"s.py": f"class Version:\n    def is_valid(items):\n{INNER}VersionInfo = Version\n"},
            RenameAttribute(old="isvalid", new="is_valid"),
        ),
        (
            NoModule(module="shop.a"),
            {"shop/a.py": "def b(): ...\ndef c(): ...\n"},
            {"shop/d.py": "def b(): ...\ndef c(): ...\n"},
            RenameModule(old="shop.a", new="shop.d"),
        ),
        (
            NoAttribute(owner="Roster", name="swap"),
            {"r.py": "class Roster:\n    def swap(self, d: int) -> None:\n        if d: raise E\n        self.d = d\n"},
            {"r.py": "class Roster:\n    def cover(self, d: int) -> None:\n        self.d = d\n"},
            RenameAttribute(old="swap", new="cover"),
        ),
        (
            NoKeyword(function="show", name="parts"),
            {"s.py": "def show(n: int, *, parts: int = 2) -> str: ...\n"},
            {"s.py": "def show(n: int, *, units: int = 2) -> str: ...\n"},
            RenameKeyword(function="show", old="parts", new="units"),
        ),
        (
            NoKeyword(function="A.__init__", name="old"),
            {"s.py": "class A:\n    def __init__(self, x, old=1): ...\n"},
            {"s.py": "class A:\n    def __init__(self, x): ...\n"},
            DropArgument(function="A", name="old", place=None),
        ),
        (
            TooManyArguments(function="show"),
            {"s.py": "def show(text, aliases=False, lang='en'): ...\n"},
            {"s.py": "def show(text, lang='en'): ...\n"},
            DropArgument(function="show", name="aliases", place=1),
        ),
    ],
)
def test_what_has_one_successor_is_called_by_it(
    missing: Missing, old: dict[str, str], new: dict[str, str], edit: Edit
) -> None:
    found = step(missing, interface(old, (".",)), interface(new, (".",)))
    assert found is not None
    assert found.edit == edit


@pytest.mark.parametrize(
    ("missing", "old", "new"),
    [
        (NoName(module="shop", name="total"), f"def total(items):\n{BODY}", f"def lines(items):\n{OTHER}"),
        (
            NoName(module="shop", name="total"),
            f"def total(items):\n{BODY}",
            f"def one(items):\n{BODY}\ndef other(items):\n{BODY}",
        ),
        (NoName(module="shop", name="total"), f"def total(items):\n{BODY}", ""),
        (NoName(module="shop", name="never"), "", f"def total(items):\n{BODY}"),
        (
            NoAttribute(owner="A", name="a"),
            "class A:\n    def a(self): return 1\n    def b(self, x): ...\n",
            "class A:\n    def c(self, x): ...\n    def d(self, y, z): ...\n",
        ),
        (
            NoKeyword(function="show", name="parts"),
            "def show(n, *, parts=2): ...\n",
            "def show(n, *, units=3): ...\n",
        ),
        (NoKeyword(function="show", name="parts"), "def show(n, parts): ...\n", "def show(n, parts): ...\n"),
    ],
)
def test_what_has_none_or_may_have_two_has_none(missing: Missing, old: str, new: str) -> None:
    assert step(missing, interface({"shop.py": old}, (".",)), interface({"shop.py": new}, (".",))) is None
