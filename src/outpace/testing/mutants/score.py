"""How many mutants the tests kill, how sure that is, and which survivors surprise most."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.statistics.curves import Estimate
from outpace.statistics.intervals import proportion
from outpace.testing.mutants.trial import (
    AtImport,
    Equivalent,
    Killed,
    Survived,
    Trial,
    Tried,
    Unreached,
    Unstable,
    Verdict,
)

Word: TypeAlias = Literal["killed", "survived", "unreached", "unstable", "equivalent", "at import"]
WEAK = frozenset({"timeout", "crash"})
SURPRISING = {
    "comparison": 0,
    "boolean": 0,
    "negated": 0,
    "not": 0,
    "return": 1,
    "call": 1,
    "loop": 1,
    "assign": 2,
    "arithmetic": 2,
    "augmented": 2,
    "sign": 2,
    "constant": 3,
    "number": 3,
    "string": 4,
}


class Score(Struct, frozen=True, kw_only=True):
    """`weak` of the killed died by timeout or crash alone, which no assertion saw."""

    killed: int = 0
    weak: int = 0
    survived: int = 0
    unreached: int = 0
    unstable: int = 0
    equivalent: int = 0
    at_import: int = 0

    @property
    def judged(self) -> int:
        """Those that a test could have killed."""
        return self.killed + self.survived + self.unreached + self.unstable

    @property
    def rate(self) -> Estimate:
        """The share of them that is killed; what is unstable is not. Of all mutants that could have been drawn, where
        these are a sample."""
        return proportion(self.killed, self.judged)


def score_of(tried: Iterable[Tried]) -> Score:
    counts = dict.fromkeys(Score.__struct_fields__, 0)
    for each in tried:
        counts[word_of(each.verdict).replace(" ", "_")] += 1
        if isinstance(each.verdict, Killed) and all(kill.how in WEAK for kill in each.verdict.kills):
            counts["weak"] += 1
    return Score(**counts)


def word_of(verdict: Verdict) -> Word:
    match verdict:
        case Killed():
            return "killed"
        case Survived():
            return "survived"
        case Unreached():
            return "unreached"
        case Unstable():
            return "unstable"
        case Equivalent():
            return "equivalent"
        case AtImport():
            return "at import"


def survivors(trial: Trial) -> tuple[Tried, ...]:
    """The most surprising first: decisions that many tests run through and none notices; then what no test runs."""
    alive = [each for each in trial.tried if isinstance(each.verdict, Survived | Unreached | Unstable)]
    return tuple(sorted(alive, key=_surprise))


def _surprise(tried: Tried) -> tuple[int, int, str, int, int]:
    match tried.verdict:
        case Survived(executions=executions):
            first, second = SURPRISING.get(tried.mutant.operator, 3), -executions
        case Unstable():
            first, second = 5, 0
        case _:
            first, second = 6, SURPRISING.get(tried.mutant.operator, 3)
    return first, second, tried.path, tried.mutant.line, tried.mutant.column


def by_function(trial: Trial) -> tuple[tuple[str, str, Score], ...]:
    """Path, function and score; the weakest first."""
    groups: dict[tuple[str, str], list[Tried]] = {}
    for each in trial.tried:
        groups.setdefault((each.path, each.mutant.function), []).append(each)
    scored = [(*key, score_of(group)) for key, group in groups.items()]
    return tuple(sorted(scored, key=lambda row: (row[2].killed - row[2].judged, row[0], row[1])))


def by_file(trial: Trial) -> tuple[tuple[str, Score], ...]:
    groups: dict[str, list[Tried]] = {}
    for each in trial.tried:
        groups.setdefault(each.path, []).append(each)
    return tuple((path, score_of(group)) for path, group in sorted(groups.items()))
