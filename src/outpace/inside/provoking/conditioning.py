"""Which tests turn under other settings, and the fewest of these that do it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

from .bundles import bundles, further, kind_of
from .clock import FROZEN
from .passing import Place, Try
from .running import ENDLESS, Said, Told, chosen, whole
from .settings import AT_START, FROM_COLLECTION, PLAIN, Settings
from .shrinking import smallest

SEEDS = 24
RACES, AGAIN = 6, 5
SHARE, LONGER = "0.1", "10"
SLOWER = 20.0
LEAST = 60.0
"""Seconds that any pass may take."""


class Conditions:
    """`kinds`, `seed`, `only`, `times` the suite may be run for searching, `now` (seconds since 1970), `before`: what
    was seen plainly, red or not by test."""

    def __init__(self, place: Place, request: dict[str, Any], answers: Told) -> None:
        self.place = place
        self.request = request
        self.answers = answers
        self.begun = place.executed
        self.kinds = frozenset(request["kinds"])
        self.left = 0
        self.spent = False
        self.plain: dict[str, bool] = {}
        self.uses: dict[str, frozenset[str]] = {}
        self.names: frozenset[str] = frozenset()
        self.single: dict[str, bool] = {}
        self.last: dict[str, Said] = {}
        self.known: dict[str, list[Settings]] = {}
        self.shown: dict[tuple[str, str], Said] = {}

    def tell(self) -> None:
        if self.control():
            self.together()
            self.answers.progress("ran the tests under other settings")
            self.by_themselves()
        self.answers.row({"executed": self.place.executed - self.begun, "spent": self.spent})

    def control(self) -> bool:
        """Twice, once of it watched; what differs is unstable, and no condition is blamed for it."""
        watched = whole(lambda ids: self.place.run({}, ids, watch=True), None)
        self.answers.row({"collected": watched.collected, "broken": watched.broken})
        if not watched.results:
            self.answers.row({"ended": watched.ended or "no test ran"})
            return False
        reds = {test: said.red for test, said in watched.results.items()}
        before: dict[str, bool] = self.request.get("before") or {}
        same = bool(before) and all(before[test] == red for test, red in reds.items() if test in before)
        first = watched if same else whole(lambda ids: self.place.run({}, ids), None)
        seen = before or reds
        unstable = [test for test in watched.collected if test in seen and seen[test] != first.red(test)]
        self.left = self.request["times"] * len(watched.collected)
        seconds = sum(each.seconds for each in watched.results.values())
        self.place.seconds = min(self.place.seconds, max(LEAST, SLOWER * seconds))
        only = set(chosen(watched.collected, self.request["only"]))
        self.plain = {
            test: first.red(test)
            for test in watched.collected
            if test not in unstable and test in first.results and test in only
        }
        self.uses = {test: frozenset(note.get("uses", ())) for test, note in watched.notes.items()}
        self.names = frozenset(name for note in watched.notes.values() for name in note.get("names", ()))
        self.answers.row(
            {"control": [[*first.results.get(each, Said("error", "it did not run"))] for each in watched.collected]}
        )
        later = self.green_once([test for test in unstable if not seen[test] and watched.red(test) and first.red(test)])
        unstable = [test for test in unstable if test not in later]
        self.answers.row({"unstable": unstable, "later": later, "online": self.using("socket", "child")})
        return True

    def green_once(self, tests: list[str]) -> list[str]:
        """Green at first, and red ever since: nobody's luck, but something that was left behind."""
        again = self.place.each([Try({}, [test]) for test in tests for _ in range(AGAIN)])
        return [test for n, test in enumerate(tests) if all(each.red(test) for each in again[n * AGAIN :][:AGAIN])]

    def together(self) -> None:
        """Many settings at once, and for each test that turns, the few that do it."""
        now = dt.datetime.fromtimestamp(self.request["now"], dt.timezone.utc)
        for bundle in bundles(self.names, frozenset(PLAIN), now, self.request["seed"]):
            chosen = {name: value for name, value in bundle.items() if kind_of({name: value}) in self.kinds}
            if chosen:
                self.answers.row({"pass": chosen, "turned": self.searched(chosen)})

    def by_themselves(self) -> None:
        """Settings that would hide others, and those that matter to a few tests only."""
        if "warnings" in self.kinds:
            self.searched({"warnings": "error"})
        rng = random.Random(self.request["seed"])  # noqa: S311  the same again for the same seed
        seeds = [{"random": str(rng.randrange(1, 1 << 16))} for _ in range(SEEDS)]
        now = dt.datetime.fromtimestamp(self.request["now"], dt.timezone.utc)
        for several, tests in ((seeds, self.using("random")), (further(now), self.using("clock"))):
            self.swept([each for each in several if kind_of(each) in self.kinds], tests)
        if "slow" in self.kinds:
            self.raced({"switch-interval": "1e-06"}, self.using("thread"), often=1)
            self.raced({"sleep": LONGER}, self.using("sleeper"), often=2)
            self.raced({"cpu": SHARE}, self.using("time", "thread", "child"), often=2)

    def using(self, *words: str) -> list[str]:
        return [test for test in self.plain if not self.uses.get(test, frozenset()).isdisjoint(words)]

    def raced(self, settings: Settings, tests: list[str], *, often: int) -> None:
        """What is decided by time is run several times; red now and then is enough, unless it is so anyway: if it is
        that once, it has to be red each time. On a busy machine, a share of a CPU is smaller than what was asked for:
        there once is not enough."""
        turned = self.turned(settings, tests) if tests else []
        for test in turned:
            if self.last[test].why == ENDLESS or self.explained(test, settings):
                continue
            plain = self.place.each([Try({}, [test])] * RACES)
            anyway = sum(each.red(test) != self.plain[test] for each in plain)
            enough = RACES - 1 if anyway else often
            reds: list[Said] = []
            for _ in range(RACES - 1):
                if len(reds) < enough and anyway <= 1:
                    again = self.place.run(settings, [test])
                    reds += [again.results[test]] if again.red(test) != self.plain[test] else []
            self.found(settings, test, reds[-1] if reds else Said("error"), sure=len(reds) >= enough)

    def swept(self, several: list[Settings], tests: list[str]) -> None:
        """One setting after another in forks of one collected session. Who waits for a clock that stands still waits
        forever, and is not blamed."""
        fits = [each for each in several if self.affords(len(tests))] if tests else []
        found: dict[str, Settings] = {}
        for settings, seen in zip(fits, self.place.each([Try(each, tests) for each in fits])):  # noqa: B905
            if seen.ended and settings.get("clock") == FROZEN:
                continue
            for test in tests:
                turned = test in seen.results and seen.red(test) != self.plain[test]
                if turned and test not in found and not self.explained(test, settings):
                    found[test] = settings
        groups: dict[tuple[str, ...], list[str]] = {}
        for test in self.steady(list(found)):
            groups.setdefault(next(iter(found[test].items())), []).append(test)
        self.confirmed([(some, {name: value}) for (name, value), some in groups.items()])

    def searched(self, settings: Settings) -> int:
        """How many turned."""
        turned = [test for test in self.turned(settings, None) if not self.explained(test, settings)]
        groups: dict[tuple[str, ...], list[str]] = {}
        for test, names in self.narrowed(turned, settings).items():
            groups.setdefault(names, []).append(test)
        self.confirmed([(some, {name: settings[name] for name in names}) for names, some in groups.items() if names])
        return len(turned)

    def turned(self, settings: Settings, tests: Sequence[str] | None) -> list[str]:
        found = whole(lambda ids: self.place.run(settings, ids if ids is not None else tests), tests)
        self.last = found.results
        if not found.results:
            why = found.ended or "no test ran"
            self.answers.row(
                {"ended": f"{why}, with {', '.join(f'{name} {value}' for name, value in settings.items())}"}
            )
        return [test for test in self.plain if test in found.results and found.red(test) != self.plain[test]]

    def steady(self, tests: list[str]) -> list[str]:
        """Those whose outcome alone, plainly, is that of the control; the others depend on their neighbors."""
        unknown = [test for test in tests if test not in self.single]
        for test, seen in zip(unknown, self.place.each([Try({}, [test]) for test in unknown])):  # noqa: B905
            self.single[test] = seen.red(test)
        return [test for test in tests if self.single[test] == self.plain[test]]

    def explained(self, test: str, settings: Settings) -> bool:
        """A setting that turned it before is in force again; its other values are tried once."""
        return any(set(few) <= set(settings) for few in self.known.get(test, []))

    def narrowed(self, tests: list[str], settings: Settings) -> dict[str, tuple[str, ...]]:
        """Each setting alone: in a fork of the collected session where that is not too late, else in a pass of its own;
        what is left, by halves."""
        tests, names = self.steady(tests), sorted(settings)
        if not tests or len(names) == 1:
            return dict.fromkeys(tests, tuple(names))
        found: dict[str, tuple[str, ...]] = {}
        later = [name for name in names if name not in FROM_COLLECTION and self.affords(len(tests))]
        passes = self.place.each([Try({name: settings[name]}, tests) for name in later])
        for name, seen in zip(later, passes):  # noqa: B905  Python 3.9
            turned = [test for test in tests if test in seen.results and seen.red(test) != self.plain[test]]
            found.update((test, (name,)) for test in turned if test not in found)
        for name in names:
            if name in AT_START:
                left = [test for test in tests if test not in found]
                found.update(dict.fromkeys(self.under([name], settings, left), (name,)))
                self.shown.update(((test, name), self.last[test]) for test in left if found.get(test) == (name,))
        left, forked = [test for test in tests if test not in found], [name for name in names if name not in AT_START]
        if left and forked:
            found.update(self.halved(self.under(forked, settings, left), forked, settings))
        for test in self.under(names, settings, [test for test in left if test not in found]):
            found[test] = tuple(smallest(names, lambda some, test=test: bool(self.under(some, settings, [test]))))
        return found

    def halved(self, tests: list[str], names: list[str], settings: Settings) -> dict[str, tuple[str, ...]]:
        """All these turn under all these; what needs settings of both halves is left out."""
        if not tests or len(names) == 1:
            return dict.fromkeys(tests, tuple(names))
        found: dict[str, tuple[str, ...]] = {}
        for half in (names[: len(names) // 2], names[len(names) // 2 :]):
            left = [test for test in tests if test not in found]
            found.update(self.halved(self.under(half, settings, left), half, settings))
        return found

    def affords(self, runs: int) -> bool:
        """Takes so many runs of single tests from what searching may cost."""
        enough = self.left >= runs
        self.left -= runs if enough else 0
        self.spent = self.spent or not enough
        return enough

    def under(self, names: list[str], settings: Settings, tests: list[str]) -> list[str]:
        if not tests or not self.affords(len(tests)):
            return []
        return self.turned({name: settings[name] for name in names}, tests)

    def confirmed(self, several: list[tuple[list[str], Settings]]) -> None:
        """Each once more, in a pass of its own unless it had that, and once more plainly."""
        every = [test for tests, _ in several for test in tests]
        if not every:
            return
        plain = self.place.run({}, every)
        for tests, few in several:
            name = next(iter(few))
            shown = {test: self.shown.pop((test, name)) for test in tests if (test, name) in self.shown}
            left = [test for test in tests if test not in shown]
            again = self.place.run(few, left).results if left else {}
            for test in tests:
                was, said = self.plain[test], {**again, **shown}.get(test, Said("error", "it did not run"))
                self.found(few, test, said, sure=said.red != was and plain.red(test) == was)

    def found(self, few: Settings, test: str, said: Said, *, sure: bool) -> None:
        if sure:
            self.known.setdefault(test, []).append(few)
        self.answers.row(
            {
                "flip": {
                    "kind": kind_of(few),
                    "test": test,
                    "said": [*said],
                    "sure": sure,
                    "settings": few,
                    "was": self.plain[test],
                }
            }
        )
