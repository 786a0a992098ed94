"""The proof of an edited test: green again and again, nothing weakened, and it notices what it noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from outpace.app.test_mutants import How, Suite, try_mutants
from outpace.inside.variants import ALONE
from outpace.model.unknown import Unknown
from outpace.testing.mending.change import Change, pytest_words
from outpace.testing.mending.kills import kills, objection, unchanged
from outpace.testing.mending.ports import Edits
from outpace.testing.mending.rounds import Course, edited, of_names_only
from outpace.testing.mending.runs import is_green, ran
from outpace.testing.mending.structure import weakened
from outpace.testing.mutants.targets import Chosen
from outpace.testing.mutants.trial import Trial

TIMES = 5
ONE = 60.0
SAMPLE, LEAST = 1000, 150
"""Mutants that are tried on each side; fewer where many tests are to be proved, since each of them runs on each."""
RUNS = 20_000
LONGEST = 400_000
"""Characters of a module whose mutants are tried: a longer one is a table of data."""
PERTURBED = (
    {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"},
    {"PYTHONHASHSEED": "4711", "LC_ALL": "C", "COLUMNS": "20", "HOME": "/nonexistent"},
)


class Proof(Struct, frozen=True, kw_only=True):
    objection: str = ""
    evidence: tuple[str, ...] = ()


def proved(
    suite: Suite,
    base: Callable[[], Suite],
    write: Callable[[str, str], None],
    change: Change,
    candidates: Mapping[str, Course],
    edits: Edits,
) -> dict[str, Proof]:
    """One of each. What fails one question is not asked the next, and its edits are taken out of its file for it."""
    found: dict[str, Proof] = {}
    left = dict(candidates)
    for question in (_structure, _runs, _mutants):
        if left:
            texts = _texts(left, change, edits)
            refused = question(_Asked(suite, base, write, change, left, texts))
            found.update({name: Proof(objection=why) for name, why in refused.items()})
            left = {name: each for name, each in left.items() if name not in refused}
    return {**found, **{name: Proof(evidence=SAID) for name in left}}


class _Asked:
    def __init__(
        self,
        suite: Suite,
        base: Callable[[], Suite],
        write: Callable[[str, str], None],
        change: Change,
        courses: Mapping[str, Course],
        texts: Mapping[str, str],
    ) -> None:
        self.suite = suite
        self.base = base
        self.write = write
        self.change = change
        self.courses = courses
        self.texts = texts

    def words(self, suite: Suite) -> tuple[str, ...]:
        return pytest_words(suite.words, self.courses, self.change.new)


def _texts(courses: Mapping[str, Course], change: Change, edits: Edits) -> dict[str, str]:
    files = dict.fromkeys(course.file for course in courses.values())
    return {
        path: edited(change.new[path], [each for each in courses.values() if each.file == path], edits)
        for path in files
    }


def _structure(asked: _Asked) -> dict[str, str]:
    refused: dict[str, str] = {}
    for path, text in asked.texts.items():
        here = {name: each for name, each in asked.courses.items() if each.file == path}
        steps = [step.edit for each in here.values() for step in each.steps]
        said = weakened(asked.change.new[path], text, steps)
        if said:
            refused.update(dict.fromkeys(here, f"the edit does more than it should: {said[0]}"))
    return refused


def _runs(asked: _Asked) -> dict[str, str]:
    """Five times as they are, and once each with another hash seed, zone, locale, width and home."""
    refused: dict[str, str] = {}
    for place, env in enumerate(({}, *PERTURBED)):
        ids = tuple(name for name in asked.courses if name not in refused)
        variant = {
            "name": "edited",
            "files": asked.texts,
            "words": asked.words(asked.suite),
            "ids": ids,
            "how": ALONE,
            "times": 1 if place else TIMES,
            "seconds": ONE,
        }
        request = {"root": asked.suite.root, "variants": [variant]}
        told = ran(asked.suite.inside.ask("variants", request, seconds=ONE * len(ids) * TIMES + 600, env=env))
        if isinstance(told, Unknown):
            return dict.fromkeys(asked.courses, told.why)
        words = ", ".join(f"{key}={value}" for key, value in env.items()) or f"one of {TIMES} times"
        refused.update({name: f"not green: {words}" for name in ids if not is_green(told["edited"].of(name))})
    return refused


def _mutants(asked: _Asked) -> dict[str, str]:
    """Each test against mutants of the modules that it could reach, on the old code as it was and on the new one."""
    for path, text in asked.texts.items():
        asked.write(path, text)
    old, new = asked.change.code(asked.change.old), asked.change.code(asked.change.new)
    before = _tried(asked.base(), asked, old)
    after = _tried(asked.suite, asked, new)
    doubt = next((each.doubt.why for each in (before, after) if each.doubt is not None), "")
    if doubt:
        return dict.fromkeys(asked.courses, f"its mutants could not be tried: {doubt}")
    same = unchanged(old, new)
    refused: dict[str, str] = {}
    for name, course in asked.courses.items():
        said = objection(kills(before, name, same), kills(after, name, same), only_imports=of_names_only(course))
        if said:
            refused[name] = said
    return refused


def _tried(suite: Suite, asked: _Asked, sources: Mapping[str, str]) -> Trial:
    """As many killers as there are tests, so that each test's kills are known."""
    narrowed = Suite(inside=suite.inside, root=suite.root, words=asked.words(suite))
    chosen = (Chosen(path=path) for path, source in sources.items() if len(source) <= LONGEST)
    sample = max(LEAST, min(SAMPLE, RUNS // len(asked.courses)))
    return try_mutants(narrowed, chosen, How(sample=sample, killers=len(asked.courses)))


SAID = (f"verified: green {TIMES} times and perturbed {len(PERTURBED)} times, nothing weakened, kills what it killed",)
