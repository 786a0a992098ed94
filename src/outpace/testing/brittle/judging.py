"""What is said of a suite that was provoked: findings, flaky tests, and what stays unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from outpace.model.unknown import Unknown
from outpace.testing.brittle.records import Brittleness, Doubt, Finding, Flip, Kind, Provoked
from outpace.testing.brittle.words import condition

SHARE = 0.05
FEW = 3
"""So many are never too many, however small the suite."""

ONLY_ONCE = Unknown(
    "green in the first run and red in each one since: it leaves something behind that is not put back",
    "a look at what it leaves outside of the project; under the sandbox of Linux namespaces /tmp is put back",
)


def judged(seen: Mapping[str, Provoked], kinds: tuple[Kind, ...]) -> Brittleness:
    """`seen` by program; of a test that is unstable plainly, no condition is to blame."""
    provoked = tuple(seen.values())
    tests = max((each.tests for each in provoked), key=len, default=())
    flaky = {test for each in provoked for test in each.unstable}
    later = {test for each in provoked for test in each.later} - flaky
    flips = [flip for each in provoked for flip in each.flips if flip.test not in flaky and flip.kind in kinds]
    sure = [flip for flip in flips if flip.sure]
    broken = _broken(sure, len(tests))
    findings = _findings(flip for flip in sure if _detector(flip) not in broken)
    doubts = (
        *(Doubt(what=name, unknown=unknown) for name, each in seen.items() for unknown in each.doubts),
        *(_at_fault(name, number, len(tests)) for name, number in broken.items()),
        *(Doubt(what=test, unknown=ONLY_ONCE) for test in tests if test in later),
        *_unsure(flips, {(each.test, each.flip.kind) for each in findings}),
    )
    red = tuple(test for test in tests if any(test in each.plain and each.plain[test].red for each in provoked))
    return Brittleness(
        tests=len(tests),
        findings=findings,
        flaky=tuple(test for test in tests if test in flaky),
        red=tuple(test for test in red if test not in flaky and test not in later),
        doubts=doubts,
        executed=sum(each.executed for each in provoked),
        kinds=kinds,
    )


def without_network(routed: Provoked, lone: Provoked) -> Provoked:
    """The same tests where no packet leaves: what turns there, and stays as it is where packets do."""
    unstable = {*lone.unstable, *routed.unstable}
    flips = tuple(
        Flip(
            kind="network",
            test=test,
            said=said,
            sure=True,
            settings={"network": "loopback"},
            was=routed.plain[test].red,
        )
        for test, said in lone.plain.items()
        if test in routed.plain and said.red != routed.plain[test].red and test not in unstable
    )
    return Provoked(
        tests=lone.tests,
        flips=flips,
        doubts=tuple(dict.fromkeys((*lone.doubts, *routed.doubts))),
        executed=lone.executed + routed.executed,
    )


def _detector(flip: Flip) -> str:
    """What is said to be broken if it turns too many: one setting, or one way of ordering."""
    if flip.kind == "over-specified":
        return f"{flip.tier} {flip.on}"
    return " and ".join(sorted(flip.settings)) or flip.kind


def _broken(flips: Iterable[Flip], tests: int) -> dict[str, int]:
    turned = Counter(name for name, _ in {(_detector(flip), flip.test) for flip in flips})
    return {name: number for name, number in turned.items() if number > max(FEW, SHARE * tests)}


def _at_fault(name: str, number: int, tests: int) -> Doubt:
    why = f"{number} of {tests} tests turn with it, so many that the provocation itself is likely at fault"
    return Doubt(what=name, unknown=Unknown(why, f"a run of these tests alone: --kinds {name}"))


def _findings(flips: Iterable[Flip]) -> tuple[Finding, ...]:
    """One for a test and a kind, the smallest condition first; sorted by test."""
    groups: dict[tuple[str, str], list[Flip]] = {}
    for flip in flips:
        groups.setdefault((flip.test, flip.kind), []).append(flip)
    found: list[Finding] = []
    for (test, _), several in sorted(groups.items()):
        several.sort(key=lambda flip: (len(flip.settings), len(flip.needs)))
        also = dict.fromkeys(condition(flip) for flip in several[1:])
        also.pop(condition(several[0]), None)
        found.append(Finding(test=test, flip=several[0], also=tuple(also)))
    return tuple(found)


def _unsure(flips: Iterable[Flip], known: set[tuple[str, str]]) -> tuple[Doubt, ...]:
    """Turned once and not again."""
    found = {
        flip.test: Unknown(f"turned once ({condition(flip)}), and not when that was repeated", "more runs of it")
        for flip in flips
        if not flip.sure and (flip.test, flip.kind) not in known
    }
    return tuple(Doubt(what=test, unknown=unknown) for test, unknown in sorted(found.items()))
