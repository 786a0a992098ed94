"""Any clone, bare or with files: read only, with nothing of it running and nothing ever fetched."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, NamedTuple

from outpace import sandbox
from outpace.engines.git_environment import configured, environment_of
from outpace.model.errors import NotARepository, NotFound, ToolFailed

TIMEOUT = timedelta(minutes=15)  # of one pass over a whole history
BRIEF = timedelta(minutes=2)
GIT = ("git", "--no-pager", "--no-replace-objects", "--literal-pathspecs")
NEVER_FETCHED = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1"}  # a partial clone would ask its remote
NO_GRAFTS = {"GIT_GRAFT_FILE": "/dev/null"}
SETTINGS = (("core.commitGraph", "false"), ("core.warnAmbiguousRefs", "false"))  # a graph file could tell other parents
CONFIGURED = r"^(filter\.|hook\.|remote\.|extensions\.partialclone$)"
BRANCH_NAME = re.compile(r"(?!-)[^\x00-\x20~^:?*\[\\\x7f]+")


class Tip(NamedTuple):
    """A branch, and the commit that it is at."""

    branch: str
    commit: str


class Clone:
    """Raises NotARepository where there is none, or none with a commit."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root = root
        self._environment = configured({**environment_of(environ), **NEVER_FETCHED, **NO_GRAFTS}, SETTINGS)
        facts = self._discovered()
        bare, shallow, common = facts.split("\n", 2)
        self.is_bare = bare == "true"
        self.directory = (root / common.removesuffix("\n")).resolve()
        self.cut = _digest(self.directory / "shallow") if shallow == "true" else ""
        self.lacks_objects = False
        self.owners: frozenset[str] = frozenset()
        self.has_remote = False
        self._read_configuration()

    def tip(self, branch: str | None) -> Tip:
        """Of the branch, or of the default one: what the remote calls so, else main, master, or what is checked out."""
        if branch is not None:
            return Tip(branch, self._named(branch, ("refs/heads/", "refs/remotes/origin/")))
        told = self._symbolic("refs/remotes/origin/HEAD", "refs/remotes/origin/")
        if told:
            return Tip(told, self._named(told, ("refs/remotes/origin/", "refs/heads/")))
        usual = () if self.is_bare else ("main", "master")  # a bare clone's HEAD is its origin's
        here = self._symbolic("HEAD", "refs/heads/")
        for name in (*usual, here):
            if name and (commit := self._resolved(f"refs/heads/{name}")):
                return Tip(name, commit)
        if not here and (commit := self._resolved("HEAD")):
            return Tip("HEAD", commit)
        raise self._empty(here)

    def is_ancestor(self, one: str, other: str) -> bool:
        """False also where `one` is gone."""
        words = ("merge-base", "--is-ancestor", one, other)
        return self._run(words, self._environment, accept=(0, 1, 128)).returncode == 0

    def read(self, *words: str, stdin: bytes = b"", accept: Collection[int] = (0,)) -> bytes:
        try:
            done = self._run(words, self._environment, stdin=stdin, accept=accept)
        except ToolFailed as error:
            raise self._damaged(error) from error
        if done.truncated:
            raise ToolFailed(f"git {words[0]} wrote too much", hint="the repository holds huge lists")
        return done.stdout

    @contextmanager
    def stream(self, *words: str, feed: Iterable[bytes] = ()) -> Generator[IO[bytes]]:
        try:
            with sandbox.stream(
                [*GIT, *words], cwd=self.root, env=self._environment, feed=feed, timeout=TIMEOUT
            ) as output:
                yield output
        except ToolFailed as error:
            raise self._damaged(error) from error

    def present(self, wanted: Collection[str]) -> frozenset[str]:
        """Those of the objects that are here. To ask for a lacking one, also whether it is here, would fetch it."""
        if not self.lacks_objects:
            return frozenset(wanted)
        sought = {one.encode() for one in wanted}
        words = ("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
        with self.stream(*words) as output:
            return frozenset(line.decode() for line in map(bytes.strip, output) if line in sought)

    def _discovered(self) -> str:
        words = ("rev-parse", "--is-bare-repository", "--is-shallow-repository", "--git-common-dir")
        try:
            return _decoded(self._run(words, self._environment).stdout)
        except ToolFailed as error:
            if "cannot use bare repository" not in error.output:
                raise self._none_here(error) from error
        allowed = configured(self._environment, [("safe.bareRepository", "all")])
        try:
            said = _decoded(self._run(words, allowed).stdout)
        except ToolFailed as error:
            raise self._none_here(error) from error
        self._refuse_embedded(said)
        self._environment = allowed
        return said

    def _refuse_embedded(self, said: str) -> None:
        """A bare repository that lies in the content of another is read only where it is named itself."""
        directory = (self.root / said.split("\n", 2)[2].removesuffix("\n")).resolve()
        if directory == self.root.resolve():
            return
        around = ("rev-parse", "--show-toplevel")
        if self._run(around, self._environment, cwd=directory.parent, accept=(0, 128)).returncode == 0:
            raise NotARepository(
                f"{directory} is a bare repository inside another one", hint="name it itself, or the other one"
            )

    def _none_here(self, error: ToolFailed) -> NotARepository:
        if "dubious ownership" in error.output:
            return NotARepository(
                f"git does not trust {self.root}: it belongs to somebody else",
                hint=f"if you trust it: git config --global --add safe.directory {self.root.resolve()}",
            )
        return NotARepository(f"{self.root} is not in a git repository", hint="name a clone: outpace assess DIRECTORY")

    def _read_configuration(self) -> None:
        """The remotes are read for who owns them, to be compared with subjects; nothing of them is kept elsewhere."""
        listed = self.read("config", "-z", "--get-regexp", CONFIGURED, accept=(0, 1))
        settings = [entry.partition("\n")[::2] for entry in _decoded(listed).split("\0") if entry]
        self.lacks_objects = any(
            name == "extensions.partialclone" or (name.endswith(".promisor") and value != "false")
            for name, value in settings
        )
        remotes = {name.removesuffix(".url"): value for name, value in settings if name.endswith(".url")}
        self.has_remote = bool(remotes)
        urls = [remotes["remote.origin"]] if "remote.origin" in remotes else list(remotes.values())
        places = (place_of(url.encode("utf-8", "surrogateescape")) for url in urls)
        self.owners = frozenset(place.partition("/")[0] for place in places if "/" in place)

    def _named(self, branch: str, spaces: Sequence[str]) -> str:
        found = (self._resolved(space + branch) for space in spaces) if BRANCH_NAME.fullmatch(branch) else ()
        commit = next((each for each in found if each), None)
        if commit is None:
            raise NotFound(f"{self.root} has no branch {branch}", hint=f"git -C {self.root} branch --all lists them")
        return commit

    def _resolved(self, ref: str) -> str:
        """Empty where there is none; the commit itself is not looked at yet."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", ref)
        return _decoded(self.read(*words, accept=(0, 1, 128))).strip()

    def _symbolic(self, ref: str, space: str) -> str:
        said = _decoded(self.read("symbolic-ref", "--quiet", ref, accept=(0, 1, 128))).strip()
        return said.removeprefix(space) if said.startswith(space) else ""

    def _empty(self, branch: str) -> NotARepository:
        if self.read("for-each-ref", "--count=1", "refs/heads", "refs/remotes"):
            return NotARepository(
                f"the branch {branch or 'HEAD'} of {self.root} has no commit yet",
                hint="name one that has: outpace assess --branch NAME",
            )
        return NotARepository(f"{self.root} has no commit yet", hint="assess it when it has a history")

    def _run(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        cwd: Path | None = None,
        stdin: bytes = b"",
        accept: Collection[int] = (0,),
    ) -> sandbox.Done:
        return sandbox.run(
            [*GIT, *words], cwd=cwd or self.root, env=environment, stdin=stdin, timeout=BRIEF, accept=accept
        )

    def _damaged(self, error: ToolFailed) -> ToolFailed:
        said = error.output.strip().splitlines()
        if "promisor" in error.output:
            return ToolFailed(
                f"{self.root} was cloned without the trees of its history, and nothing is fetched here",
                hint="clone it with --filter=blob:none or whole, and assess that",
                returncode=error.returncode,
                output=error.output,
            )
        return ToolFailed(
            f"git cannot read the history of {self.root}: {said[-1] if said else error.message}",
            hint=f"git -C {self.root} fsck names what is damaged; clone it again",
            returncode=error.returncode,
            output=error.output,
        )


def lines(output: IO[bytes], longest: int = 1 << 16) -> Iterator[bytes]:
    """Without their ends; what is beyond the longest is dropped."""
    while line := output.readline(longest):
        yield line.removesuffix(b"\n")
        while line and not line.endswith(b"\n"):
            line = output.readline(longest)


def place_of(url: bytes) -> str:
    """`owner/name` of the address of a repository, however it is written."""
    text = url.decode("utf-8", "replace").lower().rstrip("/").removesuffix(".git")
    return "/".join(re.split(r"[/:]", text.partition("://")[2] or text)[-2:])


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "unreadable"


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")
