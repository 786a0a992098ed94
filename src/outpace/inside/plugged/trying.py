"""How a test is run while it is recorded: in a fork of its own, or in company as always."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from ..forks import ANSWERED, Outcome, in_fork
from ..recording.recorder import Record, Recorder

SECONDS = 900.0
ELSEWHERE = frozenset({"WorkerInteractor", "TerminalReporter", "LogXML", "Workings"})
"""Plugins that would tell others of a test twice, or through a connection that a fork shares."""


class Seen(NamedTuple):
    """What was recorded of a test, items by their own names."""

    outcome: str
    seconds: float
    items: frozenset[str]
    untraced: tuple[str, ...]


class Reports:
    """What pytest said of one test, its subtests among it."""

    def __init__(self) -> None:
        self.all: list[Any] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.all.append(report)


class Forked:
    """Each test alone, from the collected state: its record is complete. Fixtures of every scope are set up for it."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.told: dict[str, Seen] = {}

    def pytest_runtestloop(self, session: Any) -> None:
        """Where temporary directories lie is decided once, ahead of all forks."""
        factory = getattr(session.config, "_tmp_path_factory", None)
        if factory is not None and session.items:
            factory.getbasetemp()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> bool:
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._reports(item):
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _reports(self, item: Any) -> list[Any]:
        self._recorder.prepare(item)
        outcome = in_fork_unwarned(lambda: self._alone(item))
        config = item.config
        if outcome.state != ANSWERED:
            self._recorder.forget()
            why = f"its process {outcome.state} {outcome.why}".strip()
            self.told[item.nodeid] = Seen("error", 0.0, frozenset(), (why,))
            return [_crashed(item, why)]
        written, row = json.loads(outcome.answer)
        reports = [config.hook.pytest_report_from_serializable(config=config, data=each) for each in written]
        record = self._recorder.late(Record(row[0], tuple(row[1]), tuple(row[2]), tuple(row[3])))
        self.told[item.nodeid] = seen(self._recorder, record, reports)
        return reports

    def _alone(self, item: Any) -> bytes:
        config = item.config
        for plugin in config.pluginmanager.get_plugins():
            if type(plugin).__name__ in ELSEWHERE:
                config.pluginmanager.unregister(plugin)
        heard = Reports()
        config.pluginmanager.register(heard, "outpace-reports")
        self._recorder.start()
        _protocol(item)
        record = self._recorder.stop(item)
        written = [config.hook.pytest_report_to_serializable(config=config, report=each) for each in heard.all]
        return json.dumps([written, record]).encode("utf-8", "backslashreplace")


class InCompany:
    """Tests as they always run. What a fixture of a wider scope reads belongs to every test that uses it, though only
    the first one sets it up."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._parts: list[Record] = []
        self._fixtures: dict[int, list[Record]] = {}
        self._running: Any = None
        self._heard = Reports()
        self.told: dict[str, Seen] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        self._heard.all.append(report)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        self._parts, self._running, self._heard = [], item, Reports()
        self._recorder.start()
        yield
        self._parts.append(self._recorder.stop(item))
        self._running = None
        parts = [*self._parts, *(part for each in used_by(item) for part in self._fixtures.get(id(each), ()))]
        whole = [seen(self._recorder, part, self._heard.all) for part in parts]
        items = frozenset(name for each in whole for name in each.items)
        untraced = tuple(dict.fromkeys(why for each in whole for why in each.untraced))
        self.told[item.nodeid] = Seen(whole[0].outcome, whole[0].seconds, items, untraced)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """One that sets up another: what the inner one reads is the outer one's too, by the test that uses both."""
        item = self._running
        if item is None or str(fixturedef.scope) == "function":
            yield
            return
        self._parts.append(self._recorder.stop(item))
        self._recorder.start()
        yield
        part = self._recorder.stop(item)
        self._fixtures.setdefault(id(fixturedef), []).append(part)
        self._parts.append(part)
        self._recorder.start()


def used_by(item: Any) -> Iterator[Any]:
    """Definitions of the fixtures that a test uses, also of those that it asked for while it ran."""
    info = getattr(item, "_fixtureinfo", None)
    request = getattr(item, "_request", None)
    for definitions in getattr(info, "name2fixturedefs", {}).values():
        yield from definitions or ()
    yield from getattr(request, "_fixture_defs", {}).values()


def seen(recorder: Recorder, record: Record, reports: list[Any]) -> Seen:
    items = frozenset(record.items).union(*(recorder.groups[number] for number in record.groups))
    kinds = {_outcome(report) for report in reports}
    worst = next((kind for kind in ("error", "failed", "xpassed", "xfailed", "skipped") if kind in kinds), "passed")
    seconds = sum(float(getattr(report, "duration", 0.0)) for report in reports)
    return Seen(worst if reports else "error", round(seconds, 6), items, tuple(record.untraced))


def _outcome(report: Any) -> str:
    if report.failed:
        return "failed" if report.when == "call" else "error"
    if report.skipped:
        return "xfailed" if hasattr(report, "wasxfail") else "skipped"
    return "xpassed" if hasattr(report, "wasxfail") and report.when == "call" else "passed"


def in_fork_unwarned(work: Callable[[], bytes]) -> Outcome:
    """Threads of a worker of pytest-xdist wait for its controller, and are not missed in the fork. That Python warns of
    them from 3.12 on is not the project's warning; in the fork its filters are what they were."""
    filters = list(warnings.filters)

    def as_it_was() -> bytes:
        warnings.filters[:] = filters  # pyright: ignore[reportIndexIssue]  a list, though declared as a sequence
        return work()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return in_fork(as_it_was, seconds=SECONDS)


def _protocol(item: Any) -> None:
    """As pytest runs the last test of all, so that fixtures of every scope end behind it."""
    from _pytest.runner import runtestprotocol

    runtestprotocol(item, log=True, nextitem=None)


def _crashed(item: Any, why: str) -> Any:
    return pytest.TestReport(
        nodeid=item.nodeid,
        location=item.location,
        keywords={item.name: 1},
        outcome="failed",
        longrepr=f"{os.path.basename(str(item.fspath))}: {why}",
        when="call",
        sections=[],
        duration=0.0,
    )
