"""What commits changed: `git diff-tree --stdin` over pairs, read while git works."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, NamedTuple

from outpace.engines.history.clone import Clone, lines
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
        self.known = _Known(self._of)

    def _of(self, path: bytes) -> int:
        name = path.decode("utf-8", "surrogateescape")
        return LOCK * self._is_lock(name) + INTERESTING * self._is_interesting(name)


class _Known(dict[bytes, int]):
    """By path; what is not known yet is asked."""

    def __init__(self, asked: Callable[[bytes], int]) -> None:
        super().__init__()
        self._asked = asked

    def __missing__(self, path: bytes) -> int:
        if len(self) >= KNOWN_PATHS:
            self.clear()
        found = self[path] = self._asked(path)
        return found


def differences(
    clone: Clone, pairs: Iterable[tuple[str, str | None]], interests: Interests, *, within: Sequence[str] = ()
) -> Iterator[Difference]:
    """In the order of the pairs, each with one; None as the second: against nothing, for a commit without parents.
    `within` are the only paths to look at, where there are any."""
    feed = (f"{commit} {before}\n".encode() if before else f"{commit}\n".encode() for commit, before in pairs)
    with clone.stream(*WORDS, "--", *within, feed=_joined(feed)) as output:
        yield from _parsed(_pieces(output), interests)


def along_first_parents(clone: Clone, tip: str, interests: Interests) -> dict[tuple[str, str | None], Difference]:
    """What each commit changed against its first parent, by the two: nearly always the branch's own line, and here
    before that is known. The newest first, as git keeps them."""
    pairs: list[tuple[str, str | None]] = []

    def listed() -> Iterator[tuple[str, str | None]]:
        with clone.stream("rev-list", "--first-parent", "--parents", tip) as output:
            for commit, *parents in map(str.split, map(bytes.decode, lines(output))):
                pairs.append((commit, parents[0] if parents else None))
                yield pairs[-1]

    found = list(differences(clone, listed(), interests))
    return dict(zip(pairs, found, strict=True))


def _parsed(pieces: Iterator[list[bytes]], interests: Interests) -> Iterator[Difference]:
    """Names of commits between the files that they changed, of which each takes two places."""
    known = interests.known
    commit, files, others, token = "", list[Changed](), 0, b""
    for piece in pieces:
        for part in piece:
            if token:
                of = known[part]
                if not of & LOCK:
                    others += 1
                if of and (changed := _changed(token, part, of)):
                    files.append(changed)
                token = b""
            elif part[:1] == b":":
                token = part
            else:
                if commit:
                    yield Difference(commit, tuple(files), others)
                commit, files, others = part.decode("ascii", "replace").rstrip("\n"), [], 0
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


def _pieces(output: IO[bytes]) -> Iterator[list[bytes]]:
    rest = b""
    while chunk := output.read(CHUNK):
        tokens = (rest + chunk).split(b"\0")
        rest = tokens.pop()
        if len(rest) > LONGEST:
            raise ToolFailed(f"git named a path of more than {LONGEST >> 20} MiB", hint="the repository is hostile")
        yield tokens
    if rest.strip():
        yield [rest]


def _joined(parts: Iterable[bytes], size: int = 512) -> Iterator[bytes]:
    """In larger pieces: one write for each line would be slow."""
    held: list[bytes] = []
    for part in parts:
        held.append(part)
        if len(held) >= size:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)
