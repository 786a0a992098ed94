"""What a commit's message states."""

from __future__ import annotations

import time

import pytest

from outpace.model.change import Change, Move
from outpace.model.package import Package
from outpace.proving.purpose import Named, Purpose, Stated, StatedMove, Unstated, of_change, of_message
from outpace.remediation.commit import message_of
from outpace.remediation.plan import Proposal
from outpace.remediation.ports import Pin, Step

CASES: tuple[tuple[str, Purpose], ...] = (
    (
        """Upgrade starlette

Fixes: PYSEC-2023-83
Fixes: CVE-2023-29159, GHSA-v5gw-mw7f-84px
Moves: Starlette 0.26.1 -> 0.27.0
Moves: anyio (none) -> 4.0
""",
        Stated(
            moves=(
                StatedMove(name="anyio", before=None, after="4.0"),
                StatedMove(name="starlette", before="0.26.1", after="0.27.0"),
            ),
            fixes=("PYSEC-2023-83", "CVE-2023-29159", "GHSA-v5gw-mw7f-84px"),
            by="the commit's trailers",
        ),
    ),
    (
        """Bump starlette from 0.26.1 to 0.27.0

Bumps [starlette](https://github.com/encode/starlette) from 0.26.1 to 0.27.0.
- [Release notes](https://github.com/encode/starlette/releases)
""",
        Named(moves=(StatedMove(name="starlette", before="0.26.1", after="0.27.0"),)),
    ),
    (
        "chore(deps): update dependency PyJWT to v2.4.0 [security]",
        Named(moves=(StatedMove(name="pyjwt", before=None, after="2.4.0"),)),
    ),
    (
        "Moves: a 1 -> 2\n\nMoves: a 2 -> 3\nMoves: b 1 -> 2\n\nMoves: b 2 -> 1\n",
        Stated(moves=(StatedMove(name="a", before="1", after="3"),), by="the commit's trailers"),
    ),
    ("Fix the login page", Unstated()),
    ("Tidy\n\nFixes: CVE-2024-1", Unstated(fixes=("CVE-2024-1",))),
    ("Fixes #12, moves: everything -> nowhere at all", Unstated()),
    ("", Unstated()),
)


SENTENCES: tuple[tuple[str, tuple[tuple[str, str | None, str], ...]], ...] = (
    ("Upgrade starlette to 0.27.0", (("starlette", None, "0.27.0"),)),
    ("Upgrade a to 1.1, b to 2.0 and c to 3", (("a", None, "1.1"), ("b", None, "2.0"), ("c", None, "3"))),
    ("upgrade A, B and C to 2.0.", (("a", None, "2.0"), ("b", None, "2.0"), ("c", None, "2.0"))),
    ("UPGRADES: upgrade a==2.0", (("a", None, "2.0"),)),
    ("chore(deps): bump a from 1.0 to 2.0 in /shop", (("a", "1.0", "2.0"),)),
    ("build(deps-dev): bump A_b.C from 1.0 to 2.0 (#12)", (("a-b-c", "1.0", "2.0"),)),
    ("[Security] Bump a from 1.0 to 2.0", (("a", "1.0", "2.0"),)),
    ("- :arrow_up: Update `a` from `1.0` to `v2.0`.", (("a", "1.0", "2.0"),)),
    ("fix(deps)!: update dependency a to v2 [security]", (("a", None, "2"),)),
    ("Update dependencies a to v2.1 and b to v3.2", (("a", None, "2.1"), ("b", None, "3.2"))),
    ("Update a[standard] requirement from <2,>=1 to >=1,<3", (("a", "<2,>=1", ">=1,<3"),)),
    ("Update a requirement from ~=1.0 to ~=2.0", (("a", "~=1.0", "~=2.0"),)),
    ("Bump a from 1 to 2 and b from 3 to 4", (("a", "1", "2"), ("b", "3", "4"))),
    ("Bumps [a](https://x.invalid/a(b)) and [b](https://x.invalid/b).", ()),
    ("Updating a (1.0 -> 2.0)\nUpdate b v1 -> v2\nbump c: 1 \N{RIGHTWARDS ARROW} 2",
     (("a", "1.0", "2.0"), ("b", "1", "2"), ("c", "1", "2"))),
    ("Downgrade a from 2.0 to 1.0\nPin b to 1.5", (("a", "2.0", "1.0"), ("b", None, "1.5"))),
    (
        ("Bump the g group with 2 updates\n\n| Package | From | To |\n| --- | --- | --- |\n"
        "| [a](https://x.invalid) | `1.0` | `2.0` |\n| b | 1 | 2 |"),
        (("a", "1.0", "2.0"), ("b", "1", "2")),
    ),
    (
        ("Update all non-major\n\n| Package | Type | Update | Change |\n|---|---|---|---|\n"
        "| [a](https://x.invalid) ([source](https://y.invalid)) | project.dependencies | patch | `==1.0` -> `==2.0` |"),
        (("a", "1.0", "2.0"),),
    ),
    (
        ("Bump the g group across 1 directory with 2 updates\n\n---\nupdated-dependencies:\n- dependency-name: a\n"
        "  dependency-version: 2.0\n  dependency-type: direct:production\n- dependency-name: \"@npm/b\"\n"
        "  dependency-version: 3.0\n..."),
        (("a", None, "2.0"),),
    ),
    ("Bump a from 1 to 2\n\nBump a from 2 to 3", (("a", "1", "3"),)),
    ("Upgrade a to 2\n\nUpgrade a to 3", (("a", None, "3"),)),
    ("Bump a from 1 to 2\n\nUpgrade a to 3", (("a", "1", "3"),)),
    ('Revert "Bump a from 1 to 2"', (("a", "2", "1"),)),
    ('Bump a from 1 to 2\n\nRevert "Bump a from 1 to 2"', ()),
    ('Revert "Upgrade a to 2"', ()),
    ('Revert "Revert "Bump a from 1 to 2""', (("a", "1", "2"),)),
    ("Bump actions/checkout from 3 to 4", ()),
    ("Bump @types/node from 3 to 4", ()),
    ("We should later upgrade a to 2.0", ()),
    ("Update the readme to say more", ()),
    ("Upgrade 3 packages with known vulnerabilities", ()),
    ("Update README", ()),
)  # fmt: skip


@pytest.mark.parametrize(("message", "moves"), SENTENCES, ids=[message[:40] for message, _ in SENTENCES])
def test_sentences_of_bots_and_people_name_what_they_mean(
    message: str, moves: tuple[tuple[str, str | None, str], ...]
) -> None:
    found = of_message(message)
    named = found.moves if isinstance(found, Named) else ()
    assert tuple((one.name, one.before, one.after) for one in named) == moves


def test_our_own_subject_is_read_where_a_squash_dropped_the_trailers() -> None:
    pin = Pin(package=Package("PyPI", "starlette"), version="0.26.1", file="uv.lock")
    moved = Move(package=pin.package, before="0.26.1", after="0.27.0", file="uv.lock")
    proposal = Proposal(steps=(Step(pin=pin, version="0.27.0"),), files=(), moves=(moved,), fixes=("PYSEC-2023-83",))
    subject = message_of(proposal).partition("\n")[0]
    assert of_message(subject) == Named(moves=(StatedMove(name="starlette", after="0.27.0"),))


HOSTILE = (
    "Fixes: " + "A" * 100_000,
    "Fixes: " + "A-" * 50_000,
    "bump " * 20_000,
    "bump a, " * 15_000,
    "bump a and bump and " * 5_000,
    'revert "bump ' * 8_000,
    "bump a" + " " * 100_000,
    "bump a from " + "1" * 100_000,
    "bump [a](" * 10_000,
    "|" * 100_000,
    "| a | " + "1 -> " * 20_000,
    "[a] " * 20_000,
    "a" * 100_000,
    "\n".join(f"Moves: a{at} 1 -> 2" for at in range(5_000)),
    "\n".join(f"Moves: a {at} -> {at + 1}" for at in range(5_000)),
    "\n".join(f"Moves: a {at} -> x" for at in range(5_000)),
    "\n".join(f"Bump a{at} from 1 to 2" for at in range(5_000)),
)


@pytest.mark.parametrize("message", HOSTILE, ids=[message[:16] for message in HOSTILE])
def test_a_hostile_message_takes_no_longer_than_its_length(message: str) -> None:
    began = time.process_time()
    of_message(message)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("message", "purpose"), CASES, ids=[message[:20] for message, _ in CASES])
def test_a_message_states_no_more_than_it_says(message: str, purpose: Purpose) -> None:
    assert of_message(message) == purpose


def test_a_recorded_change_states_every_move_once() -> None:
    package = Package("PyPI", "starlette")
    moves = (
        Move(package=package, before="1", after="2", file="a.txt"),
        Move(package=package, before="1", after="2", file="b.txt"),
    )
    change = Change(branch="b", base="0", revision="1", fixes=("CVE-1",), moves=moves)
    assert of_change(change) == Stated(
        moves=(StatedMove(name="starlette", before="1", after="2"),), fixes=("CVE-1",), by="the recorded change"
    )


def test_a_message_of_many_megabytes_is_read_in_no_time() -> None:
    assert of_message("Bump " + "a " * 2_000_000 + "Moves: " * 1000) == Unstated()
