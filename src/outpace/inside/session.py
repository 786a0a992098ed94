"""A project's tests, collected once by its own pytest; any of them, in any order, any number of times, in forks."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from .forks import ANSWERED, Outcome, in_fork

PASSED, FAILED, SKIPPED, XFAILED, XPASSED, ERROR = "passed", "failed", "skipped", "xfailed", "xpassed", "error"
RED = frozenset({FAILED, ERROR})
LONGEST_MESSAGE = 2000
FRAMES = 30


class Result(NamedTuple):
    """`seconds` with its set-up and tear-down. `exception` is the type's name; `frames` from the outermost, those of
    pytest left out: [file relative to the root where it is below it, line, function]."""

    id: str
    outcome: str
    seconds: float = 0.0
    exception: str = ""
    message: str = ""
    phase: str = ""
    frames: tuple[tuple[str, int, str], ...] = ()

    @property
    def red(self) -> bool:
        return self.outcome in RED


class Broken(NamedTuple):
    """A file that could not be collected, and why."""

    file: str
    why: str


class Session:
    """What was collected. `run` runs tests in this very process: call it in a fork, or use `forked`."""

    def __init__(self, session: pytest.Session, broken: Sequence[Broken]) -> None:
        self.session = session
        self.root = str(session.config.rootpath)
        self._process = os.getpid()
        self.broken = tuple(broken)
        self.items: dict[str, pytest.Item] = {}
        for item in session.items:
            self.items.setdefault(item.nodeid, item)

    @property
    def ids(self) -> tuple[str, ...]:
        """In the order in which pytest would run them."""
        return tuple(self.items)

    def run(self, ids: Sequence[str]) -> list[Result]:
        """In this order, with fixtures of a wider scope kept between neighbors as pytest keeps them."""
        return list(self.results(ids))

    def results(self, ids: Sequence[str]) -> Iterator[Result]:
        """The same, one by one."""
        if os.getpid() != self._process:
            self._process = os.getpid()
            _capture_apart(self.session.config)
        listener = _Listener(self.root)
        self.session.config.pluginmanager.register(listener, "outpace-listener")
        try:
            items = [self.items[each] for each in ids]
            for item, following in zip(items, [*items[1:], None]):  # noqa: B905  Python 3.9
                listener.begin()
                begun = time.perf_counter()
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                yield listener.result(item.nodeid, time.perf_counter() - begun)
        finally:
            self.session.config.pluginmanager.unregister(listener)

    def forked(
        self,
        ids: Sequence[str],
        *,
        seconds: float,
        memory: int = 0,
        before: Callable[[], None] = lambda: None,
    ) -> tuple[Outcome, list[Result]]:
        """`before` is called in the child, ahead of the first test. Without an answer there are no results."""
        outcome = in_fork(lambda: self.told(ids, before), seconds=seconds, memory=memory)
        return outcome, results_in(outcome.answer) if outcome.state == ANSWERED else []

    def told(self, ids: Sequence[str], before: Callable[[], None] = lambda: None) -> bytes:
        """The work of a fork, for those that start it themselves; read with `results_in`."""
        before()
        return json.dumps(self.run(ids)).encode("utf-8", "backslashreplace")


def _capture_apart(config: pytest.Config) -> None:
    """pytest captures into files that all forks would share: what one printed before it was ended, the next would read
    as its own, however much it is."""
    capturing = getattr(config.pluginmanager.getplugin("capturemanager"), "_global_capturing", None)
    for stream in ("out", "err"):
        shared = getattr(getattr(capturing, stream, None), "tmpfile", None)
        with contextlib.suppress(OSError, AttributeError, ValueError), tempfile.TemporaryFile() as own:
            os.dup2(own.fileno(), shared.fileno())  # type: ignore[union-attr]


def results_in(answer: bytes) -> list[Result]:
    rows = json.loads(answer)
    return [Result(*row[:6], frames=tuple((frame[0], frame[1], frame[2]) for frame in row[6])) for row in rows]


def collected(
    words: Sequence[str],
    work: Callable[[Session], None],
    plugins: Sequence[object] = (),
    closed: Callable[[int], None] = lambda _: None,
) -> int:
    """Collects as the project's own settings say, and hands what was found to `work`; no test runs by itself.

    pytest's exit status: 0 where `work` was called, 5 where nothing was collected, 4 for a usage error. Behind `work`,
    `closed` is called with the status that the session came to as its plugins closed it.
    """
    taking = _Taking(work)
    status = int(pytest.main([*words, *_without_company()], plugins=[taking, *plugins]))
    if taking.error is not None:
        raise taking.error
    if taking.called:
        closed(status)
    return 0 if taking.called else status


def _without_company() -> list[str]:
    """What would run tests elsewhere, again, or in another order, and what would trace them."""
    words = ["--continue-on-collection-errors", *([] if _is_ours_here() else ["-p", "no:outpace"])]
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        return words  # none of the following is loaded, and pytest refuses options that nobody declares
    for module, quiet in (
        ("xdist", ["-n", "0"]),
        ("pytest_cov", ["--no-cov"]),
        ("pytest_randomly", ["-p", "no:randomly"]),
        ("pytest_random_order", ["-p", "no:random_order"]),
        ("pytest_rerunfailures", ["--reruns", "0"]),
        ("testmon", ["-p", "no:testmon"]),
    ):
        known = quiet[0] == "-p" or not os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
        if known and importlib.util.find_spec(module) is not None:
            words += quiet
    return words


def _is_ours_here() -> bool:
    """An installation that can be edited names a plugin of ours that lies elsewhere."""
    try:
        return importlib.util.find_spec("outpace.inside.plugin") is not None
    except ImportError:
        return False


class _Taking:
    """Takes the place of pytest's own loop."""

    def __init__(self, work: Callable[[Session], None]) -> None:
        self._work = work
        self._broken: list[Broken] = []
        self.called = False
        self.error: BaseException | None = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._broken.append(Broken(report.nodeid, _last_line(str(report.longrepr))))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.called = True
        try:
            self._work(Session(session, self._broken))
        except BaseException as error:  # noqa: BLE001  pytest would print it and go on
            self.error = error
        return True


class _Listener:
    """What one test's phases said."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._reports: list[pytest.TestReport] = []
        self._raised: dict[str, tuple[str, str, tuple[tuple[str, int, str], ...]]] = {}

    def begin(self) -> None:
        self._reports, self._raised = [], {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._reports.append(report)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
        """Behind the others: unittest's own failures are put into the call by one of them."""
        del item
        yield
        if call.excinfo is not None:
            frames = _frames(call.excinfo.traceback, self._root)
            try:
                message = str(call.excinfo.value)
            except Exception as error:  # noqa: BLE001  a foreign __str__
                message = f"(its text raised {type(error).__name__})"
            self._raised[call.when] = (call.excinfo.typename, message[:LONGEST_MESSAGE], frames)

    def result(self, name: str, seconds: float) -> Result:
        outcome, phase = self._outcome()
        exception, message, frames = self._raised.get(phase, ("", "", ()))
        return Result(name, outcome, round(seconds, 6), exception, message, phase, frames)

    def _outcome(self) -> tuple[str, str]:
        for report in self._reports:
            if report.failed:
                return (FAILED if report.when == "call" else ERROR), str(report.when)
        for report in self._reports:
            expected = hasattr(report, "wasxfail")
            if report.skipped:
                return (XFAILED if expected else SKIPPED), str(report.when)
            if expected and report.when == "call":
                return XPASSED, "call"
        return (PASSED, "call") if self._reports else (ERROR, "")


def _frames(traceback: Sequence[Any], root: str) -> tuple[tuple[str, int, str], ...]:
    """The innermost; an endless recursion has a thousand, of which each would be looked for on the disk."""
    frames: list[tuple[str, int, str]] = []
    for entry in reversed(traceback):
        path = str(entry.frame.code.raw.co_filename)
        if not _is_pytest(path):
            frames.append((_relative(path, root), entry.lineno + 1, entry.name))
        if len(frames) == FRAMES:
            break
    return tuple(reversed(frames))


def _is_pytest(path: str) -> bool:
    return f"{os.sep}_pytest{os.sep}" in path or f"{os.sep}pluggy{os.sep}" in path


def _relative(path: str, root: str) -> str:
    return os.path.relpath(path, root) if path.startswith(root + os.sep) else path


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:LONGEST_MESSAGE] if lines else "it gave no reason"
