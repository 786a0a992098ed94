"""A process that has loaded the module under test, and runs programs in forks of itself when it is asked."""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ..forks import ANSWERED, TIMED_OUT, Outcome, in_fork
from ..mutants import loading
from ..mutants.sites import Mutant
from ..provoking import clock
from . import operands, running, targets, waiting
from .running import Asked, Place, asked_of

ASK, ANSWER = 3, 4
"""The descriptors of its pipes."""
LATER = "OUTPACE_LATER"
"""Names an instant in the environment: the process begins then."""
PLAIN, PROBED, MUTATED = "plain", "probed", "mutated"
T = TypeVar("T")
MEMORY = 1 << 30
OUT_OF_TIME = ("signal SIGPROF", "signal SIGALRM")
LARGEST_ROWS = 256 << 20
WALL = 4.0
SLACK = 10.0


class Server:
    def __init__(self) -> None:
        self.place: Place | None = None
        self.memory = 0

    def load(self, request: dict[str, Any]) -> dict[str, Any]:
        """`module`, `path`, `mode`; the mutants as rows where there are any. Runs what the module runs on import."""
        path, source = request["path"], request["source"]
        sys.path[:0] = request["roots"]
        if request["mode"] == MUTATED:
            mutants = tuple(Mutant(*row) for row in request["mutants"])
            loading.install({path: loading.Target(source, mutants)})
        elif request["mode"] == PROBED:
            operands.install(path, source)
        module = importlib.import_module(request["module"])
        where = os.path.realpath(str(module.__file__))
        raising = frozenset(
            line
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Raise)
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        )
        self.place = Place(module, str(module.__file__), raising)
        self.memory = _address_space() + MEMORY
        gc.collect()
        gc.freeze()
        return {"loaded": where == os.path.realpath(path), "file": where}

    def describe(self, _: dict[str, Any]) -> dict[str, Any]:
        place = self._place()
        outcome = _forked(lambda: json.dumps(targets.described(place.module)).encode(), seconds=60, memory=self.memory)
        return {"targets": json.loads(outcome.answer) if outcome.state == ANSWERED else [], "why": outcome.why}

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        """Each program's outcome; one that ends its fork is told so, and those behind it go on in a new one."""
        place, seed, log = self._place(), request["seed"], request["log"]

        def work(program: Asked) -> Any:
            return running.run(program, place, log=log, seed=seed, glance=not request["alone"])._asdict()

        programs = asked_of(request["programs"])
        if request["alone"]:
            return {"rows": [self._batched([program], work, request)[0] for program in programs]}
        return {"rows": self._batched(programs, work, request)}

    def _batched(self, items: Sequence[T], work: Callable[[T], Any], request: dict[str, Any]) -> list[Any]:
        """`work` on each, in one fork as far as none of them ends it, and in the next one from there on."""
        rows: list[Any] = []
        seconds = float(request["seconds_each"])
        while len(rows) < len(items):
            told, outcome = self._forked(items[len(rows) :], work, seconds)
            rows += told
            if outcome.state != ANSWERED and len(rows) < len(items):
                rows.append(_ended(outcome))
        return rows

    def _forked(self, items: Sequence[T], work: Callable[[T], Any], seconds: float) -> tuple[list[Any], Outcome]:
        """Each row outlives the fork that wrote it."""
        rows = os.memfd_create("rows")

        def done() -> bytes:
            for item in items:
                running.bound(seconds, WALL)
                line = json.dumps(work(item)).encode("utf-8", "backslashreplace") + b"\n"
                view = memoryview(line)
                while view:
                    view = view[os.write(rows, view) :]
            running.tidy()
            return b""

        outcome = _forked(done, seconds=WALL + SLACK + len(items) * seconds, memory=self.memory)
        with os.fdopen(rows, "rb") as file:
            file.seek(0)
            lines = file.read(LARGEST_ROWS).split(b"\n")[:-1]
        return [json.loads(line) for line in lines][: len(items)], outcome

    def reach(self, request: dict[str, Any]) -> dict[str, Any]:
        """Which mutants each program reaches."""
        place = self._place()

        def work(program: Asked) -> Any:
            loading.record()
            running.run(program, place, log=False, seed=0)
            return sorted(loading.reached())

        rows = self._batched(asked_of(request["programs"]), work, request)
        return {"rows": [row if isinstance(row, list) else [] for row in rows]}

    def compare(self, request: dict[str, Any]) -> dict[str, Any]:
        """Each program without a mutant and with each of those named for it: the places where a test would be red.
        None where one of them ended its fork."""
        place, seconds = self._place(), float(request["seconds_each"])

        def work(item: tuple[Asked, list[int]]) -> Any:
            program, numbers = item
            loading.switch(0)
            base = running.run(program, place, log=False, seed=0)
            found: list[Any] = []
            for number in numbers if not base.bad else ():
                running.bound(seconds, WALL)
                loading.switch(number)
                found.append([number, running.differs(program, place, base.seen)])
            return found

        numbered: list[list[int]] = request["mutants"]
        items = list(zip(asked_of(request["programs"]), numbered))  # noqa: B905  Python 3.9
        rows = self._batched(items, work, request)
        return {"rows": [row if isinstance(row, list) else None for row in rows]}

    def kill(self, request: dict[str, Any]) -> dict[str, Any]:
        """`tasks`: a mutant's number, the programs to try it on, how many killers are wanted. Told: for each program
        tried, the places where a test would be red that asserts what is `expected`; the whole of it is `*`."""
        programs = asked_of(request["programs"])
        expected: list[dict[str, list[str]]] = request["expected"]
        place, seconds = self._place(), float(request["seconds_each"])

        def work(task: list[Any]) -> Any:
            found: list[Any] = []
            killed = 0
            tried: list[int] = task[1]
            for each in tried:
                running.bound(seconds, WALL)
                loading.switch(int(task[0]))
                places = running.differs(programs[each], place, expected[each])
                found.append([each, places])
                killed += bool(places)
                if killed >= task[2]:
                    break
            return found

        rows = self._batched(request["tasks"], work, request)
        told: list[Any] = []
        for task, row in zip(request["tasks"], rows):  # noqa: B905  Python 3.9
            told.append(row if isinstance(row, list) else self._alone(task, work, request))
        return {"rows": told}

    def _alone(self, task: list[Any], work: Callable[[list[Any]], Any], request: dict[str, Any]) -> list[Any]:
        """A mutant under which some program ended its fork: each program in one of its own, until enough have."""
        found: list[Any] = []
        for each in task[1]:
            row = self._batched([[task[0], [each], 1]], work, request)[0]
            how = "" if isinstance(row, list) else "*timeout" if "timed" in row["bad"] else "*crash"
            found.append([each, [how]] if how else row[0])
            if found[-1][1]:
                break
        return found

    def _place(self) -> Place:
        assert self.place is not None
        return self.place


def _ended(outcome: Outcome) -> dict[str, Any]:
    timed = outcome.state == TIMED_OUT or outcome.why in OUT_OF_TIME
    return {"bad": "timed out" if timed else f"ended its process ({outcome.why})"}


def _address_space() -> int:
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * os.sysconf("SC_PAGESIZE")
    except (OSError, ValueError):
        return MEMORY


def _forked(work: Callable[[], bytes], *, seconds: float, memory: int) -> Outcome:
    """Its pipes are not for what the programs do."""

    def alone() -> bytes:
        for number in (ASK, ANSWER):
            with contextlib.suppress(OSError):
                os.close(number)
        return work()

    return in_fork(alone, seconds=seconds, memory=memory)


def serve() -> None:
    """Until its pipe is closed. An answer to each request, in their order."""
    waiting.install()
    later = os.environ.pop(LATER, "")
    if later:
        clock.install(later)
    server = Server()
    works: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "load": server.load,
        "describe": server.describe,
        "run": server.run,
        "reach": server.reach,
        "compare": server.compare,
        "kill": server.kill,
    }
    while True:
        request = received(ASK)
        if request is None:
            return
        try:
            answer = works[request["do"]](request)
        except BaseException as error:  # noqa: BLE001  what the module raises on import, above all
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        sent(ANSWER, answer)


def received(descriptor: int) -> Any:
    head = _exactly(descriptor, 8)
    if head is None:
        return None
    body = _exactly(descriptor, int.from_bytes(head, "big"))
    return None if body is None else json.loads(body)


def sent(descriptor: int, message: dict[str, Any]) -> None:
    body = json.dumps(message).encode("utf-8", "backslashreplace")
    view = memoryview(len(body).to_bytes(8, "big") + body)
    while view:
        view = view[os.write(descriptor, view) :]


def _exactly(descriptor: int, count: int) -> bytes | None:
    got = bytearray()
    while len(got) < count:
        piece = os.read(descriptor, min(1 << 20, count - len(got)))
        if not piece:
            return None
        got += piece
    return bytes(got)


if __name__ == "__main__":
    for wanted in (ASK, ANSWER):
        os.set_inheritable(wanted, False)  # noqa: FBT003
    serve()
