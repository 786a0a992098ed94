"""A change stays within its task's paths, lines and kinds of file, or is refused with the reason."""

from __future__ import annotations

import pytest

from outpace.model.proof import Failed, Passed
from outpace.proving.ladder.patch import LINK, PROGRAM, SUBMODULE, Patch, PatchedFile
from outpace.proving.ladder.shape import Limits, judge, matches

LIMITS = Limits(editable=("src/**/*.py",), created=("tests/test_fix_*.py",), lines=4)


def changed(
    path: str = "src/notes/files.py", before: bytes | None = b"a\nb\n", after: bytes | None = b"a\nc\n", **modes: str
) -> PatchedFile:
    return PatchedFile(path=path, before=before, after=after, **modes)


def told(*files: PatchedFile) -> str:
    match judge(Patch.of(files), LIMITS):
        case Failed(evidence):
            return evidence
        case Passed(evidence):
            return f"passed: {evidence}"
        case other:
            return repr(other)


def test_a_small_edit_and_a_new_test_are_within_bounds() -> None:
    new = changed("tests/test_fix_it.py", None, b"x\n")
    assert told(changed(), new) == "passed: 3 lines in 2 files, all of which it may edit"


REFUSED = {
    "nothing": ((), "it changes nothing"),
    "too long": ((changed(after=b"1\n2\n3\n"),), "it changes 5 lines, and 4 are allowed"),
    "a test that is there": (
        (changed("tests/test_a.py"),),
        "tests/test_a.py is a test, which this task does not edit",
    ),
    "a test of the right name that is there": (
        (changed("tests/test_fix_a.py"),),
        "tests/test_fix_a.py is a test, which this task does not edit",
    ),
    "a conftest": ((changed("conftest.py", None),), "conftest.py is a test, which this task does not edit"),
    "the CI": (
        (changed(".github/workflows/a.yml"),),
        ".github/workflows/a.yml is part of the CI, which this task does not edit",
    ),
    "a lock": ((changed("uv.lock"),), "uv.lock is of dependencies, which this task does not edit"),
    "something else": ((changed("setup.sh"),), "setup.sh is another file, which this task does not edit"),
    "a start of Python": (
        (changed("sitecustomize.py", None),),
        "sitecustomize.py is run at each start of Python, which this task does not edit",
    ),
    "a name that is no UTF-8": ((changed("src/\udce9.py"),), "'src/\\udce9.py' is a name that is not in UTF-8"),
    "a link": ((changed(mode_after=LINK),), "src/notes/files.py is a link"),
    "a submodule": ((changed(mode_after=SUBMODULE),), "src/notes/files.py is a submodule"),
    "a mode": ((changed(mode_after=PROGRAM),), "the mode of src/notes/files.py goes from 100644 to 100755"),
    "away": ((changed(after=None),), "src/notes/files.py is deleted"),
    "other ends of lines": (
        (changed(after=b"a\r\nb\r\n"),),
        "lines of src/notes/files.py end in another way than they did",
    ),
    "binary": ((changed(after=b"a\x00"),), "src/notes/files.py is not a text"),
    "out": ((changed("../src/a.py"),), "'../src/a.py' is no path within the tree"),
    "round": ((changed("src/x/../a.py"),), "'src/x/../a.py' is no path within the tree"),
}


@pytest.mark.parametrize(("files", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_leaves_its_bounds_is_refused_with_the_reason(files: tuple[PatchedFile, ...], said: str) -> None:
    assert told(*files) == said


def test_a_star_stays_within_a_folder_and_two_do_not() -> None:
    asked = [
        ("src/*.py", "src/a.py"),
        ("src/*.py", "src/b/a.py"),
        ("src/**/*.py", "src/a.py"),
        ("src/**/*.py", "src/b/c/a.py"),
    ]
    assert [matches((glob,), path) for glob, path in asked] == [True, False, True, True]


def test_lines_are_counted_where_they_differ() -> None:
    file = changed(before=b"a\nb\nc\n", after=b"a\nx\ny\nc\nd\n")
    assert (file.added, file.removed) == ({2, 3, 5}, {2})
