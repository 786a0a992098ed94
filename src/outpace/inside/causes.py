"""Which pieces of a change turn a test red: delta debugging, every set of pieces tried in a fork of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Optional

from .answers import Answers, answer
from .variants import ALONE, ran, with_files

GREEN, OTHER = "green", "other"
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
    """`root`; `files`: path -> [[piece or -1, old, new], ...], where a text may be null for a file that is not there;
    `words`, `ids`, `seconds`; `most` sets that are tried; `from_green`: only of tests that are green without any piece.
    """
    trial = _Trial(request)
    for name in request["ids"]:
        answers.row({"test": name, **trial.cause(name)})
        answers.progress(f"{len(trial.known)} parts of the change tried")


class _Trial:
    """Runs each set of pieces once, for all tests."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._request = request
        self.numbers = tuple(
            dict.fromkeys(part[0] for parts in request["files"].values() for part in parts if part[0] >= 0)
        )
        self.known: dict[frozenset[int], dict[str, str]] = {}

    def cause(self, name: str) -> dict[str, Any]:
        """`before` is how the test ends without any piece."""
        try:
            before, wanted = self.said(frozenset(), name), self.said(frozenset(self.numbers), name)
        except Spent:
            return {"before": OTHER}
        if wanted == GREEN or (before != GREEN and self._request["from_green"]):
            return {"before": before}
        cause = smallest(self.numbers, lambda chosen: self.said(chosen, name) == wanted)
        return {"before": before, "pieces": cause.pieces, "sure": cause.sure}

    def said(self, chosen: frozenset[int], name: str) -> str:
        if chosen not in self.known:
            if len(self.known) >= self._request["most"]:
                raise Spent
            self.known[chosen] = self._tried(chosen)
        return self.known[chosen].get(name, OTHER)

    def _tried(self, chosen: frozenset[int]) -> dict[str, str]:
        asked, rows = self._request, list[dict[str, Any]]()
        variant = {"name": "", "how": ALONE, "times": 1, **{key: asked[key] for key in ("words", "ids", "seconds")}}
        files = {path: composed(parts, chosen) for path, parts in asked["files"].items()}
        with_files(Path(asked["root"]), files, lambda: rows.append(ran(variant)))
        return signs(rows[0], asked["ids"])


def composed(parts: Sequence[Sequence[Any]], chosen: frozenset[int]) -> Optional[str]:
    """A file with the chosen pieces as they are now, and the others as they were; None where there is no file then."""
    texts = [new if number < 0 or number in chosen else old for number, old, new in parts]
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
