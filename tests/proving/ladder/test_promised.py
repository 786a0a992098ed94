"""A function that says what it returns is not to return nothing instead."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.promised import broken

ADDED = "    if not n:\n        return {}\n"
NOTHING = "a.py:3 returns nothing, where f() says that it returns str"
PROMISES: dict[str, tuple[str, str, str]] = {
    "none": ("-> str", "None", NOTHING),
    "bare": ("-> str", "", NOTHING),
    "in a text": ("-> 'str'", "None", NOTHING),
    "a value": ("-> str", "''", ""),
    "optional": ("-> 'str | None'", "None", ""),
    "optional by its name": ("-> t.Optional[str]", "None", ""),
    "any": ("-> t.Any", "None", ""),
    "no promise": ("", "None", ""),
    "a text for people": ("-> 'a path below'", "None", ""),
    "a name of its own": ("-> Answer", "None", ""),
}


@pytest.mark.parametrize(("promise", "value", "told"), PROMISES.values(), ids=PROMISES.keys())
def test_nothing_in_the_place_of_what_is_promised_is_told(promise: str, value: str, told: str) -> None:
    before = f"def f(n) {promise}:\n    return n\n"
    after = before.replace("    return n\n", ADDED.format(value) + "    return n\n")
    patch = Patch.of([PatchedFile(path="a.py", before=before.encode(), after=after.encode())])
    assert broken(patch) == told


def test_another_promise_does_not_take_back_the_one_before() -> None:
    before = b"def f(n) -> str:\n    return n\n"
    after = b"def f(n) -> 'str | None':\n    if not n:\n        return None\n    return n\n"
    told = "a.py:3 returns nothing, where f() says that it returns str"
    assert broken(Patch.of([PatchedFile(path="a.py", before=before, after=after)])) == told


def test_what_returned_nothing_before_and_what_yields_may_go_on() -> None:
    before = b"def f(n) -> str:\n    return None\ndef g(n) -> list:\n    yield n\n"
    after = before.replace(b"    yield", b"    if not n:\n        return\n    yield")
    assert broken(Patch.of([PatchedFile(path="a.py", before=before, after=after)])) == ""
