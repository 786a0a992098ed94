"""The trial of a change: cases run in the sandbox, what was seen of each, and which of some lines ran."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, structs

from outpace.app.climb_runs import RUNS, SECONDS, STEADY, Tree
from outpace.model.unknown import Unknown
from outpace.proving.ladder import neighbors
from outpace.proving.ladder.cases import Case, Seen, TakesLong
from outpace.proving.ladder.exercised import Missed
from outpace.proving.tasks import Task
from outpace.testing.ports import Told
from outpace.testing.told import rows_of

Instructions: TypeAlias = tuple[tuple[str, str, int, int], ...]
"""Path, name of the code, its first line, and where in it."""


class Tried(Struct, frozen=True, kw_only=True):
    """Case -> what was seen of it; instructions that ran, by their file's path; lines of which some did not."""

    seen: Mapping[str, Sequence[Seen]]
    ran: Instructions = ()
    missed: tuple[Missed, ...] = ()


class Row(Struct, frozen=True, kw_only=True):
    """One row of `outpace.inside.exercising`."""

    seen: Seen | None = None
    ran: Instructions = ()
    missed: Missed | None = None


def trial(
    side: Tree,
    task: Task,
    cases: Sequence[Case],
    lines: Mapping[str, tuple[int, ...]],
    env: Mapping[str, str] = {},
    *,
    once: bool = False,
) -> Tried | Unknown:
    """`once`: each case in one run."""
    request = {
        "cases": [
            [case.id, case.setup, case.does, *_how(case, task, once=once), _room(case), case.times, case.linked]
            for case in cases
        ],
        "room": [[each.path, each.content] for each in task.room],
        "decoys": (*task.decoys, neighbors.OTHER_PROGRAM) if task.decoys else (),
        "lines": _absolute(side, lines),
    }
    told = side.inside.ask("exercising.cases", request, seconds=SECONDS, env={**STEADY, **env})
    return _read(side, told)


def _room(case: Case) -> list[tuple[str, str]]:
    return [(each.path, each.content) for each in case.room]


def _how(case: Case, task: Task, *, once: bool = False) -> tuple[int, bool, float]:
    """How often, whether in one process with others, and for how many seconds at most. What is given runs alone, again
    and again; of what is made of it one effect is enough, and it is many, but for calls that are compared. Where time
    is the effect, that is told of one alone, and twice that time is enough."""
    kind = case.id.partition("-")[0]
    is_call = kind in ("benign", "tame", "mixed", "marked", "worded", "swapped", "malformed")
    exploited = task.witnesses[case.of].exploited if task.witnesses and not is_call else None
    if isinstance(exploited, TakesLong):
        return (1 if case.sort or once else RUNS), False, 2 * exploited.seconds
    if not case.sort:
        return (1 if once else RUNS), False, 0.0
    return (2 if not once and kind in ("tame", "mixed", "marked", "worded", "twin") else 1), case.times == 1, 0.0


def _absolute(side: Tree, lines: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    return {str(side.root / path): numbers for path, numbers in lines.items()}


def _read(side: Tree, told: Told) -> Tried | Unknown:
    rows = rows_of(told, Row, "the trial")
    if isinstance(rows, Unknown):
        return rows
    if told.ended is not None:
        return told.ended
    seen: dict[str, list[Seen]] = {}
    for row in rows:
        if row.seen is not None:
            seen.setdefault(row.seen.case, []).append(row.seen)
    return Tried(
        seen=seen,
        ran=tuple((_relative(side, path), name, first, at) for row in rows for path, name, first, at in row.ran),
        missed=tuple(_rows_missed(side, rows)),
    )


def _rows_missed(side: Tree, rows: Iterable[Row]) -> Iterable[Missed]:
    for row in rows:
        if row.missed is not None:
            yield structs.replace(row.missed, path=_relative(side, row.missed.path))


def _relative(side: Tree, path: str) -> str:
    return path.removeprefix(f"{side.root}/")


def missed_by_tests(
    side: Tree, words: tuple[str, ...], lines: Mapping[str, tuple[int, ...]], ran_already: Instructions = ()
) -> tuple[Missed, ...] | None:
    """What the tests of base do not run either; None where that cannot be told."""
    absolute = _absolute(side, lines)
    ran = [[str(side.root / path), *rest] for path, *rest in ran_already]
    request = {"words": words, "seconds": SECONDS, "lines": absolute, "ran": ran}
    told = side.inside.ask("exercising.suite", request, seconds=SECONDS, env=STEADY)
    rows = rows_of(told, Row, "the run of the tests")
    return None if isinstance(rows, Unknown) or told.ended is not None else tuple(_rows_missed(side, rows))
