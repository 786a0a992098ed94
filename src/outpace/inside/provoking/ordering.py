"""Which tests another order turns: alone, twice, reversed, shuffled, behind polluters; and who does it."""

from __future__ import annotations

import gc
import json
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..forks import ANSWERED, alone, in_fork
from ..session import Session, collected
from . import settings
from .files import Around, Writes
from .running import Journal, Pass, Said, chosen, said, whole
from .shrinking import smallest
from .state import Shared, State, changed, process_state, put_back

POLLUTERS = 10
RESTORED = 8
AGAIN = 2


def ordered(request: dict[str, Any], row: Callable[[dict[str, Any]], None]) -> None:
    """`twice`: whether to run the control again, since nobody else will; `scratch`: a folder of ours. The rest as in
    `suite`."""
    place = Path(tempfile.mkdtemp(prefix="order-", dir=request["scratch"]))
    env = settings.environment({}, settings.base_environment(frozenset(request["keep"])), place)
    settings.enter({}, env)
    randomness = settings.Randomness({})

    def work(session: Session) -> None:
        row({"collected": session.ids, "broken": session.broken, "alone": alone()})
        Orders(session, request, row, place, randomness).tell()

    status = collected([*request["words"], "--tb=no", "-o", f"cache_dir={place / 'cache'}"], work, [randomness])
    if status:
        row({"status": status})


class Orders:
    """One collected session. Each fork gets a home and a folder for temporary files of its own; the project's files are
    put back."""

    def __init__(
        self,
        session: Session,
        request: dict[str, Any],
        row: Callable[[dict[str, Any]], None],
        place: Path,
        randomness: settings.Randomness,
    ) -> None:
        self.session = session
        self.ids = list(session.ids)
        self.row = row
        self.seconds: float = request["seconds"]
        self.rng = random.Random(request["seed"])  # noqa: S311  the same again for the same seed
        self.left: int = request["times"] * len(self.ids)
        self.only = chosen(self.ids, request["only"])
        self._place = place
        self._randomness = randomness
        self._forks = 0
        self._root = request["root"]
        self.shared = Shared(self._root)
        self.files = Around(self._root, request["temporary"], Path(request["scratch"]), place / "kept")
        self.executed = 0
        self.answered: Any = None
        self.touched: list[str] = []
        self.ended = ""
        self.spent = False
        self.polluted: dict[str, list[str]] = {}
        self.plain: dict[str, bool] = {}
        self.single: dict[str, Said] = {}
        self.twice_plainly: bool = request["twice"]
        self.twice_red: set[str] = set()

    def tell(self) -> None:
        gc.freeze()
        first, again = self.control()
        self.row({"control": [[*first.results.get(each, Said("error", "it did not run"))] for each in self.ids]})
        second = (
            whole(lambda ids: self.run(self.ids if ids is None else ids), self.ids) if self.twice_plainly else first
        )
        unstable = [test for test in self.ids if first.red(test) != second.red(test)]
        self.row({"unstable": unstable})
        if not self.only:
            self.row({"ended": "no test has a name that was asked for"})
        self.plain = {test: first.red(test) for test in self.ids if test not in unstable}
        self.apart()
        self.repeated(again)
        self.predecessors()
        self.others(again)
        self.row({"executed": self.executed, "spent": self.spent})

    def control(self) -> tuple[Pass, Pass]:
        """In the same process, everything runs once more in reverse: there, each test runs a second time, and behind
        all others."""
        again: list[dict[str, Said]] = []

        def work(journal: Journal) -> list[Any]:
            journal.run(self.session, self.ids)
            return [[each.id, said(each)] for each in self.session.results(self.ids[::-1])]

        first = self.forked(work, 2 * len(self.ids))
        again.append({test: Said(*told) for test, told in self.answered or ()})
        if first.ended:
            first = self.suite()
        return first, Pass(again[0])

    def suite(self) -> Pass:
        return whole(lambda ids: self.run(self.ids if ids is None else ids), self.ids)

    def apart(self) -> None:
        """Each test without its neighbors: in forks of one test of each file, the last file first. Whoever is red
        there is run alone."""
        by_file: dict[str, list[str]] = {}
        for test in self.only:
            by_file.setdefault(_file(test), []).append(test)
        files = list(by_file.values())[::-1]
        before = self.shared.now()
        for row in range(max(map(len, files), default=0)):
            group = [tests[row] for tests in files if row < len(tests)]
            seen = self.forked(lambda journal, group=group: self.left_after(journal, group, before), len(group))
            self.single.update((test, seen.results.get(test, RED)) for test in group)
            if self.answered:
                notes = self.watched(group).notes
                self.polluted.update((test, note["changed"]) for test, note in notes.items() if note["changed"])
        for test in self.only:
            if self.single[test].red != self.plain.get(test) and test in self.plain:
                self.single[test] = self.run([test]).results.get(test, RED)

    def left_after(self, journal: Journal, tests: list[str], before: State) -> list[str]:
        """All together; `before` is what every fork begins with, but for what is of the process."""
        begun = {**before, **process_state()}
        journal.run(self.session, tests)
        return changed(begun, self.shared.now())

    def repeated(self, again: Pass) -> None:
        """A second time behind the first, everything torn down in between."""
        for test in self.only:
            if not again.red(test) or test not in self.plain or self.single[test].red:
                continue
            once, second = self.twice(test)
            if once.red or second is None or not second.red:
                continue
            self.twice_red.add(test)
            sure = all((outcome := self.twice(test))[1] is not None and outcome[1].red for _ in range(AGAIN))
            state = self.left_by(test) if sure else []
            self.found("twice", test, second, sure=sure, state=state, needs=[])

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

    def others(self, again: Pass) -> None:
        """Orders of all tests; whoever is green alone and red there has a polluter in front of it. Last, what is red in
        the second half of the control and not by itself."""
        done: set[str] = set()
        for name, order in self.orders():
            outcomes = whole(lambda ids, order=order: self.run(order if ids is None else ids), order)
            self.row({"order": name, "reds": [each for each in order if outcomes.red(each)]})
            for test in order:
                if test not in done and outcomes.red(test) and self.green(test):
                    done.add(test)
                    self.victim(test, order[: order.index(test)])
        for test in self.only:
            if test not in done and test not in self.twice_red and again.red(test) and self.green(test):
                self.victim(test, [each for each in self.ids if each != test])

    def green(self, test: str) -> bool:
        """Plainly and alone, which is tried only now where it was among tests of other files."""
        if self.plain.get(test, True) or test not in self.single or self.single[test].red:
            return False
        self.single[test] = self.run([test]).results.get(test, RED)
        return not self.single[test].red

    def orders(self) -> list[tuple[str, list[str]]]:
        """In the second, one of each kind of polluter comes first."""
        groups: dict[tuple[str, ...], str] = {}
        for test, names in self.polluted.items():
            groups.setdefault(tuple(names), test)
        first = list(groups.values())[:POLLUTERS]
        shuffled = [test for test in self.rng.sample(self.ids, len(self.ids)) if test not in first]
        return [("reversed", self.ids[::-1]), ("shuffled", [*first, *shuffled])]

    def found(self, kind: str, test: str, why: Said, *, sure: bool, state: list[str], needs: list[str]) -> None:
        self.row({"flip": {"kind": kind, "test": test, "said": [*why], "sure": sure, "state": state, "needs": needs}})

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
        self.touched = self.files.changed(project=wrote)
        if self.touched:
            self.files.restore(project=wrote)
        return journal.told(outcome)


RED = Said("error")


def _file(test: str) -> str:
    return test.partition("::")[0]
