"""Tools whose output is read while they work."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from outpace import sandbox
from outpace.model.errors import ToolFailed, ToolMissing, ToolTimedOut

COPY = (sys.executable, "-c", "import sys, shutil; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)")
SLEEP = (sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)")


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_what_is_fed_comes_back_while_it_is_fed() -> None:
    parts = [bytes([number]) * 70_000 for number in range(40)]
    with sandbox.stream(COPY, feed=parts) as output:
        assert output.read() == b"".join(parts)


def test_a_program_that_fails_is_an_error_with_its_words() -> None:
    words = (sys.executable, "-c", "import sys; print('half'); sys.exit('it broke')")
    with pytest.raises(ToolFailed, match="it broke") as error, sandbox.stream(words) as output:
        assert output.read() == b"half\n"
    assert error.value.returncode == 1


def test_a_status_that_is_accepted_is_none() -> None:
    with sandbox.stream((sys.executable, "-c", "raise SystemExit(3)"), accept=(0, 3)) as output:
        assert output.read() == b""


def test_who_leaves_early_ends_the_program() -> None:
    pid = 0
    with pytest.raises(KeyError), sandbox.stream(SLEEP) as output:  # noqa: PT012
        pid = int(output.readline())
        raise KeyError
    assert gone(pid)


def test_who_stops_reading_a_generator_ends_the_program() -> None:
    def lines() -> Iterator[bytes]:
        with sandbox.stream(SLEEP) as output:
            yield from output

    reading = lines()
    pid = int(next(reading))
    reading.close()  # type: ignore[attr-defined]  # Iterator by its type, a generator in fact
    assert gone(pid)


def test_what_takes_too_long_is_ended_and_said() -> None:
    limit = timedelta(milliseconds=300)
    with pytest.raises(ToolTimedOut, match="did not end within"), sandbox.stream(SLEEP, timeout=limit) as output:
        output.read()


def test_a_parse_that_stumbles_over_the_end_is_told_as_the_time_out_that_it_is() -> None:
    limit = timedelta(milliseconds=300)
    with pytest.raises(ToolTimedOut), sandbox.stream(SLEEP, timeout=limit) as output:  # noqa: PT012
        output.readline()
        _ = output.read(1)[0]


def test_a_reader_that_stumbles_where_the_program_broke_off_is_told_the_programs_words() -> None:
    words = (sys.executable, "-c", "import sys; print('half'); sys.exit('it broke')")
    with pytest.raises(ToolFailed, match="it broke"), sandbox.stream(words) as output:  # noqa: PT012
        output.read()
        raise ToolFailed("that was no line")


def test_what_goes_wrong_while_feeding_reaches_the_reader() -> None:
    def feed() -> Iterator[bytes]:
        yield b"one"
        raise LookupError("nothing more")

    with pytest.raises(LookupError, match="nothing more"), sandbox.stream(COPY, feed=feed()) as output:
        output.read()


def test_a_missing_program_is_named() -> None:
    with pytest.raises(ToolMissing, match="no-such-program"), sandbox.stream(("no-such-program",)):
        pass
