"""Runs cases: a process that has loaded nothing forks one that loads the project, which forks one for each case.

What a case did to files, programs and the network is looked at by the first of the three, once the others are gone:
code that runs as it is loaded has nothing to say there.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import json
import math
import os
import re
import select
import signal
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Optional

from .. import forks
from ..answers import Answers, answer
from ..probing.observing import observed
from .instructions import Ran, Tracer, missed, needed, packed, unpacked
from .rooms import Room

SECONDS, ALL_SECONDS = 4.0, 600.0
MEMORY = 1 << 30
LONGEST = 20_000
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
RESTARTS = 5
TOGETHER = 32
AT_ONCE = 2
AT_A_TIME = 480
"""Cases whose rooms are there: each may hold a listener open."""
WORDS = ("state", "text", "kind", "message", "why")


class Task(NamedTuple):
    """One run of one case; `together`: in one process with others, each in its room."""

    case: str
    run: int
    setup: str
    does: str
    room: Room
    together: bool
    seconds: float
    times: int


class Exercise:
    """All of one request."""

    def __init__(self, request: dict[str, Any], answers: Answers, folder: str) -> None:
        self.request = request
        self.answers = answers
        self.folder = folder
        self.lines = {path: frozenset(lines) for path, lines in request["lines"].items()}
        self.sources = {path: Path(path).read_bytes() for path in self.lines}
        self.tracer = Tracer(frozenset(self.lines), needed(self.sources, self.lines))
        self.ran: Ran = set()
        self.path = os.environ.get("PATH", os.defpath)

    def go(self) -> None:
        most = max((case[3] for case in self.request["cases"]), default=0)
        runs = [(run, case) for run in range(most) for case in self.request["cases"] if run < case[3]]
        for start in range(0, len(runs), AT_A_TIME):
            self._go([self._task(run, case) for run, case in runs[start : start + AT_A_TIME]])
        self._coverage()

    def _go(self, tasks: Sequence[Task]) -> None:
        told: dict[tuple[str, int], dict[str, Any]] = {}
        left = tasks
        for _ in range(RESTARTS):
            if not left:
                break
            why = self._round(left, told)
            left = [each for each in left if (each.case, each.run) not in told]
            if left:  # the first of them is what ended it
                first = left.pop(0)
                told[first.case, first.run] = {"state": "died", "why": why}
        for each in tasks:
            seen = told.get((each.case, each.run), {"state": "died", "why": "it was not begun"})
            self.answers.row({"seen": {"case": each.case, **seen, **self._came(each)}})

    def _task(self, run: int, case: Sequence[Any]) -> Task:
        ident, setup, does, _, together, seconds, room, times, linked = case
        contents: dict[str, str] = dict([*self.request["room"], *room])
        listens = "{port}" in setup + does
        place = Room(
            os.path.join(self.folder, f"{run}-{ident}"),
            list(contents.items()),
            self.request["decoys"],
            listens=listens,
            linked=linked,
        )
        words = {"{room}": place.place, "{outside}": place.folder, "{port}": str(place.port)}
        for word, value in words.items():
            setup, does = setup.replace(word, value), does.replace(word, value)
        return Task(ident, run, setup, does, place, together, seconds or SECONDS, times)

    def _came(self, task: Task) -> dict[str, Any]:
        came = task.room.came()
        came["printed"] = _clean(came["printed"], task.room)
        return came

    def _round(self, tasks: Sequence[Task], told: dict[tuple[str, int], dict[str, Any]]) -> str:
        """Until the loaded process has told of all, or has ended; says how it ended."""
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            self._loaded(tasks, write)
        os.close(write)
        late = not self._listen(read, told)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        os.close(read)
        return "it took too long" if late else f"its process ended early (status {status})"

    def _listen(self, read: int, told: dict[tuple[str, int], dict[str, Any]]) -> bool:
        deadline = time.monotonic() + float(self.request.get("all_seconds", ALL_SECONDS))
        rest = b""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if not select.select([read], [], [], left)[0]:
                return False
            piece = os.read(read, 1 << 16)
            if not piece:
                return True
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._heard(line, told)
            if len(rest) > forks.LONGEST_ANSWER:
                return False

    def _heard(self, line: bytes, told: dict[tuple[str, int], dict[str, Any]]) -> None:
        """A row that does not have its shape is passed over: its case counts as one that died."""
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            row = json.loads(line)
            ran = unpacked(row.pop("ran", []))
            self.ran |= {((key[0], _whole(key[1]), key[2]), at) for key, at in ran if key[0] in self.lines}
            if "case" in row:
                told[str(row["case"]), int(row["run"])] = _shaped(row)

    def _loaded(self, tasks: Sequence[Task], write: int) -> None:
        """In a child: loads what the cases need, then forks for each. Never returns."""
        try:
            os.setpgid(0, 0)
            self.tracer.begin()
            space: dict[str, Any] = {}
            for setup in dict.fromkeys(each.setup for each in tasks):
                _load(setup, space)
            _send(write, {"ran": packed(self.tracer.ran)})
            self.tracer.learn(self.tracer.ran)
            groups = deque(_groups(tasks))
            for key, outcome in forks.each(_Works(groups, self._all), at_once=AT_ONCE, seconds=_seconds, memory=MEMORY):
                group: tuple[Task, ...] = key  # type: ignore[assignment]
                if len(group) > 1 and outcome.state != forks.ANSWERED:
                    groups.extendleft((each,) for each in reversed(group))  # which of them it was
                    continue
                for row in _told(group, outcome):
                    if "ran" in row:
                        self._learned(row["ran"])
                    _send(write, row)
        finally:
            os._exit(0)

    def _learned(self, rows: Any) -> None:
        """So that the children behind it need not tell it again."""
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            self.tracer.learn(unpacked(rows))

    def _all(self, group: Sequence[Task]) -> bytes:
        """In the child of these cases."""
        self.tracer.ran.clear()
        seen = [self._one(each) for each in group]
        return json.dumps({"seen": seen, "ran": packed(self.tracer.new())}).encode("utf-8", "backslashreplace")

    def _one(self, task: Task) -> dict[str, Any]:
        os.chdir(task.room.place)
        os.environ["PATH"] = os.pathsep.join((task.room.programs, self.path))
        os.environ["HOME"] = task.room.place
        os.environ["TMPDIR"] = task.room.temporary
        tempfile.tempdir = None
        out = os.open(task.room.printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.close(out)
        sys.stdout = open(1, "w", buffering=1, closefd=False, encoding="utf-8", errors="replace")  # noqa: SIM115
        sys.stderr = sys.stdout
        seen = _seen(task)
        sys.stdout.flush()
        return seen

    def _coverage(self) -> None:
        self.answers.row({"ran": packed(self.ran)})
        for path, line, what in missed(self.sources, self.lines, self.ran):
            self.answers.row({"missed": {"path": path, "line": line, "what": what}})


def _shaped(row: dict[str, Any]) -> dict[str, Any]:
    """What a child told of a case, which may be anything. Raises ValueError, KeyError, TypeError, OverflowError."""
    cpu = float(row.get("cpu", 0.0))
    if not math.isfinite(cpu):
        raise ValueError(cpu)
    words = {name: _whole(row[name]) for name in WORDS if name in row}
    places = [(_whole(place), _whole(kind), _whole(text)) for place, kind, text in row.get("value", ())]
    return {"state": words.pop("state"), **words, "value": places, "cpu": cpu}


class _Works:
    """Goes on behind its end, which a generator does not: what came to nothing together is in the queue once more."""

    def __init__(self, groups: deque[tuple[Task, ...]], work: Callable[[Sequence[Task]], bytes]) -> None:
        self.groups = groups
        self.work = work

    def __iter__(self) -> Iterator[tuple[tuple[Task, ...], Callable[[], bytes]]]:
        return self

    def __next__(self) -> tuple[tuple[Task, ...], Callable[[], bytes]]:
        if not self.groups:
            raise StopIteration
        group = self.groups.popleft()
        return group, lambda: self.work(group)


def _load(setup: str, space: dict[str, Any]) -> None:
    """So that each case finds its modules loaded; what fails here fails again, and is told, in the case."""
    with contextlib.suppress(Exception):
        _compiled(setup)
        exec(compile("\n".join(_imports(setup)), "<setup>", "exec"), space)  # noqa: S102  in the sandbox


@lru_cache(maxsize=256)
def _compiled(setup: str) -> Any:
    """Before the children are forked, which find it done. Raises SyntaxError, ValueError."""
    return compile(setup, "<setup>", "exec")


def _imports(setup: str) -> list[str]:
    return [ast.unparse(each) for each in ast.parse(setup).body if isinstance(each, (ast.Import, ast.ImportFrom))]


def _seen(task: Task) -> dict[str, Any]:
    """What came of the last time; of more than one, the texts of all."""
    space: dict[str, Any] = {"__name__": "__case__"}
    texts: list[str] = []
    seen: dict[str, Any] = {}
    try:
        exec(_compiled(task.setup), space)  # noqa: S102
    except BaseException as error:  # noqa: BLE001  whatever it is, it is told
        return _raised(error, task)
    for _ in range(task.times):
        try:
            seen = _returned(_done(task, space), task)
        except BaseException as error:  # noqa: BLE001  the same
            seen = _raised(error, task)
        texts.append(str(seen.get("text", seen.get("message", ""))))
    return seen if task.times == 1 else {**seen, "text": "\n".join(texts)[:LONGEST]}


def _done(task: Task, space: dict[str, Any]) -> Any:
    value = eval(compile(task.does, "<case>", "eval"), space)  # noqa: S307
    if inspect.iscoroutine(value):
        value = asyncio.run(value)
    return list(value) if inspect.isgenerator(value) else value


def _raised(error: BaseException, task: Task) -> dict[str, Any]:
    kind = type(error)
    return {
        "state": "raised",
        "kind": f"{kind.__module__}:{kind.__qualname__}",
        "message": _clean(str(error), task.room)[:2000],
    }


def _returned(value: Any, task: Task) -> dict[str, Any]:
    text = value if isinstance(value, str) else value.decode("latin-1") if isinstance(value, bytes) else repr(value)
    places = [(each.place, each.kind, _clean(each.text, task.room)) for each in observed(value)]
    return {"state": "returned", "text": _clean(text[:LONGEST], task.room), "value": places}


def _clean(text: str, room: Room) -> str:
    """What a reader of the answers can read, and the same in each run."""
    return _whole(ADDRESS.sub("0x", text.replace(room.place, "{room}").replace(room.folder, "{outside}")))


def _whole(text: Any) -> str:
    """No half of a surrogate pair. Raises TypeError where it is no text."""
    return str.encode(text, "utf-8", "backslashreplace").decode()


def _groups(tasks: Sequence[Task]) -> Iterator[tuple[Task, ...]]:
    alone = [each for each in tasks if not each.together]
    others = [each for each in tasks if each.together]
    yield from ((each,) for each in alone)
    yield from (tuple(others[start : start + TOGETHER]) for start in range(0, len(others), TOGETHER))


def _seconds(group: Any) -> float:
    return sum(each.seconds for each in group)


def _told(group: Sequence[Task], outcome: forks.Outcome) -> Iterator[dict[str, Any]]:
    """A row for each case; the instructions that ran are with the first."""
    answered = _answered(outcome)
    state = outcome.state if outcome.state != forks.ANSWERED else "died"
    ended = {"state": state, "why": outcome.why or outcome.state}
    for number, task in enumerate(group):
        row = ended if answered is None or len(answered[0]) != len(group) else answered[0][number]
        ran = {"ran": answered[1]} if number == 0 and answered is not None else {}
        yield {**row, "case": task.case, "run": task.run, "cpu": round(outcome.cpu, 3), **ran}


def _answered(outcome: forks.Outcome) -> Optional[tuple[list[dict[str, Any]], list[Any]]]:
    """What was seen of each, and what ran; None where the child did not come to that."""
    if outcome.state != forks.ANSWERED:
        return None
    try:
        told: dict[str, Any] = json.loads(outcome.answer)
        return [dict(each) for each in told["seen"]], list(told["ran"])
    except (ValueError, KeyError, TypeError):
        return None


def _send(write: int, row: dict[str, Any]) -> None:
    view = memoryview(json.dumps(row).encode("utf-8", "backslashreplace") + b"\n")
    while view:
        view = view[os.write(write, view) :]


def main(request: dict[str, Any], answers: Answers) -> None:
    """`cases`: id, setup, does, how often, whether together with others, seconds or 0, files of its own, times in one
    process, whether its folders are reached by links. `room`: path, content. `decoys`: names of programs. `lines`: path
    -> lines of which every instruction is to run."""
    with tempfile.TemporaryDirectory() as folder:
        Exercise(request, answers, os.path.realpath(folder)).go()


if __name__ == "__main__":
    answer(main)
