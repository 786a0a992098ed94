"""What `outpace fix` says first, and how its notes lie in 80 columns."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from outpace.app.fix import AlreadyThere, Created, FixView, Landed, Landing, NotWritten
from outpace.formats.fix import text
from outpace.formats.plain import Hanging
from outpace.model.change import Change
from outpace.model.exposure import Matched
from outpace.model.inventory import Inventory
from outpace.model.package import Package
from outpace.remediation.plan import Blocked, Fixed, NoFix, Outcome, Plan, Proposal, Target
from outpace.remediation.ports import Pin

NOTE = "requirements.in remains the source of requirements.txt: raise its own pin, if it has one, then uv pip compile"
FIXED = Fixed(version="1.1", proposal=Proposal(steps=(), files=(), moves=(), fixes=("X-1",), caveats=(NOTE,)))
BLOCKED, NONE = Blocked(blocker="b holds it back"), NoFix(why="no release is free of it")


def plan(outcome: Outcome) -> Plan:
    pin = Pin(package=Package("PyPI", "a"), version="1.0", file="requirements.txt")
    return Plan(target=Target(pin=pin, exposures=()), outcome=outcome)


def landed(landing: Landing) -> Landed:
    change = Change(
        branch="outpace/fix-X-1",
        base="a" * 40,
        revision="b" * 40,
        fixes=("X-1",),
        moves=(),
        caveats=(NOTE,),
        at=datetime(2024, 1, 1, tzinfo=UTC),
    )
    return Landed(change=change, landing=landing, files=("requirements.txt",))


def view(outcomes: tuple[Outcome, ...], landings: tuple[Landing, ...], asked: str | None = None) -> FixView:
    return FixView(
        application="shop",
        base="a" * 40,
        plans=tuple(map(plan, outcomes)),
        landed=tuple(map(landed, landings)),
        exceptions=(),
        matched=Matched(inventory=Inventory(source="files", files=("requirements.txt",))),
        dirty=("a file with a long name.txt", "another file with a long name.txt", "and one more.txt"),
        asked=asked,
    )


def shown(of: FixView) -> list[str]:
    page = io.StringIO()
    Console(file=page, width=80, highlight=False, emoji=False, markup=False).print(text(of))
    return page.getvalue().splitlines()


FIRST: list[tuple[tuple[Outcome, ...], tuple[Landing, ...], str | None, str]] = [
    ((), (), None, "nothing is exposed, as far as it is known: there is nothing to fix"),
    ((), (), "X-1", "nothing is exposed to X-1, as far as it is known: there is nothing to fix"),
    ((FIXED,), (Created(),), "X-1", "the pin exposed to X-1 is fixed on 1 branch"),
    ((FIXED,), (Created(),), None, "the exposed pin is fixed on 1 branch"),
    ((FIXED,), (AlreadyThere(),), "X-1", "the pin exposed to X-1 is fixed on 1 branch that was there already"),
    ((FIXED,), (NotWritten(),), "X-1", "the pin exposed to X-1 could be fixed on 1 branch; nothing was written"),
    ((FIXED, FIXED), (Created(),), "X-1", "both pins exposed to X-1 are fixed on 1 branch"),
    ((FIXED,) * 3, (Created(), Created()), None, "all 3 exposed pins are fixed on 2 branches"),
    (
        (FIXED,) * 3,
        (Created(), AlreadyThere()),
        None,
        "all 3 exposed pins are fixed on 2 branches, 1 of which was there already",
    ),
    ((FIXED, BLOCKED), (Created(),), None, "1 of 2 exposed pins is fixed on 1 branch"),
    ((FIXED, FIXED, NONE), (Created(),), "X-1", "2 of 3 pins exposed to X-1 are fixed on 1 branch"),
    ((BLOCKED,), (), "X-1", "no pin exposed to X-1 can be fixed by an upgrade; nothing was written"),
    ((BLOCKED, NONE), (), None, "none of 2 exposed pins can be fixed by an upgrade; nothing was written"),
]


@pytest.mark.parametrize(("outcomes", "landings", "asked", "first"), FIRST)
def test_the_first_line_reads_as_a_sentence(
    outcomes: tuple[Outcome, ...], landings: tuple[Landing, ...], asked: str | None, first: str
) -> None:
    assert shown(view(outcomes, landings, asked))[0] == first


def test_what_does_not_fit_goes_on_further_in_than_it_began() -> None:
    lines = shown(view((FIXED,), (Created(),)))
    note = next(number for number, line in enumerate(lines) if line.startswith("    note: "))
    ignored = next(number for number, line in enumerate(lines) if line.startswith("uncommitted"))
    assert lines[note + 1].startswith("      ")
    assert lines[ignored + 1].startswith("  ")
    assert max(map(len, lines)) <= 80


def test_a_hanging_line_that_fits_is_left_as_it_is() -> None:
    page = io.StringIO()
    Console(file=page, width=20).print(Hanging("x" * 18, indent=2), Hanging("a word and more words", hang=4))
    assert page.getvalue().splitlines() == ["  " + "x" * 18, "a word and more", "    words"]
