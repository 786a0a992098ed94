"""Calls that were observed while something runs, as programs that do them again."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from outpace.inside.probing.observed import Recorder
from outpace.inside.probing.programs import source

SHOP = """
import dataclasses
import enum


class Kind(enum.Enum):
    BOOK = 1


@dataclasses.dataclass
class Line:
    kind: Kind
    amount: int = 1


class Basket:
    def __init__(self, owner, *lines, limit=10):
        self.owner, self.lines, self.limit = owner, lines, limit

    def total(self, prices, *, tax=0):
        return sum(prices[each.kind.name] * each.amount for each in self.lines) + tax

    @property
    def size(self):
        return len(self.lines)

    @classmethod
    def empty(cls, owner):
        return cls(owner)


class Gift(Basket):
    def __init__(self, owner):
        super().__init__(owner, Line(Kind.BOOK))


def rate(price, kind=None, share=0.5, **others):
    return price


def each(lines):
    for line in lines:
        yield line
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "observed_shop.py").write_text(SHOP)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("observed_shop")
    sys.modules.pop("observed_shop")


def seen(shop: ModuleType, text: str) -> list[tuple[str, str]]:
    """What one piece of code was seen to call, names of the module without it."""
    path = Path(str(shop.__file__)).resolve()
    recorder = Recorder([str(path)], str(path.parent), frozenset())
    code = compile(text, "<test>", "exec")
    recorder.begin()
    try:
        exec(code, dict(vars(shop)))
    finally:
        recorder.end()
    return [(each.name, source(each.program).replace("observed_shop.", "")) for each in recorder.found]


def test_arguments_at_their_default_are_left_out(shop: ModuleType) -> None:
    assert seen(shop, "rate(3, None, 0.25, more=[1])") == [("rate", "v0 = rate(3, share=0.25, more=[1])")]


def test_a_receiver_is_made_as_it_was_made_there(shop: ModuleType) -> None:
    text = "Basket('ann', Line(Kind.BOOK, 2), limit=3).total({'BOOK': 5}, tax=1)"
    made = "Basket('ann', Line(kind=Kind.BOOK, amount=2), limit=3)"
    assert seen(shop, text) == [
        ("Basket", f"v0 = {made}"),
        ("Basket.total", f"v0 = {made}\nv1 = v0.total({{'BOOK': 5}}, tax=1)"),
    ]


def test_a_subclass_is_made_by_its_own_constructor_alone(shop: ModuleType) -> None:
    assert seen(shop, "Gift('bo').size") == [
        ("Gift", "v0 = Gift('bo')"),
        ("Basket.size", "v0 = Gift('bo')\nv1 = v0.size"),
    ]


def test_a_class_method_is_called_on_its_class(shop: ModuleType) -> None:
    assert ("Basket.empty", "v0 = Basket.empty('cy')") in seen(shop, "Basket.empty('cy')")


def test_a_generator_that_goes_on_is_no_second_call(shop: ModuleType) -> None:
    assert seen(shop, "list(each((1, 2)))") == [("each", "v0 = each((1, 2))")]


def test_a_call_with_what_no_expression_makes_is_left_out(shop: ModuleType) -> None:
    assert seen(shop, "rate(lambda: 1)\nrate(object())\nrate(2)") == [("rate", "v0 = rate(2)")]


def test_a_place_of_this_machine_is_no_argument(shop: ModuleType) -> None:
    assert seen(shop, f"rate({str(Path(str(shop.__file__)).parent / 'a')!r})") == []
