"""Work in forked children: each one's answer, or how it ended. Nothing that a child does reaches its parent."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

ANSWERED, TIMED_OUT, DIED = "answered", "timed out", "died"
LONGEST_ANSWER = 32 << 20
HEADER = 8
PIECE = 1 << 16


class Outcome(NamedTuple):
    """`why` names the signal, the exit status or the exception of a child that did not answer."""

    state: str
    answer: bytes = b""
    why: str = ""
    seconds: float = 0.0
    cpu: float = 0.0


class Child:
    """One piece of work, begun. `seconds` is wall time; `memory` bounds the address space, in bytes, if it is set."""

    def __init__(self, work: Callable[[], bytes], *, seconds: float, memory: int = 0) -> None:
        self.begun = time.monotonic()
        self.deadline = self.begun + seconds
        read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(read)
            _work(work, write, memory)
        os.close(write)
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
            if self._whole() or len(self._got) > LONGEST_ANSWER:
                return True

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
        os.close(self.pidfd)
        now = time.monotonic()
        spent = (now - self.begun, used.ru_utime + used.ru_stime)
        if self._whole():
            body = bytes(self._got[HEADER:])
            failed = body[:1] == b"!"
            text = body[1:]
            return (
                Outcome(DIED, b"", text.decode("utf-8", "replace"), *spent)
                if failed
                else Outcome(ANSWERED, text, "", *spent)
            )
        if len(self._got) > LONGEST_ANSWER:
            return Outcome(DIED, b"", f"its answer is longer than {LONGEST_ANSWER >> 20} MiB", *spent)
        if now >= self.deadline:
            return Outcome(TIMED_OUT, b"", "", *spent)
        return Outcome(DIED, b"", _ended(status), *spent)


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
                running[Child(work, seconds=limit, memory=memory)] = key
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


def alone() -> bool:
    """A fork of a process with several threads may deadlock."""
    return threading.active_count() == 1


def _work(work: Callable[[], bytes], write: int, memory: int) -> None:
    """In the child, which never returns: no clean-up of its parent's runs here."""
    status = 70
    try:
        os.setpgid(0, 0)
        _quiet()
        if memory:
            _bound(memory)
        try:
            body = b"=" + work()
        except BaseException as error:  # noqa: BLE001  whatever it is, the parent is told
            body = b"!" + f"{type(error).__name__}: {error}".encode("utf-8", "replace")[:2000]
        _send(write, len(body).to_bytes(HEADER, "big") + body)
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
    view = memoryview(body)
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
