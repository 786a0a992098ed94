"""Which commands run a suite, and what of their words concerns the suite and not who reports on it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from outpace.pipelines.shell import ASSIGNED, is_open

Words = tuple[str, ...]
PYTHON = re.compile(r"(?:python|pypy)(?:3(?:\.\d+)?)?|py")
SCRIPT = re.compile(r"(?:.*/)?(?:run_?_?)?tests?(?:_?(?:suite|runner|all))?\.py|(?:.*/)?runtests\.py")
MANAGE = re.compile(r"(?:.*/)?(?:manage|django-admin)(?:\.py)?")
# A variable that is called like a program holds its path.
VARIABLE = re.compile(r"\$\{?(?P<name>\w+)\}?")
UNSET = re.compile(r"^\$\{\w+\}(?=\w)")  # `${PREFIX}pytest`
PROGRAMS = ("pip", "python", "python3", "pytest", "tox", "poetry", "uv", "pdm", "pipenv", "coverage", "make")
# Before the real command, with how many words of their own follow (options aside).
WRAPPERS = {
    "sudo": 0, "env": 0, "time": 0, "exec": 0, "command": 0, "nice": 0, "nohup": 0, "xvfb-run": 0,
    "dbus-run-session": 0, "stdbuf": 0, "ddtrace-run": 0, "timeout": 1, "retry": 0,
}  # fmt: skip
TAKES_A_WORD = {
    "sudo": ("-u", "-g"), "xvfb-run": ("-s", "-n", "--server-args"), "nice": ("-n",), "env": ("-u",),
}  # fmt: skip
COVERAGE_TAKES = ("--source", "--omit", "--include", "--rcfile", "--context", "--data-file", "--concurrency")
# What concerns the report of coverage or the looks of the output: Outpace asks for a report of its own.
REPORTS = re.compile(
    r"--(?:no-)?cov(?:-[a-z-]+)?(?:=.*)?|--junit-?xml(?:=.*)?|--junit-prefix(?:=.*)?|--color(?:=.*)?|--html(?:=.*)?"
    r"|--self-contained-html|--codeblocks|--codspeed|--benchmark-json(?:=.*)?|--alluredir(?:=.*)?"
)
FLAGS = re.compile(
    r"--(?:strict.*|verbose|quiet|exitfirst|no.*|parallel|keepdb|failfast|runslow|run-.*|reuse-db|create-db|doctest.*|last.*)"
)
REPORTS_TAKE = ("--cov-report", "--cov-config", "--cov-fail-under", "--junitxml", "--junit-xml", "--color", "--html")


def plain(words: Sequence[str]) -> Words:
    """Without what only wraps the command, and with programs of a virtual environment by their bare names."""
    left = tuple(words)
    while left:
        first = UNSET.sub("", left[0].lstrip("@-+") or left[0])
        name = posixpath.basename(first) if "/bin/" in first or first.startswith("bin/python") else first
        named = VARIABLE.fullmatch(name)
        if named is not None and named["name"].lower() in PROGRAMS:
            return (named["name"].lower(), *left[1:])
        if ASSIGNED.fullmatch(first):
            left = left[1:]
        elif name in WRAPPERS:
            left = _after_options(left[1:], TAKES_A_WORD.get(name, ()))[WRAPPERS[name] :]
        elif name == "pipenv":
            return (name, *_after_options(left[1:], ("--python",)))
        else:
            return (name, *left[1:])
    return ()


def _after_options(words: Words, taking: Sequence[str]) -> Words:
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in taking else words[1:]
    return words


def suite_of(words: Words) -> tuple[Words, Words] | None:
    """The suite's own command and the words that were left out since only the pipeline knows them; None: it is none."""
    words = _without_options(_without_coverage(_without_options(words)))
    match words:
        case ("pytest" | "py.test", *rest):
            return _kept(("pytest",), tuple(rest))
        case (script, "test", *rest) if MANAGE.fullmatch(script):
            command = ("python", script, "test") if script.endswith(".py") else ("python", "-m", "django", "test")
            return _kept(command, tuple(rest))
        case (python, *rest) if PYTHON.fullmatch(python):
            return _of_python(tuple(rest))
        case _:
            return None


def _of_python(words: Words) -> tuple[Words, Words] | None:
    match words:
        case ("-m", "pytest", *rest):
            return _kept(("python", "-m", "pytest"), tuple(rest))
        case ("-m", "unittest", *rest):
            return _kept(("python", "-m", "unittest"), tuple(rest))
        case ("-m", module, "test", *rest) if module == "django" or MANAGE.fullmatch(module):
            return _kept(("python", "-m", module, "test"), tuple(rest))
        case (script, "test", *rest) if MANAGE.fullmatch(script):
            return _kept(("python", script, "test"), tuple(rest))
        case (script, *rest) if SCRIPT.fullmatch(script):
            return _kept(("python", script), tuple(rest))
        case _:
            return None


def _without_options(words: Words) -> Words:
    """Python's own options, such as `-X dev` or `-Wd`, that stand before what it runs."""
    if not words or not PYTHON.fullmatch(words[0]):
        return words
    left = words[1:]
    while left and left[0].startswith("-") and left[0] not in ("-m", "-c", "-"):
        left = left[2:] if left[0] in ("-X", "-W") else left[1:]
    return (words[0], *left)


def _without_coverage(words: Words) -> Words:
    """`coverage run` and what follows are one process: the same command without it is the same suite."""
    match words:
        case ("coverage", "run", *rest):
            left = tuple(rest)
        case (python, "-m", "coverage", "run", *rest) if PYTHON.fullmatch(python):
            left = tuple(rest)
        case _:
            return words
    while left and left[0].startswith("-") and left[0] not in ("-m", "--module"):
        left = left[2:] if left[0] in COVERAGE_TAKES else left[1:]
    return ("python", *(("-m", *left[1:]) if left[:1] == ("--module",) else left))


def _kept(command: Words, rest: Words) -> tuple[Words, Words]:
    kept: list[str] = []
    left_out: list[str] = []
    skip = False
    for at, word in enumerate(rest):
        if skip:
            skip = False
        elif REPORTS.fullmatch(word):
            skip = word in REPORTS_TAKE
        elif is_open(word):
            if word not in ("$@", "$*"):
                left_out.append(word)
            if kept and kept[-1].startswith("-") and _takes_next(kept[-1]):
                left_out.insert(-1, kept.pop())
        elif word.startswith("--cov") and at + 1 < len(rest):
            skip = True
        else:
            kept.append(word)
    return (*command, *kept), tuple(left_out)


def _takes_next(option: str) -> bool:
    if option.startswith("--"):
        return "=" not in option and not FLAGS.fullmatch(option)
    return option in ("-k", "-m", "-n", "-p", "-c", "-o")
