"""Which tests turn when the code under test is written otherwise, and by which edit."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .edits import edits_of
from .passing import Place
from .running import Said, Told, chosen, whole
from .sources import Edit, Source, applied, together

MOST_FILES = 400
LARGEST = 1 << 20
NOT_UNDER_TEST = frozenset({"tests", "test", "testing", "docs", "doc", "examples", "build", "dist", "node_modules"})


class Reworded:
    """`root`, `only`, `times` the suite may be run for searching, `before`: what was seen plainly, red or not."""

    def __init__(self, place: Place, request: dict[str, Any], answers: Told) -> None:
        self.place = place
        self.request = request
        self.answers = answers
        self.begun = place.executed
        self.root = Path(request["root"])
        self.plain: dict[str, bool] = {}
        self.left = 0
        self.spent = False
        self.texts: dict[str, bytes] = {}
        self.last: dict[str, Said] = {}

    def tell(self) -> None:
        sys.dont_write_bytecode = True
        before: dict[str, bool] = self.request.get("before") or {}
        if not before:
            first = whole(lambda ids: self.place.run({}, ids), None)
            self.answers.row({"collected": first.collected, "broken": first.broken})
            if not first.results:
                self.answers.row({"ended": first.ended or "no test ran"})
                return
            control = [[*first.results.get(each, Said("error", "it did not run"))] for each in first.collected]
            self.answers.row({"control": control})
            before = {test: said.red for test, said in first.results.items()}
        only = set(chosen(list(before), self.request["only"]))
        self.plain = {test: False for test, red in before.items() if not red and test in only}
        self.left = self.request["times"] * len(before)
        sources = list(self.sources())
        self.texts = {source.file: source.bytes for source in sources}
        for edits in together(sorted(edits_of(sources), key=lambda edit: (edit.tier, edit.on))):
            self.tried(edits)
        self.answers.row({"executed": self.place.executed - self.begun, "spent": self.spent})

    def sources(self) -> Iterator[Source]:
        unread: list[str] = []
        for path in _under_test(self.root):
            file = str(path.relative_to(self.root))
            try:
                yield Source(file, path.read_text(encoding="utf-8"))
            except (SyntaxError, ValueError, OSError):
                unread.append(file)
        self.answers.row({"unread": unread})

    def tried(self, edits: list[Edit]) -> None:
        """As many as do not overlap at once; then those that turn a test, by halves, which hold kinds."""
        turned = self.turned(edits, None)
        for test, edit in self.halved(turned, edits).items():
            sure = bool(self.turned([edit], [test])) and not self.place.run({}, [test]).red(test)
            self.answers.row({"flip": self.flip(test, edit, sure=sure)})

    def flip(self, test: str, edit: Edit, *, sure: bool) -> dict[str, Any]:
        told = {name: getattr(edit, name) for name in ("tier", "on", "file", "line", "before", "after")}
        return {
            "kind": "over-specified",
            "test": test,
            "said": [*self.last.get(test, Said("error"))],
            "sure": sure,
            **told,
        }

    def halved(self, tests: list[str], edits: list[Edit]) -> dict[str, Edit]:
        if not tests:
            return {}
        if len(edits) == 1:
            return dict.fromkeys(tests, edits[0])
        found: dict[str, Edit] = {}
        for half in (edits[: len(edits) // 2], edits[len(edits) // 2 :]):
            left = [test for test in tests if test not in found]
            if left and self.left >= len(left):
                self.left -= len(left)
                found.update(self.halved(self.turned(half, left), half))
            elif left:
                self.spent = True
        return found

    def turned(self, edits: list[Edit], tests: Sequence[str] | None) -> list[str]:
        for file, text in applied(self.texts, edits).items():
            try:
                compile(text, file, "exec")
            except (SyntaxError, ValueError):
                continue
            (self.root / file).write_bytes(text)
        found = self.place.run({}, tests)
        self.last = found.results
        return [test for test in self.plain if test in found.results and found.red(test)]


def _under_test(root: Path) -> list[Path]:
    found: list[Path] = []
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).parts
        named = (
            path.name.startswith("test_") or path.name.endswith("_test.py") or path.name in ("conftest.py", "setup.py")
        )
        hidden = any(part.startswith(".") or part in NOT_UNDER_TEST or part == "site-packages" for part in parts)
        if not named and not hidden and not path.is_symlink() and path.stat().st_size < LARGEST:
            found.append(path)
    return found[:MOST_FILES]
