"""Fills gaps: tests that see survivors, each judged alone before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from outpace.app.test_gaps import Found
from outpace.app.test_mutants import Suite
from outpace.model.unknown import Unknown
from outpace.testing.gaps.filling import Edit, FileEdit, Filling, MutantName, Proposal, by_path, edited, in_bytes
from outpace.testing.gaps.gaps import Survivor
from outpace.testing.ports import Told
from outpace.testing.sources import source_of
from outpace.testing.told import rows_of

SECONDS = 3600.0


class Asked(Struct, frozen=True, kw_only=True):
    """`executions` of tests to make them; the same seed, the same bytes."""

    executions: int = 4000
    seed: int = 1


class Row(Struct, frozen=True, kw_only=True):
    """One line of what `inside.gaps.filling` tells."""

    proposal: str = ""
    test: str = ""
    relative: str = ""
    path: str = ""
    edit: Edit | None = None
    line: str = ""
    kills: tuple[MutantName, ...] = ()
    executions: int | None = None
    left: tuple[MutantName, ...] = ()
    lost: str = ""
    status: int = 0


def fill(suite: Suite, found: Found, asked: Asked) -> Filling:
    """Proposals for what survived; none is judged yet."""
    alive = [(each.tried.path, each.tried.mutant.id) for each in found.gaps if isinstance(each, Survivor)]
    if not alive or found.unknown is not None or asked.executions <= 0:
        return Filling(left=tuple(alive))
    request = {
        "root": suite.root,
        "files": [(each.path, each.functions or None) for each in found.changed],
        "alive": alive,
        "words": suite.words,
        "seed": asked.seed,
        "executions": asked.executions,
    }
    return _read(suite.inside.ask("gaps.filling", request, seconds=SECONDS), tuple(alive))


def file_edits(proposals: Iterable[Proposal], read: Callable[[str], bytes]) -> Iterator[FileEdit]:
    """What is written for them, whole files; a file whose bytes cannot be told from its text is left out."""
    for path, group in by_path(proposals).items():
        before = read(path)
        source = source_of(before)
        after = in_bytes(before, source, edited(source, (each.edit for each in group)))
        if after is not None:
            yield FileEdit(path=path, before=before, after=after)


def _read(told: Told, alive: tuple[MutantName, ...]) -> Filling:
    rows = rows_of(told, Row)
    if isinstance(rows, Unknown):
        return Filling(left=alive, unknown=rows)
    lost = next((row.lost or f"pytest ended with status {row.status}" for row in rows if row.lost or row.status), "")
    proposals = tuple(each for row in rows if (each := _proposal(row)) is not None)
    killed = {name for each in proposals for name in each.kills}
    return Filling(
        kept=proposals,
        executions=sum(row.executions or 0 for row in rows),
        left=tuple(name for name in alive if name not in killed),
        unknown=told.ended or (Unknown(lost) if lost else None),
    )


def _proposal(row: Row) -> Proposal | None:
    if row.edit is None:
        return None
    return Proposal(
        proposal="strengthened" if row.proposal == "strengthened" else "new",
        test=row.test,
        relative=row.relative,
        path=row.path,
        edit=row.edit,
        line=row.line,
        kills=row.kills,
    )
