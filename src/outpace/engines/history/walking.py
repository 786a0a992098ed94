"""A walk: from the first commit, or from where an earlier one ended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from outpace.engines.history.clone import Clone, lines
from outpace.engines.history.differences import (
    INTERESTING,
    LOCK,
    Changed,
    Difference,
    Interests,
    along_first_parents,
    differences,
)
from outpace.engines.history.graph import Graph, Step, brought_by, line_of, pulled_locally
from outpace.engines.history.record import LockRow, Record, RenameRow, Row, TouchRow
from outpace.engines.history.subjects import BOTS, pulled_from, said
from outpace.engines.history.tags import tags_of, with_tags
from outpace.model.errors import ToolFailed

LOG = ("log", "--stdin", "--topo-order", "--no-mailmap", "--no-show-signature", "--no-color", "--encoding=UTF-8")
FORMAT = "--format=%H%x00%P%x00%ct%x00%s"
BY_BOTS = ("log", "--stdin", "--no-mailmap", "--no-show-signature", "--format=%H", "-E", "-i", f"--author={BOTS}")


class Asked(NamedTuple):
    """What a walk goes by."""

    clone: Clone
    branch: str
    tip: str
    state: str
    interests: Interests
    report: Callable[[str], None]


def walked(asked: Asked, known: Record | None) -> tuple[Record, Graph | None]:
    """The record of the tip, and the graph of all its commits where it was read."""
    graph: Graph | None = None
    tags = tags_of(asked.clone)
    record = known if known is not None and known.state == asked.state else None
    if record is not None and record.tip != asked.tip:
        record = _extended(asked, record)
    if record is None:
        record, graph = _from_the_first(asked, tags.commits)
    return with_tags(asked.clone, record, tags, graph), graph


def read_graph(
    clone: Clone, branch: str, tip: str, *, without: str = "", also: Collection[str] = ()
) -> tuple[Graph, frozenset[str]]:
    """The commits of the tip and of what is asked for besides, and those of the tip that programs wrote. Git matches
    the authors: no name is read."""
    of_tip = "".join(f"{revision}\n" for revision in (tip, without and f"^{without}") if revision)
    more = "".join(f"{revision}\n" for revision in sorted(also))
    graph, line = Graph(), {tip}
    with ThreadPoolExecutor(max_workers=1) as beside:
        bots = beside.submit(_by_bots, clone, of_tip)
        with clone.stream(*LOG, FORMAT, feed=[(of_tip + more).encode()]) as output:
            for text in lines(output):
                _add(graph, text, branch, line)
        return graph, bots.result()


def _by_bots(clone: Clone, revisions: str) -> frozenset[str]:
    with clone.stream(*BY_BOTS, feed=[revisions.encode()]) as output:
        return frozenset(text.decode() for text in lines(output))


def _add(graph: Graph, text: bytes, branch: str, line: set[str]) -> None:
    """`line` are commits that may be of the branch's own line: the subjects of others are of no interest."""
    fields = text.split(b"\0", 3)
    if len(fields) != 4:
        raise ToolFailed(f"git log said {len(fields)} fields of 4", hint="report it, with the version of git")
    commit, parents = fields[0].decode(), fields[1].decode().split()
    graph.add(commit, parents, int(fields[2]) if fields[2].isdigit() else 0)
    place = pulled_from(fields[3], branch) if len(parents) == 2 else None
    if place is not None:
        graph.pulls[commit] = place
    if commit in line:
        line.update(parents[: 1 if place is None else 2])
        if word := said(fields[3]):
            graph.said[commit] = word


def _from_the_first(asked: Asked, tags: Collection[str]) -> tuple[Record, Graph]:
    with ThreadPoolExecutor(max_workers=1) as beside:
        guessed = beside.submit(along_first_parents, asked.clone, asked.tip, asked.interests)
        graph, bots = read_graph(asked.clone, asked.branch, asked.tip, also=tags)
        steps, _ = line_of(graph, asked.tip, pulled_locally(graph, asked.tip, asked.clone.owners))
        asked.report(f"reading what {len(steps)} commits changed")
        known = guessed.result()
    empty = Record(tip=asked.tip, state=asked.state)
    return _continued(asked, empty, graph, steps, bots, known), graph


def _extended(asked: Asked, known: Record) -> Record | None:
    """None where the line does not go on from where it ended, or where a merge needs the whole history to be judged."""
    if not asked.clone.is_ancestor(known.tip, asked.tip):
        return None
    graph, bots = read_graph(asked.clone, asked.branch, asked.tip, without=known.tip)
    steps, goes_on = line_of(graph, asked.tip, lambda _: False)
    if goes_on != known.tip or graph.pulls:
        return None
    asked.report(f"reading what {len(steps)} commits changed")
    return _continued(asked, known, graph, steps, bots, {})


def _continued(
    asked: Asked,
    known: Record,
    graph: Graph,
    steps: Sequence[Step],
    bots: frozenset[str],
    guessed: Mapping[tuple[str, str | None], Difference],
) -> Record:
    """`guessed` are differences that are known already."""
    kept = _Kept(known)
    left = [(step.commit, step.before) for step in steps if (step.commit, step.before) not in guessed]
    others = zip(left, differences(asked.clone, left, asked.interests), strict=True) if left else ()
    found = {**guessed, **dict(others)}
    for step, came in brought_by(graph, steps):
        difference = found[step.commit, step.before]
        kept.add(_row(graph, step, came, difference.others, bots), difference)
    return kept.record(asked)


def _row(graph: Graph, step: Step, came: Sequence[str], files: int, bots: frozenset[str]) -> Row:
    own = [commit for commit in came if len(graph.parents[commit]) < 2]
    is_merge = len(graph.parents[step.commit]) > 1
    by_bots = sum(commit in bots for commit in own)
    return Row(
        id=step.commit,
        date=graph.dates[step.commit],
        is_merge=is_merge,
        pulled=step.pulled,
        by_bot=2 * by_bots >= len(own) > 0 if is_merge else step.commit in bots,
        said=graph.said.get(step.commit, ""),
        files=files,
        brought=len(came),
        began=min((graph.dates[commit] for commit in own), default=None),
    )


class _Kept:
    """A record as it grows."""

    def __init__(self, known: Record) -> None:
        self._rows, self._locks = list(known.rows), list(known.locks)
        self._touches, self._renames = list(known.touches), list(known.renames)
        self._paths = {path: number for number, path in enumerate(known.paths)}

    def add(self, row: Row, difference: Difference) -> None:
        if difference.commit != row.id:
            raise ToolFailed(f"git told of {difference.commit}, not {row.id}", hint="report it, with git's version")
        landing = len(self._rows)
        self._rows.append(row)
        for changed in difference.files:
            path = self._paths.setdefault(changed.path, len(self._paths))
            if changed.of & LOCK:
                self._locks.append(LockRow(landing, path, changed.before, changed.after))
            if changed.of & INTERESTING:
                self._touches.append(TouchRow(landing, path, changed.before, changed.after))
        for source, target in renamed(changed for changed in difference.files if changed.of & LOCK):
            self._renames.append(RenameRow(landing, self._paths[source], self._paths[target]))

    def record(self, asked: Asked) -> Record:
        return Record(
            tip=asked.tip,
            state=asked.state,
            rows=tuple(self._rows),
            paths=tuple(self._paths),
            locks=tuple(self._locks),
            touches=tuple(self._touches),
            renames=tuple(self._renames),
        )


def renamed(files: Iterable[Changed]) -> Iterator[tuple[bytes, bytes]]:
    """What went and came with the very same content; of several, first those whose names are alike."""
    files = tuple(files)
    gone = [file for file in files if not file.after]
    for came in (file for file in files if not file.before):
        same = [file for file in gone if file.before == came.after]
        if same:
            source = max(same, key=lambda file: _name(file.path) == _name(came.path))
            gone.remove(source)
            yield source.path, came.path


def _name(path: bytes) -> bytes:
    return path.rpartition(b"/")[2]
