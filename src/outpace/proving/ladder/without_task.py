"""What the ladder says of code that comes without a task. Nobody said what it may do: a new power is a question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct, structs

from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.words import counted
from outpace.proving.ladder import capabilities, lent, parses, pipeline_powers, powers
from outpace.proving.ladder.capabilities import Use
from outpace.proving.ladder.exercised import Missed
from outpace.proving.ladder.lent import Own
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.shape import LARGEST_FILE, is_test

NO_CODE = "no code of the project is added or altered"
OTHER_CODE = "brings code that is not read"
"""The power of what nobody here reads."""
PACKAGE = lent.package_power("")
OF_CODE = frozenset({each for name, each in vars(powers).items() if name.isupper() and isinstance(each, str) and each})
KNOWN = OF_CODE | pipeline_powers.POWERS | {OTHER_CODE}
PYTHON = re.compile(r"\.pyi?$")
PROGRAMS = re.compile(
    r"\.(js|mjs|cjs|jsx|ts|tsx|sh|bash|zsh|fish|ps1|bat|cmd|c|cc|cpp|cxx|h|hpp|pyx|pxd|rs|go|rb|pl|php|java|kt|lua|cs|"
    r"ipynb|so|dylib|dll|exe|pyd|pyc|pyo|whl|egg|jar|pth)$",
    re.IGNORECASE,
)
TEST_MODULES = re.compile(r"(^|/)(test_[^/]*|[^/]*_test|conftest)\.pyi?$")
SHOWN_AT_MOST = 3
ALIKE = 0.8
"""The share of lines that a file which is new and one that is gone have in common, where it was moved."""


class Gain(Struct, frozen=True, kw_only=True):
    """One power that a file takes and did not have."""

    path: str
    use: Use

    def __str__(self) -> str:
        if not self.use.what:
            return f"{self.path} {self.use.power}"
        return f"{self.path}:{self.use.line} {self.use.power} ({self.use.what})"


def code(patch: Patch) -> Patch:
    """The files of code that are there after it; of what was moved, `before` is what it was elsewhere."""
    there = [file for file in patch.files if file.after is not None and _is_code(file)]
    return Patch.of(moved(there, [file for file in patch.files if file.after is None and file.is_python]))


def may_be_code(path: str) -> bool:
    """By its name; without a suffix, what it begins with says so."""
    return bool(PYTHON.search(path) or PROGRAMS.search(path)) or "." not in path.rpartition("/")[2]


def _is_code(file: PatchedFile) -> bool:
    return file.is_python or bool(PROGRAMS.search(file.path)) or (file.after or b"").startswith(b"#!")


def _unreadable(file: PatchedFile) -> str:
    if len(file.after or b"") > LARGEST_FILE:
        return f"{file.path} cannot be read: it has more than {LARGEST_FILE >> 20} MiB"
    match parses.judge(Patch(files=(file,))):
        case Failed(evidence):
            return evidence
        case _:
            return ""


def moved(there: Iterable[PatchedFile], gone: Sequence[PatchedFile]) -> tuple[PatchedFile, ...]:
    found: list[PatchedFile] = []
    left = list(gone)
    for file in there:
        source = next((old for old in left if file.before is None and _alike(old.before, file.after)), None)
        if source is not None:
            left.remove(source)
        found.append(file if source is None else structs.replace(file, before=source.before))
    return tuple(found)


def _alike(one: bytes | None, other: bytes | None) -> bool:
    before, after = (Counter((content or b"").split(b"\n")) for content in (one, other))
    return (before & after).total() >= ALIKE * max(before.total(), after.total())


def judge_parses(changed: Patch, *, may_be_newer: bool = False) -> Result:
    """`changed` is the `code` of a patch. What may rightly be unreadable is a question and no refutation: it was so on
    base, it is data of the tests or a template, or the project runs on another Python than this one."""
    if not changed.files:
        return Skipped(NO_CODE)
    python = [file for file in changed.files if file.is_python]
    if not python:
        return Skipped("none of the code is Python")
    doubt = ""
    for file in python:
        if told := _unreadable(file):
            why = _may_be_so(file) or ("it may be of a newer Python than Outpace's own" if may_be_newer else "")
            if not why:
                return Failed(told)
            doubt = doubt or f"{told}; {why}"
    if doubt:
        return CheckUndecided(doubt, "a reader who knows the file")
    return Passed(f"{counted(len(python), 'file')} of Python can be read")


def _may_be_so(file: PatchedFile) -> str:
    if "{{" in file.path:
        return "it may be a template"
    if is_test(file.path) and not TEST_MODULES.search(file.path):
        return "it may be data of the tests"
    if len(file.after or b"") > LARGEST_FILE:
        return "that is no fault of its own"
    if file.before is not None and _unreadable(structs.replace(file, after=file.before)):
        return "nor could it on base"
    return ""


def judge_powers(
    changed: Patch,
    own: Own,
    *,
    granted: Collection[str] = (),
    in_tests: Callable[[], frozenset[str]] = frozenset,
    beside: Sequence[Gain] = (),
) -> Result:
    """`in_tests` are powers that are no news in a test; it is asked only where one gains any. `beside` is what no code
    gains, but the pipeline."""
    if not changed.files and not beside:
        return Skipped(NO_CODE)
    try:
        every = [*_gains(changed, own, in_tests), *beside]
        gained = _gains(changed, own, in_tests, frozenset(granted)) if every else []
        gained += [gain for gain in beside if gain.use.power not in granted]
    except parses.UNREADABLE as error:
        return CheckUndecided(str(error) or "a file nests too deep to be read", "a reader who knows the file")
    if gained:
        names = list(dict.fromkeys(gain.use.power for gain in gained))
        words = " ".join(f'--grant "{name}"' for name in names[:SHOWN_AT_MOST])
        more = f" and {counted(len(names) - SHOWN_AT_MOST, 'more power')}" if len(names) > SHOWN_AT_MOST else ""
        return CheckUndecided(
            f"nobody granted what it gains: {_shown(gained)}",
            f"a reader who wants that, and says so: outpace prove {words}{more}",
        )
    return Passed(f"granted: {_shown(every)}" if every else "no code does more to the world than it did")


def _gains(
    changed: Patch, own: Own, in_tests: Callable[[], frozenset[str]], granted: frozenset[str] = frozenset()
) -> list[Gain]:
    """Raises SyntaxError, ValueError."""
    found: list[Gain] = []

    of_tests = lent.powerless(own)
    usual: frozenset[str] | None = None
    for file in map(_readable, changed.files):
        if not file.is_python:
            uses = () if OTHER_CODE in granted else (Use(power=OTHER_CODE, what="", line=1),)
        elif is_test(file.path):
            uses = capabilities.gains(file, of_tests, granted)
            if uses:
                usual = in_tests() if usual is None else usual
                uses = capabilities.gains(file, of_tests, granted | usual)
        else:
            uses = capabilities.gains(file, own, granted)
        found += [Gain(path=file.path, use=use) for use in uses]
    return found


def _readable(file: PatchedFile) -> PatchedFile:
    """What could not be read on base had no power that is known of. Raises SyntaxError."""
    if not file.is_python:
        return file
    if told := _unreadable(file):
        raise SyntaxError(told)
    had_none = file.before is not None and _unreadable(structs.replace(file, after=file.before))
    return structs.replace(file, before=None) if had_none else file


def _shown(gains: Sequence[Gain]) -> str:
    more = len(gains) - SHOWN_AT_MOST
    return "; ".join(str(gain) for gain in gains[:SHOWN_AT_MOST]) + (f", and {more} more" if more > 0 else "")


def lines_to_run(changed: Patch) -> dict[str, tuple[int, ...]]:
    """The added lines of what is no test, by path."""
    files = (file for file in changed.files if file.path.endswith(".py") and not is_test(file.path))
    return {file.path: tuple(sorted(file.added)) for file in files if file.added}


def judge_ran(wanted: Mapping[str, tuple[int, ...]], missed: Collection[Missed], *, has_programs: bool) -> Result:
    """`has_programs`: tests start other programs, and what these run is not seen."""
    if not wanted:
        return Skipped("no line of code is added that is no test's")
    by_path: dict[str, list[int]] = {}
    for each in sorted(missed):
        by_path.setdefault(each.path, []).append(each.line)
    if not by_path:
        return Passed(f"the suite comes to all of {counted(sum(map(len, wanted.values())), 'added line')}")
    named = [f"{path}:{_spans(lines)}" for path, lines in by_path.items()]
    more = f" and {counted(len(named) - SHOWN_AT_MOST, 'more file')}" if len(named) > SHOWN_AT_MOST else ""
    unseen = " (what programs run that tests start is not seen)" if has_programs else ""
    return CheckUndecided(
        f"no test comes to {'; '.join(named[:SHOWN_AT_MOST])}{more}{unseen}", "tests that run it, or a reader of it"
    )


def _spans(lines: Sequence[int]) -> str:
    """ "3-5, 9"."""
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def unknown_power(name: str) -> str | None:
    """Why nothing of this name can be granted; None where it can."""
    if name in KNOWN or (name.startswith(PACKAGE) and name != PACKAGE):
        return None
    near = get_close_matches(name, KNOWN, n=1, cutoff=0.7)
    return f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(sorted(KNOWN))}, {PACKAGE}NAME"
