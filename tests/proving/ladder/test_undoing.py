"""What is set while a module is loaded is found where a change sets it otherwise, and undone by itself."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.undoing import swaps, undone

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
    "another body": (b"LOCAL = 1", b"LOCAL = 2", [("f()", 4)]),
    "a function that asks more": (b"LOCAL = 1", b"LOCAL = int(a)", []),
    "what a name stands for": (b"import re\n", b"import enum as re\n", [("what re stands for", 1)]),
}


@pytest.mark.parametrize(("old", "new", "told"), SWAPS.values(), ids=SWAPS.keys())
def test_what_is_set_otherwise_is_told_and_undone(old: bytes, new: bytes, told: list[tuple[str, int]]) -> None:
    patch = Patch.of([PatchedFile(path="a.py", before=BEFORE, after=BEFORE.replace(old, new))])
    found = swaps(patch)
    assert [(each.what, each.line) for each in found] == told
    assert [undone(patch, [each]).files[0].after for each in found] == [BEFORE] * len(told)


def test_of_two_that_stand_in_one_place_one_is_undone() -> None:
    before = BEFORE.replace(b"return a\n", b"return k(a, 1)\n")
    patch = Patch.of([PatchedFile(path="a.py", before=before, after=before.replace(b"k(a, 1)", b"k(a or 1, 1)"))])
    found = [each for each in swaps(patch) if each.what.startswith("what k()")]
    assert [(each.text, each.start) for each in found] == [(b"a", found[0].start), (b"1", found[0].start)]
    (undone_,) = undone(patch, found).files
    assert b"return k(a, 1)" in (undone_.after or b"")


ALTERED: dict[str, tuple[bytes, str, int]] = {
    "an attribute of something else": (b"app.check = None\n", "app.check", 13),
    "an item of something else": (b"app['check'] = None\n", "app['check']", 13),
    "a call for what it does": (b"setattr(app, 'check', None)\n", "setattr()", 13),
    "a second call": (b"app.add(nothing)\n", "app.add()", 13),
    "what is deleted": (b"del app.check\n", "del app.check", 13),
}


@pytest.mark.parametrize(("new", "what", "line"), ALTERED.values(), ids=ALTERED.keys())
def test_what_alters_something_else_as_a_module_is_loaded_is_undone_by_leaving_it_out(
    new: bytes, what: str, line: int
) -> None:
    (found,) = swaps(Patch.of([PatchedFile(path="a.py", before=BEFORE, after=BEFORE + new)]))
    assert (found.what, found.line, found.text) == (what, line, b"pass")
    assert (BEFORE + new)[found.start : found.end] == new.strip()


NEW = {
    "a value": b"import re\nNEW = 1\n",
    "a word on itself": b"import re\n__all__ = ['f']\n",
    "a function": b"import re\ndef new(a=1):\n    return a\n",
    "a package": b"import re\nimport enum\n",
}


@pytest.mark.parametrize("new", NEW.values(), ids=NEW.keys())
def test_what_is_new_was_not_set_otherwise(new: bytes) -> None:
    after = BEFORE.replace(b"import re\n", new)
    assert swaps(Patch.of([PatchedFile(path="a.py", before=BEFORE, after=after)])) == ()


def test_a_second_value_of_a_name_is_undone_by_leaving_it_out() -> None:
    after = BEFORE.replace(b"LIMIT = 4096\n", b"LIMIT = 4096\nLIMIT *= 1000\n")
    patch = Patch.of([PatchedFile(path="a.py", before=BEFORE, after=after)])
    (found,) = swaps(patch)
    assert (found.what, found.line) == ("LIMIT", 3)
    assert undone(patch, [found]).files[0].after == after.replace(b"LIMIT *= 1000", b"pass")


@pytest.mark.parametrize("front", [b"# coding: latin-1\n", b"\xef\xbb\xbf"])
def test_a_file_in_another_encoding_is_not_looked_at(front: bytes) -> None:
    patch = Patch.of([PatchedFile(path="a.py", before=front + BEFORE, after=front + BEFORE + b"A = 1\n")])
    with pytest.raises(ValueError, match="UTF-8"):
        swaps(patch)


def test_each_of_several_is_undone_by_itself_and_all_of_them_together() -> None:
    after = BEFORE.replace(b"4096", b"9").replace(b"b=1", b"b=2")
    patch = Patch.of([PatchedFile(path="a.py", before=BEFORE, after=after)])
    found = swaps(patch)
    assert [undone(patch, [each]).files[0].after for each in found] == [
        BEFORE.replace(b"b=1", b"b=2"),
        BEFORE.replace(b"4096", b"9"),
    ]
    assert undone(patch, found).files[0].after == BEFORE


def test_tests_and_new_files_set_nothing_otherwise() -> None:
    test = PatchedFile(path="tests/test_a.py", before=BEFORE, after=BEFORE.replace(b"4096", b"9"))
    assert swaps(Patch.of([test, PatchedFile(path="new.py", after=BEFORE)])) == ()


def test_a_function_that_leaves_its_questions_to_a_new_one_asks_more() -> None:
    helper = b"def inside(a):\n    if not a:\n        raise ValueError\n    return a\n"
    after = BEFORE.replace(b"    return a\n", b"    return inside(a)\n")
    before = BEFORE.replace(b"    return a\n", b"    return guess(a)\n")
    assert swaps(Patch.of([PatchedFile(path="a.py", before=before, after=after + helper)])) == ()
    assert len(swaps(Patch.of([PatchedFile(path="a.py", before=before + helper, after=after + helper)]))) == 1


def test_a_new_function_that_is_only_spoken_of_and_a_method_of_something_else_ask_nothing() -> None:
    helper = b"def inside(a):\n    if not a:\n        raise ValueError\n    return a\n"
    helper += b"class B:\n    def get(self): self.a(); self.b()\n"
    for now in (b"    # of these inside() is not asked\n    return guess(a, 2)\n", b"    return a.get(1)\n"):
        before = BEFORE.replace(b"    return a\n", b"    return guess(a)\n")
        after = BEFORE.replace(b"    return a\n", now)
        assert len(swaps(Patch.of([PatchedFile(path="a.py", before=before, after=after + helper)]))) == 1


def test_a_new_file_in_another_encoding_has_no_helpers() -> None:
    after = BEFORE.replace(b"LIMIT = 4096", b"LIMIT = 1")
    files = [PatchedFile(path="a.py", before=BEFORE, after=after)]
    files += [PatchedFile(path="b.py", before=None, after=b"# coding: latin-1\nx = 1\n")]
    assert [each.what for each in swaps(Patch.of(files))] == ["LIMIT"]
