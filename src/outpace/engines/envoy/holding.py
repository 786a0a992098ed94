"""The one engine of an edge at a time: a command that moves traffic, or the judge that stands through a soak."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from outpace.engines.envoy.place import Place
from outpace.engines.envoy.runtime import Settings
from outpace.engines.lease import hold, holder_of
from outpace.model.edge import Risk
from outpace.model.errors import Busy, DamagedData

LOCK = "engine.lock"
JUDGE = "the judge of the soak"
FILE = "judge.json"
PAUSE = 0.1
PATIENCE = 60.0
"""Seconds that a judge is waited for: one that compares two releases goes on until that is decided."""
NOTABLE = 2.0


class Soak(Struct, frozen=True, kw_only=True):
    """All that a judge needs to know, without the repository. References to secrets are in none of it."""

    settings: Settings
    risk: Risk
    soak_s: float
    drain_s: float
    start_s: float = 60.0
    application: str
    keep: int  # releases that nothing needs
    facts: str  # the file
    subject: str
    environment: str


class Declared(Struct, frozen=True, kw_only=True):
    """What the watchdog starts."""

    argv: tuple[str, ...]
    soak: Soak


def declare(folder: Path, module: str, soak: Soak) -> None:
    argv = (sys.executable, "-P", "-m", module, str(folder))
    Place(folder).write(folder / FILE, msgspec.json.encode(Declared(argv=argv, soak=soak)))


def declared(folder: Path) -> Soak:
    """Raises DamagedData."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Declared).soak
    except (OSError, msgspec.DecodeError) as error:
        raise DamagedData(f"{folder / FILE} cannot be read: {error}", hint="outpace edge up writes it anew") from error


def engine_of(folder: Path) -> int:
    """The process id of whoever moves traffic now; 0: nobody does."""
    held = holder_of(folder / LOCK)
    return held.pid if held is not None else 0


def judge_of(folder: Path) -> int:
    """The process id of the judge that judges now; 0: none does."""
    held = holder_of(folder / LOCK)
    return held.pid if held is not None and held.holder == JUDGE else 0


@contextmanager
def alone(folder: Path, doing: str, report: Callable[[str], None]) -> Generator[None]:
    """While the block runs, nobody else moves traffic here. A judge is asked to leave, and comes back after it. Raises
    Busy."""
    began, asked, is_told = time.monotonic(), 0, False
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(hold(folder / LOCK, doing))
                break
            except Busy as error:
                waited = time.monotonic() - began
                judge = judge_of(folder)
                if waited > PATIENCE or (not judge and waited > NOTABLE):
                    raise _still(error, judge) from error
            if judge and judge != asked:
                asked = judge
                with suppress(ProcessLookupError):  # it has just ended
                    os.kill(judge, signal.SIGTERM)
            if waited > NOTABLE and not is_told:
                is_told = True
                report(f"waiting for process {judge}, which decides over the release before, or tidies up after it")
            time.sleep(PAUSE)
        yield


@contextmanager
def judging(folder: Path, is_asked: Callable[[], bool]) -> Generator[bool]:
    """A judge's turn comes when no command moves traffic; False: it was asked to end before."""
    with ExitStack() as held:
        while not is_asked():
            try:
                held.enter_context(hold(folder / LOCK, JUDGE))
                break
            except Busy:
                time.sleep(PAUSE)
        yield not is_asked()


def _still(error: Busy, judge: int) -> Busy:
    if not judge:
        return error
    return Busy(
        f"process {judge} is still deciding over the release before, or tidying up, after {PATIENCE:g} s",
        hint="outpace edge status shows which; outpace rollback takes what it judges back at once",
    )
