"""What base did in any case, and a change does under a condition of its own, is done again without the condition."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.narrowed import narrowed
from outpace.proving.ladder.patch import PatchedFile

BEFORE = b"""def get(name, hashes):
    path = join(name)
    check(path, hashes)
    return path

class Box:
    def put(self, name):
        self.items.append(name)
"""
CHECK, PUT = b"    check(path, hashes)\n", b"        self.items.append(name)\n"
NARROWED: dict[str, tuple[bytes, bytes, list[tuple[str, int, bytes, bytes]]]] = {
    "behind an if": (
        CHECK,
        b"    if name != 'x':\n        check(path, hashes)\n",
        [("when `check(path, hashes)` is done in get()", 3, b"name != 'x'", b"((name != 'x') or True)")],
    ),
    "behind an else": (
        CHECK,
        b"    if name == 'x':\n        log(name)\n    else:\n        check(path, hashes)\n",
        [("when `check(path, hashes)` is done in get()", 3, b"name == 'x'", b"((name == 'x') and False)")],
    ),
    "one of two arguments": (
        CHECK,
        b"    check(path, hashes if name else None)\n",
        [("what check() is given", 3, b"hashes if name else None", b"hashes")],
    ),
    "one or another argument": (
        CHECK,
        b"    check(path, name and hashes)\n",
        [("what check() is given", 3, b"name and hashes", b"hashes")],
    ),
    "behind an early end": (
        CHECK,
        b"    if name == 'x':\n        return None\n    check(path, hashes)\n",
        [
            ("when what follows on `return None` is done in get()", 3, b"name == 'x'", b"((name == 'x') and False)"),
        ],
    ),
    "a method": (
        PUT,
        b"        if name:\n            self.items.append(name)\n",
        [("when `self.items.append(name)` is done in Box.put()", 8, b"name", b"((name) or True)")],
    ),
    "a refusal": (CHECK, b"    if '..' in path:\n        raise ValueError\n    check(path, hashes)\n", []),
    "something new": (CHECK, b"    if name:\n        log(name)\n    check(path, hashes)\n", []),
    "a new function": (CHECK, CHECK + b"\ndef new(a):\n    if a:\n        return a\n", []),
}


@pytest.mark.parametrize(("old", "new", "told"), NARROWED.values(), ids=NARROWED.keys())
def test_each_new_condition_is_taken_out(old: bytes, new: bytes, told: list[tuple[str, int, bytes, bytes]]) -> None:
    after = BEFORE.replace(old, new)
    found = narrowed(PatchedFile(path="a.py", before=BEFORE, after=after))
    assert [(each.what, each.line, after[each.start : each.end], each.text) for each in found] == told


def test_a_condition_that_was_there_is_left_alone() -> None:
    held = BEFORE.replace(CHECK, b"    if name:\n        check(path, hashes)\n")
    assert list(narrowed(PatchedFile(path="a.py", before=held, after=held + b"X = 1\n"))) == []


def test_a_condition_that_stands_elsewhere_now_is_no_new_one() -> None:
    held = BEFORE.replace(CHECK, b"    for each in path:\n        if not each:\n            break\n")
    moved = held.replace(b"in path:", b"in read(path):").replace(b"        if not each:", b"        if (not each):")
    assert list(narrowed(PatchedFile(path="a.py", before=held, after=moved))) == []
