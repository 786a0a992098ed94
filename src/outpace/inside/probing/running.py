"""Programs run in this very process, one after another: only ever called in a fork."""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple

from . import denying, judging, waiting
from .judging import MESSAGE, PRINTS, RAISES
from .observing import MOST_PLACES, cleaned, observed
from .tracing import TRACE, TooManySteps

FILE = "<program>"
LONGEST_PRINTED = 2000
TRAVERSED = 40


class Asked(NamedTuple):
    """A program's source, all `module:qualified.name` in it, and how many variables it has. `recursion` bounds
    nothing of ours."""

    text: str
    names: tuple[str, ...]
    variables: int


class Place(NamedTuple):
    """The module under test, its file, and the lines of its `raise` statements."""

    module: ModuleType
    path: str
    raising: frozenset[int]


class Ran(NamedTuple):
    """`seen`: place -> [kind, text], a place is `3:{}.name` for variable 3. `explicit` if the exception came out of a
    `raise` of the module under test. `statement` is the one that raised, -1 if none did. `bad` says why nothing can be
    believed. `slept`: the seconds that it would have waited."""

    seen: dict[str, list[str]]
    lines: list[int]
    outcomes: list[int]
    statement: int = -1
    explicit: bool = False
    bad: str = ""
    log: list[Any] = []  # noqa: RUF012  of a NamedTuple, never changed
    slept: float = 0.0


Expected = Mapping[str, Sequence[str]]
"""Place -> [kind, text], as in `Ran.seen`."""


def run(asked: Asked, place: Place, *, log: bool, seed: int, glance: bool = False) -> Ran:
    """Everything that it did to this process that can be undone is undone. At a glance, only what kind of thing each
    variable is, is seen."""
    with _apart() as private:
        printed = io.StringIO()
        code, values = _begun(asked, place, private, seed)
        TRACE.begin(log=log)
        slept = waiting.slept()
        error: BaseException | None = None
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            error = _executed(code, values)
            lines, outcomes, logged = TRACE.ran(), sorted(TRACE.outcomes), TRACE.log or []
            TRACE.log = None
            seen, statement, explicit, bad = _seen(asked, values, error, place, str(private), glance=glance)
        bad = bad or denying.denied()
        _add_printed(seen, printed, str(private), asked)
        return Ran(seen, lines, outcomes, statement, explicit, bad, list(logged), round(waiting.slept() - slept, 1))


def differs(asked: Asked, place: Place, expected: Expected) -> list[str]:
    """Runs it, and tells where a test that asserts what is expected would be red."""
    with _apart() as private:
        printed = io.StringIO()
        code, values = _begun(asked, place, private, 0)
        TRACE.begin(log=False)
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            error = _executed(code, values)
            red = judging.red(expected, values, error, printed.getvalue())
        return [judging.DENIED] if denying.denied() else red


def _begun(asked: Asked, place: Place, private: Path, seed: int) -> tuple[CodeType, dict[str, Any]]:
    random.seed(seed)
    denying.begin(str(private))
    return compile(asked.text, FILE, "exec", dont_inherit=True), _namespace(asked, place, private)


def _executed(code: CodeType, values: dict[str, Any]) -> BaseException | None:
    try:
        exec(code, values)  # noqa: S102  a program of ours, in a fork in the sandbox
    except BaseException as error:  # noqa: BLE001  whatever it is, it is what the program does
        return error
    return None


def _seen(
    asked: Asked, values: Mapping[str, Any], error: BaseException | None, place: Place, private: str, *, glance: bool
) -> tuple[dict[str, list[str]], int, bool, str]:
    if error is not None:
        return _raised(error, place, private)
    seen: dict[str, list[str]] = {}
    try:
        for number in range(asked.variables):
            for each in observed(values[f"v{number}"], 1 if glance else MOST_PLACES):
                if private not in each.text:
                    seen[f"{number}:{each.place}"] = [each.kind, each.text]
    except TooManySteps:
        return {}, -1, False, "took too many steps"
    except BaseException as problem:  # noqa: BLE001  a foreign __repr__ or __eq__
        return {}, -1, False, f"could not be looked at: {type(problem).__name__}"
    return seen, -1, False, ""


def _raised(error: BaseException, place: Place, private: str) -> tuple[dict[str, list[str]], int, bool, str]:
    kind = type(error)
    if isinstance(error, TooManySteps):
        forever = isinstance(error, waiting.WaitsForever)
        return {}, -1, False, "waits for what nobody does" if forever else "took too many steps"
    if isinstance(error, (SystemExit, KeyboardInterrupt, MemoryError)) and not isinstance(error, SystemExit):
        return {}, -1, False, f"raised {kind.__name__}"
    frames = traceback.extract_tb(error.__traceback__, limit=-TRAVERSED)
    first = next(
        (
            frame.lineno or 1
            for frame in traceback.extract_tb(error.__traceback__, limit=TRAVERSED)
            if frame.filename == FILE
        ),
        1,
    )
    last = frames[-1] if frames else None
    explicit = last is not None and last.filename == place.path and last.lineno in place.raising
    seen = {RAISES: [RAISES, f"{kind.__module__}:{kind.__qualname__}"]}
    if last is not None and last.filename == FILE and isinstance(error, (TypeError, AttributeError, NameError)):
        return seen, first - 1, False, "is no call that fits"
    with contextlib.suppress(Exception):
        message = cleaned(str(error), private)
        if message:
            seen[MESSAGE] = [MESSAGE, message]
    return seen, first - 1, explicit, ""


def _add_printed(seen: dict[str, list[str]], printed: io.StringIO, private: str, asked: Asked) -> None:
    text = printed.getvalue()
    if text and len(text) <= LONGEST_PRINTED and cleaned(text, private) is not None and asked.variables:
        seen[PRINTS] = [PRINTS, text]


def _namespace(asked: Asked, place: Place, private: Path) -> dict[str, Any]:
    values: dict[str, Any] = {"__name__": "program"}
    for name in asked.names:
        module, _, qualname = name.partition(":")
        root = qualname.partition(".")[0]
        if module == "":
            values[qualname] = private
        elif module == place.module.__name__:
            values[root] = getattr(place.module, root)
        elif module != "builtins":
            importlib.import_module(module)
            values[module.partition(".")[0]] = sys.modules[module.partition(".")[0]]
    return values


class _apart:  # noqa: N801  a context
    """A directory of its own as the current one, and the environment, as they were, after it."""

    def __enter__(self) -> Path:
        if not ENVIRON:
            ENVIRON.update(os.environ)
        self._path = list(sys.path)
        if not PRIVATE:
            PRIVATE.append(tempfile.mkdtemp(prefix="program-"))
        os.chdir(PRIVATE[0])
        return Path(PRIVATE[0])

    def __exit__(self, *_: object) -> None:
        denying.end()
        if denying.environment_changed():
            os.environ.clear()
            os.environ.update(ENVIRON)
        sys.path[:] = self._path
        self._clean()

    def _clean(self) -> None:
        """A new one only where something lies in it."""
        try:
            if not any(Path(PRIVATE[0]).iterdir()):
                return
        except OSError:
            pass
        with contextlib.suppress(OSError):
            os.chdir("/")
        shutil.rmtree(PRIVATE.pop(), ignore_errors=True)


PRIVATE: list[str] = []
ENVIRON: dict[str, str] = {}


def tidy() -> None:
    """At the end of a fork."""
    for path in PRIVATE:
        shutil.rmtree(path, ignore_errors=True)


def bound(seconds: float, wall: float) -> None:
    """From now on: so much CPU, so much time; then the kernel ends this process, whatever it is doing."""
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, wall)


def asked_of(rows: Sequence[Any]) -> list[Asked]:
    return [Asked(str(text), tuple(names), int(variables)) for text, names, variables in rows]
