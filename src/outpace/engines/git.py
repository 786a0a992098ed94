"""git: reads revisions, writes commits and branches, and never touches working tree, index, stash or configuration.

Nothing of a foreign tree runs: hooks, filters, LFS, fsmonitor, external diff, signing and prompts are always off.
Written for git 2.30 and later.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from outpace import sandbox
from outpace.engines.git_environment import AS_COMMITTED, configured, environment_of, not_a_repository
from outpace.engines.recent import Recent
from outpace.engines.scratch import scratch
from outpace.model.errors import BadInput, NotARepository, NotFound, Refused, ToolFailed
from outpace.model.times import from_timestamp

LARGEST_BLOB = 64 << 20
LARGEST_KEPT = 4 << 20
LISTINGS_KEPT, ANSWERS_KEPT = 4, 48
LINKS_FOLLOWED = 5
TIMEOUT = timedelta(minutes=2)
PUSH_TIMEOUT = timedelta(minutes=5)
ABSENT = "0" * 40
WHOLE_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")  # SHA-1 or SHA-256; what it names never changes
NO_FILTER = (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
NO_HOOK = (("enabled", "false"),)  # newer gits take hooks from the configuration too
FALLBACK_AUTHOR = ("Outpace", "outpace@localhost")


class Entry(NamedTuple):
    """One line of `ls-tree`."""

    mode: str
    kind: str
    id: str
    path: str

    @property
    def is_link(self) -> bool:
        return self.mode == "120000"


class Author(NamedTuple):
    name: str
    email: str


class Repository:
    """The git repository that `path` is in. Raises NotARepository where there is none."""

    def __init__(self, path: Path, environ: Mapping[str, str] | None = None) -> None:
        self._environment = environment_of(os.environ if environ is None else environ)
        self._neutral: Mapping[str, str] | None = None
        self._place = path
        self._listings: Recent[str, dict[str, Entry]] = Recent(LISTINGS_KEPT)
        self._answers: Recent[tuple[str, ...], bytes] = Recent(ANSWERS_KEPT)
        self._commits: set[str] = set()
        try:
            self.root = Path(self._text("rev-parse", "--show-toplevel"))
        except ToolFailed as error:
            raise not_a_repository(path, error) from error
        self._place = self.root

    # reading

    def head(self) -> str:
        revision = self.resolve("HEAD")
        if revision is None:
            raise NotARepository(
                f"{self.root} has no commit yet", hint="make a first commit: git add -A && git commit -m 'Begin'"
            )
        return revision

    def branch(self) -> str | None:
        """The branch that is checked out; None where HEAD is detached."""
        done = self._git("symbolic-ref", "--quiet", "--short", "HEAD", accept=(0, 1))
        return done.decode().strip() or None

    def resolve(self, name: str) -> str | None:
        """The full id of the commit that `name` means."""
        return self.resolved(name)[0]

    def resolved(self, *names: str) -> tuple[str | None, ...]:
        """`resolve` for each. A commit that is here stays here; every other name is asked for anew."""
        asked = tuple(name for name in names if name not in self._commits and "\n" not in name)
        wanted = "".join(f"{name}^{{commit}}\n" for name in asked).encode("utf-8", "surrogateescape")
        check = ("cat-file", "--batch-check=%(objectname)")
        lines = _decoded(self._git(*check, stdin=wanted, accept=(0, 128))).splitlines() if asked else []
        found = {name: line for name, line in zip(asked, lines, strict=False) if WHOLE_ID.fullmatch(line)}
        self._commits.update(found.values())
        return tuple(name if name in self._commits else found.get(name) for name in names)

    def root_commits(self, revision: str) -> tuple[str, ...]:
        """Where its first parents lead to. A shallow clone gives the commit that it ends at."""
        return tuple(sorted(self._text("rev-list", "--first-parent", "--max-parents=0", revision, "--").split()))

    def shallow(self) -> bool:
        return self._text("rev-parse", "--is-shallow-repository") == "true"

    def read(self, revision: str, path: str) -> bytes | None:
        """The content at a revision, links inside the repository followed; None where there is no file."""
        for _ in range(LINKS_FOLLOWED):
            entry = self.entry(revision, path)
            if entry is None or entry.kind != "blob":
                return None
            content = self._told_of((entry.id,), "cat-file", "blob", entry.id)
            if not entry.is_link:
                return content
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), content.decode("utf-8", "replace")))
        return None

    def entry(self, revision: str, path: str) -> Entry | None:
        if not is_plain(path):
            return None
        known = self._listings.get(revision)
        if known is not None:
            return known.get(path)
        listed = self._git("ls-tree", "-z", "--full-tree", revision, "--", path)
        return next((entry for entry in _entries(listed) if entry.path == path), None)

    def paths(self, revision: str) -> tuple[str, ...]:
        """Every file and link, submodules left out."""
        known = self._listings.get(revision)
        if known is None:
            listed = self._git("ls-tree", "-r", "-t", "-z", "--full-tree", revision, limit=LARGEST_BLOB)
            known = {entry.path: entry for entry in _entries(listed)}
            if WHOLE_ID.fullmatch(revision):
                self._listings.keep(revision, known)
        return tuple(path for path, entry in known.items() if entry.kind == "blob")

    def dirty(self) -> tuple[str, ...]:
        """Paths that differ from HEAD, staged, unstaged or untracked (a directory once, with a slash)."""
        status = ("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=normal")
        listed = self._git(*status, "--ignore-submodules=all", limit=LARGEST_BLOB)
        return tuple(sorted(_decoded(line)[3:] for line in listed.split(b"\0") if line))

    def tracked(self) -> tuple[str, ...]:
        """Every path in the index."""
        return tuple(sorted(self._files("--cached")))

    def present(self) -> tuple[str, ...]:
        """Every path of the index, and of the working directory that is not ignored; a submodule is its directory."""
        return tuple(sorted({path.rstrip("/") for path in self._files("--cached", "--others")}))

    def ignored(self) -> tuple[str, ...]:
        """What of the working directory is ignored; a directory that is ignored whole once, with a slash."""
        return tuple(sorted(self._files("--others", "--ignored", "--directory")))

    def _files(self, *words: str) -> set[str]:
        listed = self._git("ls-files", "-z", "--full-name", "--exclude-standard", *words, limit=LARGEST_BLOB)
        return {os.fsdecode(path) for path in listed.split(b"\0") if path}

    def default_branch(self) -> str | None:
        """What the remote calls its default, else main or master, else what is checked out."""
        named = self._git("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD", accept=(0, 1))
        if named.strip():
            return _decoded(named).strip().removeprefix("origin/")
        usual = (name for name in ("main", "master") if self.resolve(f"refs/heads/{name}"))
        return next(usual, None) or self.branch()

    def remote_url(self, name: str) -> str | None:
        """Masked; None where there is no such remote."""
        found = self._git("config", "--get", f"remote.{name}.url", accept=(0, 1)).decode("utf-8", "replace").strip()
        return sandbox.mask(found) or None

    def merge_base(self, one: str, other: str) -> str | None:
        return self._git("merge-base", one, other, accept=(0, 1)).decode().strip() or None

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        return self.merge_base(ancestor, descendant) == self.resolve(ancestor)

    def commit_time(self, revision: str) -> datetime:
        """The committer's date."""
        return from_timestamp(int(self._told_of((revision,), "show", "--no-patch", "--format=%ct", revision, "--")))

    def message(self, revision: str) -> str:
        return self._text("show", "--no-patch", "--format=%B", revision, "--")

    def tree(self, revision: str) -> str:
        return self._told_of((revision,), "rev-parse", "--verify", f"{revision}^{{tree}}").decode().strip()

    def parents(self, revision: str) -> tuple[str, ...]:
        return tuple(self._text("rev-list", "--max-count=1", "--parents", revision, "--").split()[1:])

    def landed(self, revision: str, since: datetime) -> int:
        """Commits on the revision's own line that are younger."""
        words = ("rev-list", "--count", "--first-parent", f"--since=@{int(since.timestamp())}")
        return int(self._text(*words, revision, "--"))

    def changed(self, base: str, revision: str) -> tuple[tuple[str, str], ...]:
        """(status letter, path) of what differs; a rename is a deletion and an addition."""
        compare = ("diff-tree", "-r", "-z", "--no-renames", "--name-status", "--no-ext-diff", "--no-textconv")
        listed = self._told_of((base, revision), *compare, base, revision)
        words = [_decoded(word) for word in listed.split(b"\0")]
        return tuple(zip(words[:-1:2], words[1::2], strict=False))

    def churn(self, path: str) -> int:
        """How many commits of what is checked out touched it."""
        return int(self._text("rev-list", "--count", "HEAD", "--", path))

    def branches(self, prefix: str = "", remote: str | None = None) -> tuple[str, ...]:
        """Those here, or those of a remote as they were last fetched."""
        space = f"refs/remotes/{remote}/" if remote else "refs/heads/"
        listed = self._text("for-each-ref", "--format=%(refname)", space)
        names = (line.removeprefix(space) for line in listed.splitlines())
        return tuple(name for name in names if name.startswith(prefix))

    def tags_at(self, revision: str) -> tuple[str, ...]:
        return tuple(self._text("tag", "--points-at", revision).splitlines())

    def author(self) -> Author:
        """From git's configuration; Outpace's own where name or address are missing."""
        read = self._git("config", "-z", "--get-regexp", r"^user\.(name|email)$", accept=(0, 1))
        said = dict(entry.split("\n", 1) for entry in read.decode().split("\0") if "\n" in entry)
        name, email = said.get("user.name", "").strip(), said.get("user.email", "").strip()
        return Author(name, email) if name and email else Author(*FALLBACK_AUTHOR)

    @contextmanager
    def worktree(self, revision: str) -> Generator[Path]:
        """The files of a revision in a directory outside the repository, which does not know of it.

        No worktree is registered, so a kill leaves nothing in the repository; the directory is swept by the next run.
        Files kept by LFS are their pointers; submodules are empty.
        """
        with scratch("tree") as place:
            files = place / "files"
            files.mkdir()
            there = {"GIT_INDEX_FILE": str(place / "index"), "GIT_WORK_TREE": str(files)}
            self._git(*AS_COMMITTED, "read-tree", "--reset", "-u", revision, env=there)
            yield files

    # writing

    def commit(self, base: str, changes: Mapping[str, bytes], message: str, author: Author | None = None) -> str:
        """A commit on top of `base` that no branch points at yet. The same input gives the same commit: it is dated
        like its base."""
        by = author or self.author()
        date = f"@{int(self.commit_time(base).timestamp())} +0000"
        with scratch("index") as place:
            env = {"GIT_INDEX_FILE": str(place / "index")}
            self._git("read-tree", base, env=env)
            lines = b"".join(self._staged(base, path, content) for path, content in sorted(changes.items()))
            self._git("update-index", "-z", "--index-info", env=env, stdin=lines)
            tree = self._git("write-tree", env=env).decode().strip()
        who = {
            f"GIT_{role}_{field}": value
            for role in ("AUTHOR", "COMMITTER")
            for field, value in (("NAME", by.name), ("EMAIL", by.email), ("DATE", date))
        }
        made = self._git("commit-tree", "-p", base, tree, env=who, stdin=message.encode())
        return made.decode().strip()

    def _staged(self, base: str, path: str, content: bytes) -> bytes:
        if not is_plain(path):
            raise BadInput(f"cannot commit the path {path!r}", hint="paths are relative and stay in the repository")
        before = self.entry(base, path)
        if before is not None and (before.kind != "blob" or before.is_link):
            raise BadInput(f"{path} is a link or a submodule", hint="name the file that it points at")
        blob = self._git("hash-object", "-w", "--no-filters", "--stdin", stdin=content).decode().strip()
        return (
            f"{before.mode if before else '100644'} {blob}\t".encode() + path.encode("utf-8", "surrogateescape") + b"\0"
        )

    def create_branch(self, name: str, revision: str, expected_old: str | None = None) -> None:
        """Creates the branch, or moves it from `expected_old`; refuses when somebody else moved it or stands on it."""
        ref = f"refs/heads/{name}"
        if not name or self._git("check-ref-format", "--branch", name, accept=(0, 1, 128)).decode().strip() != name:
            raise BadInput(f"{name!r} is no name for a branch", hint="see git check-ref-format")
        if ref in self.checked_out():
            raise Refused(f"{name} is checked out and is not moved", hint="git switch to another branch, and run again")
        try:
            self._git("update-ref", ref, revision, expected_old or ABSENT)
        except ToolFailed as error:
            if refused := self._in_the_way(name, expected_old):
                raise refused from error
            raise

    def _in_the_way(self, name: str, expected_old: str | None) -> Refused | None:
        """Somebody's branch; None: git's own words say what it is."""
        if self.resolve(f"refs/heads/{name}") != expected_old:
            return Refused(
                f"{name} is not at {expected_old}" if expected_old else f"{name} exists already",
                hint=f"look at it with git log {name}, delete it with git branch -D {name}, and run again",
            )
        for bars in self.branches():
            if name.startswith(f"{bars}/") or bars.startswith(f"{name}/"):
                return Refused(
                    f"there is a branch {bars}, and git keeps no branch {name} beside it",
                    hint=f"give it another name with git branch -m {bars} ANOTHER, and run again",
                )
        return None

    def checked_out(self) -> frozenset[str]:
        """The refs that some worktree stands on."""
        listed = self._text("worktree", "list", "--porcelain")
        return frozenset(line.removeprefix("branch ") for line in listed.splitlines() if line.startswith("branch "))

    def push(self, remote: str, branch: str) -> None:
        """Raises ToolFailed with git's words when the other side refuses. The remote-tracking branch follows, also in
        a clone of another branch alone, where git itself would not keep one."""
        if remote not in self._text("remote").splitlines():
            raise NotFound(f"there is no remote {remote}", hint="git remote -v lists them")
        ref = f"refs/heads/{branch}"
        at = self._text("rev-parse", "--verify", "--end-of-options", ref)
        self._git("push", "--porcelain", "--no-verify", "--", remote, f"{at}:{ref}", timeout=PUSH_TIMEOUT)
        self._git("update-ref", f"refs/remotes/{remote}/{branch}", at)

    def fetch(self, remote: str, *branches: str) -> None:
        """Moves the remote-tracking branches to where the remote is; nothing else changes. `fix-*` is every branch
        that begins so, also none."""
        refs = [f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}" for branch in branches]
        words = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-gc")
        self._git(*words, "--", remote, *refs, timeout=PUSH_TIMEOUT)

    # the calls

    def _text(self, *words: str) -> str:
        return _decoded(self._git(*words)).strip()

    def _told_of(self, objects: Sequence[str], *words: str) -> bytes:
        """What git says of objects; asked once of those that are named by whole ids, since those never change."""
        found = self._answers.get(words)
        if found is None:
            found = self._git(*words, limit=LARGEST_BLOB)
            if len(found) <= LARGEST_KEPT and all(WHOLE_ID.fullmatch(each) for each in objects):
                self._answers.keep(words, found)
        return found

    def _git(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        accept: Sequence[int] = (0,),
        timeout: timedelta = TIMEOUT,
        limit: int = 16 << 20,
    ) -> bytes:
        if self._neutral is None:
            self._neutral = self._without_filters()
        return self._call(words, {**self._neutral, **(env or {})}, stdin, accept, timeout, limit)

    def _call(
        self,
        words: Sequence[str],
        env: Mapping[str, str],
        stdin: bytes = b"",
        accept: Sequence[int] = (0,),
        timeout: timedelta = TIMEOUT,
        limit: int = 16 << 20,
    ) -> bytes:
        argv = ["git", "--no-pager", "--no-replace-objects", "--literal-pathspecs", *words]
        done = sandbox.run(argv, cwd=self._place, env=env, stdin=stdin, timeout=timeout, accept=accept, limit=limit)
        if done.truncated:
            raise ToolFailed(
                f"git {words[0]} wrote more than {limit >> 20} MiB", hint="the repository holds huge files"
            )
        return done.stdout

    def _without_filters(self) -> Mapping[str, str]:
        """The environment of every call, with each filter and hook that the configuration defines made a no-op."""
        names = self._call(
            ("config", "--name-only", "-z", "--get-regexp", r"^(filter|hook)\."), self._environment, accept=(0, 1, 128)
        )
        defined = {_decoded(name).rpartition(".")[0] for name in names.split(b"\0") if name}
        off = [
            (f"{each}.{key}", value)
            for each in sorted(defined)
            for key, value in (NO_FILTER if each.startswith("filter.") else NO_HOOK)
        ]
        return configured(self._environment, off)


def is_plain(path: str) -> bool:
    """Relative, normal, and not into git's own directory."""
    parts = path.split("/")
    return (
        bool(path) and "\0" not in path and not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)
    )


def _entries(listed: bytes) -> list[Entry]:
    entries: list[Entry] = []
    for line in listed.split(b"\0"):
        if line:
            facts, _, path = line.partition(b"\t")
            mode, kind, blob = facts.decode().split()
            entries.append(Entry(mode, kind, blob, _decoded(path)))
    return entries


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")
