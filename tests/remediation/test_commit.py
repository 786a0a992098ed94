"""A proposal as a commit: its name and its words."""

from __future__ import annotations

from outpace.model.change import Change, Move
from outpace.model.package import PYPI, Package
from outpace.proving.purpose import Stated, StatedMove, of_message
from outpace.remediation.commit import branch_of, candidate_of, message_of
from outpace.remediation.plan import Proposal
from outpace.remediation.ports import Pin, Step

CHILD, PARENT = Package(PYPI, "child"), Package(PYPI, "parent")
MOVES = (
    Move(package=CHILD, before="1.4", after="2.0.1", file="uv.lock"),
    Move(package=PARENT, before="1.0", after="1.2", file="uv.lock"),
    Move(package=Package(PYPI, "new"), before=None, after="1", file="uv.lock"),
)
ONE = Proposal(
    steps=(Step(pin=Pin(package=CHILD, version="1.4", file="uv.lock"), version="2.0.1"),),
    files=(("uv.lock", b""),),
    moves=MOVES,
    fixes=("PYSEC-2099-271",),
    caveats=("something to know",),
)

MESSAGE = """\
Upgrade child to 2.0.1

PYSEC-2099-271 affects what is pinned here.
This is the nearest release that resolves, that is not yanked, and that no known advisory affects.
parent and new had to move along.
Checked: the files resolve again, only the packages below move, and a new match is clean of them.

Note: something to know.

Moves: child 1.4 -> 2.0.1
Moves: parent 1.0 -> 1.2
Moves: new (none) -> 1
Fixes: PYSEC-2099-271
"""


def test_the_message_says_what_why_and_how_checked() -> None:
    assert message_of(ONE) == MESSAGE


def test_whoever_proves_the_commit_reads_its_purpose_from_the_message() -> None:
    assert of_message(message_of(ONE)) == Stated(
        moves=(
            StatedMove(name="child", before="1.4", after="2.0.1"),
            StatedMove(name="new", before=None, after="1"),
            StatedMove(name="parent", before="1.0", after="1.2"),
        ),
        fixes=("PYSEC-2099-271",),
        by="the commit's trailers",
    )


def test_the_branch_is_named_by_its_advisory_or_by_a_digest_that_stays() -> None:
    several = Proposal(steps=ONE.steps, files=(), moves=MOVES, fixes=("A-1", "A-2"))
    assert branch_of(ONE) == "outpace/fix-PYSEC-2099-271"
    assert branch_of(several) == branch_of(several)
    assert branch_of(several).startswith("outpace/fix-")
    assert branch_of(several) != branch_of(Proposal(steps=ONE.steps, files=(), moves=MOVES, fixes=("A-1", "A-3")))


def test_a_change_is_excluded_under_the_digest_of_its_proposal() -> None:
    change = Change(branch="b", base="0", revision="1", fixes=ONE.fixes, moves=ONE.moves, purpose=ONE.purpose)
    assert candidate_of(change) == ONE.digest
