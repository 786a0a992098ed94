"""One pass over a project's tests under settings: in a fork that has pytest alone, or in an interpreter of its own."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess  # noqa: TID251  its own Python again, inside the sandbox
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ..forks import ANSWERED, DIED, TIMED_OUT, Child, Outcome, in_fork
from ..session import Session, collected
from . import settings
from .files import Around, Files, Writes
from .running import Journal, Pass
from .watching import Uses

SLICE = 0.05
QUIET = ("-W", "ignore::pytest.PytestConfigWarning")
"""pytest warns of -O, which a project that makes errors of warnings would not survive."""


class Try(NamedTuple):
    under: settings.Settings
    ids: Sequence[str]


class Collected(NamedTuple):
    """What forks of a collected session start from; `temporary` are the shared folders as collecting left them."""

    session: Session
    later: settings.Later
    randomness: settings.Randomness
    temporary: list[Files]


class Place:
    """Where passes run: the request's `root` and the `temporary` folders, put back after each; `words` for pytest,
    `keep` (variables that the project asks for), `seconds` for one pass."""

    def __init__(self, request: dict[str, Any], scratch: Path) -> None:
        self.root: str = request["root"]
        self.words = list(request["words"])
        self.base = settings.base_environment(frozenset(request["keep"]))
        self.seconds: float = request["seconds"]
        self.files = Around(self.root, request["temporary"], scratch, scratch / "kept")
        self._scratch = scratch
        self._passes = 0
        self._cwd = str(Path.cwd())
        warmed(scratch)
        gc.freeze()
        sys.pycache_prefix, sys.dont_write_bytecode = str(scratch / "compiled"), False
        self.executed = 0

    def run(self, chosen: settings.Settings, ids: Sequence[str] | None, *, watch: bool = False) -> Pass:
        place, journal, request = self._next(chosen, ids)
        request["watch"] = watch
        env = settings.environment(chosen, self.base, place)
        if settings.at_start(chosen):
            outcome = self._fresh(request, env, journal)
        else:
            outcome = self._forked(request, env, journal, chosen)
        self.files.restore()
        found = journal.told(outcome)
        self.executed += len(found.results)
        return found

    def each(self, tries: Sequence[Try]) -> list[Pass]:
        """Collected once, then a fork for each: a twentieth of what a pass costs, but code that took what it needs on
        import does not see its settings."""
        if not tries:
            return []
        place, journal, request = self._next({}, sorted({each for one in tries for each in one.ids}))
        env = settings.environment({}, self.base, place)
        journals = [Journal(place / f"journal-{number}") for number, _ in enumerate(tries)]

        def work() -> bytes:
            settings.enter({}, env)
            later = settings.Later()
            outcomes: list[Outcome] = []

            def work(session: Session, randomness: settings.Randomness) -> None:
                begun = Collected(session, later, randomness, self.files.collected(place / "kept"))
                for one, told in zip(tries, journals):  # noqa: B905  Python 3.9
                    outcomes.append(self._tried(one, told, begun))

            session_of(request, journal, work)
            return json.dumps([[each.state, each.why, each.seconds] for each in outcomes]).encode()

        outcome = in_fork(work, seconds=self.seconds * 2)
        self.files.restore()
        rows: list[tuple[str, str, float]] = json.loads(outcome.answer) if outcome.state == ANSWERED else []
        ends = [Outcome(state, b"", why, seconds) for state, why, seconds in rows]
        passes = [told.told(end) for told, end in zip(journals, ends)]  # noqa: B905  Python 3.9
        passes += [Pass({}, ended=outcome.why or outcome.state)] * (len(tries) - len(passes))
        self.executed += sum(len(each.results) for each in passes)
        return passes

    def _tried(self, one: Try, journal: Journal, begun: Collected) -> Outcome:
        place = journal.path.with_name(f"{journal.path.name}-place")
        place.mkdir()

        def work() -> bytes:
            begun.later.take(one.under, settings.environment(one.under, self.base, place), place, begun.randomness)
            writes = Writes(self.root, str(self._scratch))
            journal.run(begun.session, one.ids)
            return b"wrote" if writes.any else b""

        outcome = in_fork(work, seconds=self.seconds)
        wrote = bool(outcome.answer) or outcome.state != ANSWERED
        self.files.restore(project=wrote, temporary=begun.temporary)
        return outcome

    def _next(self, chosen: settings.Settings, ids: Sequence[str] | None) -> tuple[Path, Journal, dict[str, Any]]:
        self._passes += 1
        place = self._scratch / f"pass-{self._passes}"
        place.mkdir()
        request: dict[str, Any] = {
            "settings": chosen,
            "root": self.root,
            "words": self.words,
            "ids": ids,
            "place": str(place),
            "watch": False,
        }
        return place, Journal(place / "journal"), request

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
        env = {**env, "PYTHONPYCACHEPREFIX": str(self._scratch / "compiled")}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
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
    uses = Uses(request["root"]) if request["watch"] else None

    def work(session: Session, randomness: settings.Randomness) -> None:
        ids = session.ids if request["ids"] is None else request["ids"]

        def note(test: str) -> dict[str, Any]:
            drew = sorted(randomness.drew)
            return {} if uses is None else {"uses": [*uses.by_test.get(test, []), *drew], "names": sorted(uses.names)}

        journal.run(session, ids, note)

    session_of(request, journal, work, [] if uses is None else [uses])


def session_of(
    request: dict[str, Any],
    journal: Journal,
    work: Callable[[Session, settings.Randomness], None],
    more: Sequence[object] = (),
) -> None:
    """What the request asks for, collected: of files without a chosen test, nothing."""
    chosen: settings.Settings = request["settings"]
    place = Path(request["place"])
    randomness = settings.Randomness(chosen)
    plugins: list[object] = [randomness, *more]
    if "directory" in chosen:
        plugins.append(settings.Elsewhere(place))
    if "warnings" in chosen:
        plugins.append(settings.Warned(chosen["warnings"]))
    if request["ids"] is not None and hasattr(pytest, "version_tuple"):
        plugins.append(Only({each.partition("::")[0] for each in request["ids"]}))

    def begun(session: Session) -> None:
        journal.collected(session)
        work(session, randomness)

    words = [*request["words"], *(QUIET if "optimize" in chosen else ())]
    collected([*words, "--tb=no", "-o", f"cache_dir={place / 'cache'}"], begun, plugins)


class Only:
    """A plugin: test files that hold none of the chosen tests are not imported."""

    def __init__(self, files: set[str]) -> None:
        self._files = files

    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> bool | None:
        path = collection_path
        if path.name in ("conftest.py", "__init__.py") or not path.is_file():
            return None
        return True if os.path.relpath(path, config.rootpath) not in self._files else None


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
