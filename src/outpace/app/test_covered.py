"""What of some modules the tests that are there notice already, so that new ones are made for the rest alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from outpace.app.test_mutants import How, Kept, Suite, try_mutants
from outpace.model.unknown import Unknown
from outpace.testing.generation import Covered, Module
from outpace.testing.mutants.targets import Chosen
from outpace.testing.mutants.trial import Killed
from outpace.testing.told import rows_of

SECONDS = 600.0
"""For each of the two runs of the suite: what is not told by then counts as noticed by nobody."""


class Row(Struct, frozen=True, kw_only=True):
    """One line of what `inside.probing.covered` tells."""

    path: str = ""
    branches: tuple[int, ...] = ()
    lost: str = ""


def covered(
    suite: Suite, modules: Iterable[Module], *, kept: Kept, report: Callable[[str], None]
) -> Mapping[str, Covered]:
    """By the module's path. Where it cannot be known, nothing is: `report` is told why."""
    asked = tuple(modules)
    files = [Chosen(path=each.path, functions=each.only or None) for each in asked]
    trial = try_mutants(suite, files, How(seconds=SECONDS), kept=kept)
    killed: dict[str, set[str]] = {}
    if trial.doubt is None:
        for each in trial.tried:
            if isinstance(each.verdict, Killed):
                killed.setdefault(each.path, set()).add(each.mutant.id)
    else:
        report(f"which mutants the tests that are there kill is not known: {trial.doubt.why}")
    branches = _branches(suite, asked)
    if isinstance(branches, Unknown):
        report(f"which branches the tests that are there take is not known: {branches.why}")
        branches = {}
    return {
        each.path: Covered(
            mutants=frozenset(killed.get(each.path, ())), branches=frozenset(branches.get(each.path, ()))
        )
        for each in asked
    }


def _branches(suite: Suite, modules: tuple[Module, ...]) -> dict[str, tuple[int, ...]] | Unknown:
    paths = {f"{suite.root}/{each.path}": each.path for each in modules}
    request = {
        "files": [(place, each.text) for place, each in zip(paths, modules, strict=True)],
        "words": suite.words,
        "seconds": SECONDS,
    }
    told = suite.inside.ask("probing.covered", request, seconds=SECONDS + 60)
    rows = rows_of(told, Row)
    if isinstance(rows, Unknown) or told.ended is not None:
        return rows if isinstance(rows, Unknown) else told.ended or Unknown("its run came to no end")
    lost = next((row.lost for row in rows if row.lost), "")
    return Unknown(lost) if lost else {paths[row.path]: row.branches for row in rows if row.path in paths}
