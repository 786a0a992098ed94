"""What came of each red test, and the edits that go with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from outpace.model.unknown import Unknown
from outpace.testing.mending.classes import Class

OFFERED: frozenset[Class] = frozenset({"behavioral", "brittle"})
"""Where an edit is proposed, and a person accepts it."""


class EditedFile(Struct, frozen=True, kw_only=True):
    """A file of tests, with the verified edits of its mended and accepted tests and no other."""

    path: str
    before: str
    after: str


class Offer(Struct, frozen=True, kw_only=True):
    """An edit that a person may accept: verified as an edit of our own is, and in no file yet. Without `edit`,
    `objection` says why there is none."""

    edit: EditedFile | None = None
    said: str = ""
    objection: str = ""


class RedTest(Struct, frozen=True, kw_only=True):
    """`mended`: its edit is verified. `objection` says why an edit that makes it green is not. `accepted`: its offer
    is part of the files."""

    test: str
    kind: Class
    evidence: tuple[str, ...] = ()
    mended: bool = False
    objection: str = ""
    offer: Offer | None = None
    accepted: bool = False


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
        return tuple(each for each in self.red if not each.mended and not each.accepted)


def is_settled(told: Mended, written: Collection[str]) -> bool:
    """Whether no test is red any more: each is mended or accepted, and its file is written."""
    return told.unknown is None and not told.open and all(each.path in written for each in told.files)


def refusal(told: Mended, accepted: Iterable[str]) -> str:
    """Why one of these tests has no edit that a person may accept, or nothing."""
    red = {each.test: each for each in told.red}
    for test in accepted:
        each = red.get(test)
        if each is None:
            return f"{test} did not turn red"
        if each.kind not in OFFERED:
            return (
                f"{test} is of class {each.kind}; a person accepts edits only of {' and '.join(sorted(OFFERED))} tests"
            )
        if each.offer is None or each.offer.edit is None:
            return (
                f"no edit is proposed for {test}: {each.offer.objection if each.offer is not None else 'none is known'}"
            )
    return ""
