"""JUnit XML as foreign runners write it: hostile until read. Pytest's xunit1 and xunit2, unittest, surefire."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from xml.parsers import expat

from msgspec import Struct

from outpace.model.test_run import FailedTest, Green, Red, TestRun
from outpace.model.unknown import Unknown

LARGEST = 32 << 20
DEEPEST = 32
CASES_AT_MOST = 200_000
LONGEST_NAME = 2000
LONGEST_MESSAGE = 300
BAD = frozenset({"failure", "error"})
FLAKY = frozenset({"flakyFailure", "flakyError"})
AGAIN = frozenset({"rerunFailure", "rerunError"})
RED_WORDS = frozenset({"failed", "failure", "fail", "error", "errored", "broken", "timeout", "aborted", "crashed"})
LEFT_OUT = frozenset({"notrun", "suppressed", "skipped", "skip", "disabled", "ignored", "pending"})
FINE = frozenset({"", "passed", "pass", "ok", "success", "successful", "run", "completed"})
LONGEST_RUN = 1e7


class Damaged(Exception):
    """Not JUnit, or more than is believed."""


class Case(Struct, kw_only=True):
    """One `testcase` while it is read."""

    classname: str
    name: str
    file: str
    outcome: str = "passed"
    message: str = ""
    kind: str = ""
    seconds: float = 0.0
    wavered: bool = False
    again: bool = False

    @property
    def flaky(self) -> bool:
        """Red and green in one report; one that was red each time is not. Such a case is red: a green run that came
        after a red one of the same files takes nothing back."""
        return self.wavered

    @property
    def named(self) -> str:
        return f"{self.classname}::{self.name}" if self.classname else self.name


def read_report(path: Path) -> tuple[Case, ...] | Unknown:
    """Only a regular file of the size that we believe in; links are not followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return Unknown(
            "the runner left no JUnit report",
            "a runner that writes JUnit (pytest, unittest) and gets as far as its tests",
        )
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
        os.close(descriptor)
        return Unknown(f"the JUnit report is no regular file below {LARGEST >> 20} MiB")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(LARGEST + 1)
    try:
        return parse(content)
    except (Damaged, expat.ExpatError) as error:
        return Unknown(f"the JUnit report cannot be read: {error}", "a runner that ends by itself")


def parse(content: bytes) -> tuple[Case, ...]:
    """No document type, so no entities; raises Damaged and ExpatError."""
    reading = _Reading()
    reading.parser.Parse(content, True)  # noqa: FBT003  expat takes it by position
    declared, red = (sum(each) for each in zip(*reading.declared, strict=True)) if reading.declared else (0, 0)
    if declared > len(reading.cases):
        raise Damaged(f"{declared} tests are declared and {len(reading.cases)} are reported")
    if red > reading.red:
        raise Damaged(f"{red} failures and errors are declared and {reading.red} are reported")
    return tuple(reading.cases)


class _Reading:
    """Expat's callbacks."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.declared: list[tuple[int, int]] = []  # tests, and failures with errors, of each outermost suite
        self.red = 0
        self._depth = 0
        self._suites: list[bool] = []
        self._open: Case | None = None
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _refuse(self, *_: object) -> None:
        raise Damaged("it declares a document type")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        self._depth += 1
        if self._depth > DEEPEST or len(self.cases) > CASES_AT_MOST:
            raise Damaged("it is deeper or longer than a suite's report")
        if self._depth == 1 and name not in ("testsuite", "testsuites"):
            raise Damaged(f"it begins with {name[:40]!r}")
        match name:
            case "testsuite":
                self._suite(attributes)
            case "testcase":
                self._open = Case(
                    classname=attributes.get("classname", "")[:LONGEST_NAME],
                    name=attributes.get("name", "")[:LONGEST_NAME],
                    file=attributes.get("file", "")[:LONGEST_NAME],
                    seconds=_seconds(attributes.get("time", "")),
                )
                self.cases.append(self._open)
                _note_words(self._open, attributes)
            case _ if self._open is not None:
                self.red += name.lower() in BAD or name in FLAKY
                _note(self._open, name, attributes)
            case "failure" | "error":
                self.red += 1
                self.cases.append(_of_suite(name, attributes))
            case _:
                pass

    def _suite(self, attributes: dict[str, str]) -> None:
        """What a suite declares holds for those in it."""
        declares = attributes.get("tests", "").isdecimal()
        if declares and not any(self._suites):
            tests, *red = (_number(attributes.get(each, "")) for each in ("tests", "failures", "errors"))
            self.declared.append((tests, sum(red)))
        self._suites.append(declares)

    def _end(self, name: str) -> None:
        name = _local(name)
        self._depth -= 1
        if name == "testcase":
            if self._open is not None:
                _settle(self._open)
            self._open = None
        elif name == "testsuite":
            self._suites.pop()


def _local(name: str) -> str:
    """Without its namespace."""
    return name.rpartition(":")[2]


def _note(case: Case, kind: str, attributes: dict[str, str]) -> None:
    word = kind.lower()
    if word in BAD or word in RED_WORDS:
        _blame(case, word if word in BAD else "failure", attributes)
    elif word in LEFT_OUT and case.outcome == "passed":
        case.outcome = "skipped"
    elif kind in FLAKY or kind in AGAIN:
        case.wavered = case.wavered or kind in FLAKY
        case.again = True
        case.message = case.message or _message(attributes)


def _note_words(case: Case, attributes: dict[str, str]) -> None:
    """What some writers say in attributes alone. Raises Damaged where it is not known what they mean."""
    for name in ("status", "result"):
        word = attributes.get(name, "").strip().lower()
        if word in RED_WORDS:
            _blame(case, "failure", {"message": f"{name} is {word}"})
        elif word in LEFT_OUT and case.outcome == "passed":
            case.outcome = "skipped"
        elif word not in FINE and not word.isdecimal() and case.outcome == "passed":
            raise Damaged(f"the {name} of {case.named[:80]} is {word[:40]!r}, of which nothing is known")


def _blame(case: Case, outcome: str, attributes: dict[str, str]) -> None:
    if case.outcome not in BAD:
        case.outcome = outcome
        case.message = _message(attributes)
        case.kind = attributes.get("type", "")[:LONGEST_MESSAGE]


def _settle(case: Case) -> None:
    """What was red in one of several runs is red."""
    if case.again and case.outcome == "passed":
        case.outcome, case.wavered = "failure", True


def _of_suite(kind: str, attributes: dict[str, str]) -> Case:
    """What went wrong outside of any case."""
    return Case(classname="", name="(the suite)", file="", outcome=kind, message=_message(attributes))


def _message(attributes: dict[str, str]) -> str:
    return " ".join(attributes.get("message", "").split())[:LONGEST_MESSAGE]


def _number(text: str) -> int:
    return int(text[:9]) if text.isdecimal() else 0


def _seconds(text: str) -> float:
    """Some writers leave it out, or write it in their own language."""
    try:
        found = float(text.replace(",", ""))
    except ValueError:
        return 0.0
    return found if 0 <= found < LONGEST_RUN else 0.0


def outcome(cases: tuple[Case, ...]) -> TestRun:
    """A name that occurs twice counts as red if one of them is."""
    failures = {
        case.named: FailedTest(name=case.named, message=case.message, node=node(case))
        for case in reversed(cases)
        if case.outcome in BAD
    }
    passed = tuple(dict.fromkeys(case.named for case in cases if case.outcome == "passed"))
    skipped = tuple(dict.fromkeys(case.named for case in cases if case.outcome == "skipped"))
    passed = tuple(name for name in passed if name not in failures)
    if failures:
        return Red(failures=tuple(reversed(failures.values())), passed=passed, skipped=skipped)
    if not passed:
        return Unknown("no test ran" if not skipped else f"all {len(skipped)} tests were skipped", "a suite that runs")
    return Green(passed=passed, skipped=skipped)


def node(case: Case) -> str:
    """Pytest's node id, from xunit1's `file`: what of the class name is beyond the module are classes."""
    if not case.file or not case.name:
        return ""
    module = case.file.removesuffix(".py").replace("/", ".")
    if case.classname != module and not case.classname.startswith(f"{module}."):
        return ""
    classes = case.classname[len(module) + 1 :].split(".") if case.classname != module else []
    return "::".join((case.file, *classes, case.name))
