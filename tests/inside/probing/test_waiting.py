"""Where a program waits, its clock runs on; each in an interpreter of its own, since all of `time` is changed."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

HEAD = """
import asyncio, queue, threading, time
from outpace.inside.probing import waiting
waiting.install()
begun, told = time.monotonic(), time.time_ns()
"""


def run(text: str) -> str:
    done = subprocess.run([sys.executable, "-c", HEAD + text], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "waits",
    [
        "time.sleep(500)",
        "asyncio.run(asyncio.sleep(500))",
        "threading.Event().wait(500)",
        "import contextlib\nwith contextlib.suppress(queue.Empty): queue.Queue().get(timeout=500)",
    ],
)
def test_a_wait_takes_no_time_and_its_clocks_run_on(waits: str) -> None:
    before = time.monotonic()
    said = run(f"{waits}\nprint(500 <= time.monotonic() - begun < 540, time.time_ns() - told > 4.9e11)")
    assert said == "True True"
    assert time.monotonic() - before < 50


def test_what_nobody_can_end_is_told_at_once() -> None:
    text = "try: threading.Event().wait()\nexcept waiting.WaitsForever: print('at once')"
    assert run(text) == "at once"


def test_other_threads_go_on_while_one_waits() -> None:
    text = "done = threading.Event(); threading.Thread(target=done.set).start(); print(done.wait(500), waiting.slept())"
    assert run(text) == "True 0.0"


def test_a_sleep_that_cannot_be_raises_as_ever() -> None:
    text = "try: time.sleep(-1)\nexcept ValueError as error: print(error)"
    assert run(text) == "sleep length must be non-negative"
