"""Whether an edited test still notices what it noticed: mutants that it killed before, and of the code that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from outpace.inside.units import units_of
from outpace.testing.mutants.trial import Killed, Trial

Place = tuple[str, str, str, str]


class Kills(Struct, frozen=True, kw_only=True):
    """Of one test: mutants of functions that are on both sides the same, and of those that the change brought."""

    same: frozenset[Place] = frozenset()
    changed: frozenset[Place] = frozenset()


def kills(trial: Trial, test: str, same: frozenset[tuple[str, str]]) -> Kills:
    """`same` are function and digest of what is on both sides; a mutant there has one name on both."""
    unchanged, other = set[Place](), set[Place]()
    names = {name for name, _ in same}
    for each in trial.tried:
        if isinstance(each.verdict, Killed) and any(kill.test == test for kill in each.verdict.kills):
            mutant = each.mutant
            place = (mutant.function, mutant.id, mutant.before, mutant.after)
            (unchanged if mutant.function in names else other).add(place)
    return Kills(same=frozenset(unchanged), changed=frozenset(other))


def unchanged(old: Mapping[str, str], new: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """Function and digest, wherever they lie; a name that has two bodies on one side is none of them."""
    return _units(old) & _units(new)


def _units(sources: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    found: dict[str, set[str]] = {}
    for source in sources.values():
        for name, digest in units_of(source).items():
            if name:
                found.setdefault(name, set()).add(digest)
    return frozenset((name, next(iter(digests))) for name, digests in found.items() if len(digests) == 1)


def objection(before: Kills, after: Kills, *, only_imports: bool) -> str:
    """Why the edited test is not to be trusted, or nothing. Where its file's imports alone were edited, the test is the
    same to the letter, and need kill nothing of what changed."""
    lost = before.same - after.same
    if lost:
        first = min(lost)
        return (
            f"{len(lost)} mutants of unchanged code that it killed live now, first {first[1]}: {first[2]} to {first[3]}"
        )
    if after.changed or (only_imports and after.same):
        return ""
    return "it kills no mutant of the changed code"


def of_all(trials: Iterable[Trial]) -> str:
    """What makes all of it doubtful, or nothing."""
    return next((trial.doubt.why for trial in trials if trial.doubt is not None), "")
