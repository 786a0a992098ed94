"""A process that has loaded the module under test, and runs programs in forks of itself when it is asked."""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import json
import mmap
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..forks import ANSWERED, TIMED_OUT, Outcome, in_fork
from ..mutants import loading
from ..mutants.sites import Mutant
from ..provoking import clock
from . import operands, running, targets
from .running import Asked, Place, asked_of

ASK, ANSWER = 3, 4
"""The descriptors of its pipes."""
LATER = "OUTPACE_LATER"
"""Names an instant in the environment: the process begins then."""
PLAIN, PROBED, MUTATED = "plain", "probed", "mutated"
MEMORY = 1 << 30
OUT_OF_TIME = ("signal SIGPROF", "signal SIGALRM")
WALL = 8.0
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
        programs = asked_of(request["programs"])
        rows: list[Any] = []
        cell = mmap.mmap(-1, 4)
        if request["alone"]:
            outcomes = [self._batch([program], cell, request) for program in programs]
            return {"rows": [_first(outcome) for outcome in outcomes]}
        while len(rows) < len(programs):
            rest = programs[len(rows) :]
            outcome = self._batch(rest, cell, request)
            if outcome.state == ANSWERED:
                rows += json.loads(outcome.answer)
                break
            died = int.from_bytes(cell[:4], "little")
            before = self._batch(rest[:died], cell, request) if died else None
            if before is not None:
                answered = before.state == ANSWERED
                rows += json.loads(before.answer) if answered else [_ended(before) for _ in range(died)]
            rows.append(_ended(outcome))
        return {"rows": rows}

    def _batch(self, programs: Sequence[Asked], cell: mmap.mmap, request: dict[str, Any]) -> Outcome:
        place, seconds = self._place(), float(request["seconds_each"])

        def work() -> bytes:
            rows: list[Any] = []
            for number, program in enumerate(programs):
                cell[:4] = number.to_bytes(4, "little")
                running.bound(seconds, WALL)
                rows.append(_row(running.run(program, place, log=request["log"], seed=request["seed"])))
            return json.dumps(rows).encode("utf-8", "backslashreplace")

        cell[:4] = bytes(4)
        return _forked(work, seconds=WALL + SLACK + len(programs) * seconds, memory=self.memory)

    def reach(self, request: dict[str, Any]) -> dict[str, Any]:
        """Which mutants each program reaches, each alone in a fork."""
        place = self._place()
        rows: list[list[int]] = []
        for program in asked_of(request["programs"]):

            def work(program: Asked = program) -> bytes:
                running.bound(float(request["seconds_each"]), WALL)
                loading.record()
                running.run(program, place, log=False, seed=0)
                return json.dumps(sorted(loading.reached())).encode()

            outcome = _forked(work, seconds=WALL + SLACK, memory=self.memory)
            rows.append(json.loads(outcome.answer) if outcome.state == ANSWERED else [])
        return {"rows": rows}

    def compare(self, request: dict[str, Any]) -> dict[str, Any]:
        """Each program without a mutant and with each of those named for it, in one fork: the places that differ."""
        place = self._place()
        rows: list[list[Any]] = []
        for program, numbers in zip(asked_of(request["programs"]), request["mutants"]):  # noqa: B905  Python 3.9

            def work(program: Asked = program, numbers: Sequence[int] = tuple(numbers)) -> bytes:
                running.bound(float(request["seconds_each"]), WALL)
                loading.switch(0)
                base = running.run(program, place, log=False, seed=0)
                found: list[Any] = []
                for number in numbers if not base.bad else ():
                    running.bound(float(request["seconds_each"]), WALL)
                    loading.switch(number)
                    found.append([number, _differing(base.seen, running.run(program, place, log=False, seed=0))])
                return json.dumps(found).encode("utf-8", "backslashreplace")

            outcome = _forked(work, seconds=WALL + SLACK, memory=self.memory)
            rows.append(json.loads(outcome.answer) if outcome.state == ANSWERED else [])
        return {"rows": rows}

    def kill(self, request: dict[str, Any]) -> dict[str, Any]:
        """`tasks`: a mutant's number, and the programs to try it on, with what they do without it. Told: for each
        program tried, the places that came out otherwise, or the whole of it as `*`."""
        programs = asked_of(request["programs"])
        expected: list[dict[str, list[str]]] = request["expected"]
        rows = [self._killed(task, programs, expected, request) for task in request["tasks"]]
        return {"rows": rows}

    def _killed(
        self,
        task: list[Any],
        programs: Sequence[Asked],
        expected: Sequence[dict[str, list[str]]],
        request: dict[str, Any],
    ) -> list[Any]:
        number, tried, most = int(task[0]), [int(each) for each in task[1]], int(task[2])
        place = self._place()
        told: list[Any] = []
        while tried:
            cell = mmap.mmap(-1, 4)

            def work(tried: Sequence[int] = tuple(tried), cell: mmap.mmap = cell) -> bytes:
                loading.switch(number)
                found: list[Any] = []
                killed = 0
                for each in tried:
                    cell[:4] = each.to_bytes(4, "little")
                    running.bound(float(request["seconds_each"]), WALL)
                    got = running.run(programs[each], place, log=False, seed=0)
                    places = _differing(expected[each], got)
                    found.append([each, places])
                    killed += bool(places)
                    if killed >= most:
                        break
                return json.dumps(found).encode("utf-8", "backslashreplace")

            cell[:4] = tried[0].to_bytes(4, "little")
            outcome = _forked(work, seconds=WALL + SLACK, memory=self.memory)
            if outcome.state == ANSWERED:
                return [*told, *json.loads(outcome.answer)]
            died = int.from_bytes(cell[:4], "little")
            how = "timeout" if outcome.state == TIMED_OUT or outcome.why in OUT_OF_TIME else "crash"
            told.append([died, [f"*{how}"]])
            if how == "timeout" or len(told) >= most:
                return told
            tried = tried[: tried.index(died)] + tried[tried.index(died) + 1 :] if died in tried else []
        return told

    def _place(self) -> Place:
        assert self.place is not None
        return self.place


def _differing(expected: dict[str, list[str]], got: running.Ran) -> list[str]:
    """`*` is a program that ends otherwise: whatever is asserted of it, it fails."""
    if got.bad:
        return ["*bad"]
    if (running.RAISES in expected) != (running.RAISES in got.seen):
        return ["*"]
    return [place for place, what in expected.items() if got.seen.get(place) != what]


def _first(outcome: Outcome) -> Any:
    return json.loads(outcome.answer)[0] if outcome.state == ANSWERED else _ended(outcome)


def _row(ran: running.Ran) -> dict[str, Any]:
    return ran._asdict()


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
