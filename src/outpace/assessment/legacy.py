"""Signs of a legacy system among the files of a revision: languages and runtimes that nobody supports any longer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from outpace.assessment.evidence import Where

# The day from which on nobody mends a release: peps.python.org (release schedules), nodejs.org/about/releases
PYTHON_ENDED = MappingProxyType(
    {
        "2": date(2020, 1, 1),
        "3.4": date(2019, 3, 18),
        "3.5": date(2020, 9, 30),
        "3.6": date(2021, 12, 23),
        "3.7": date(2023, 6, 27),
        "3.8": date(2024, 10, 7),
        "3.9": date(2025, 10, 31),
        "3.10": date(2026, 10, 31),
    }
)
NODE_ENDED = MappingProxyType(
    {
        "8": date(2019, 12, 31),
        "10": date(2021, 4, 30),
        "12": date(2022, 4, 30),
        "14": date(2023, 4, 30),
        "16": date(2023, 9, 11),
        "18": date(2025, 4, 30),
        "20": date(2026, 4, 30),
    }
)
COBOL = (".cbl", ".cob", ".cpy", ".jcl")
NAMES = frozenset({"runtime.txt", "dockerfile"})  # what runs; what a developer's shell picks tells little of it
FORGOTTEN = timedelta(days=365)  # without support for so long: it is not about to be moved
FOREIGN = frozenset({"node_modules", "vendor", "vendored", "third_party", "testdata", "fixtures", "tests", "test"})
LONGEST = 65_536
MOST = 40  # files are read, and places named


def files_that_tell(paths: Sequence[str]) -> tuple[str, ...]:
    """Those whose content names a runtime; the shortest paths first."""
    telling = (path for path in paths if _name(path) in NAMES and _is_own(path))
    return tuple(sorted(telling, key=lambda path: (path.count("/"), path))[:MOST])


def signs_of_legacy(paths: Sequence[str], look_up: Callable[[str], bytes | None], *, at: date) -> tuple[Where, ...]:
    """COBOL by the names of its files, runtimes by what pins them. A range in a manifest says nothing of what runs."""
    cobol = sorted(path for path in paths if path.lower().endswith(COBOL) and _is_own(path))
    runtimes = [sign for path in files_that_tell(paths) for sign in _ended(path, look_up(path) or b"", at)]
    return (*runtimes, *(Where(kind="file", name=path) for path in cobol))[:MOST]


def _ended(path: str, content: bytes, at: date) -> Iterator[Where]:
    text = content[:LONGEST].decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), start=1):
        named = tuple(_ends(_name(path), line))
        if any(ended is not None and ended + FORGOTTEN <= at for ended in named):
            yield Where(kind="file", name=path, line=number)
        if named and _name(path) != "dockerfile":
            return  # the first is what runs; more are for tests


def _ends(name: str, line: str) -> Iterator[date | None]:
    if name == "dockerfile":
        yield from (PYTHON_ENDED.get(found) for found in _major(r"\s*FROM\s+(?:\S*/)?python:(2|3\.\d{1,2})\b", line))
        yield from (NODE_ENDED.get(found) for found in _major(r"\s*FROM\s+(?:\S*/)?node:(\d{1,2})\b", line))
    else:
        yield from (PYTHON_ENDED.get(found) for found in _major(r"\s*(?:python-)?(2|3\.\d{1,2})(?:\.|\s*$)", line))


def _major(pattern: str, line: str) -> Iterator[str]:
    found = re.match(pattern, line[:200], re.IGNORECASE | re.ASCII)
    if found:
        yield found[1]


def _name(path: str) -> str:
    return path.rpartition("/")[2].lower()


def _is_own(path: str) -> bool:
    return not FOREIGN & set(path.lower().split("/")[:-1])
