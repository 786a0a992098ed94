"""Work in forked children: each one's answer, or how it ended. Nothing that a child does reaches its parent."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from . import fences

ANSWERED, TIMED_OUT, DIED = "answered", "timed out", "died"
LONGEST_ANSWER = 32 << 20
HEADER = 8
PIECE = 1 << 16
PATIENCE = 20.0
GOOD, FAILED, MORE = b"=", b"!", b"+"
_heard_here: set[int] = set()
_pipe = -1


class Outcome(NamedTuple):
    """`why` names the signal, the exit status or the exception of a child that did not answer."""

    state: str
    answer: bytes = b""
    why: str = ""
    seconds: float = 0.0
    cpu: float = 0.0


def _nobody(_: bytes) -> None:
    pass


class Child:
    """One piece of work, begun. `seconds` is wall time, and `silence` what of it may pass between two things that it
    tells; `memory` bounds the address space, in bytes, if it is set. `heard` gets what it tells before its answer."""

    def __init__(
        self,
        work: Callable[[], bytes],
        *,
        seconds: float,
        memory: int = 0,
        silence: float = 0.0,
        heard: Callable[[bytes], None] = _nobody,
    ) -> None:
        self.begun = time.monotonic()
        self._last = self.begun + seconds
        self._silence = silence or seconds
        self._heard = heard
        self.deadline = min(self._last, self.begun + self._silence)
        read, write = os.pipe()
        self.pid = forked()
        if self.pid == 0:
            for each_read in (read, *_heard_here):
                os.close(each_read)
            _heard_here.clear()
            _work(work, write, memory)
        os.close(write)
        _heard_here.add(read)
        os.set_blocking(read, False)
        self.pipe = read
        self.pidfd = os.pidfd_open(self.pid)
        self._got = bytearray()

    def take(self) -> bool:
        """Reads what is there; True once the answer is whole, too long, or can no longer come."""
        while True:
            try:
                piece = os.read(self.pipe, PIECE)
            except BlockingIOError:
                return self._whole()
            if not piece:
                return True
            self._got += piece
            self._hand_on()
            if self._whole() or len(self._got) > LONGEST_ANSWER:
                return True

    def _hand_on(self) -> None:
        while self._whole() and self._got.startswith(MORE, HEADER):
            end = HEADER + int.from_bytes(self._got[:HEADER], "big")
            told = bytes(self._got[HEADER + 1 : end])
            del self._got[:end]
            self.deadline = min(self._last, time.monotonic() + self._silence)
            self._heard(told)

    def _whole(self) -> bool:
        return len(self._got) >= HEADER and len(self._got) >= HEADER + int.from_bytes(self._got[:HEADER], "big")

    def end(self) -> Outcome:
        """Kills what is left of it, grandchildren included, and says what came of it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        _, status, used = os.wait4(self.pid, 0)
        os.close(self.pipe)
        _heard_here.discard(self.pipe)
        os.close(self.pidfd)
        now = time.monotonic()
        spent = (now - self.begun, used.ru_utime + used.ru_stime)
        if self._whole():
            kind, text = bytes(self._got[HEADER : HEADER + 1]), bytes(self._got[HEADER + 1 :])
            if kind == GOOD:
                return Outcome(ANSWERED, text, "", *spent)
            return Outcome(DIED, b"", text.decode("utf-8", "replace"), *spent)
        if len(self._got) > LONGEST_ANSWER:
            return Outcome(DIED, b"", f"its answer is longer than {LONGEST_ANSWER >> 20} MiB", *spent)
        if now >= self.deadline:
            return Outcome(TIMED_OUT, b"", "", *spent)
        return Outcome(DIED, b"", _ended(status), *spent)


def forked() -> int:
    """`os.fork`, again where there are too many processes just now: one that forked without end may just be dying.
    Raises BlockingIOError."""
    over = time.monotonic() + PATIENCE
    while True:
        try:
            return os.fork()
        except BlockingIOError:
            if time.monotonic() >= over:
                raise
            time.sleep(0.05)


def in_fork(work: Callable[[], bytes], *, seconds: float, memory: int = 0) -> Outcome:
    """Runs it in a child of its own and waits."""
    return next(each([(None, work)], at_once=1, seconds=seconds, memory=memory))[1]


Key = object


def each(
    works: Iterable[tuple[Key, Callable[[], bytes]]],
    *,
    at_once: int,
    seconds: float | Callable[[Key], float],
    memory: int = 0,
    silence: float = 0.0,
    heard: Callable[[Key, bytes], None] = lambda _, __: None,
) -> Iterator[tuple[Key, Outcome]]:
    """Each in a child of its own, `at_once` of them side by side; outcomes as they come. Linux only (pidfd).

    `works` is asked again whenever a child has ended, even if it had come to its end."""
    waiting = iter(works)
    running: dict[Child, Key] = {}
    try:
        while True:
            while len(running) < at_once:
                key, work = next(waiting, (None, None))
                if work is None:
                    break
                limit = seconds(key) if callable(seconds) else seconds
                tells = partial(heard, key)
                running[Child(work, seconds=limit, memory=memory, silence=silence, heard=tells)] = key
            if not running:
                return
            for child in _ready(list(running)):
                yield running.pop(child), child.end()
    finally:
        for child in running:
            child.end()


def _ready(children: list[Child]) -> list[Child]:
    """Those that answered, ended or ran out of time; at least one."""
    while True:
        poll = select.poll()
        for child in children:
            poll.register(child.pipe, select.POLLIN)
            poll.register(child.pidfd, select.POLLIN)
        left = min(child.deadline for child in children) - time.monotonic()
        seen = {number for number, _ in poll.poll(max(0.0, left) * 1000 + 1)}
        now = time.monotonic()
        done = [
            child
            for child in children
            if (child.pipe in seen and child.take()) or child.pidfd in seen or now >= child.deadline
        ]
        for child in done:
            child.take()
        if done:
            return done


def tell(message: bytes) -> None:
    """In a child, ahead of its answer: its parent hears it at once."""
    _send(_pipe, MORE + message)


def alone() -> bool:
    """A fork of a process with several threads may deadlock."""
    return threading.active_count() == 1


def _work(work: Callable[[], bytes], write: int, memory: int) -> None:
    """In the child, which never returns: no clean-up of its parent's runs here. What it forks itself has no way to
    answer in its place."""
    global _pipe  # noqa: PLW0603
    status = 70
    try:
        os.setpgid(0, 0)
        _pipe = write
        fences.close_in_children(write)
        fences.enter()
        _quiet()
        if memory:
            _bound(memory)
        try:
            body = GOOD + work()
        except BaseException as error:  # noqa: BLE001  whatever it is, the parent is told
            body = FAILED + f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:2000]
        _send(write, body)
        status = 0
    finally:
        os._exit(status)


def _quiet() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)


def _bound(memory: int) -> None:
    import resource

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _send(write: int, body: bytes) -> None:
    view = memoryview(len(body).to_bytes(HEADER, "big") + body)
    while view:
        view = view[os.write(write, view) :]


def _ended(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            return f"signal {signal.Signals(number).name}"
        except ValueError:
            return f"signal {number}"
    return f"exit status {os.WEXITSTATUS(status)}"
