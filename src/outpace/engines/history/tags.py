"""Which landings each tag contains."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from outpace.engines.history.clone import Clone, lines
from outpace.engines.history.graph import Graph, reaches
from outpace.engines.history.record import Record, TagRow

FIELDS = ("refname", "objecttype", "objectname", "*objecttype", "*objectname", "creatordate:unix")
FORMAT = "--format=" + "%00".join(f"%({field})" for field in FIELDS)


class Listed(NamedTuple):
    """A tag; `commit` is empty where it names no commit."""

    name: bytes
    commit: str
    at: int


class Tags(NamedTuple):
    """All of a clone; `seen` is a digest of them."""

    seen: str
    tags: tuple[Listed, ...]

    @property
    def commits(self) -> frozenset[str]:
        return frozenset(tag.commit for tag in self.tags)


def tags_of(clone: Clone) -> Tags:
    listed = clone.read("for-each-ref", FORMAT, "refs/tags")
    return Tags(hashlib.sha256(listed).hexdigest(), tuple(_commits(clone, listed)))


def with_tags(clone: Clone, record: Record, tags: Tags, graph: Graph | None) -> Record:
    """`graph` holds the commits of the tags too, where it was read."""
    seen = f"{record.tip} {tags.seen}"
    if seen == record.tags_listed:
        return record
    reach = _reach(clone, record, tags.commits, graph)
    rows = tuple(TagRow(tag.name, tag.at, tag.commit, reach[tag.commit]) for tag in tags.tags)
    return replace(record, tags=rows, tags_listed=seen)


def _commits(clone: Clone, listed: bytes) -> list[Listed]:
    tags: list[Listed] = []
    nested: list[tuple[int, str]] = []
    for line in listed.removesuffix(b"\n").split(b"\n") if listed else ():
        name, kind, id_, inner_kind, inner, at = line.split(b"\0")
        commit = id_ if kind == b"commit" else inner if inner_kind == b"commit" else b""
        if kind == b"tag" and inner_kind == b"tag":
            nested.append((len(tags), id_.decode()))
        tags.append(Listed(name.removeprefix(b"refs/tags/"), commit.decode(), int(at) if at.isdigit() else 0))
    for number, commit in _peeled(clone, nested):
        tags[number] = tags[number]._replace(commit=commit)
    return [tag for tag in tags if tag.commit]


def _peeled(clone: Clone, nested: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Tags of tags."""
    if not nested:
        return []
    asked = "".join(f"{tag}^{{commit}}\n" for _, tag in nested).encode()
    told = clone.read("cat-file", "--batch-check=%(objectname)", stdin=asked).decode().splitlines()
    return [(number, said) for (number, _), said in zip(nested, told, strict=True) if " " not in said]


def _reach(clone: Clone, record: Record, commits: Collection[str], graph: Graph | None) -> Mapping[str, int]:
    index = {row.id: number for number, row in enumerate(record.rows)}
    if all(commit in index for commit in commits):
        return index
    if graph is not None:
        return reaches([(commit, graph.parents[commit]) for commit in graph.order], index)
    return reaches(_listed(clone, [record.tip, *sorted(commits)]), index)


def _listed(clone: Clone, revisions: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    feed = ("\n".join(revisions) + "\n").encode()
    with clone.stream("rev-list", "--stdin", "--topo-order", "--parents", feed=[feed]) as output:
        rows = (line.decode().split(" ") for line in lines(output))
        return [(row[0], tuple(row[1:])) for row in rows]
