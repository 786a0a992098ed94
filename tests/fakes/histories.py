"""Small git repositories from a list of commits, made by the real git in one call."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, cast

from msgspec import Struct

BEGAN = 1_700_000_000
DAY = 86_400
PUBLIC_INDEX = "https://public-index.invalid/simple"
CENTRAL = "https://forge.example.invalid/acme/app"
ISOLATED = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada Lovelace",
    "GIT_AUTHOR_EMAIL": "ada@example.invalid",
    "GIT_COMMITTER_NAME": "Ada Lovelace",
    "GIT_COMMITTER_EMAIL": "ada@example.invalid",
}


class Person(NamedTuple):
    name: str
    email: str


ADA = Person("Ada Lovelace", "ada@example.invalid")
DEPENDABOT = Person("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.example.invalid")


class Link(NamedTuple):
    target: str


class Submodule(NamedTuple):
    commit: str


Content = str | bytes | Link | Submodule | None  # None deletes


class Tag(Struct, frozen=True, kw_only=True):
    """`at` None: lightweight, else annotated at that time."""

    name: str
    commit: str
    at: int | None = None


class Commit(Struct, frozen=True, kw_only=True):
    """`files` are the changes against the first parent. An empty subject becomes what git itself would write."""

    id: str
    parents: tuple[str, ...] = ()
    branch: str = "main"
    at: int = BEGAN  # the committer's date
    authored: int | None = None  # None: the same
    files: Mapping[str, Any] = {}  # path: Content; a path may hold surrogates
    subject: str = ""
    trailers: tuple[str, ...] = ()
    author: Person = ADA
    committer: Person = ADA


def commits_of(rows: Sequence[Mapping[str, Any]], index: str = PUBLIC_INDEX) -> tuple[Commit, ...]:
    """The `commits` of a history case in cases.json."""
    return tuple(
        Commit(
            id=row["id"],
            parents=tuple(row["parents"]),
            branch=row["branch"],
            at=_seconds(row["commit_date"]),
            authored=_seconds(row["author_date"]),
            files={path: _content(content, index) for path, content in row.get("files", {}).items()},
            subject=row.get("subject") or row.get("message") or "",
        )
        for row in rows
    )


def tags_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Tag, ...]:
    """The `tags` of commits of a history case, where it has any: a name, or a list of names."""
    return tuple(
        Tag(name=name, commit=row["id"])
        for row in rows
        for name in ([row["tags"]] if isinstance(row.get("tags"), str) else row.get("tags", ()))
    )


def line(*files: Mapping[str, Any], step: int = DAY) -> tuple[Commit, ...]:
    """Commits c0, c1, ... on main, one a day."""
    return tuple(
        Commit(id=f"c{at}", parents=(f"c{at - 1}",) if at else (), at=BEGAN + at * step, files=changed)
        for at, changed in enumerate(files)
    )


def build(
    folder: Path, commits: Sequence[Commit], *, tags: Sequence[Tag] = (), head: str = "main", bare: bool = False
) -> dict[str, str]:
    """Makes the repository in `folder`, with `head` checked out; the full id of each commit by its short name."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", f"--initial-branch={head}", *(["--bare"] if bare else []))
    return extend(folder, commits, tags=tags, known={}, bare=bare)


def extend(
    folder: Path,
    commits: Sequence[Commit],
    *,
    known: Mapping[str, str],
    tags: Sequence[Tag] = (),
    bare: bool = False,
) -> dict[str, str]:
    """More commits and tags on a repository that `build` made; `known` is what it gave. Gives all of them."""
    marks = {commit.id: number for number, commit in enumerate(commits, 1)}
    tips: dict[str, str] = {}
    stream = bytearray()
    for commit in commits:
        _write(stream, commit, marks, known, tips)
        tips[commit.branch] = commit.id
    for tag in tags:
        _write_tag(stream, tag, marks, known)
    marked = folder / ("marks" if bare else ".git/marks")
    words = ["git", "fast-import", "--quiet", "--force", f"--export-marks={marked}"]
    subprocess.run(words, cwd=folder, env=ISOLATED, input=bytes(stream), check=True, capture_output=True)
    ids = dict(row.split() for row in marked.read_text().splitlines())
    marked.unlink()
    if not bare and commits:
        git(folder, "reset", "--quiet", "--hard")
    return {**known, **{name: ids[f":{number}"] for name, number in marks.items()}}


def git(folder: Path, *words: str, **environ: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, env={**ISOLATED, **environ}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _write(
    stream: bytearray, commit: Commit, marks: Mapping[str, int], known: Mapping[str, str], tips: Mapping[str, str]
) -> None:
    authored = commit.at if commit.authored is None else commit.authored
    message = "\n".join([commit.subject or _usual(commit, tips), *(["", *commit.trailers] if commit.trailers else [])])
    stream += f"commit refs/heads/{commit.branch}\nmark :{marks[commit.id]}\n".encode()
    for role, (name, email), at in (("author", commit.author, authored), ("committer", commit.committer, commit.at)):
        stream += f"{role} {name} <{email}> {at} +0000\n".encode()
    stream += _data(message.encode())
    for number, parent in enumerate(commit.parents):
        stream += f"{'merge' if number else 'from'} {_named(parent, marks, known)}\n".encode()
    if not commit.parents:
        stream += b"deleteall\n"
    for path, content in commit.files.items():
        stream += _change(path, cast("Content", content))
    stream += b"\n"


def _usual(commit: Commit, tips: Mapping[str, str]) -> str:
    if len(commit.parents) < 2:
        return f"Change {commit.id}"
    if tips.get(commit.branch) in commit.parents[1:]:  # the branch was pulled into somebody's local one
        return f"Merge branch '{commit.branch}' of {CENTRAL}"
    others = [next((name for name, tip in tips.items() if tip == parent), parent) for parent in commit.parents[1:]]
    return f"Merge branch '{others[0]}'" if len(others) == 1 else f"Merge branches {' and '.join(map(repr, others))}"


def _change(path: str, content: Content) -> bytes:
    name = _quoted(path)
    match content:
        case None:
            return b"D " + name + b"\n"
        case Submodule(commit):
            return b"M 160000 " + commit.encode() + b" " + name + b"\n"
        case Link(target):
            return b"M 120000 inline " + name + b"\n" + _data(target.encode())
        case _:
            raw = content.encode() if isinstance(content, str) else content
            return b"M 100644 inline " + name + b"\n" + _data(raw)


def _write_tag(stream: bytearray, tag: Tag, marks: Mapping[str, int], known: Mapping[str, str]) -> None:
    where = _named(tag.commit, marks, known)
    if tag.at is None:
        stream += f"reset refs/tags/{tag.name}\nfrom {where}\n\n".encode()
    else:
        tagger = f"tagger {ADA.name} <{ADA.email}> {tag.at} +0000"
        stream += f"tag {tag.name}\nfrom {where}\n{tagger}\n".encode() + _data(tag.name.encode())


def _named(commit: str, marks: Mapping[str, int], known: Mapping[str, str]) -> str:
    return f":{marks[commit]}" if commit in marks else known[commit]


def _quoted(path: str) -> bytes:
    raw = path.encode("utf-8", "surrogateescape")
    return b'"' + b"".join(b"\\%03o" % byte if byte in b'"\\\n' or byte > 126 else bytes([byte]) for byte in raw) + b'"'


def _data(content: bytes) -> bytes:
    return b"data %d\n" % len(content) + content + b"\n"


def _seconds(date: str) -> int:
    at = datetime.fromisoformat(date)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _content(content: object, index: str) -> Content:
    if isinstance(content, str):
        return content.replace("{PUBLIC_INDEX}", index)
    if isinstance(content, dict):
        return base64.b64decode(cast("dict[str, str]", content)["base64"])
    return None
