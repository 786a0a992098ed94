"""What runs long, one at a time: who asked waits a moment, and asks again with the handle."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import Generic, TypeVar

from outpace.model.errors import Busy, NotFound

PATIENCE = 45.0
"""Seconds; clients give up after a minute or so."""
WAITING = 4
KEPT = 32

Answer = TypeVar("Answer")


class Runs(Generic[Answer]):
    """While a question runs, or its answer was not given yet, asking it again begins nothing."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._one = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outpace-judges")
        self._runs: OrderedDict[str, Future[Answer]] = OrderedDict()
        self._given: set[str] = set()
        self._lock = Lock()

    @property
    def busy(self) -> bool:
        with self._lock:
            return any(not each.done() for each in self._runs.values())

    def ask(self, handle: str, work: Callable[[], Answer]) -> Answer | None:
        """None: it is still running. Raises what `work` raises, and Busy where too much waits already."""
        with self._lock:
            run = self._runs.get(handle)
            if run is None or handle in self._given:
                if sum(not each.done() for each in self._runs.values()) >= WAITING:
                    raise Busy(f"{WAITING} questions wait here already", hint="wait for their answers, then ask again")
                run = self._begun(handle, work)
        return self._waited(handle, run)

    def _begun(self, handle: str, work: Callable[[], Answer]) -> Future[Answer]:
        self._given.discard(handle)
        self._runs.pop(handle, None)
        done = [name for name, each in self._runs.items() if each.done()]
        for name in done[: max(0, len(self._runs) - KEPT)]:
            del self._runs[name]
            self._given.discard(name)
        self._runs[handle] = self._one.submit(work)
        return self._runs[handle]

    def again(self, handle: str) -> Answer | None:
        """Raises NotFound."""
        with self._lock:
            run = self._runs.get(handle)
        if run is None:
            raise NotFound(f"nothing runs or ran here as {handle}", hint="ask the whole question again")
        return self._waited(handle, run)

    def _waited(self, handle: str, run: Future[Answer]) -> Answer | None:
        """What was given once is kept for `again`: an answer may be lost on its way."""
        wait((run,), timeout=self._patience)
        if not run.done():
            return None
        with self._lock:
            if self._runs.get(handle) is run:
                self._given.add(handle)
        return run.result()
