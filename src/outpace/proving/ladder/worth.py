"""What a proposed test is worth: whether it notices what the tests of base let pass, and checks what it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from outpace.model.proof import Failed, Passed, Result
from outpace.model.words import counted
from outpace.proving.ladder import capabilities, lent, parses, powers

LEAST_SHARE = 0.5
"""Of the living mutants that new tests run, the share that they notice: below it, they run code more than they check
it."""
GRANTED = frozenset({powers.READS, powers.WRITES, powers.RANDOM, powers.MOCKS})
"""What tests may do beside what their subject can; what they leave behind and what turns them is looked at by running
them."""


class Noticed(Struct, frozen=True, kw_only=True):
    """Mutants that live with the tests of base, by how the new tests fare: `killed` by an assertion, `crashed` by an
    exception alone, `missed` though they run it. `killers` are tests that kill any mutant, and `first` is one of the
    killed ones, in words."""

    alive: int
    killed: int = 0
    crashed: int = 0
    missed: int = 0
    killers: tuple[str, ...] = ()
    first: str = ""


def judge(noticed: Noticed, tests: Iterable[str]) -> Result:
    """Each of the new tests has to notice something, and together they notice half of the living ones that they run."""
    if not noticed.alive:
        return Failed("it adds nothing measurable: the tests of base notice every mutant of this code already")
    killed = noticed.killed
    if not killed and noticed.crashed:
        told = counted(noticed.crashed, "living mutant")
        return Failed(f"it asserts nothing that shows: {told} end it by an exception, and none by an assertion")
    if not killed:
        told = counted(noticed.alive, "mutant")
        return Failed(f"it adds nothing measurable: {told} live, and it notices none of them")
    killers = set(map(function_of, noticed.killers))
    idle = next((test for test in dict.fromkeys(map(function_of, tests)) if test not in killers), None)
    if idle is not None:
        return Failed(f"{idle} notices no change of this code at all")
    if killed < LEAST_SHARE * (killed + noticed.missed):
        told = f"{killed} of {counted(killed + noticed.missed, 'living mutant')} that they run"
        return Failed(f"the new tests notice {told}: they run the code more than they check it")
    told = counted(noticed.alive, "living mutant")
    return Passed(
        f"{killed} of {told} are noticed by an assertion, {noticed.crashed} by an exception, {noticed.missed} run "
        f"unnoticed; the first {noticed.first}"
    )


def function_of(test: str) -> str:
    """A test without its parameters."""
    return test.partition("[")[0]


def powers_of_tests(texts: Mapping[str, str], own: lent.Own, subject: Iterable[str] = ()) -> frozenset[str]:
    """What is no news in a test: packages that the project imports somewhere, and what its subject can do."""
    known = capabilities.packages(text for path, text in texts.items() if path.endswith(".py"))
    theirs: set[str] = set()
    for path in subject:
        try:
            theirs.update(use.power for use in capabilities.uses(texts.get(path, "").encode(), path, own))
        except parses.UNREADABLE:
            continue
    return GRANTED | known | theirs | {lent.package_power("pytest")}
