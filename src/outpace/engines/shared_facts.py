"""Facts in `refs/outpace/facts` of a git remote: one small commit, merged by union, and read as what a stranger wrote.

Each fact is one file, named by its natural key, so that merging is taking every file. Where two machines wrote the same
key, the earlier one stays. No working tree, index, branch or configuration is touched.
"""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from outpace import sandbox
from outpace.model import times
from outpace.model.errors import DamagedData, NotFound, ToolFailed
from outpace.model.fact import SHARED, Fact, is_shared, key_of

REF = "refs/outpace/facts"
ATTEMPTS = 10
LARGEST_FACT = 1 << 20
LARGEST_SET = 64 << 20
MOST_FACTS = 50_000
LONGEST_WORD = 500
CLOCK_DOUBT = timedelta(minutes=10)
TIMEOUT = timedelta(minutes=2)

NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{62}\.json")
LISTED = re.compile(r"100644 blob (?P<blob>[0-9a-f]{40,64}) +(?P<size>\d+)\t(?P<path>.*)", re.DOTALL)
KIND = re.compile(r"[a-z][a-z0-9_]{0,63}")
DIGEST = re.compile(r"[0-9a-f]{64}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8"}
US = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "Outpace"), ("EMAIL", "outpace@localhost"))
}
SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.logAllRefUpdates=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "push.gpgSign=false",
    "submodule.recurse=false",
    "protocol.ext.allow=never",
    "fetch.fsckObjects=true",
)


class File(NamedTuple):
    blob: str
    content: bytes


class Document(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of the shared tree."""

    kind: str
    version: int
    subject: str
    digest: str
    at: str
    source: str
    body: msgspec.Raw


def fetch(
    repository: Path,
    remote: str,
    *,
    environ: Mapping[str, str],
    report: Callable[[str], None] = lambda _: None,
) -> tuple[Fact, ...]:
    """What the remote holds, each marked as shared. What is not a fact of ours is left out, and counted to `report`."""
    git = Git(repository, environ)
    tip = git.tip(remote)
    if tip is None:
        return ()
    git.bring(remote, tip)
    files = git.files(tip)
    facts = [fact for path, file in files.items() if (fact := read(path, file.content)) is not None]
    if len(facts) < len(files):
        report(f"left out {len(files) - len(facts)} of {len(files)} shared facts: they are not what Outpace writes")
    return tuple(_marked(fact, remote) for fact in sorted(facts, key=_order))


def push(
    repository: Path,
    remote: str,
    facts: Iterable[Fact],
    *,
    environ: Mapping[str, str],
    report: Callable[[str], None] = lambda _: None,
) -> int:
    """Adds ours to what the remote holds and says how many it lacked; tried again when somebody else was first.

    Facts that came from elsewhere are not passed on; one that others would not accept is left out and reported.
    """
    git = Git(repository, environ)
    ours = _shareable(facts, report)
    for attempt in range(ATTEMPTS):
        tip = git.tip(remote)
        theirs = git.files(git.bring(remote, tip)) if tip else {}
        missing = {name: content for name, content in ours.items() if _is_news(name, content, theirs)}
        if not missing:
            return 0
        try:
            git.publish(remote, git.commit(missing, theirs, tip), tip)
            return len(missing)
        except ToolFailed as error:
            time.sleep(random.uniform(0, 0.05 * 2 ** min(attempt, 5)))  # noqa: S311  no secret: it parts two pushers
            if git.tip(remote) == tip and "lock" not in error.output:
                raise
    raise ToolFailed(
        f"could not share facts through {remote}: others were faster {ATTEMPTS} times", hint="run the command again"
    )


def _shareable(facts: Iterable[Fact], report: Callable[[str], None]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for fact in facts:
        if is_shared(fact):
            continue
        name, content = name_of(fact), written(fact)
        if read(name, content) is None:
            report(f"a fact of kind {fact.kind} is not shared: it is too large, of the future or not printable")
        else:
            files[name] = content
    return files


def _is_news(name: str, content: bytes, theirs: Mapping[str, File]) -> bool:
    """Whether the remote lacks it or has a later one: of two with one key the earlier stays, whoever merges first."""
    if name not in theirs:
        return True
    mine, other = read(name, content), read(name, theirs[name].content)
    if mine is None or other is None:
        return other is None
    return (mine.at, content) < (other.at, theirs[name].content)


def name_of(fact: Fact) -> str:
    """Where a fact's file lies, from its natural key alone."""
    key = key_of(fact)
    return f"{key[:2]}/{key[2:]}.json"


def written(fact: Fact) -> bytes:
    """The same fact gives the same bytes on every machine."""
    document = Document(
        kind=fact.kind,
        version=fact.version,
        subject=fact.subject,
        digest=fact.digest,
        at=times.text(fact.at),
        source=fact.source,
        body=fact.body,
    )
    return msgspec.json.encode(document) + b"\n"


def read(name: str, content: bytes) -> Fact | None:
    """The fact in a file, or None where anything about it is not as `written` writes it."""
    if len(content) > LARGEST_FACT:
        return None
    try:
        document = msgspec.json.decode(content, type=Document)
        msgspec.json.decode(document.body)  # all of it must be JSON, in UTF-8
        at = times.parse(document.at)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors too
        return None
    words = (document.subject, document.source)
    if any(len(word) > LONGEST_WORD or CONTROL.search(word) for word in words) or not 0 < document.version < 10_000:
        return None
    if not KIND.fullmatch(document.kind) or not DIGEST.fullmatch(document.digest) or at > times.now() + CLOCK_DOUBT:
        return None
    fact = Fact(
        kind=document.kind,
        version=document.version,
        subject=document.subject,
        digest=document.digest,
        at=at,
        source=document.source,
        body=msgspec.Raw(bytes(document.body)),
    )
    return fact if name_of(fact) == name else None


def _marked(fact: Fact, remote: str) -> Fact:
    source = fact.source
    while source.startswith(SHARED):  # nobody may say so of his own
        source = source.removeprefix(SHARED)
    return msgspec.structs.replace(fact, source=f"{SHARED}{sandbox.mask(remote)}: {source}")


def _order(fact: Fact) -> tuple[float, str]:
    return fact.at.timestamp(), name_of(fact)


class Git:
    """The few commands that this needs, with everything off that would run foreign code or ask somebody."""

    def __init__(self, repository: Path, environ: Mapping[str, str]) -> None:
        self._repository = repository
        self._environ = {name: value for name, value in environ.items() if name not in REDIRECTING} | QUIET

    def tip(self, remote: str) -> str | None:
        """What the remote's ref points at."""
        if remote not in self._run("remote").decode(errors="replace").splitlines():
            raise NotFound(f"there is no remote {remote}", hint="git remote -v lists them")
        listed = self._run("ls-remote", "--", remote, REF).decode(errors="replace").split()
        return listed[0] if listed else None

    def bring(self, remote: str, tip: str) -> str:
        """The same tip, when the objects below it are here."""
        if self._has(tip):
            return tip
        self._run(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--", remote, REF
        )
        if not self._has(tip):
            raise ToolFailed(f"{REF} on {remote} was replaced while it was read", hint="run the command again")
        self._remember(tip)
        return tip

    def files(self, tip: str) -> dict[str, File]:
        """Path and content of every file that could be a fact."""
        listed = self._run("ls-tree", "-r", "-z", "--long", tip, limit=MOST_FACTS * 200).decode(errors="replace")
        found = [match for line in listed.split("\0") if (match := LISTED.fullmatch(line))]
        chosen = [each for each in found if NAME.fullmatch(each["path"]) and int(each["size"]) <= LARGEST_FACT]
        if len(chosen) > MOST_FACTS or sum(int(each["size"]) for each in chosen) > LARGEST_SET:
            raise DamagedData(
                f"{REF} holds more than {MOST_FACTS} facts or {LARGEST_SET >> 20} MiB",
                hint=f"look at who wrote them: git log {tip}",
            )
        contents = self._blobs([each["blob"] for each in chosen])
        return {each["path"]: File(each["blob"], contents[each["blob"]]) for each in chosen}

    def commit(self, files: Mapping[str, bytes], beside: Mapping[str, File], parent: str | None) -> str:
        """Their files and ours; whatever else a stranger put into the tree is not carried on."""
        with tempfile.TemporaryDirectory(prefix="outpace-facts-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            blobs = {name: file.blob for name, file in beside.items()} | self._stored(files, Path(folder))
            lines = b"".join(f"100644 {blob}\t{name}\0".encode() for name, blob in blobs.items())
            self._run("update-index", "-z", "--index-info", env=index, stdin=lines)
            tree = self._run("write-tree", env=index).decode().strip()
        parents = () if parent is None else ("-p", parent)
        message = f"Share {len(files)} {'fact' if len(files) == 1 else 'facts'}\n".encode()
        return self._run("commit-tree", *parents, tree, env=US, stdin=message).decode().strip()

    def publish(self, remote: str, commit: str, expected: str | None) -> None:
        """Only if nobody else moved the ref meanwhile; raises ToolFailed otherwise."""
        lease = f"--force-with-lease={REF}:{expected or ''}"
        self._run("push", "--quiet", "--no-verify", "--no-signed", lease, "--", remote, f"{commit}:{REF}")
        self._remember(commit)

    def _stored(self, files: Mapping[str, bytes], folder: Path) -> dict[str, str]:
        """The blob of each name."""
        paths = [folder / str(number) for number in range(len(files))]
        for path, content in zip(paths, files.values(), strict=True):
            path.write_bytes(content)
        listed = "".join(f"{path}\n" for path in paths).encode()
        blobs = self._run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=listed).decode().split()
        return dict(zip(files, blobs, strict=True))

    def _blobs(self, ids: Sequence[str]) -> dict[str, bytes]:
        if not ids:
            return {}
        room = LARGEST_SET + len(ids) * 100
        stream = self._run("cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in ids).encode(), limit=room)
        found: dict[str, bytes] = {}
        start = 0
        for _ in ids:
            end = stream.index(b"\n", start)
            blob, _kind, size = stream[start:end].decode().split()
            start = end + 1 + int(size)
            found[blob] = stream[end + 1 : start]
            start += 1
        return found

    def _has(self, commit: str) -> bool:
        """Git fetches whole or not at all, so with the commit come its files."""
        return self._run("cat-file", "-t", "--", commit, accept=(0, 1, 128)).strip() == b"commit"

    def _remember(self, commit: str) -> None:
        """So that the next fetch brings only what is new; nothing is read from this ref."""
        self._run("update-ref", REF, commit, accept=(0, 1, 128))

    def _run(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        accept: Sequence[int] = (0,),
        limit: int = 1 << 20,
    ) -> bytes:
        settings = [word for setting in SETTINGS for word in ("-c", setting)]
        done = sandbox.run(
            ["git", "--no-pager", "--no-replace-objects", *settings, *words],
            cwd=self._repository,
            env={**self._environ, **(env or {})},
            stdin=stdin,
            timeout=TIMEOUT,
            accept=accept,
            limit=limit,
        )
        if done.truncated:
            raise DamagedData(
                f"git {words[0]} wrote more than {limit >> 20} MiB about {REF}", hint=f"see git log {REF}"
            )
        return done.stdout


# Set by git around hooks; they would point us at another repository or index.
REDIRECTING = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE",
     "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH", "GIT_PREFIX"}
)  # fmt: skip
