"""What came of each red test, and the edits that go with it."""

from __future__ import annotations

from msgspec import Struct

from outpace.model.unknown import Unknown
from outpace.testing.mending.classes import Class


class RedTest(Struct, frozen=True, kw_only=True):
    """`mended`: its edit is verified. `objection` says why an edit that makes it green is not."""

    test: str
    kind: Class
    evidence: tuple[str, ...] = ()
    mended: bool = False
    objection: str = ""


class EditedFile(Struct, frozen=True, kw_only=True):
    """A file of tests, with the verified edits of its mended tests and no other."""

    path: str
    before: str
    after: str


class Mended(Struct, frozen=True, kw_only=True):
    """In the order in which the tests run. `executions` are sets of pieces that were tried."""

    base: str
    head: str
    green: int = 0
    red: tuple[RedTest, ...] = ()
    files: tuple[EditedFile, ...] = ()
    unknown: Unknown | None = None

    @property
    def open(self) -> tuple[RedTest, ...]:
        """Those that stay red."""
        return tuple(each for each in self.red if not each.mended)
