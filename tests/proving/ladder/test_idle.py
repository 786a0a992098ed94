"""A check that is added has to have a consequence."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.idle import told
from outpace.proving.ladder.patch import Patch, PatchedFile

TOLD = "it adds a check from which nothing follows: a.py:2"
CHECKS: dict[str, tuple[str, str]] = {
    "nothing": ("    if not n:\n        pass\n", TOLD),
    "three dots": ("    if not n:\n        ...\n", TOLD),
    "a comparison alone": ("    n == 1\n", TOLD),
    "a word of truth alone": ("    not n or n\n", TOLD),
    "something": ("    if not n:\n        return 1\n", ""),
    "something else": ("    if not n:\n        pass\n    else:\n        n = 1\n", ""),
    "a call": ("    n.check()\n", ""),
}


@pytest.mark.parametrize(("added", "sentence"), CHECKS.values(), ids=CHECKS.keys())
def test_a_check_from_which_nothing_follows_is_told(added: str, sentence: str) -> None:
    before = "def f(n):\n    return n\n"
    after = before.replace("    return", added + "    return")
    patch = Patch.of([PatchedFile(path="a.py", before=before.encode(), after=after.encode())])
    assert told(patch) == sentence


def test_what_stood_there_before_may_stay() -> None:
    before = b"def f(n):\n    if n:\n        pass\n    return n\n"
    assert told(Patch.of([PatchedFile(path="a.py", before=before, after=before + b"\nA = 1\n")])) == ""
