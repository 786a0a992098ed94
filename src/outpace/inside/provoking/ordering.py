"""Which tests another order turns: alone, twice, reversed, shuffled, sharded, behind each polluter; and who does it."""

from __future__ import annotations

import gc
import json
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..answers import Answers, answer
from ..forks import ANSWERED, alone, in_fork
from ..session import Session, collected
from . import settings
from .files import Files, Writes
from .running import Journal, Pass, Said, chosen, said, whole
from .shrinking import smallest
from .state import Shared, changed, put_back

SHUFFLES = 3
POLLUTERS = 10
RESTORED = 8
AGAIN = 2


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`, `words`, `keep` (variables that the project asks for), `seed`, `seconds` for one pass, `only` (ids, or
    null), `times` the suite may be run for searching."""
    place = Path(tempfile.mkdtemp(prefix="order-"))
    env = settings.environment({}, settings.base_environment(frozenset(request["keep"])), place)
    settings.enter({}, env)
    randomness = settings.Randomness({})

    def work(session: Session) -> None:
        answers.row({"collected": session.ids, "broken": session.broken, "alone": alone()})
        Orders(session, request, answers, place, randomness).tell()

    status = collected([*request["words"], "--tb=no", "-o", f"cache_dir={place / 'cache'}"], work, [randomness])
    if status:
        answers.row({"status": status})


class Orders:
    """One collected session. Each fork gets a home and a folder for temporary files of its own; the project's files are
    put back."""

    def __init__(
        self,
        session: Session,
        request: dict[str, Any],
        answers: Answers,
        place: Path,
        randomness: settings.Randomness,
    ) -> None:
        self.session = session
        self.ids = list(session.ids)
        self.answers = answers
        self.seconds: float = request["seconds"]
        self.rng = random.Random(request["seed"])  # noqa: S311  the same again for the same seed
        self.left: int = request["times"] * len(self.ids)
        self.only = chosen(self.ids, request["only"])
        self._place = place
        self._randomness = randomness
        self._forks = 0
        self._root = request["root"]
        self.shared = Shared(self._root)
        self.files = Files(Path(self._root), place / "kept")
        self.executed = 0
        self.answered: Any = None
        self.touched: list[str] = []
        self.ended = ""
        self.spent = False
        self.polluted: dict[str, list[str]] = {}
        self.plain: dict[str, bool] = {}
        self.single: dict[str, Said] = {}

    def tell(self) -> None:
        gc.freeze()
        first, second = self.control(self.run), self.control(self.watched)
        unstable = [test for test in self.ids if first.red(test) != second.red(test)]
        self.answers.row(
            {"control": [[*first.results.get(each, Said("error", "it did not run"))] for each in self.ids]}
        )
        self.answers.row({"unstable": unstable})
        if not self.only:
            self.answers.row({"ended": "no test has a name that was asked for"})
        self.polluted = {test: note["changed"] for test, note in second.notes.items() if note.get("changed")}
        self.plain = {test: first.red(test) for test in self.ids if test not in unstable}
        self.repeated()
        self.predecessors()
        self.answers.progress("ran each test alone and twice")
        self.others()
        self.answers.row({"executed": self.executed, "spent": self.spent})

    def control(self, run: Callable[[Sequence[str]], Pass]) -> Pass:
        return whole(lambda ids: run(self.ids if ids is None else ids), self.ids)

    def repeated(self) -> None:
        """Alone, and a second time behind the first, everything torn down in between."""
        for test in self.only:
            once, again = self.twice(test)
            self.single[test] = once
            if once.red or again is None or not again.red or test not in self.plain:
                continue
            sure = all((outcome := self.twice(test))[1] is not None and outcome[1].red for _ in range(AGAIN))
            state = self.left_by(test) if sure else []
            self.found("twice", test, again, sure=sure, state=state, needs=[])
        for test, red in self.plain.items():
            if test in self.single and not red and self.single[test].red != self.run([test]).red(test):
                self.answers.row({"unstable": [test]})

    def predecessors(self) -> None:
        """Red without a test before it, or red only behind one."""
        for test, red in self.plain.items():
            if test not in self.single or self.single[test].red == red:
                continue
            before = self.ids[: self.ids.index(test)]
            if red:
                self.victim(test, before)
            else:
                self.dependent(test, before)

    def dependent(self, test: str, before: list[str]) -> None:
        def helps(some: list[str]) -> bool:
            return not self.searched([*some, test]).red(test)

        needs = self.guided(test, before, helps)
        sure = bool(needs) and self.run([test]).red(test) and helps(needs)
        self.found("alone", test, self.single[test], sure=sure, state=self.cause(needs, test, red=False), needs=needs)

    def victim(self, test: str, before: list[str]) -> None:
        def hurts(some: list[str]) -> bool:
            return self.searched([*some, test]).red(test)

        polluters = self.guided(test, before, hurts)
        sure = bool(polluters) and not self.run([test]).red(test) and hurts(polluters)
        why = self.run([*polluters, test]).results.get(test, Said("error"))
        self.found("order", test, why, sure=sure, state=self.cause(polluters, test, red=True), needs=polluters)

    def guided(self, test: str, before: list[str], does: Callable[[list[str]], bool]) -> list[str]:
        """Those that are known to leave something behind first, one by one, the nearest first; then all, by halves."""
        near = [each for each in reversed(before) if each in self.polluted]
        near.sort(key=lambda each: each.partition("::")[0] != test.partition("::")[0])
        for each in near[:POLLUTERS]:
            if does([each]):
                return [each]
        return smallest(before, does) if before and does(before) else []

    def others(self) -> None:
        """Orders of all tests; whoever is green alone and red there has a polluter in front of it."""
        done: set[str] = set()
        for name, order in self.orders():
            outcomes = whole(lambda ids, order=order: self.run(order if ids is None else ids), order)
            self.answers.row({"order": name, "reds": [each for each in order if outcomes.red(each)]})
            for test in order:
                if test in done or test not in self.plain or self.plain[test] or self.single.get(test, RED).red:
                    continue
                if outcomes.red(test):
                    done.add(test)
                    self.victim(test, order[: order.index(test)])

    def orders(self) -> list[tuple[str, list[str]]]:
        found = [("reversed", self.ids[::-1])]
        files = list(dict.fromkeys(test.partition("::")[0] for test in self.ids))
        turned = self.rng.sample(files, len(files))
        found.append(("shuffled by file", [test for file in turned for test in self.ids if _file(test) == file]))
        found += [(f"shuffled {count}", self.rng.sample(self.ids, len(self.ids))) for count in range(1, SHUFFLES + 1)]
        found += [("first shard", self.ids[::2]), ("second shard", self.ids[1::2])]
        groups: dict[tuple[str, ...], str] = {}
        for test, names in self.polluted.items():
            groups.setdefault(tuple(names), test)
        for test in list(groups.values())[:POLLUTERS]:
            rest = [each for each in self.ids if each != test]
            found.append((f"behind {test}", [test, *rest]))
            if rest != self.ids[1:]:
                continue
            found.append((f"behind {test}, reversed", [test, *rest[::-1]]))
        return found

    def found(self, kind: str, test: str, why: Said, *, sure: bool, state: list[str], needs: list[str]) -> None:
        self.answers.row(
            {"flip": {"kind": kind, "test": test, "said": [*why], "sure": sure, "state": state, "needs": needs}}
        )

    # what a fork does

    def run(self, ids: Sequence[str]) -> Pass:
        return self.forked(lambda journal: journal.run(self.session, ids), len(ids))

    def watched(self, ids: Sequence[str]) -> Pass:
        """The same, with what each test left behind."""

        def work(journal: Journal) -> None:
            last = [self.shared.now()]

            def note(_test: str) -> dict[str, Any]:
                now = self.shared.now()
                names, last[0] = changed(last[0], now), now
                return {"changed": names}

            journal.run(self.session, ids, note)

        return self.forked(work, len(ids))

    def searched(self, ids: list[str]) -> Pass:
        """Within what may be spent on searching; beyond it nothing is red."""
        if self.left < len(ids):
            self.spent = True
            return Pass({})
        self.left -= len(ids)
        return self.run(ids)

    def twice(self, test: str) -> tuple[Said, Said | None]:
        self.forked(lambda _: [said(self.session.run([test])[0]) for _ in range(2)], 2)
        if self.answered is None:
            return Said("error", self.ended), None
        once, again = (Said(*each) for each in self.answered)
        return once, again

    def left_by(self, test: str) -> list[str]:
        """What the test leaves behind: shared things by name, and files."""

        def work(_: Journal) -> list[str]:
            before = self.shared.now()
            self.session.run([test])
            return changed(before, self.shared.now())

        self.forked(work, 1)
        return [*(self.answered or ()), *(f"file {path}" for path in self.touched)]

    def cause(self, first: list[str], test: str, *, red: bool) -> list[str]:
        """Of what the first tests leave behind, that which alone, put back, makes the test what it is without them."""
        names = [name for each in first for name in self.left_by(each)]
        names = list(dict.fromkeys(names))
        if len(names) < 2:
            return names
        return [name for name in names[:RESTORED] if self.mended(first, test, name) is not red] or names

    def mended(self, first: list[str], test: str, name: str) -> bool | None:
        """Whether the test is red behind the first ones with one thing put back."""

        def work(_: Journal) -> bool | None:
            kept = self.shared.kept()
            self.session.run(first)
            return self.session.run([test])[0].red if put_back(kept, name) else None

        self.forked(work, len(first) + 1)
        return self.answered

    def forked(self, work: Callable[[Journal], Any], tests: int) -> Pass:
        self._forks += 1
        self.executed += tests
        place = self._place / f"fork-{self._forks}"
        place.mkdir()
        journal = Journal(place / "journal")

        def inside() -> bytes:
            for name, folder in (("HOME", "home"), ("TMPDIR", "tmp")):
                (place / folder).mkdir()
                os.environ[name] = str(place / folder)
            tempfile.tempdir = None
            writes = Writes(self._root, str(self._place))
            told = work(journal)
            return json.dumps([told, writes.any]).encode("utf-8", "backslashreplace")

        outcome = in_fork(inside, seconds=self.seconds)
        self.ended = f"its process {outcome.state} {outcome.why}".strip()
        self.answered, wrote = json.loads(outcome.answer) if outcome.state == ANSWERED else (None, True)
        self.touched = self.files.changed() if wrote else []
        if self.touched:
            self.files.restore()
        return journal.told(outcome)


RED = Said("error")


def _file(test: str) -> str:
    return test.partition("::")[0]


if __name__ == "__main__":
    answer(main)
