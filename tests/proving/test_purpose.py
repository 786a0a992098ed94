"""What a commit's message states."""

from __future__ import annotations

import pytest

from outpace.model.change import Change, Move
from outpace.model.package import Package
from outpace.proving.purpose import Named, Purpose, Stated, StatedMove, Unstated, of_change, of_message

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
