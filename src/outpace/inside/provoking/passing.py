"""One pass over a project's tests under settings: in a fork that has pytest alone, or in an interpreter of its own."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess  # noqa: TID251  its own Python again, inside the sandbox
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ..forks import ANSWERED, DIED, TIMED_OUT, Child, Outcome
from ..session import Session, collected
from . import settings
from .files import Files
from .running import Journal, Pass
from .watching import Uses

SLICE = 0.05


class Place:
    """Where passes run: the project's root, put back after each; `words` for pytest."""

    def __init__(self, root: str, words: Sequence[str], keep: Sequence[str], scratch: Path, seconds: float) -> None:
        self.root = root
        self.words = list(words)
        self.base = settings.base_environment(frozenset(keep))
        self.seconds = seconds
        self.files = Files(Path(root), scratch / "kept")
        self._scratch = scratch
        self._passes = 0
        self._cwd = str(Path.cwd())
        warmed(scratch)
        gc.freeze()
        sys.pycache_prefix, sys.dont_write_bytecode = str(scratch / "compiled"), False
        self.executed = 0

    def run(self, chosen: settings.Settings, ids: Sequence[str] | None, *, watch: bool = False) -> Pass:
        self._passes += 1
        place = self._scratch / f"pass-{self._passes}"
        place.mkdir()
        journal = Journal(place / "journal")
        env = settings.environment(chosen, self.base, place)
        request = {
            "settings": chosen,
            "root": self.root,
            "words": self.words,
            "ids": ids,
            "place": str(place),
            "watch": watch,
        }
        if settings.at_start(chosen):
            outcome = self._fresh(request, env, journal)
        else:
            outcome = self._forked(request, env, journal, chosen)
        self.files.restore()
        found = journal.told(outcome)
        self.executed += len(found.results)
        return found

    def _forked(
        self, request: dict[str, Any], env: dict[str, str], journal: Journal, chosen: settings.Settings
    ) -> Outcome:
        def work() -> bytes:
            settings.enter(chosen, env)
            passed(request, journal)
            return b""

        share = float(chosen.get("cpu", "1"))
        child = Child(work, seconds=self.seconds / share)
        while not child.take() and time.monotonic() < child.deadline and _runs(child.pid):
            if share >= 1:
                time.sleep(0.002)
                continue
            time.sleep(SLICE * share)
            _signal(child.pid, signal.SIGSTOP)
            time.sleep(SLICE * (1 - share))
            _signal(child.pid, signal.SIGCONT)
        return child.end()

    def _fresh(self, request: dict[str, Any], env: dict[str, str], journal: Journal) -> Outcome:
        options = ["-O"] if "optimize" in request["settings"] else []
        argv = [sys.executable, *options, "-m", __name__]
        text = json.dumps({**request, "journal": str(journal.path)}).encode()
        begun = time.monotonic()
        with subprocess.Popen(
            argv,
            cwd=self._cwd,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                process.communicate(text, timeout=self.seconds)
            except subprocess.TimeoutExpired:
                return Outcome(TIMED_OUT, b"", "", time.monotonic() - begun)
            finally:
                _signal(process.pid, signal.SIGKILL)
        if process.returncode == 0:
            return Outcome(ANSWERED)
        return Outcome(DIED, b"", f"exit status {process.returncode}", time.monotonic() - begun)


def warmed(scratch: Path) -> None:
    """pytest and its plugins are imported once, by a session of nothing, the way pytest itself imports them; whatever
    belongs to the project is not."""
    empty = scratch / "empty"
    empty.mkdir()
    before = str(Path.cwd())
    os.chdir(empty)
    words = ["--collect-only", "-qq", "--noconftest", f"--rootdir={empty}", "-c", os.devnull, str(empty)]
    try:
        pytest.main([*words, "-o", f"cache_dir={scratch / 'cache'}"])
    except BaseException:  # noqa: BLE001, S110  a plugin that cannot do without a project is imported by each pass
        pass
    finally:
        os.chdir(before)


def passed(request: dict[str, Any], journal: Journal) -> None:
    """In the process that is under the settings already."""
    chosen: settings.Settings = request["settings"]
    place = Path(request["place"])
    randomness = settings.Randomness(chosen)
    plugins: list[object] = [randomness]
    uses = Uses(request["root"]) if request["watch"] else None
    if uses is not None:
        plugins.append(uses)
    if "directory" in chosen:
        plugins.append(settings.Elsewhere(place))
    words = [*request["words"], "--tb=no", "-o", f"cache_dir={place / 'cache'}"]
    if "warnings" in chosen:
        plugins.append(settings.Warned(chosen["warnings"]))

    def work(session: Session) -> None:
        journal.collected(session)
        ids = session.ids if request["ids"] is None else request["ids"]

        def note(test: str) -> dict[str, Any]:
            drew = sorted(randomness.drew)
            return {} if uses is None else {"uses": [*uses.by_test.get(test, []), *drew], "names": sorted(uses.names)}

        journal.run(session, ids, note)

    collected(words, work, plugins)


def _runs(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def main() -> None:
    request = json.load(sys.stdin)
    settings.enter(request["settings"], dict(os.environ))
    journal = Journal(Path(request["journal"]))
    passed(request, journal)


if __name__ == "__main__":
    main()
