"""Edits step by step: what each red test says is missing, put in the new way, until it is green or nothing is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from outpace.inside.units import lines_of
from outpace.testing.mending.failures import missing
from outpace.testing.mending.interfaces import Interface
from outpace.testing.mending.ports import Edits
from outpace.testing.mending.runs import UNCOLLECTED, is_red
from outpace.testing.mending.successors import Edit, Inline, Rename, RenameModule, Step, shifted, step
from outpace.testing.told import Result


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
    courses: Mapping[str, Course], texts: Mapping[str, str], edits: Edits, old: Interface, new: Interface
) -> dict[str, Course]:
    """Those of red tests that have a step to take, with it; a step that edits nothing is none."""
    taken: dict[str, Course] = {}
    for name, course in courses.items():
        found = None if course.green else _found(course, old, new)
        if found is None or found.edit in [each.edit for each in course.steps]:
            continue
        text = texts.get(course.file, "")
        functions = course.functions | touched(course.result, text, course.file)
        if edits.edited(text, found.edit, functions) != text:
            taken[name] = Course(result=course.result, steps=(*course.steps, found), functions=functions)
    return taken


def _found(course: Course, old: Interface, new: Interface) -> Step | None:
    """For what is missing where the test's file asks for it; or where the function that the test calls falls over an
    argument that was meant for a parameter which has left."""
    if in_tests(course):
        lacking = missing(course.result.message)
        return None if lacking is None else step(lacking, old, new)
    frames = course.result.frames
    last = max((place for place, frame in enumerate(frames) if frame[0] == course.file), default=-1)
    called = frames[last + 1][2] if 0 <= last < len(frames) - 1 else ""
    return shifted(called, old, new) if called else None


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
