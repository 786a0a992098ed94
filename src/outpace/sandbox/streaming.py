"""Our own tools whose output is read while they work: git over a whole history."""

from __future__ import annotations

import io
import os
import subprocess
import threading
import time
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, cast

from outpace.model.errors import Error, ToolFailed, ToolTimedOut
from outpace.sandbox.processes import TEN_MINUTES, Done, end_group, failed, launch, wait

_BUFFER = 1 << 18
_SAID = 1 << 16
_MOMENT = 10.0
_SHORT = 0.5


@contextmanager
def stream(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    feed: Iterable[bytes] = (),
    timeout: timedelta = TEN_MINUTES,
    accept: Collection[int] = (0,),
) -> Generator[IO[bytes]]:
    """Trusted programs only. Gives the standard output, to be read to its end; `feed` is written meanwhile by a thread.
    Who leaves early ends the program; who reads to the end gets ToolFailed for a status that is not accepted, and
    ToolTimedOut where it took too long.
    """
    flow = launch(argv, lambda popen, words: _Flow(popen, words, feed, timeout), cwd=cwd, env=env)
    try:
        yield flow.output
    except Exception as error:
        if why := flow.broken_off(accept, moment=_SHORT if isinstance(error, ToolFailed) else 0.0):
            raise why from error
        raise
    else:
        flow.finish(accept)
    finally:
        flow.stop()


class _Flow:
    """A started program, with a thread that feeds it, one that listens to its errors, and a limit on its time."""

    def __init__(
        self, popen: subprocess.Popen[bytes], argv: tuple[str, ...], feed: Iterable[bytes], timeout: timedelta
    ) -> None:
        from concurrent.futures import ThreadPoolExecutor  # with it comes much that running a tool does not need

        assert popen.stdout is not None
        self.output = io.BufferedReader(cast("io.RawIOBase", popen.stdout), _BUFFER)
        self.timed_out = False
        self._popen, self._argv, self._timeout = popen, argv, timeout
        self._began = time.monotonic()
        self._said = bytearray()
        self._feeding = ThreadPoolExecutor(max_workers=1)
        self._fed = self._feeding.submit(self._write, feed)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._limit = threading.Timer(timeout.total_seconds(), self._expire)
        self._limit.daemon = True
        self._listener.start()
        self._limit.start()

    def finish(self, accept: Collection[int]) -> None:
        """To be called at the end of the output."""
        try:
            wait(self._popen, _MOMENT)
        except subprocess.TimeoutExpired:
            end_group(self._popen)
        self._limit.cancel()
        self._listener.join(_MOMENT)
        if self.timed_out:
            raise self.too_late()
        self._fed.result(_MOMENT)
        if self._popen.returncode not in accept:
            raise failed(Path(self._argv[0]).name, self._done())

    def broken_off(self, accept: Collection[int], *, moment: float) -> Error | None:
        """Why the output may have made no sense to its reader: the program ended in the middle of it."""
        if self.timed_out:
            return self.too_late()
        try:
            wait(self._popen, moment)
        except subprocess.TimeoutExpired:
            return None
        self._listener.join(_MOMENT)
        code = self._popen.returncode
        return None if code in accept else failed(Path(self._argv[0]).name, self._done())

    def too_late(self) -> ToolTimedOut:
        name, seconds = Path(self._argv[0]).name, self._timeout.total_seconds()
        return ToolTimedOut(f"{name} did not end within {seconds:g} s", hint="run it by hand, or allow it more time")

    def stop(self) -> None:
        """Ends what still runs; may be called again."""
        self._limit.cancel()
        end_group(self._popen)
        self._feeding.shutdown(wait=False, cancel_futures=True)
        self._listener.join(_MOMENT)
        self.output.close()

    def _done(self) -> Done:
        wall = timedelta(seconds=time.monotonic() - self._began)
        code = self._popen.returncode
        return Done(argv=self._argv, returncode=code, stdout=b"", stderr=bytes(self._said), wall=wall)

    def _write(self, feed: Iterable[bytes]) -> None:
        assert self._popen.stdin is not None
        try:
            with self._popen.stdin as pipe:
                for part in feed:
                    pipe.write(part)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _listen(self) -> None:
        assert self._popen.stderr is not None
        with self._popen.stderr as pipe:
            while part := os.read(pipe.fileno(), 1 << 14):
                self._said += part[: _SAID - len(self._said)]

    def _expire(self) -> None:
        self.timed_out = True
        end_group(self._popen)
