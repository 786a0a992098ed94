"""What commits changed: `git diff-tree --stdin` over pairs, read while git works."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, NamedTuple

from outpace.engines.history.clone import Clone
from outpace.model.errors import ToolFailed

WORDS = ("diff-tree", "--stdin", "-r", "-z", "--raw", "--root", "--always", "--no-renames", "--no-abbrev")
CHUNK = 1 << 18
LONGEST = 1 << 22
KNOWN_PATHS = 200_000
LOCK, INTERESTING = 1, 2
REGULAR = b"100"


class Changed(NamedTuple):
    """One file; an empty blob: it was not there, or was no regular file."""

    path: bytes
    before: str
    after: str
    of: int  # LOCK, INTERESTING or both


class Difference(NamedTuple):
    """`others` is how many further files changed."""

    commit: str
    files: tuple[Changed, ...]
    others: int


class Interests:
    """Which files are kept, asked once for each path."""

    def __init__(self, is_lock: Callable[[str], bool], is_interesting: Callable[[str], bool]) -> None:
        self._is_lock, self._is_interesting = is_lock, is_interesting
        self._known: dict[bytes, int] = {}

    def of(self, path: bytes) -> int:
        known = self._known.get(path)
        if known is None:
            if len(self._known) >= KNOWN_PATHS:
                self._known.clear()
            name = path.decode("utf-8", "surrogateescape")
            known = LOCK * self._is_lock(name) + INTERESTING * self._is_interesting(name)
            self._known[path] = known
        return known


def differences(
    clone: Clone, pairs: Iterable[tuple[str, str | None]], interests: Interests, *, within: Sequence[str] = ()
) -> Iterator[Difference]:
    """In the order of the pairs, each with one; None as the second: against nothing, for a commit without parents.
    `within` are the only paths to look at, where there are any."""
    feed = (f"{commit} {before}\n".encode() if before else f"{commit}\n".encode() for commit, before in pairs)
    with clone.stream(*WORDS, "--", *within, feed=_joined(feed)) as output:
        yield from _parsed(_tokens(output), interests)


def _parsed(tokens: Iterator[bytes], interests: Interests) -> Iterator[Difference]:
    commit, files, others = "", list[Changed](), 0
    for token in tokens:
        if not token.startswith(b":"):
            if commit:
                yield Difference(commit, tuple(files), others)
            commit, files, others = token.decode("ascii", "replace").rstrip("\n"), [], 0
            continue
        path = next(tokens, b"")
        of = interests.of(path)
        if not of & LOCK:
            others += 1
        if of and (changed := _changed(token, path, of)):
            files.append(changed)
    if commit:
        yield Difference(commit, tuple(files), others)


def _changed(token: bytes, path: bytes, of: int) -> Changed | None:
    """None where only the mode changed, or where neither side is a regular file."""
    fields = token[1:].split(b" ")
    if len(fields) != 5:
        raise ToolFailed(f"git diff-tree said {token[:80]!r}", hint="report it, with the version of git")
    was, now, before, after, _status = fields
    old = before.decode() if was.startswith(REGULAR) else ""
    new = after.decode() if now.startswith(REGULAR) else ""
    return Changed(path, old, new, of) if old != new else None


def _tokens(output: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := output.read(CHUNK):
        tokens = (rest + chunk).split(b"\0")
        rest = tokens.pop()
        if len(rest) > LONGEST:
            raise ToolFailed(f"git named a path of more than {LONGEST >> 20} MiB", hint="the repository is hostile")
        yield from tokens
    if rest.strip():
        yield rest


def _joined(parts: Iterable[bytes], size: int = 512) -> Iterator[bytes]:
    """In larger pieces: one write for each line would be slow."""
    held: list[bytes] = []
    for part in parts:
        held.append(part)
        if len(held) >= size:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)
