"""A proposed change as its files were and are, and the lines that it adds."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cached_property

from msgspec import Struct

PLAIN, PROGRAM, LINK, SUBMODULE = "100644", "100755", "120000", "160000"


class PatchedFile(Struct, frozen=True, kw_only=True, dict=True):
    """One path on both sides; None where it is not there. Modes are git's."""

    path: str
    before: bytes | None = None
    after: bytes | None = None
    mode_before: str = PLAIN
    mode_after: str = PLAIN

    @property
    def is_python(self) -> bool:
        return self.path.endswith((".py", ".pyi"))

    @property
    def added(self) -> frozenset[int]:
        """Numbers of the lines of `after` that `before` does not have, from 1."""
        return self._differing[1]

    @property
    def removed(self) -> frozenset[int]:
        """Numbers of the lines of `before` that `after` does not have, from 1."""
        return self._differing[0]

    @cached_property
    def _differing(self) -> tuple[frozenset[int], frozenset[int]]:
        before, after = ((content or b"").splitlines() for content in (self.before, self.after))
        gone: set[int] = set()
        new: set[int] = set()
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if tag != "equal":
                gone.update(range(i1 + 1, i2 + 1))
                new.update(range(j1 + 1, j2 + 1))
        return frozenset(gone), frozenset(new)


class Patch(Struct, frozen=True, kw_only=True):
    """All files that differ, by path."""

    files: tuple[PatchedFile, ...]

    @classmethod
    def of(cls, files: Iterable[PatchedFile]) -> Patch:
        return cls(files=tuple(sorted(files, key=lambda each: each.path)))

    @property
    def size(self) -> int:
        """Lines that were added or removed."""
        return sum(len(each.added) + len(each.removed) for each in self.files)
