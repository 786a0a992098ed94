"""What is set while a module is loaded is found where a change sets it otherwise, and undone by itself."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.at_import import swaps
from outpace.proving.ladder.patch import Patch, PatchedFile

BEFORE = b"""import re
LIMIT = 4096
@guard
def f(a, b=1, *, c=2):
    LOCAL = 1
    return a
class A(Guarded):
    x: int = 3
    @login
    def g(self): ...
if LIMIT:
    app.add(check, strict=True)
"""
SWAPS: dict[str, tuple[bytes, bytes, list[tuple[str, int]]]] = {
    "a value": (b"LIMIT = 4096", b"LIMIT = 10**9", [("LIMIT", 2)]),
    "a default": (b"b=1", b"b=2", [("the default of b in f()", 4)]),
    "a default by name": (b"c=2", b"c=3", [("the default of c in f()", 4)]),
    "a decorator that goes": (b"@guard\n", b"", [("the decorators of f", 3)]),
    "a decorator of a method": (b"    @login\n", b"    @logout\n", [("the decorators of A.g", 9)]),
    "what a class is made of": (b"A(Guarded)", b"A(object)", [("what A is made of", 7)]),
    "a value of a class": (b"x: int = 3", b"x: int = 4", [("x", 8)]),
    "an argument of a call": (b"strict=True", b"strict=False", [("app.add()", 12)]),
    "layout alone": (b"LIMIT = 4096", b"LIMIT = (4096)", []),
    "another body": (b"LOCAL = 1", b"LOCAL = 2", []),
    "what is new": (b"import re\n", b"import re\nNEW = 1\n", []),
}


@pytest.mark.parametrize(("old", "new", "told"), SWAPS.values(), ids=SWAPS.keys())
def test_what_is_set_otherwise_is_told_and_undone(old: bytes, new: bytes, told: list[tuple[str, int]]) -> None:
    patch = Patch.of([PatchedFile(path="a.py", before=BEFORE, after=BEFORE.replace(old, new))])
    found = swaps(patch)
    assert [(each.what, each.line) for each in found] == told
    assert [each.undone.files[0].after for each in found] == [BEFORE] * len(told)


def test_each_of_several_is_undone_by_itself() -> None:
    after = BEFORE.replace(b"4096", b"9").replace(b"b=1", b"b=2")
    found = swaps(Patch.of([PatchedFile(path="a.py", before=BEFORE, after=after)]))
    assert [each.undone.files[0].after for each in found] == [
        BEFORE.replace(b"b=1", b"b=2"),
        BEFORE.replace(b"4096", b"9"),
    ]


def test_tests_and_new_files_set_nothing_otherwise() -> None:
    test = PatchedFile(path="tests/test_a.py", before=BEFORE, after=BEFORE.replace(b"4096", b"9"))
    assert swaps(Patch.of([test, PatchedFile(path="new.py", after=BEFORE)])) == ()
