"""An agent's own home: copies of what the user named of theirs, its login, and nothing else."""

from __future__ import annotations

import math
import os
import re
import shutil
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from outpace.engines.foreign_files import content
from outpace.model.errors import BadConfiguration
from outpace.proving.ladder.patch import Patch
from outpace.sandbox import mask

MOST_FILES = 5_000
LARGEST = 64 << 20
SECRET_FILE = 1 << 20
SHORTEST = 8
_TOKEN = re.compile(rb"[A-Za-z0-9_\-./+=]{24,8192}")
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASS|CRED|AUTH", re.IGNORECASE)
_KEY = re.compile(r"\b(?:sk|rk|xai|gsk|AIza)[-_]?[A-Za-z0-9_-]{20,}")
_ENTROPY = 3.5  # bits a character; of names and paths it is less, or they lack digits or capitals
_HIDDEN = "***"


def copied(home: Path, names: Iterable[str], into: Path) -> tuple[str, ...]:
    """Each at its own place below `into`, with no link that leads out of what was named. Gives those that are not
    there. Raises BadConfiguration.
    """
    into.mkdir(mode=0o700)
    missing: list[str] = []
    room = _Room()
    for name in names:
        path = inside(home, name)
        source = home / path
        if not os.path.lexists(source):
            missing.append(name)
            continue
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy(source.resolve(), target, room)
    return tuple(missing)


def inside(home: Path, name: str) -> Path:
    """What is named, below the home directory. Raises BadConfiguration."""
    text = name.removeprefix("~/")
    path = Path(os.path.normpath(text))
    if path.is_absolute() and path.is_relative_to(home):
        path = path.relative_to(home)
    if path.is_absolute() or ".." in path.parts or path == Path() or text.startswith("~"):
        raise BadConfiguration(
            f"{name!r} in `home` of [proposers.agent] is no file or folder below the home directory",
            hint='name the agent\'s own login alone: home = ["~/.codex/auth.json"]',
        )
    return path


class _Room(msgspec.Struct):
    files: int = 0
    size: int = 0

    def take(self, size: int, path: Path) -> None:
        self.files += 1
        self.size += size
        if self.files > MOST_FILES or self.size > LARGEST:
            raise BadConfiguration(
                f"`home` of [proposers.agent] names more than {MOST_FILES:,} files or {LARGEST >> 20} MiB, at {path}",
                hint="name the files that the agent's login needs, not all of its history",
            )


def _copy(source: Path, target: Path, room: _Room) -> None:
    """`source` is where the named thing really is."""
    if source.is_file():
        room.take(source.stat().st_size, source)
        _copy_file(source, target)
        return
    for at, folders, names in os.walk(source):
        here = target / Path(at).relative_to(source)
        here.mkdir(exist_ok=True, mode=0o700)
        folders[:] = [name for name in folders if not (Path(at) / name).is_symlink()]
        for name in names:
            place = Path(os.path.realpath(Path(at) / name))
            if place.is_relative_to(source) and place.is_file():
                room.take(place.stat().st_size, place)
                _copy_file(place, here / name)


def _copy_file(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o700 if source.stat().st_mode & stat.S_IXUSR else 0o600)


class Secrets:
    """What the agent was given to identify itself: it belongs neither into what we keep nor into a change."""

    def __init__(self, variables: Mapping[str, str], home: Path) -> None:
        """`home` is read now, before the agent changes it. Of variables, the name of a model is no secret."""
        values = {name: value.encode("utf-8", "surrogateescape") for name, value in variables.items()}
        given = {value for name, value in values.items() if len(value) >= SHORTEST and _is_secret(name, value)}
        self._known = tuple(sorted(given.union(*(_tokens(file) for file in _files(home))), key=len, reverse=True))

    def masked(self, text: str) -> str:
        for each in self._known:
            text = text.replace(each.decode("utf-8", "replace"), _HIDDEN)
        return mask(_KEY.sub(_HIDDEN, text))

    def told_by(self, patch: Patch) -> str:
        """The path of a changed file that newly holds one; empty where none does."""
        for file in patch.files:
            before, after = file.before or b"", file.after or b""
            name = file.path.encode("utf-8", "surrogateescape")
            if any((each in after and each not in before) or each in name for each in self._known):
                return self.masked(file.path)
        return ""


def _files(home: Path) -> Iterator[Path]:
    for at, _, names in os.walk(home):
        yield from (Path(at) / name for name in names)


def _is_secret(name: str, value: bytes) -> bool:
    return _SECRET_NAME.search(name) is not None or any(map(_by_chance, _TOKEN.findall(value)))


def _tokens(file: Path) -> Iterator[bytes]:
    return filter(_by_chance, _TOKEN.findall(content(file, SECRET_FILE)))


def _by_chance(word: bytes) -> bool:
    """Looks drawn by chance: capitals, small letters and digits, or a long hexadecimal number."""
    mixed = all(re.search(kind, word) for kind in (rb"[A-Z]", rb"[a-z]", rb"[0-9]"))
    return (mixed and _entropy(word) >= _ENTROPY) or re.fullmatch(rb"[0-9a-f]{32,}", word) is not None


def _entropy(word: bytes) -> float:
    counts = Counter(word).values()
    return -sum(count / len(word) * math.log2(count / len(word)) for count in counts)
