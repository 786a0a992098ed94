"""What the program inside told of a trial."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from outpace.model.unknown import Unknown
from outpace.testing.mutants.trial import (
    AtImport,
    Equivalent,
    Kill,
    Killed,
    LeftOut,
    Mutant,
    Survived,
    Trial,
    Tried,
    Unreached,
    Unstable,
    Verdict,
)
from outpace.testing.ports import Told

KEPT = frozenset({"killed", "survived", "equivalent"})
STATES = KEPT | {"unreached", "unstable", "at import", "known"}
NO_TEST = ""
"""Kills where the process was ended between two tests."""
NOTHING_COLLECTED = 5


class Row(Struct, frozen=True, kw_only=True):
    """One line; which it is, is told by the field that it has."""

    file: str = ""
    unreadable: str = ""
    mutants: int = 0
    drawn_from: int = 0
    arid: dict[str, int] = {}
    collected: int | None = None
    broken: tuple[tuple[str, str], ...] = ()
    alone: bool = True
    tests: int | None = None
    green: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    mutant: Mutant | None = None
    path: str = ""
    state: str = ""
    key: str = ""
    kills: tuple[Kill, ...] = ()
    executions: int = 0
    unstable: str = ""
    diff: str = ""
    control: tuple[Kill, ...] | None = None
    status: int = 0


def row_of(line: bytes) -> Row | None:
    try:
        return msgspec.json.decode(line, type=Row)
    except msgspec.DecodeError:
        return None


def trial_of(told: Told, known: Mapping[str, bytes] | None = None, *, on_import: bool = False) -> Trial:
    """`known` are the rows of earlier runs, by their keys; `on_import` of what runs then alone, where each mutant has
    a collection of its own. What did not come to its end, or contradicts itself, is in doubt."""
    rows = [row for row in map(row_of, told.rows) if row is not None]
    unread = len(told.rows) - len(rows)
    controls = [row.control for row in rows if row.control is not None]
    drawn = sum(row.drawn_from for row in rows)
    return Trial(
        tried=tuple(sorted((tried for row in rows if (tried := _tried(row, known or {}))), key=_place)),
        files=tuple(row.file for row in rows if row.file and not row.unreadable),
        arid=_added(row.arid for row in rows),
        unreadable=tuple((row.file, row.unreadable) for row in rows if row.unreadable),
        broken=tuple(each for row in rows for each in row.broken),
        tests=sum(row.tests or 0 for row in rows),
        left_out=tuple(each for row in rows for each in row.left_out),
        controls=len(controls),
        sampled_of=drawn,
        doubt=told.ended or _doubt(rows, controls, unread) or _contradiction(rows, known or {}, on_import=on_import),
    )


def with_imports(trial: Trial, imported: Trial) -> Trial:
    """What ran only on import has the verdicts of a second trial, where that can be believed."""
    if imported.doubt is not None:
        return msgspec.structs.replace(trial, import_doubt=imported.doubt)
    anew = {(each.path, each.mutant.id): each for each in imported.tried}
    tried = tuple(anew.get((each.path, each.mutant.id), each) for each in trial.tried)
    return msgspec.structs.replace(trial, tried=tried, controls=trial.controls + imported.controls)


def is_kept(row: Row) -> bool:
    """Whether a later run may believe it."""
    return bool(row.key) and row.mutant is not None and row.state in KEPT and bool(row.kills) == (row.state == "killed")


def _doubt(rows: list[Row], controls: list[tuple[Kill, ...]], unread: int) -> Unknown | None:
    if unread:
        return Unknown(f"{unread} lines of what the trial answered cannot be read")
    status = next((row.status for row in rows if row.status), 0)
    if status:
        why = "no test was collected" if status == NOTHING_COLLECTED else f"pytest ended with status {status}"
        return Unknown(why, "a suite that pytest collects: outpace test run")
    if any(not row.alone for row in rows):
        return Unknown(
            "importing the project starts threads, and a fork of a process with threads may hang",
            "threads that are started on first use, not on import",
        )
    red = next((control[0] for control in controls if control), None)
    if red is not None:
        why = f"{red.test} is red after others without any mutant ({red.how}): the tests depend on their order"
        return Unknown(why, "tests that are green in any order: outpace test brittle finds who disturbs whom")
    return _nothing_ran(rows)


def _nothing_ran(rows: list[Row]) -> Unknown | None:
    ran = sum(row.tests or 0 for row in rows)
    green = ran - sum(len(row.left_out) for row in rows)
    if any(row.tests is not None for row in rows) and not green:
        why = f"none of {ran} tests is green without a mutant" if ran else "no test was collected"
        return Unknown(why, "a green suite: outpace test run")
    return None


def _contradiction(rows: list[Row], known: Mapping[str, bytes], *, on_import: bool) -> Unknown | None:
    """The project's own code runs in the process that tells: what cannot be so is not believed, nor the rest."""
    why = _of_tests(rows, on_import=on_import) or _of_mutants(rows, known, on_import=on_import)
    return Unknown(f"the answer contradicts itself: {why}") if why else None


def _of_tests(rows: list[Row], *, on_import: bool) -> str:
    ran = [row for row in rows if row.tests is not None]
    green = frozenset(name for row in ran for name in row.green)
    for row in ran:
        if len(ran) > 1 or row.tests != len(row.green) + len(row.left_out):
            return f"{row.tests} tests ran, {len(row.green)} of them green and {len(row.left_out)} not"
    for row in rows:
        killed = row.state == "killed"
        if row.mutant is None or row.state == "known":
            continue
        if bool(row.kills) != (killed or row.state == "unstable"):
            return f"{row.mutant.id} is {row.state} by {len(row.kills)} tests"
        strange = next((kill.test for kill in row.kills if not on_import and not _could_kill(kill, green)), None)
        if strange is not None:
            return f"{row.mutant.id} is {row.state} by {strange!r}, which is no green test"
    return ""


def _could_kill(kill: Kill, green: frozenset[str]) -> bool:
    return kill.test in green or (kill.test == NO_TEST and kill.how in ("timeout", "crash"))


def _of_mutants(rows: list[Row], known: Mapping[str, bytes], *, on_import: bool) -> str:
    counted = Counter((row.path, row.mutant.id) for row in rows if row.mutant is not None)
    twice = next((name for (_, name), count in counted.items() if count > 1), "")
    if twice:
        return f"{twice} is told twice"
    made = {row.file: row.mutants for row in rows if row.file}
    told = Counter(path for path, _ in counted)
    fewer = on_import or any(row.drawn_from for row in rows)
    for path in {*made, *told}:
        if told[path] > made.get(path, 0) or (told[path] < made[path] and not fewer):
            return f"{made.get(path, 0)} mutants of {path} were made, and {told[path]} tried"
    for row in rows:
        if row.mutant is not None and (row.state not in STATES or not _is_that(row, known)):
            return f"of {row.mutant.id} is told what nobody knows"
    return ""


def _is_that(row: Row, known: Mapping[str, bytes]) -> bool:
    """What is told to be known already is."""
    earlier = row_of(known.get(row.key, b"")) if row.state == "known" else row
    one, other = row.mutant, earlier and earlier.mutant
    return one is not None and other is not None and (one.id, one.after) == (other.id, other.after)


def _tried(row: Row, known: Mapping[str, bytes]) -> Tried | None:
    if row.mutant is None:
        return None
    again = row.state == "known"
    earlier = row_of(known.get(row.key, b"")) if again else row
    verdict = None if earlier is None else _verdict(earlier, row.diff)
    return verdict and Tried(path=row.path, mutant=row.mutant, verdict=verdict, again=again)


def _verdict(row: Row, diff: str) -> Verdict | None:
    verdict: Verdict | None = None
    match row.state:
        case "killed":
            verdict = Killed(kills=row.kills, executions=row.executions)
        case "survived":
            verdict = Survived(executions=row.executions, diff=diff)
        case "unreached":
            verdict = Unreached(diff=diff)
        case "unstable":
            verdict = Unstable(kills=row.kills, why=row.unstable, diff=diff)
        case "equivalent":
            verdict = Equivalent()
        case "at import":
            verdict = AtImport()
        case _:
            pass
    return verdict


def _place(tried: Tried) -> tuple[str, int, int, str]:
    return tried.path, tried.mutant.line, tried.mutant.column, tried.mutant.id


def _added(counts: Iterable[Mapping[str, int]]) -> tuple[tuple[str, int], ...]:
    total: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            total[name] = total.get(name, 0) + count
    return tuple(sorted(total.items()))
