"""Which pieces of a change turn a test red: delta debugging, each set of pieces tried in a fork of its own."""

from __future__ import annotations

import ast
import json
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Optional

from .answers import Answers, answer
from .forks import ANSWERED, in_fork
from .session import Session, collected
from .units import lines_of
from .variants import ALONE, ran, with_files

GREEN, OTHER = "green", "other"
KNOWN = 6
"""Causes of other tests that are tried ahead of a search."""
ADDRESS = re.compile(r"0x[0-9a-fA-F]+|/\S+/")
Tried = Callable[[frozenset[int]], bool]


class Cause(NamedTuple):
    """`sure`: none of the pieces can be left out, by running without it."""

    pieces: tuple[int, ...]
    sure: bool


class Spent(Exception):
    """No execution is left."""


def smallest(pieces: Sequence[int], red: Tried) -> Cause:
    """ddmin (Zeller, Hildebrandt 2002) over an order in which neighbors belong together. `red` may raise Spent; what
    was reached so far is then not sure."""
    left, parts = list(pieces), 2
    try:
        while len(left) > 1:
            size = max(1, len(left) // parts)
            chunks = [left[at : at + size] for at in range(0, len(left), size)]
            found = _narrowed(left, chunks, red)
            if found is not None:
                left, parts = found
            elif size == 1:
                break
            else:
                parts = min(len(left), parts * 2)
    except Spent:
        return Cause(tuple(left), sure=False)
    return Cause(tuple(left), sure=True)


def _narrowed(left: Sequence[int], chunks: Sequence[list[int]], red: Tried) -> Optional[tuple[list[int], int]]:
    for chunk in chunks:
        if len(chunk) < len(left) and red(frozenset(chunk)):
            return chunk, 2
    for chunk in chunks:
        rest = [piece for piece in left if piece not in chunk]
        if rest and len(chunks) > 2 and red(frozenset(rest)):
            return rest, max(2, len(chunks) - 1)
    return None


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`; `files`: path -> [[piece or -1, old, new, function, whether it was added], ...], where a text may be null
    for a file that is not there; `words` for pytest, `ids`, `seconds` for a test; `most` runs of a test on a set of
    pieces in all, and `each` for one test; `from_green`: only of tests that are green without any piece."""
    search = Search(request)
    for place, name in enumerate(request["ids"]):
        answers.row({"test": name, **search.cause(name)})
        answers.progress(f"{place + 1} of {len(request['ids'])} causes looked for, {search.trial.count} runs")


class Search:
    """From coarse to fine: files, then functions, then pieces; of those that the test reaches, if they suffice.

    What was only added stays there throughout where that alone turns nothing red, so that what is left of a function's
    old code runs beside all that its new code calls.
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._request = request
        self._parts = [
            _Part(part[0], path, part[3], part[4])
            for path, parts in request["files"].items()
            for part in parts
            if part[0] >= 0
        ]
        self._all = frozenset(part.number for part in self._parts)
        self._added = frozenset(part.number for part in self._parts if part.added)
        self._found: list[tuple[int, ...]] = []
        self.trial = Trial(request)

    def cause(self, name: str) -> dict[str, Any]:
        """`before` is how the test ends without any piece."""
        self.trial.begin(self._request["each"])
        try:
            return self._cause(name)
        except Spent:
            return {"before": OTHER}

    def _cause(self, name: str) -> dict[str, Any]:
        beside, before = self._added, self.trial.said(self._added, name)
        if before != GREEN and beside:
            beside, before = frozenset[int](), self.trial.said(frozenset(), name)
        wanted, reached = self.trial.reached(self._all, name)
        if wanted == GREEN or (before != GREEN and self._request["from_green"]):
            return {"before": before}

        def red(chosen: frozenset[int]) -> bool:
            return self.trial.said(chosen | beside, name) == wanted

        pieces = [part for part in self._parts if part.number not in beside]
        known = self._known(red)
        found = Cause(known, sure=True) if known else self._narrowed(pieces, reached, red)
        if found.sure and found.pieces not in self._found:
            self._found.insert(0, found.pieces)
        return {"before": before, "pieces": found.pieces, "sure": found.sure}

    def _known(self, red: Tried) -> tuple[int, ...]:
        """What turned another test red, if it does so here and none of it can be left out."""
        for pieces in self._found[:KNOWN]:
            whole = frozenset(pieces)
            if red(whole) and not any(red(whole - {each}) for each in pieces if len(pieces) > 1):
                return pieces
        return ()

    def _narrowed(self, parts: Sequence[_Part], reached: frozenset[tuple[str, str]], red: Tried) -> Cause:
        left = list(parts)
        try:
            left = self._reached(left, reached, red)
            for level in (_Part.file, _Part.unit):
                groups = list(_groups(left, level))
                found = smallest(range(len(groups)), lambda chosen, groups=groups: red(_union(groups, chosen)))
                left = [part for place in found.pieces for part in groups[place]]
                if not found.sure:
                    return Cause(tuple(part.number for part in left), sure=False)
            return smallest([part.number for part in left], red)
        except Spent:
            return Cause(tuple(part.number for part in left), sure=False)

    def _reached(self, parts: list[_Part], reached: frozenset[tuple[str, str]], red: Tried) -> list[_Part]:
        """Those in functions that the test entered, and between functions of files of which it entered something."""
        files = {path for path, _ in reached}
        near = [
            part
            for part in parts
            if (part.path, part.function) in reached
            or not part.path.endswith(".py")
            or (not part.function and part.path in files)
        ]
        return near if len(near) < len(parts) and near and red(frozenset(part.number for part in near)) else parts


class _Part(NamedTuple):
    number: int
    path: str
    function: str
    added: bool

    def file(self) -> tuple[str, str]:
        return self.path, ""

    def unit(self) -> tuple[str, str]:
        return self.path, self.function


def _groups(parts: Sequence[_Part], level: Callable[[_Part], tuple[str, str]]) -> Iterable[list[_Part]]:
    found: dict[tuple[str, str], list[_Part]] = {}
    for part in parts:
        found.setdefault(level(part), []).append(part)
    return found.values()


def _union(groups: Sequence[list[_Part]], chosen: frozenset[int]) -> frozenset[int]:
    return frozenset(part.number for place in chosen for part in groups[place])


class Trial:
    """Runs each set of pieces once for each test that asks."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._request = request
        self._known: dict[tuple[frozenset[int], str], str] = {}
        self._composed: dict[tuple[str, frozenset[int]], bool] = {}
        self._numbers = {
            path: frozenset(part[0] for part in parts if part[0] >= 0) for path, parts in request["files"].items()
        }
        self._left = 0
        self.count = 0

    def begin(self, runs: int) -> None:
        self._left = runs

    def said(self, chosen: frozenset[int], name: str) -> str:
        """How the test ends; OTHER without a run where a module cannot be parsed then."""
        key = (chosen, name)
        if key not in self._known:
            files = self._files(chosen)
            if not all(self._is_whole(path, chosen, text) for path, text in files.items()):
                return OTHER
            self._spend()
            self._known[key] = signs(self._laid(files, lambda: ran(self._variant(name))), [name])[name]
        return self._known[key]

    def reached(self, chosen: frozenset[int], name: str) -> tuple[str, frozenset[tuple[str, str]]]:
        """How the test ends, and the functions that it and what it imports entered: path and name."""
        self._spend()
        files = self._files(chosen)
        row = self._laid(files, lambda: recorded(self._variant(name)))
        wanted = signs(row, [name])[name]
        self._known[chosen, name] = wanted
        root = Path(self._request["root"])
        texts = {path: composed(parts, chosen) for path, parts in self._request["files"].items() if path[-3:] == ".py"}
        places = {str(root / path): (path, lines_of(text or "")) for path, text in texts.items()}
        return wanted, frozenset(
            (places[file][0], unit)
            for file, line in row.get("entered", ())
            if file in places
            for unit in (_unit_at(places[file][1], line),)
        )

    def _spend(self) -> None:
        if self.count >= self._request["most"] or self._left <= 0:
            raise Spent
        self.count += 1
        self._left -= 1

    def _files(self, chosen: frozenset[int]) -> dict[str, Optional[str]]:
        """Those that are not as they lie there: with all pieces."""
        return {
            path: composed(parts, chosen)
            for path, parts in self._request["files"].items()
            if not self._numbers[path] or not self._numbers[path] <= chosen
        }

    def _is_whole(self, path: str, chosen: frozenset[int], text: Optional[str]) -> bool:
        if text is None or not path.endswith(".py"):
            return True
        key = (path, chosen & self._numbers[path])
        if key not in self._composed:
            try:
                ast.parse(text)
                self._composed[key] = True
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self._composed[key] = chosen.isdisjoint(self._numbers[path])
        return self._composed[key]

    def _variant(self, name: str) -> dict[str, Any]:
        words = [*self._request["words"], name.partition("::")[0]]
        variant = {"name": "", "how": ALONE, "times": 1, "ids": [name], "seconds": self._request["seconds"]}
        return {**variant, "words": words}

    def _laid(self, files: Mapping[str, Optional[str]], work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        rows: list[dict[str, Any]] = []
        with_files(Path(self._request["root"]), files, lambda: rows.append(work()))
        return rows[0]


def _unit_at(lines: Mapping[str, tuple[int, int]], line: int) -> str:
    return next((name for name, (first, last) in lines.items() if first <= line <= last), "")


def recorded(variant: Mapping[str, Any]) -> dict[str, Any]:
    """A row as of `variants.ran`, of one test, with `entered`: file and first line of each code that ran."""
    entered: set[tuple[str, int]] = set()
    row: dict[str, Any] = {"broken": [], "rounds": [], "status": 0}

    def enter(frame: Any, event: str, _: object) -> None:
        if event == "call":
            entered.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    def work(session: Session) -> None:
        row["broken"] = [list(each) for each in session.broken]
        ids = [name for name in variant["ids"] if name in session.items]
        row["rounds"] = [{"results": [list(each) for each in session.run(ids)], "lost": []}]

    def told() -> bytes:
        threading.setprofile(enter)
        sys.setprofile(enter)
        row["status"] = collected(variant["words"], work)
        sys.setprofile(None)
        return json.dumps({**row, "entered": sorted(entered)}).encode("utf-8", "backslashreplace")

    outcome = in_fork(told, seconds=120.0 + float(variant["seconds"]))
    if outcome.state == ANSWERED:
        answered: dict[str, Any] = json.loads(outcome.answer)
        return answered
    return {**row, "rounds": [{"results": [], "lost": [[name, outcome.state, ""] for name in variant["ids"]]}]}


def composed(parts: Sequence[Sequence[Any]], chosen: frozenset[int]) -> Optional[str]:
    """A file with the chosen pieces as they are now, and the others as they were; None where there is no file then."""
    texts = [new if number < 0 or number in chosen else old for number, old, new, *_ in parts]
    return None if None in texts else "".join(texts)


def signs(row: Mapping[str, Any], ids: Sequence[str]) -> dict[str, str]:
    """How each test ended, in words that are the same where it ended in the same way."""
    broken = {file: sign("not collected", why) for file, why in row["broken"]}
    told = {name: broken.get(name.partition("::")[0], f"not collected {row['status']}") for name in ids}
    for each in row.get("rounds", ()):
        told.update({name: state for name, state, _ in each["lost"]})
        told.update({result[0]: _sign(result) for result in each["results"]})
    return told


def _sign(result: Sequence[Any]) -> str:
    return GREEN if result[1] in ("passed", "xfailed", "xpassed") else sign(result[1], result[3], result[4])


def sign(*words: str) -> str:
    return " ".join(ADDRESS.sub("", word)[:300] for word in words)


if __name__ == "__main__":
    answer(main)
