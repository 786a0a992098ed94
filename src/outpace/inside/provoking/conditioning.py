"""Which tests turn under other settings, and the fewest of these that do it."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..answers import Answers, answer
from .bundles import bundles, kind_of
from .passing import Place
from .running import Said, chosen, whole
from .settings import AT_START, PLAIN, Settings, at_start
from .shrinking import smallest

SEEDS = 24
RACES = 5
SHARE = "0.1"


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`, `words`, `keep`, `seed`, `seconds` for one pass, `only`, `times` the suite may be run for searching,
    `kinds`, `now` (seconds since 1970)."""
    scratch = Path(tempfile.mkdtemp(prefix="pass-"))
    place = Place(request["root"], request["words"], request["keep"], scratch, request["seconds"])
    Conditions(place, request, answers).tell()


class Conditions:
    def __init__(self, place: Place, request: dict[str, Any], answers: Answers) -> None:
        self.place = place
        self.request = request
        self.answers = answers
        self.kinds = frozenset(request["kinds"])
        self.left = 0
        self.spent = False
        self.plain: dict[str, bool] = {}
        self.uses: dict[str, frozenset[str]] = {}
        self.names: frozenset[str] = frozenset()
        self.single: dict[str, bool] = {}
        self.known: dict[str, list[Settings]] = {}

    def tell(self) -> None:
        if self.control() and not self.kinds <= {"network"}:
            self.together()
            self.answers.progress("ran the tests under other settings")
            self.by_themselves()
        self.answers.row({"executed": self.place.executed, "spent": self.spent})

    def control(self) -> bool:
        """Twice, the second time watched; what differs is unstable, and no condition is blamed for it."""
        first = whole(lambda ids: self.place.run({}, ids), None)
        self.answers.row({"collected": first.collected, "broken": first.broken})
        if not first.results:
            self.answers.row({"ended": first.ended or "no test ran"})
            return False
        second = whole(lambda ids: self.place.run({}, ids, watch=True), None)
        self.left = self.request["times"] * len(first.collected)
        only = set(chosen(first.collected, self.request["only"]))
        unstable = [test for test in first.collected if first.red(test) != second.red(test)]
        self.plain = {
            test: first.red(test)
            for test in first.collected
            if test not in unstable and test in first.results and test in only
        }
        self.uses = {test: frozenset(note.get("uses", ())) for test, note in second.notes.items()}
        self.names = frozenset(name for note in second.notes.values() for name in note.get("names", ()))
        self.answers.row(
            {"control": [[*first.results.get(each, Said("error", "it did not run"))] for each in first.collected]}
        )
        self.answers.row({"unstable": unstable})
        return True

    def together(self) -> None:
        """Many settings at once, and for each test that turns, the few that do it."""
        now = dt.datetime.fromtimestamp(self.request["now"], dt.timezone.utc)
        for bundle in bundles(self.names, frozenset(PLAIN), now, self.request["seed"]):
            chosen = {name: value for name, value in bundle.items() if kind_of({name: value}) in self.kinds}
            if chosen:
                self.answers.row({"pass": chosen, "turned": self.searched(chosen, None)})

    def by_themselves(self) -> None:
        """Settings that would hide others, and those that matter to a few tests only."""
        if "optimize" in self.kinds:
            self.searched({"optimize": "1"}, None)
        if "warnings" in self.kinds:
            self.searched({"warnings": "error"}, None)
        if "randomness" in self.kinds:
            rng = random.Random(self.request["seed"])  # noqa: S311  the same again for the same seed
            drawing = self.using("random")
            for _ in range(SEEDS if drawing else 0):
                self.searched({"random": str(rng.randrange(1, 1 << 16))}, drawing)
        if "slow" in self.kinds:
            for settings, words in (
                ({"switch-interval": "1e-06"}, ("thread",)),
                ({"cpu": SHARE}, ("time", "thread", "child")),
            ):
                self.raced(settings, self.using(*words))

    def using(self, *words: str) -> list[str]:
        return [test for test in self.plain if not self.uses.get(test, frozenset()).isdisjoint(words)]

    def raced(self, settings: Settings, tests: list[str]) -> None:
        """What is decided by time is run several times; red now and then is enough, unless it is so anyway."""
        turned = self.turned(settings, tests) if tests else []
        for test in turned:
            reds = [self.place.run(settings, [test]) for _ in range(RACES - 1)]
            plain = [self.place.run({}, [test]) for _ in range(RACES)]
            often = sum(each.red(test) != self.plain[test] for each in reds)
            sure = often >= 1 and all(each.red(test) == self.plain[test] for each in plain)
            said = next((each.results[test] for each in reds if each.red(test)), Said("error"))
            self.found(settings, test, said, sure=sure)

    def searched(self, settings: Settings, tests: list[str] | None) -> int:
        """How many turned."""
        turned = [test for test in self.turned(settings, tests) if not self.explained(test, settings)]
        groups: dict[tuple[str, ...], list[str]] = {}
        for test, names in self.narrowed(self.by_itself(turned), sorted(settings), settings).items():
            groups.setdefault(names, []).append(test)
        for names, some in groups.items():
            if names:
                self.confirmed(some, {name: settings[name] for name in names})
        return len(turned)

    def turned(self, settings: Settings, tests: Sequence[str] | None) -> list[str]:
        found = whole(lambda ids: self.place.run(settings, ids if ids is not None else tests), tests)
        if not found.results:
            why = found.ended or "no test ran"
            self.answers.row(
                {"ended": f"{why}, with {', '.join(f'{name} {value}' for name, value in settings.items())}"}
            )
        return [test for test in self.plain if test in found.results and found.red(test) != self.plain[test]]

    def by_itself(self, tests: list[str]) -> list[str]:
        """Those whose outcome alone, plainly, is that of the control; the others depend on their neighbors."""
        for test in tests:
            if test not in self.single:
                self.single[test] = self.place.run({}, [test]).red(test)
        return [test for test in tests if self.single[test] == self.plain[test]]

    def explained(self, test: str, settings: Settings) -> bool:
        """A setting that turned it before is in force again; its other values are tried once."""
        return any(set(few) <= set(settings) for few in self.known.get(test, []))

    def narrowed(self, tests: list[str], names: list[str], settings: Settings) -> dict[str, tuple[str, ...]]:
        """All tests at once: what forks take by halves, then what needs an interpreter of its own, one by one."""
        if not tests:
            return {}
        forked = [name for name in names if name not in AT_START]
        found = self.halved(self.under(forked, settings, tests) if forked else [], forked, settings)
        for name in names:
            left = [test for test in tests if test not in found]
            if name in AT_START:
                found.update(dict.fromkeys(self.under([name], settings, left), (name,)))
        for test in tests:
            if test not in found:
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

    def under(self, names: list[str], settings: Settings, tests: list[str]) -> list[str]:
        if self.left < len(tests):
            self.spent = True
        if not tests or self.left < len(tests):
            return []
        self.left -= len(tests)
        return self.turned({name: settings[name] for name in names}, tests)

    def confirmed(self, tests: list[str], few: Settings) -> None:
        """Once more, where it costs little once again, and plainly as often."""
        times = 1 if at_start(few) else 2
        runs = [(self.place.run(few, tests), self.place.run({}, tests)) for _ in range(times)]
        again = runs[-1][0]
        for test in tests:
            was = self.plain[test]
            sure = all(turned.red(test) != was and plain.red(test) == was for turned, plain in runs)
            self.found(few, test, again.results.get(test, Said("error", again.ended)), sure=sure)

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


if __name__ == "__main__":
    answer(main)
