"""What merges brought: the commits of their branches, with the lock files that they changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from outpace.assessment.ports import BranchCommit
from outpace.engines.history.clone import Clone
from outpace.engines.history.differences import LOCK, Interests, differences
from outpace.engines.history.graph import Graph, Step, brought_by
from outpace.engines.history.record import Record


def brought(
    clone: Clone, record: Record, graph: Graph, merges: Collection[str], interests: Interests
) -> dict[str, tuple[BranchCommit, ...]]:
    """By merge, oldest first. Of a merge inside a branch, what differs from all its parents is its own change."""
    position = {commit: at for at, commit in enumerate(graph.order)}
    before = [None, *(row.id for row in record.rows)]
    steps = [Step(row.id, earlier, row.pulled) for row, earlier in zip(record.rows, before, strict=False)]
    came = {
        step.commit: sorted(commits, key=position.__getitem__, reverse=True)
        for step, commits in brought_by(graph, steps)
        if step.commit in merges
    }
    changes = _changes(clone, [commit for commits in came.values() for commit in commits], graph, interests)
    return {
        merge: tuple(BranchCommit(commit, graph.dates[commit], changes[commit]) for commit in commits)
        for merge, commits in came.items()
    }


def _changes(
    clone: Clone, commits: Sequence[str], graph: Graph, interests: Interests
) -> Mapping[str, tuple[tuple[str, str], ...]]:
    pairs = [(commit, parent) for commit in commits for parent in graph.parents[commit] or (None,)]
    found: dict[str, dict[str, str]] = {}
    for difference in differences(clone, pairs, interests):
        locks = {
            changed.path.decode("utf-8", "surrogateescape"): changed.after
            for changed in difference.files
            if changed.of & LOCK
        }
        seen = found.get(difference.commit)
        found[difference.commit] = (
            locks if seen is None else {path: blob for path, blob in seen.items() if path in locks}
        )
    return {commit: tuple(locks.items()) for commit, locks in found.items()}
