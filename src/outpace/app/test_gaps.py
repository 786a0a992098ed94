"""`outpace test gaps`: what the tests of changed functions let pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from outpace.app.test_mutants import How, Kept, Suite, try_mutants
from outpace.model.unknown import Unknown
from outpace.testing.gaps.gaps import Branch, Branches, Changed, Gap, changed_lines, gaps_in
from outpace.testing.mutants.targets import Chosen
from outpace.testing.mutants.trial import Trial
from outpace.testing.ports import Told
from outpace.testing.sources import source_of
from outpace.testing.told import rows_of

SUITE_SECONDS = 1800.0
NOTHING_COLLECTED = 5


class Found(Struct, frozen=True, kw_only=True):
    """Without `changed`, there was nothing to look at."""

    changed: tuple[Changed, ...] = ()
    gaps: tuple[Gap, ...] = ()
    trial: Trial = Trial()
    branches: Branches = Branches()

    @property
    def unknown(self) -> Unknown | None:
        return self.trial.doubt or self.branches.unknown


class Row(Struct, frozen=True, kw_only=True):
    """One line of what `inside.gaps.branches` tells."""

    branch: Branch | None = None
    taken: bool = False
    lost: str = ""
    status: int = 0
    file: str = ""
    unreadable: str = ""


def changed_in(
    files: Iterable[Chosen],
    before: Callable[[str], bytes | None],
    after: Callable[[str], bytes],
    churn: Callable[[str], int],
) -> tuple[Changed, ...]:
    """What `test_mutants.since` left of them, with their lines."""
    return tuple(
        Changed(
            path=file.path,
            functions=file.functions or (),
            lines=changed_lines(source_of(before(file.path) or b""), source_of(after(file.path))),
            churn=churn(file.path),
        )
        for file in files
    )


def find(suite: Suite, changed: tuple[Changed, ...], sources: Mapping[str, str], *, kept: Kept | None = None) -> Found:
    """One run tells the branches, and mutants of the same functions what the tests notice."""
    if not changed:
        return Found()
    trial = try_mutants(suite, [_chosen(each) for each in changed], How(), kept=kept)
    branches = Branches() if trial.doubt is not None else branches_of(suite, changed)
    return Found(changed=changed, gaps=gaps_in(changed, trial, branches, sources), trial=trial, branches=branches)


def branches_of(suite: Suite, changed: Iterable[Changed]) -> Branches:
    """Of their functions; one run of the whole suite."""
    files = [(each.path, each.functions or None) for each in changed]
    request = {"root": suite.root, "files": files, "words": suite.words, "seconds": SUITE_SECONDS}
    return judged(suite.inside.ask("gaps.branches", request, seconds=SUITE_SECONDS + 60))


def judged(told: Told) -> Branches:
    """What did not come to its end says nothing."""
    rows = rows_of(told, Row)
    if isinstance(rows, Unknown):
        return Branches(unknown=rows)
    unknown = told.ended or next((why for row in rows if (why := _trouble(row)) is not None), None)
    if unknown is not None:
        return Branches(unknown=unknown)
    return Branches(
        taken=tuple(row.branch for row in rows if row.branch is not None and row.taken),
        untaken=tuple(row.branch for row in rows if row.branch is not None and not row.taken),
    )


def _trouble(row: Row) -> Unknown | None:
    if row.lost:
        return Unknown(row.lost, "a suite that ends")
    if row.status:
        why = "no test was collected" if row.status == NOTHING_COLLECTED else f"pytest ended with status {row.status}"
        return Unknown(why, "a suite that pytest collects: outpace test run")
    return None


def _chosen(changed: Changed) -> Chosen:
    return Chosen(path=changed.path, functions=changed.functions or None)
