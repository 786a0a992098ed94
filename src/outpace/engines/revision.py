"""The files of one revision of a clone, bare or not: listed once, and read in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outpace.engines.history.blobs import contents
from outpace.engines.history.clone import Clone

LARGEST_FILE = 4 << 20  # what is written by hand is smaller; a lock is read by the walk
MOST_READ = 256 << 20  # of all files together
REGULAR = (b"100644", b"100755", b"100664")


class Revision:
    """Implements `app.assess.Files`. Links and submodules are no files here; what is too large or lacking is absent."""

    def __init__(self, clone: Clone, revision: str) -> None:
        self._clone = clone
        self._blobs = dict(_listed(clone.read("ls-tree", "-r", "-z", "--full-tree", revision)))
        self._read: dict[str, bytes | None] = {}  # nothing is asked for twice
        self._total = 0

    def paths(self) -> tuple[str, ...]:
        return tuple(self._blobs)

    def bring(self, paths: Sequence[str]) -> None:
        wanted = [path for path in dict.fromkeys(paths) if path in self._blobs and path not in self._read]
        if not wanted or self._total > MOST_READ:
            return
        asked = dict.fromkeys(self._blobs[path] for path in wanted)
        given: dict[str, bytes] = {}
        for blob, content in contents(self._clone, tuple(asked), LARGEST_FILE):
            if isinstance(content, bytes) and self._total <= MOST_READ:
                given[blob] = content
                self._total += len(content)
        self._read |= {path: given.get(self._blobs[path]) for path in wanted}

    def look_up(self, path: str) -> bytes | None:
        if path not in self._read:
            self.bring((path,))
        return self._read.get(path)


def _listed(output: bytes) -> Iterator[tuple[str, str]]:
    for line in output.split(b"\0"):
        facts, _, path = line.partition(b"\t")
        if facts[:6] in REGULAR:
            yield path.decode("utf-8", "surrogateescape"), facts.decode().rpartition(" ")[2]
