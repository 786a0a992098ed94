"""What is asked of code for which there is no task: what refutes, what is a question, and what settles it."""

from __future__ import annotations

import pytest

from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.proving.ladder.exercised import Missed
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.shape import LARGEST_FILE
from outpace.proving.ladder.without_task import (
    KNOWN,
    NO_CODE,
    OTHER_CODE,
    code,
    judge_parses,
    judge_powers,
    judge_ran,
    lines_to_run,
    may_be_code,
    unknown_power,
)

BAD = b"def (:\n"
SHELL = b"import os\n\n\ndef run(words):\n    os.system(words)\n"
CANNOT = "cannot be read: invalid syntax"


def changed(path: str, after: bytes | None, before: bytes | None = None) -> Patch:
    return code(Patch.of([PatchedFile(path=path, before=before, after=after)]))


def nothing(_: str) -> None:
    return None


def gained(patch: Patch, *granted: str, usual: frozenset[str] = frozenset()) -> Result:
    return judge_powers(patch, nothing, granted=granted, in_tests=lambda: usual)


UNREADABLE: dict[str, tuple[Patch, bool, Result]] = {
    "no code": (changed("README.md", b"words"), False, Skipped(NO_CODE)),
    "code that is gone": (changed("a.py", None, b"x = 1\n"), False, Skipped(NO_CODE)),
    "another language": (changed("a.js", b"x"), False, Skipped("none of the code is Python")),
    "code": (changed("a.py", b"x = 1\n"), False, Passed("1 file of Python can be read")),
    "bad code": (changed("a.py", BAD), False, Failed(f"a.py {CANNOT} (a.py, line 1)")),
    "a bad test": (changed("tests/test_a.py", BAD), False, Failed(f"tests/test_a.py {CANNOT} (test_a.py, line 1)")),
    "perhaps newer": (
        changed("a.py", BAD),
        True,
        CheckUndecided(
            f"a.py {CANNOT} (a.py, line 1); it may be of a newer Python than Outpace's own",
            "a reader who knows the file",
        ),
    ),
    "data of tests": (
        changed("tests/data/a.py", BAD),
        False,
        CheckUndecided(
            f"tests/data/a.py {CANNOT} (a.py, line 1); it may be data of the tests", "a reader who knows the file"
        ),
    ),
    "a template": (
        changed("{{name}}/a.py", BAD),
        False,
        CheckUndecided(
            f"{{{{name}}}}/a.py {CANNOT} (a.py, line 1); it may be a template", "a reader who knows the file"
        ),
    ),
    "bad on base too": (
        changed("a.py", BAD, b"print 'x'\n"),
        False,
        CheckUndecided(f"a.py {CANNOT} (a.py, line 1); nor could it on base", "a reader who knows the file"),
    ),
    "too much": (
        changed("a.py", b"#" * (LARGEST_FILE + 1)),
        False,
        CheckUndecided(
            "a.py cannot be read: it has more than 1 MiB; that is no fault of its own", "a reader who knows the file"
        ),
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_only_code_that_should_have_been_readable_refutes(name: str) -> None:
    patch, may_be_newer, result = UNREADABLE[name]
    assert judge_parses(patch, may_be_newer=may_be_newer) == result


def test_a_power_is_a_question_until_it_is_granted_by_its_name() -> None:
    patch = changed("a.py", SHELL)
    told = "a.py:5 runs a shell (os.system)"
    assert gained(patch) == CheckUndecided(
        f"nobody granted what it gains: {told}",
        'a reader who wants that, and says so: outpace prove --grant "runs a shell"',
    )
    assert isinstance(gained(patch, "uses the network"), CheckUndecided)
    assert gained(patch, "runs a shell") == Passed(f"granted: {told}")
    assert gained(changed("a.py", SHELL + b"\n\nx = 1\n", SHELL)) == Passed(
        "no code does more to the world than it did"
    )


def test_what_is_usual_in_tests_is_no_power_that_a_test_gains() -> None:
    usual = frozenset({"runs a shell"})
    assert isinstance(gained(changed("test_a.py", SHELL)), CheckUndecided)
    assert gained(changed("test_a.py", SHELL), usual=usual) == Passed("no code does more to the world than it did")
    assert isinstance(gained(changed("a.py", SHELL), usual=usual), CheckUndecided)


def test_what_could_not_be_read_on_base_had_no_power_and_what_cannot_now_is_undecided() -> None:
    assert isinstance(gained(changed("a.py", SHELL, b"print 'x'\n")), CheckUndecided)
    assert gained(changed("a.py", BAD)) == CheckUndecided(
        f"a.py {CANNOT} (a.py, line 1)", "a reader who knows the file"
    )


@pytest.mark.parametrize(
    ("path", "after", "is_code"),
    [
        ("static/app.js", b"x", True),
        ("bin/deploy", b"#!/bin/sh\n", True),
        ("bin/LICENSE", b"words", False),
        ("lib/fast.so", b"\x7fELF", True),
        ("shop.pth", b"import os", True),
        ("page.html", b"<p>", False),
        ("uv.lock", b"version = 1", False),
    ],
)
def test_code_that_is_no_python_is_told_as_such(path: str, after: bytes, is_code: bool) -> None:
    patch = changed(path, after) if may_be_code(path) else Patch(files=())
    assert bool(patch.files) == is_code
    if is_code:
        told = gained(patch)
        assert isinstance(told, CheckUndecided)
        assert told.missing == f"nobody granted what it gains: {path} {OTHER_CODE}"
        assert gained(patch, OTHER_CODE) == Passed(f"granted: {path} {OTHER_CODE}")


def test_a_file_that_moved_is_compared_with_what_it_was_and_a_rewritten_one_is_not() -> None:
    gone = PatchedFile(path="old.py", before=SHELL, after=None)
    same = code(Patch.of([gone, PatchedFile(path="new.py", after=SHELL + b"x = 1\n")]))
    other = code(Patch.of([gone, PatchedFile(path="new.py", after=b"import os\nos.system('b')\n")]))
    assert isinstance(gained(same), Passed)
    assert lines_to_run(same) == {"new.py": (6,)}
    assert isinstance(gained(other), CheckUndecided)


def test_lines_that_no_test_comes_to_are_named_in_spans() -> None:
    wanted = {"a.py": (1, 2, 3, 5), "b.py": (7,)}
    missed = tuple(Missed(path="a.py", line=line) for line in (1, 2, 5))
    settles = "tests that run it, or a reader of it"
    assert judge_ran(wanted, missed, has_programs=False) == CheckUndecided("no test comes to a.py:1-2, 5", settles)
    assert judge_ran(wanted, missed, has_programs=True) == CheckUndecided(
        "no test comes to a.py:1-2, 5 (what programs run that tests start is not seen)", settles
    )
    assert judge_ran(wanted, (), has_programs=True) == Passed("the suite comes to all of 5 added lines")
    assert judge_ran({}, (), has_programs=False) == Skipped("no line of code is added that is no test's")
    assert lines_to_run(changed("tests/test_a.py", b"x = 1\n")) == {}


@pytest.mark.parametrize("name", [*sorted(KNOWN), OTHER_CODE, "uses the package httpx"])
def test_each_power_that_is_told_can_be_granted(name: str) -> None:
    assert unknown_power(name) is None


def test_what_is_no_power_is_answered_with_the_nearest_or_with_all() -> None:
    assert unknown_power("use the network") == 'did you mean "uses the network"?'
    assert (unknown_power("flies") or "").startswith("there are: alters another module, ")
    assert unknown_power("uses the package ") is not None
