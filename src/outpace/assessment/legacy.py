"""Signs of a legacy system among the files of a revision: languages and runtimes that nobody supports any longer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from msgspec import Struct

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
FROM = re.compile(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.ASCII)
LONGEST = 65_536
MOST = 40  # files are read, and places named


def files_that_tell(paths: Sequence[str]) -> tuple[str, ...]:
    """Those whose content names a runtime; the shortest paths first."""
    telling = (path for path in paths if _name(path) in NAMES and _is_own(path))
    return tuple(sorted(telling, key=lambda path: (path.count("/"), path))[:MOST])


class Sign(Struct, frozen=True, kw_only=True):
    """A place that tells of a legacy system; `what` ends a sentence that begins with it."""

    where: Where
    what: str


def signs_of_legacy(paths: Sequence[str], look_up: Callable[[str], bytes | None], *, at: date) -> tuple[Sign, ...]:
    """COBOL by the names of its files, runtimes by what pins them. A range in a manifest says nothing of what runs."""
    cobol = sorted(path for path in paths if path.lower().endswith(COBOL) and _is_own(path))
    runtimes = [sign for path in files_that_tell(paths) for sign in _ended(path, look_up(path) or b"", at)]
    return (*runtimes, *(Sign(where=Where(kind="file", name=path), what="is COBOL") for path in cobol))[:MOST]


def in_words(signs: Sequence[Sign]) -> str:
    """A sentence: the first place, and how many more."""
    first, more = signs[0], len(signs) - 1
    line = f":{first.where.line}" if first.where.line else ""
    rest = f"; {more} more {'place tells' if more == 1 else 'places tell'} of such" if more else ""
    return f"{first.where.name}{line} {first.what}{rest}."


def _ended(path: str, content: bytes, at: date) -> Iterator[Sign]:
    lines = content[:LONGEST].decode("utf-8", "replace").splitlines()
    if _name(path) == "dockerfile":
        number, line = _runs(lines)
        found = _python(r"(?:\S*/)?python:(2|3\.\d{1,2})\b", line) or _node(r"(?:\S*/)?node:(\d{1,2})\b", line)
    else:  # the first is what runs; more are for tests
        told = (
            (n, _python(r"\s*(?:python-)?(2|3\.\d{1,2})(?:\.|\s*$)", each)) for n, each in enumerate(lines, start=1)
        )
        number, found = next(((n, runtime) for n, runtime in told if runtime is not None), (0, None))
    if found is None:
        return
    runtime, ended = found
    if ended is not None and ended + FORGOTTEN <= at:
        what = f"runs on {runtime}, whose support ended on {ended}"
        yield Sign(where=Where(kind="file", name=path, line=number), what=what)


def _runs(lines: Sequence[str]) -> tuple[int, str]:
    """The line and the image that the last stage begins with: what only builds does not run.

    A stage that begins with an earlier one, by its name or its number, has that one's image.
    """
    stages: list[tuple[int, str]] = []
    named: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(lines, start=1):
        if (said := FROM.match(line[:400])) is not None:
            stage = named.get(said[1].lower(), (number, said[1]))
            named[str(len(stages))] = stage
            stages.append(stage)
            if said[2]:
                named[said[2].lower()] = stage
    return stages[-1] if stages else (0, "")


def _python(pattern: str, text: str) -> tuple[str, date | None] | None:
    return None if (found := _first(pattern, text)) is None else (f"Python {found}", PYTHON_ENDED.get(found))


def _node(pattern: str, text: str) -> tuple[str, date | None] | None:
    return None if (found := _first(pattern, text)) is None else (f"Node.js {found}", NODE_ENDED.get(found))


def _first(pattern: str, text: str) -> str | None:
    found = re.match(pattern, text[:200], re.IGNORECASE | re.ASCII)
    return None if found is None else found[1]


def _name(path: str) -> str:
    return path.rpartition("/")[2].lower()


def _is_own(path: str) -> bool:
    return not FOREIGN & set(path.lower().split("/")[:-1])
