"""Edits step by step: what each red test says is missing, put in the new way, until it is green or nothing is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from outpace.inside.units import lines_of
from outpace.testing.mending.failures import missing
from outpace.testing.mending.interfaces import Interface
from outpace.testing.mending.ports import Edits
from outpace.testing.mending.runs import UNCOLLECTED, Result, is_red
from outpace.testing.mending.successors import Edit, Inline, Rename, RenameModule, Step, step


class Course(Struct, frozen=True, kw_only=True):
    """Of one test: its last result, the steps taken, and the functions of its file that they may touch."""

    result: Result
    steps: tuple[Step, ...] = ()
    functions: frozenset[str] = frozenset()

    @property
    def file(self) -> str:
        return self.result.id.partition("::")[0]

    @property
    def green(self) -> bool:
        return not is_red(self.result)


def next_steps(
    courses: Mapping[str, Course], texts: Mapping[str, str], old: Interface, new: Interface
) -> dict[str, Course]:
    """Those of red tests that have a step to take, with it."""
    taken: dict[str, Course] = {}
    for name, course in courses.items():
        lacking = None if course.green else missing(course.result.message)
        found = None if lacking is None or not in_tests(course) else step(lacking, old, new)
        if found is None or found.edit in [each.edit for each in course.steps]:
            continue
        functions = course.functions | touched(course.result, texts.get(course.file, ""), course.file)
        taken[name] = Course(result=course.result, steps=(*course.steps, found), functions=functions)
    return taken


def in_tests(course: Course) -> bool:
    """Whether the test's own file says what failed; what could not be collected failed while it was imported."""
    frames = course.result.frames
    return course.result.outcome == UNCOLLECTED or (bool(frames) and frames[-1][0] == course.file)


def touched(result: Result, text: str, file: str) -> frozenset[str]:
    """The functions of the test's file that were running."""
    places = lines_of(text)
    lines = [line for path, line, _ in result.frames if path == file]
    return frozenset(name for name, (first, last) in places.items() if any(first <= line <= last for line in lines))


def edited(text: str, courses: Iterable[Course], edits: Edits) -> str:
    """A file with the steps of these tests, in their order, each within the functions of the tests that took it."""
    for edit, functions in _edits(courses).items():
        text = edits.edited(text, edit, functions)
    return text


def _edits(courses: Iterable[Course]) -> dict[Edit, frozenset[str]]:
    found: dict[Edit, frozenset[str]] = {}
    for course in courses:
        for each in course.steps:
            found[each.edit] = found.get(each.edit, frozenset()) | course.functions
    return found


def of_names_only(course: Course) -> bool:
    """Whether every step concerns what the file imports."""
    return all(isinstance(each.edit, Rename | RenameModule | Inline) for each in course.steps)
