"""The hooks of pytest with which tests are recorded and selected, in one process or in each of several workers."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Any, Optional

import pytest

from ..recording.places import Places
from ..recording.present import Present
from ..recording.recorder import Recorder
from ..recording.settings import initial, settings
from . import options
from .choosing import Choice, World, chosen
from .keeping import Kept, Record, Told, joined, load, store
from .telling import from_text, to_text
from .trying import Forked, InCompany

SHOWN = 10
NOTHING_COLLECTED = 5
FOLDER = "outpace"
WORKER = ("PYTEST_XDIST", "PYTEST_CURRENT_TEST")
TERMINAL = ("COLUMNS", "LINES")
"""Workers have them where their controller has not: the readline library hands them to children."""


class Workings:
    """One for each process that runs tests, and one for a controller that runs none."""

    def __init__(self, root: str, asked: Any) -> None:
        self._root = root
        self._asked = asked
        usual = initial().items()
        hidden = TERMINAL if _is_worker() else ()
        self._environ = {key: value for key, value in usual if not key.startswith(WORKER) and key not in hidden}
        self._records = bool(asked.outpace_record or asked.outpace_daily)
        self._controls = bool(getattr(asked, "numprocesses", None) or getattr(asked, "tx", None)) and not _is_worker()
        self._recorder: Optional[Recorder] = None
        self._before: Mapping[str, str] = {}
        if self._records and not self._controls:
            platform.platform()  # a worker asks for it, which starts a program once; no test depends on that
            self._before = Present(Places(root), self._environ).contents
            self._recorder = Recorder(root)
            self._recorder.install(watch=not _is_worker())
        self._trying: Optional[Any] = None
        self._told: list[Told] = []
        self._choice: Optional[Choice] = None
        self._selected = 0
        self._red: list[str] = []
        self._broken: list[str] = []
        self._missed: tuple[str, ...] = ()

    # collection

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._broken.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, session: Any, config: Any, items: list[Any]) -> None:
        if not self._asked.outpace_select:
            return
        with self._recorder.aside() if self._recorder is not None else nullcontext():
            kept = self._explained(config)
            world = self._world(session, sorted(kept.items) if kept is not None else [])
        names = [item.nodeid for item in items]
        choice = self._choice = chosen(kept, world, names, broken=self._broken)
        self._selected = len(names)
        if choice.everything:
            return
        left_out = set(choice.left_out)
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left_out])
        items[:] = [item for item in items if item.nodeid not in left_out]
        self._selected = len(items)

    def pytest_collection_finish(self, session: Any) -> None:
        if self._recorder is None:
            return
        self._recorder.collected(session)
        kind = Forked if self._asked.outpace_record else InCompany
        self._trying = kind(self._recorder)
        session.config.pluginmanager.register(self._trying, "outpace-trying")

    def _explained(self, config: Any) -> Optional[Kept]:
        """Every miss that is open has the reason now that somebody gives."""
        kept = load(self._place(config))
        reason = self._asked.outpace_explained
        if kept is None or not reason:
            return kept
        return kept._replace(misses=tuple((test, why or reason) for test, why in kept.misses))

    # the end

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and report.nodeid not in self._red:
            self._red.append(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended; what one tells that crashed is lost, and its tests have no record."""
        told = from_text(getattr(node, "workeroutput", {}).get("outpace", ""))
        if told is not None:
            self._told.append(told.told)
            self._choice = self._choice or told.choice
            self._selected = max(self._selected, told.selected)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: Any) -> None:
        if self._recorder is not None or (self._asked.outpace_select and not self._controls):
            self._told.append(self._tell(session))
        if _is_worker():
            session.config.workeroutput["outpace"] = to_text(self._told[-1], self._choice, self._selected)
            return
        choice = self._choice
        if choice is not None and choice.everything:
            self._missed = tuple(test for test in self._red if test in set(choice.left_out))
        nothing = choice is not None and not choice.everything and choice.left_out and not self._selected
        if nothing and session.exitstatus == NOTHING_COLLECTED:
            session.exitstatus = 0
        self._keep(session.config)

    def _tell(self, session: Any) -> Told:
        """Files that the tests themselves changed are as they were before them."""
        records: dict[str, Record] = {}
        if self._trying is None:
            return Told(tuple(item.nodeid for item in session.items), {}, {}, {}, {})
        items = sorted({item for each in self._trying.told.values() for item in each.items})
        world = self._world(session, items)
        changed = {path for path, digest in self._before.items() if world.files.get(path) != digest}
        now = time.time()
        for test, each in self._trying.told.items():
            pairs = frozenset((item, self._was(item, world.digests, changed)) for item in each.items)
            records[test] = Record(each.outcome, each.seconds, pairs, each.untraced, now)
        names = tuple(item.nodeid for item in session.items)
        left = self._choice.left_out if self._choice is not None and not self._choice.everything else ()
        whole = bool(self._asked.outpace_record)
        return Told((*names, *left), world.settings, self._before, records if whole else {}, {} if whole else records)

    def _was(self, item: str, digests: Mapping[str, str], changed: set[str]) -> str:
        kind, _, rest = item.partition(":")
        if kind == "f" and rest in changed:
            return self._before[rest]
        if kind in "udnc" and rest.partition(":")[0] in changed:
            return "changed by the tests themselves"
        return digests[item]

    def _keep(self, config: Any) -> None:
        """Only what was recorded is written; and a miss, and that one was explained."""
        told = [each for each in self._told if each.records or each.daily]
        if not told and not self._missed and not self._asked.outpace_explained:
            return
        kept = self._explained(config)
        if told or kept is not None:
            selected = self._choice is not None and not self._choice.everything
            whole = bool(self._asked.outpace_record) and not options.is_partial(config)
            new = joined(kept, told, self._missed, whole=whole, selected=selected, at=time.time())
            store(self._place(config), new)

    # the world

    def _world(self, session: Any, items: list[str]) -> World:
        places = Places(self._root)
        present = Present(places, self._environ)
        told = settings(session, self._environ, places)
        told["the options of pytest"] = options.digest(session.config)
        digests = present.digests(items)
        for name in TERMINAL if _is_worker() else ():
            if f"e:{name}" in digests:
                digests[f"e:{name}"] = f"of a worker: {os.environ.get(name)}"
        return World(told, present.contents, digests)

    def _place(self, config: Any) -> str:
        if self._asked.outpace_map:
            return os.path.join(str(config.invocation_params.dir), self._asked.outpace_map)
        cache = getattr(config, "cache", None)
        folder = str(cache.mkdir(FOLDER)) if cache is not None else os.path.join(self._root, ".pytest_cache", FOLDER)
        return os.path.join(folder, "records.json")

    # what is said

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for line in self._said():
            terminalreporter.write_line(f"outpace: {line}")

    def _said(self) -> Iterator[str]:
        choice = self._choice
        if choice is not None and choice.everything:
            yield f"all tests ran, because {choice.everything[0]}"
            yield from (f"  and because {each}" for each in choice.everything[1:SHOWN])
        elif choice is not None:
            yield f"{len(choice.selected)} of {len(choice.selected) + len(choice.left_out)} tests were selected"
            yield from (f"  {test}: {why}" for test, why in choice.selected[:SHOWN])
            if len(choice.selected) > SHOWN:
                yield f"  and {len(choice.selected) - SHOWN} more"
        for test in self._missed:
            yield f"missed: {test} is red, and selection would have left it out: all run until somebody says why"
        recorded = sum(len(each.records) + len(each.daily) for each in self._told)
        if recorded:
            yield f"{recorded} tests were recorded"


def _is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ
