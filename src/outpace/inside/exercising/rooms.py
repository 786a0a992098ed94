"""The folder that one run of a case stands in, with decoys of programs beside it, and what came to it."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

DECOY = '#!/bin/sh\n: >"${0%/*}/../ran/${0##*/}"\n'
MOST_FILES = 2000
RANDOM = re.compile(r"tmp[a-z0-9_]{8}")
"""As `tempfile` names what it makes."""
LARGEST = 1 << 20


class Room:
    """`place` is in a folder of its own, so that what lies outside of the room is seen too."""

    def __init__(
        self,
        folder: str,
        contents: Sequence[Sequence[str]],
        decoys: Sequence[str],
        *,
        listens: bool,
        linked: bool,
    ) -> None:
        self.folder = folder
        self.place = os.path.join(folder, "room")
        self.programs = os.path.join(folder, "bin")
        self.ran = os.path.join(folder, "ran")
        self.printed = os.path.join(folder, "printed")
        self.temporary = os.path.join(folder, "tmp")
        for each in (self.place, self.programs, self.ran, self.temporary):
            os.makedirs(each)
        for path, content in contents:
            self._lay(path, content)
        if linked:
            self._link()
        for name in decoys:
            where = os.path.join(self.programs, name)
            with open(where, "w", encoding="utf-8") as file:
                file.write(DECOY)
            os.chmod(where, 0o755)  # noqa: S103  a program is started by whoever runs the case
        self.listener = _listener() if listens else None
        self.before = _files(folder)

    def _lay(self, path: str, content: str) -> None:
        where = os.path.normpath(os.path.join(self.place, path))
        if not where.startswith(self.folder + os.sep):
            raise ValueError(f"{path} leaves the folder of its case")
        os.makedirs(os.path.dirname(where), exist_ok=True)
        with open(where, "w", encoding="utf-8") as file:
            file.write(content)

    def _link(self) -> None:
        """Each folder of the room is a link to where it lies now, beside it."""
        for name in sorted(os.listdir(self.place)):
            where = os.path.join(self.place, name)
            if os.path.isdir(where):
                os.rename(where, f"{where}.there")
                os.symlink(f"{name}.there", where)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1]) if self.listener is not None else 0

    def came(self) -> dict[str, Any]:
        """Of files by what they hold, of programs and connections; asked once all of its processes are gone."""
        now = _files(self.folder)
        changed = [path for path in now if now[path] != self.before.get(path)]
        gone = [path for path in self.before if path not in now]
        names = {path: self._named(path) for path in (*changed, *gone)}
        seen = sorted({name for name in names.values() if name})
        modes = sorted({f"{names[path]} {now[path].mode:o}" for path in changed if names[path]})
        programs = sorted(map(_whole, os.listdir(self.ran))) if os.path.isdir(self.ran) else []
        over = {"state": "died", "why": f"it left more than {MOST_FILES} files"} if len(now) > MOST_FILES else {}
        return {
            "files": seen,
            "modes": modes,
            "programs": programs,
            "connected": _came(self.listener),
            "printed": _text(self.printed),
            **over,
        }

    def _named(self, path: str) -> str:
        """As it is told; nothing of what is kept for the asker."""
        name = os.path.relpath(os.path.join(self.folder, path), self.place)
        if name.startswith(("../ran/", "../printed")):
            return ""
        name = RANDOM.sub("tmp*", name) if name.startswith("../tmp/") else name
        return _whole(name)


class _File(NamedTuple):
    size: int
    content: bytes
    mode: int


def _files(folder: str) -> dict[str, _File]:
    found: dict[str, _File] = {}
    for at, folders, names in os.walk(folder):
        for name in (*names, *folders):
            path = os.path.join(at, name)
            with contextlib.suppress(OSError):
                found[os.path.relpath(path, folder)] = _file(path)
        if len(found) > MOST_FILES:
            break
    return found


def _file(path: str) -> _File:
    state = os.lstat(path)
    if os.path.islink(path):
        return _File(0, os.fsencode(os.readlink(path)), state.st_mode)
    if not os.path.isfile(path):
        return _File(0, b"", state.st_mode)
    with open(path, "rb") as file:
        return _File(state.st_size, file.read(LARGEST), state.st_mode)


def _listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(8)
    listener.setblocking(False)  # noqa: FBT003  it takes it by position
    return listener


def _came(listener: Optional[socket.socket]) -> bool:
    if listener is None:
        return False
    try:
        listener.accept()[0].close()
    except OSError:
        return False
    finally:
        listener.close()
    return True


def _whole(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


def _text(path: str) -> str:
    if not os.path.isfile(path):  # a pipe has no end
        return ""
    try:
        with open(path, "rb") as file:
            return file.read(1 << 16).decode("utf-8", "replace")
    except OSError:
        return ""
