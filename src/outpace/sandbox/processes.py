"""Our own tools, run plainly: an argument vector, limits on time and output, and no child left behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import IO, TypeVar

from msgspec import Struct

from outpace.model.errors import BadInput, DiskFull, ToolFailed, ToolMissing, ToolTimedOut
from outpace.sandbox.masking import mask

Held = TypeVar("Held")

MIB = 1 << 20
OUTPUT_LIMIT = 64 * MIB
TEN_MINUTES = timedelta(minutes=10)

_GRACE = 3.0
_LINGER = 0.5
_DRAIN = 10.0
_TAIL = 2000
_NO_ROOM = ("No space left on device", "Disk quota exceeded", "File too large (os error")
_HINTS = {
    "git": "install git with your system's package manager",
    "uv": "install uv: `python -m pip install uv`",
}


class Done(Struct, frozen=True, kw_only=True):
    """How a process ended; a negative `returncode` is the signal that killed it."""

    argv: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes
    wall: timedelta
    timed_out: bool = False
    truncated: bool = False


def run(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    timeout: timedelta = TEN_MINUTES,
    accept: Collection[int] | None = (0,),
    limit: int = OUTPUT_LIMIT,
) -> Done:
    """Trusted programs only. `env` None inherits ours; `limit` is in bytes for each of the two outputs, and what is
    beyond it is read and dropped; `accept` None takes any exit status. On a timeout or an interrupt the whole process
    group is ended. What the program leaves running when it ends by itself (a server that it started) stays.
    """
    process = start(argv, cwd=cwd, env=env, limit=limit)
    done = process.finish(stdin, timeout)
    name = Path(done.argv[0]).name
    if done.timed_out:
        seconds = timeout.total_seconds()
        raise ToolTimedOut(f"{name} did not end within {seconds:g} s", hint="run it by hand, or allow it more time")
    if accept is not None and done.returncode not in accept:
        raise failed(name, done)
    return done


def failed(name: str, done: Done) -> ToolFailed | DiskFull:
    output = mask((done.stderr or done.stdout).decode(errors="replace").strip())
    if ran_out_of_room(output):
        return no_room(name, output)
    tail = output if len(output) <= _TAIL else "..." + output[-_TAIL:]
    ended = describe(done.returncode)
    return ToolFailed(
        f"{name} {ended}: {tail}" if tail else f"{name} {ended}",
        hint=f"run {name} by hand in the same folder to see more",
        returncode=done.returncode,
        output=tail,
    )


def ran_out_of_room(said: str) -> bool:
    """Our tools speak English: neither git nor uv gives a status of its own for a full disk."""
    return any(words in said for words in _NO_ROOM)


def no_room(name: str, said: str) -> DiskFull:
    return DiskFull(
        f"{name} found no room on the disk: {said[-_TAIL:]}",
        hint="free some space, then run the command again; it goes on where it stopped",
    )


def describe(returncode: int) -> str:
    if returncode >= 0:
        return f"ended with status {returncode}"
    try:
        return f"was killed by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"was killed by signal {-returncode}"


class Process:
    """A started program whose outputs are being read; `finish` must be called once."""

    def __init__(self, popen: subprocess.Popen[bytes], argv: tuple[str, ...], limit: int) -> None:
        self._popen = popen
        self._argv = argv
        self._began = time.monotonic()
        assert popen.stdout is not None
        assert popen.stderr is not None
        self._outputs = (_Reader(popen.stdout, limit), _Reader(popen.stderr, limit))

    @property
    def pid(self) -> int:
        return self._popen.pid

    def finish(self, stdin: bytes, timeout: timedelta) -> Done:
        timed_out = False
        try:
            self._feed(stdin)
            self._wait(timeout.total_seconds())
        except subprocess.TimeoutExpired:
            timed_out = True
            self.end()
        except BaseException:
            self.end()
            raise
        stdout, stderr = (output.collect() for output in self._outputs)
        return Done(
            argv=self._argv,
            returncode=self._popen.returncode,
            stdout=stdout,
            stderr=stderr,
            wall=timedelta(seconds=time.monotonic() - self._began),
            timed_out=timed_out,
            truncated=any(output.truncated for output in self._outputs),
        )

    def end(self) -> None:
        """The whole group: asked first, killed after a moment. Does nothing once the program was waited for."""
        end_group(self._popen)

    def _wait(self, seconds: float) -> None:
        wait(self._popen, seconds)

    def _feed(self, stdin: bytes) -> None:
        pipe = self._popen.stdin
        if pipe is None:
            return
        if len(stdin) <= 4096:
            _write_all(pipe, stdin)
        else:
            threading.Thread(target=_write_all, args=(pipe, stdin), daemon=True).start()


def end_group(popen: subprocess.Popen[bytes]) -> None:
    """A program that was started in a session of its own, with its children."""
    if popen.returncode is not None:
        return
    _signal_group(popen, signal.SIGTERM)
    try:
        wait(popen, _GRACE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _signal_group(popen, getattr(signal, "SIGKILL", signal.SIGTERM))
        popen.wait()


def wait(popen: subprocess.Popen[bytes], seconds: float) -> None:
    """`Popen.wait` with a timeout sleeps up to 50 ms between two looks; a process descriptor wakes at once."""
    if hasattr(os, "pidfd_open") and popen.returncode is None:
        ended = os.pidfd_open(popen.pid)
        try:
            waiting = select.poll()
            waiting.register(ended, select.POLLIN)
            if not waiting.poll(seconds * 1000):
                raise subprocess.TimeoutExpired(popen.args, seconds)
        finally:
            os.close(ended)
    popen.wait(seconds)


def _signal_group(popen: subprocess.Popen[bytes], which: int) -> None:
    try:
        if hasattr(os, "killpg"):
            os.killpg(popen.pid, which)
        else:
            popen.send_signal(which)
    except (ProcessLookupError, PermissionError):
        pass


class _Reader:
    """Keeps the first `limit` bytes of a pipe and drains the rest, so that no program waits for us."""

    def __init__(self, pipe: IO[bytes], limit: int) -> None:
        self.truncated = False
        self._pipe = pipe
        self._kept = bytearray()
        self._limit = limit
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._pipe:
            while part := os.read(self._pipe.fileno(), 1 << 16):
                room = self._limit - len(self._kept)
                self._kept += part[:room]
                self.truncated = self.truncated or len(part) > room

    def collect(self) -> bytes:
        """To the end, but not waiting long for a program that was left running and holds the pipe."""
        until = time.monotonic() + _DRAIN
        self._thread.join(_LINGER)
        while self._thread.is_alive() and self._more() and time.monotonic() < until:
            self._thread.join(_LINGER)
        return bytes(self._kept)

    def _more(self) -> bool:
        """Whether a busy machine has kept us from reading what is there."""
        if not hasattr(select, "poll"):
            return False
        try:
            waiting = select.poll()
            waiting.register(self._pipe, select.POLLIN)
            return bool(waiting.poll(0))
        except ValueError:
            return False


def _write_all(pipe: IO[bytes], content: bytes) -> None:
    try:
        with pipe:
            pipe.write(content)
    except (BrokenPipeError, ConnectionResetError):
        pass


def start(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    limit: int = OUTPUT_LIMIT,
    pass_fds: Sequence[int] = (),
) -> Process:
    """In a session of its own, so that a key on our terminal does not reach it and its group can be ended."""
    return launch(argv, lambda popen, words: Process(popen, words, limit), cwd=cwd, env=env, pass_fds=pass_fds)


def launch(
    argv: Sequence[str | os.PathLike[str]],
    wrap: Callable[[subprocess.Popen[bytes], tuple[str, ...]], Held],
    *,
    cwd: Path | None,
    env: Mapping[str, str] | None,
    pass_fds: Sequence[int] = (),
) -> Held:
    """`wrap` is what keeps the started program: an interrupt that came meanwhile ends it."""
    words = tuple(os.fspath(word) for word in argv)
    if cwd is not None and not cwd.is_dir():
        raise BadInput(f"there is no directory {cwd}", hint="check the path")
    interrupt = _HeldInterrupt()
    try:
        with interrupt:
            popen = subprocess.Popen(
                words,
                cwd=cwd,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
                pass_fds=pass_fds,
            )
            held = wrap(popen, words)
    except (FileNotFoundError, PermissionError, NotADirectoryError) as error:
        raise missing(words[0], error) from error
    except (OSError, ValueError) as error:
        raise ToolFailed(
            f"{Path(words[0]).name} cannot be started: {error}", hint="free some memory, try again"
        ) from error
    if interrupt.came:
        end_group(popen)
        raise KeyboardInterrupt
    return held


class _HeldInterrupt:
    """Keeps an interrupt for later, so that no program is started and lost before its process id is known."""

    def __init__(self) -> None:
        self.came = False
        self._before: object = None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.getsignal(signal.SIGINT)
            if self._before is signal.default_int_handler:
                signal.signal(signal.SIGINT, self._hold)

    def __exit__(self, *error: object) -> None:
        if self._before is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self.came and error[0] is not None:
            raise KeyboardInterrupt

    def _hold(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True


def missing(program: str, why: OSError | str) -> ToolMissing:
    name = Path(program).name
    reason = why if isinstance(why, str) else (why.strerror or str(why))
    return ToolMissing(f"{name} cannot be run: {reason.lower()}", hint=_HINTS.get(name, f"install {name}"))
