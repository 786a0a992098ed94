"""Settings under which a project's tests run: what a process gets at its start, and what is put in place inside it."""

from __future__ import annotations

import locale
import operator
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from . import clock

Settings = dict[str, str]

OURS = ("CI", "LANG", "LC_ALL", "LANGUAGE", "TZ")
"""What the sandbox sets, or what would make one machine's plain run another than the next one's."""
PLAIN = {"USER": "dev", "LOGNAME": "dev", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
SEED, UUID = "2", "a1b2c3d4-0000-4000-8000-000000000000"
AT_START = ("hash-seed", "locale", "optimize")
"""Only a new interpreter takes these."""
FROM_COLLECTION = (*AT_START, "warnings", "cpu")
"""A fork of the collected session is too late for these."""
LONG = 60


def at_start(settings: Mapping[str, str]) -> bool:
    return any(name in settings for name in AT_START)


def environment(settings: Mapping[str, str], base: Mapping[str, str], place: Path) -> dict[str, str]:
    """A home and a folder for temporary files of its own are made in `place`."""
    env = {**base, **PLAIN, "PYTHONHASHSEED": settings.get("hash-seed", "0")}
    env["HOME"] = str(_home(place, settings.get("home", "")))
    env["TMPDIR"] = str(_temporary(place, settings.get("temporary", "")))
    if "time-zone" in settings:
        env["TZ"] = settings["time-zone"]
    if "locale" in settings:
        env["LC_ALL"] = settings["locale"]
        if settings["locale"] == "C":
            env |= {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    for name, value in settings.items():
        if name.startswith("set:"):
            env[name[4:]] = value
        elif name.startswith("unset:"):
            env.pop(name[6:], None)
    return env


def base_environment(keep: frozenset[str]) -> dict[str, str]:
    """What the sandbox gave, but for what only it would set; `keep` the project itself asks for."""
    return {name: value for name, value in os.environ.items() if name in keep or name not in OURS}


def _home(place: Path, how: str) -> Path:
    home = place / "home"
    if how == "missing":
        return place / "nobody" / "home"
    home.mkdir(parents=True, exist_ok=True)
    if how == "read-only":
        home.chmod(0o555)
    return home


def _temporary(place: Path, how: str) -> Path:
    name = {"with space": "with space", "long": "long" * (LONG // 4)}.get(how, "tmp")
    folder = place / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def enter(settings: Mapping[str, str], env: Mapping[str, str]) -> None:
    """Puts this process, a fork or a fresh one, under the settings, before anything of the project is imported."""
    _environ(env)
    _take_locale()
    os.umask(int(settings.get("umask", "022"), 8))
    if "listing" in settings:
        Listing().how = settings["listing"]
    if "clock" in settings or "sleep" in settings:
        _turn(clock.Clock(), settings)
    if "switch-interval" in settings:
        sys.setswitchinterval(float(settings["switch-interval"]))
    if "pid" in settings:
        _take_number(int(settings["pid"]))


def _environ(env: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    tempfile.tempdir = None


class Later:
    """For settings that a fork takes when the tests are collected already: what code may hold by its name is put in
    place before anything of the project is imported, and does nothing until then."""

    def __init__(self) -> None:
        self._clock = clock.Clock()
        self._listing = Listing()

    def take(self, settings: Mapping[str, str], env: Mapping[str, str], place: Path, randomness: Randomness) -> None:
        _environ(env)
        os.umask(int(settings.get("umask", "022"), 8))
        self._listing.how = settings.get("listing", "")
        _turn(self._clock, settings)
        if "switch-interval" in settings:
            sys.setswitchinterval(float(settings["switch-interval"]))
        if "pid" in settings:
            _take_number(int(settings["pid"]))
        if "directory" in settings:
            Elsewhere(place).pytest_collection_finish()
        randomness.draw(settings)


def _turn(own: clock.Clock, settings: Mapping[str, str]) -> None:
    own.longer = float(settings.get("sleep", "1"))
    if "clock" in settings:
        own.set(settings["clock"])


def _take_number(number: int) -> None:
    """Children keep theirs: multiprocessing tells by it who is who."""
    real, own = os.getpid, os.getpid()
    _set(os, "getpid", lambda: number if real() == own else real())


def _take_locale() -> None:
    try:
        locale.setlocale(locale.LC_CTYPE, "")
    except locale.Error:
        locale.setlocale(locale.LC_CTYPE, "C")


class Randomness:
    """A plugin: `random`, numpy and the first `uuid4` begin anew ahead of each test, so that what others drew does not
    matter."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.draw(settings)
        self._drawn: random.Random = random.Random()  # noqa: S311  the same again for the same seed
        self._first = False
        self.drew: set[str] = set()
        _set(uuid, "uuid4", self._uuid4)

    def draw(self, settings: Mapping[str, str]) -> None:
        self._seed = int(settings.get("random", SEED))
        self._uuid = uuid.UUID(settings.get("uuid", UUID))

    def _uuid4(self) -> uuid.UUID:
        self.drew.add("uuid")
        if self._first:
            self._first = False
            return self._uuid
        return uuid.UUID(int=self._drawn.getrandbits(128), version=4)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        self.begin()

    def begin(self) -> None:
        random.seed(self._seed)
        self._drawn = random.Random(self._seed)  # noqa: S311  the same again for the same seed
        self._first = True
        self.drew = set()
        numpy = sys.modules.get("numpy.random")
        if numpy is not None:
            numpy.seed(self._seed)


class Elsewhere:
    """A plugin: once all is collected, the working directory is another."""

    def __init__(self, place: Path) -> None:
        self._place = place / "elsewhere"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        self._place.mkdir(exist_ok=True)
        os.chdir(self._place)


class Warned:
    """A plugin: `-W error` for tests and their collection, once all plugins are there, whose own start may warn."""

    def __init__(self, how: str) -> None:
        self._how = how

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        options: Any = session.config.known_args_namespace
        options.pythonwarnings = [*(options.pythonwarnings or ()), self._how]


class Listing:
    """The names of a folder from the last to the first, in order, or in a shuffled one; as they come without `how`."""

    def __init__(self) -> None:
        self.how = ""
        self._listdir: Any = os.listdir
        self._scandir: Any = os.scandir
        _set(os, "listdir", self.listdir)
        _set(os, "scandir", self.scandir)

    def _turned(self, names: list[Any], key: Any) -> list[Any]:
        names = sorted(names, key=key, reverse=self.how == "reversed")
        if self.how == "shuffled":
            random.Random(len(names)).shuffle(names)  # noqa: S311  the same again for the same seed
        return names

    def listdir(self, path: Any = ".") -> list[Any]:
        names: list[Any] = list(self._listdir(path))
        return self._turned(names, None) if self.how else names

    def scandir(self, path: Any = ".") -> Any:
        if not self.how:
            return self._scandir(path)
        with self._scandir(path) as found:
            entries: list[Any] = [*found]
            return Listed(self._turned(entries, operator.attrgetter("name")))


class Listed(list[Any]):
    """What `os.scandir` gives, in another order."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __next__(self) -> Any:
        if not self:
            raise StopIteration
        return self.pop(0)

    def close(self) -> None:
        return None


def _set(where: object, name: str, value: object) -> None:
    setattr(where, name, value)
