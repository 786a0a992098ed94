"""`python run_unittest.py RESULTS [unittest's words]`: runs unittest and writes JUnit XML.

`... RESULTS --within SCRIPT [words]` and `--within -m MODULE [words]` run that, such as Django's `manage.py test`, and
record what it runs by unittest.
"""

from __future__ import annotations

import os
import runpy
import sys
import traceback
import unittest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

OUTCOMES: list[tuple[unittest.TestCase, str, str]] = []


class Recorder(unittest.TextTestResult):
    """Remembers every outcome in the order in which it came. The names are unittest's."""

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802
        super().addSuccess(test)
        OUTCOMES.append((test, "", ""))

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        super().addFailure(test, err)
        OUTCOMES.append((test, "failure", told(err)))

    def addError(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        super().addError(test, err)
        OUTCOMES.append((test, "error", told(err)))

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802
        super().addSkip(test, reason)
        OUTCOMES.append((test, "skipped", reason))

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        super().addExpectedFailure(test, err)
        OUTCOMES.append((test, "", ""))

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802
        super().addUnexpectedSuccess(test)
        OUTCOMES.append((test, "failure", "unexpected success"))

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:  # noqa: N802
        super().addSubTest(test, subtest, err)
        if err is not None:
            OUTCOMES.append((subtest, "failure", told(err)))


def told(err: Any) -> str:
    return "".join(traceback.format_exception_only(err[0], err[1])).strip()


def write(path: str) -> None:
    suite = ET.Element("testsuite", name="unittest", tests=str(len(OUTCOMES)))
    for test, kind, text in OUTCOMES:
        module, _, name = test.id().rpartition(".")
        case = ET.SubElement(suite, "testcase", classname=printable(module), name=printable(name))
        if kind:
            ET.SubElement(case, kind, message=printable(text))
    ET.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def printable(text: str) -> str:
    """XML has no words for most control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def run_within(path: str, target: str, words: list[str]) -> None:
    """Processes that are forked from this one write nothing."""
    process = os.getpid()
    unittest.TextTestRunner.run = recorded(unittest.TextTestRunner.run)
    is_module = target == "-m"
    sys.argv = words if is_module else [target, *words]
    sys.path[0] = str(Path.cwd() if is_module else Path(target).resolve().parent)
    try:
        if is_module:
            runpy.run_module(words[0], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(target, run_name="__main__")
    finally:
        if os.getpid() == process and OUTCOMES:
            write(path)


def recorded(run: Any) -> Any:
    """Whatever result the runner wants, it is also a recorder."""

    def recording(self: Any, test: Any) -> Any:
        wanted = self.resultclass
        if not issubclass(wanted, Recorder):
            self.resultclass = Recorder if issubclass(Recorder, wanted) else type("Recorded", (Recorder, wanted), {})
        return run(self, test)

    return recording


def main() -> None:
    path, words = sys.argv[1], sys.argv[2:]
    if words[:1] == ["--within"]:
        run_within(path, words[1], words[2:])
        return
    sys.path[0] = str(Path.cwd())
    runner = unittest.TextTestRunner(resultclass=Recorder)  # pyright: ignore[reportArgumentType]  a wider stream
    program = unittest.main(module=None, argv=["python -m unittest", *words], testRunner=runner, exit=False)
    write(path)
    sys.exit(not program.result.wasSuccessful())


if __name__ == "__main__":
    main()
