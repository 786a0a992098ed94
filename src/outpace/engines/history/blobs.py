"""Contents by id: `git cat-file --batch`, fed by a thread and read while git works."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, NamedTuple, TypeAlias

from outpace.engines.history.clone import Clone
from outpace.model.errors import ToolFailed

LARGEST = 64 << 20
LINE = 1 << 12
PIECES = 256


class TooLarge(NamedTuple):
    """It is here, and was read past."""


class NotGiven(NamedTuple):
    """git has no such blob, and what it said instead."""

    said: str


Given: TypeAlias = bytes | TooLarge | NotGiven


def blobs(
    clone: Clone, ids: Iterable[str], report: Callable[[str], None], largest: int = LARGEST
) -> Iterator[tuple[str, bytes]]:
    """In the order asked. What a partial clone lacks, and what is too large, is left out."""
    asked = [one for one in ids if one]
    for one, given in contents(clone, asked, largest):
        match given:
            case bytes():
                yield one, given
            case TooLarge():
                report(f"{one} is left out: it has more than {largest} bytes")
            case NotGiven(said):
                raise ToolFailed(
                    f"git cannot give the blob {one}" + (f": {said}" if said else ""),
                    hint="git fsck names what is damaged; clone the repository again",
                    output=said,
                )


def contents(clone: Clone, asked: Sequence[str], largest: int) -> Iterator[tuple[str, Given]]:
    """Each in the order asked, but for those that a partial clone lacks."""
    if clone.lacks_objects:
        here = clone.present(set(asked))
        asked = [one for one in asked if one in here]
    if not asked:
        return
    with clone.stream("cat-file", "--batch", "--buffer", feed=_pieces(asked)) as output:
        for one in asked:
            yield one, _next(output, one, largest)


def _next(output: IO[bytes], asked: str, largest: int) -> Given:
    header = output.readline(LINE).split()
    if len(header) == 3 and header[0] == asked.encode() and header[1] == b"blob":
        size = int(header[2])
        content = output.read(size) if size <= largest else _passed_over(output, size)
        if (isinstance(content, TooLarge) or len(content) == size) and output.read(1) == b"\n":
            return content
    return NotGiven(b" ".join(header).decode("utf-8", "replace"))


def _passed_over(output: IO[bytes], size: int) -> TooLarge:
    while size > 0:
        size -= len(output.read(min(size, 1 << 20))) or size
    return TooLarge()


def _pieces(ids: Sequence[str]) -> Iterator[bytes]:
    for start in range(0, len(ids), PIECES):
        yield ("\n".join(ids[start : start + PIECES]) + "\n").encode()
