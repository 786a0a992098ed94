"""A digest is taken of whatever names files have, and no two of them share one."""

from __future__ import annotations

import os

from outpace.model.fact import digest_of
from outpace.proving.ladder.patch import Patch, PatchedFile

NAMES = (
    os.fsdecode(b"src/\xe9.py"), os.fsdecode(b"src/\xe8.py"), "src/\xe9.py", "src/\\xe9.py", "src/\\udce9.py",
    "src/?.py", "\ud83d\ude00", "\U0001f600",
)  # fmt: skip


def test_names_that_are_no_utf_8_have_digests_that_no_other_name_has() -> None:
    patches = [Patch.of([PatchedFile(path=name, before=None, after=b"X = 1\n")]) for name in NAMES]
    assert len({digest_of("patch", patch) for patch in patches}) == len(NAMES)


def test_a_digest_of_what_json_has_words_for_is_what_it_always_was() -> None:
    assert digest_of("a", {"c": 1, "b": "\xe9"}).startswith("3e78b869e2b3")
