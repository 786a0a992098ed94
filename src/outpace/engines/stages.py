"""The folders of environments that are there for seconds: what stands in each, and how all of it goes."""

from __future__ import annotations

import os
from pathlib import Path

from outpace.engines.envoy import launching
from outpace.engines.envoy.place import Place
from outpace.engines.removal import removed
from outpace.model.errors import DamagedData

STAGE, DATA = "stage.json", "data.json"
TICKS = os.sysconf("SC_CLK_TCK")


class StageFolders:
    """Bodies are kept as they were handed over, each in a file of its own."""

    def __init__(self, top: Path) -> None:
        self.top = top

    def folder(self, name: str) -> Path:
        return self.top / name

    def names(self) -> tuple[str, ...]:
        """Those that were begun, whether or not they came up."""
        return tuple(sorted(path.name for path in self.top.iterdir() if path.is_dir())) if self.top.is_dir() else ()

    def keep(self, name: str, body: bytes, file: str = STAGE) -> None:
        Place(self.folder(name)).write(self.folder(name) / file, body)

    def read(self, name: str, file: str = STAGE) -> bytes | None:
        try:
            return (self.folder(name) / file).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DamagedData(
                f"{name} cannot be read: {error.strerror}", hint=f"outpace staging down {name}"
            ) from error

    def end(self, name: str) -> None:
        """Its watchdog first, which would start the rest again."""
        folder = self.folder(name)
        if folder.is_dir():
            launching.end_watchdog(folder)
            launching.end_all(folder)

    def remove(self, name: str) -> None:
        """Last of all: until then it is among the names, and whoever is killed before can do it again."""
        removed(self.folder(name))

    def runs(self, name: str) -> bool:
        return bool(launching.watchdog_of(self.folder(name)) or self._pids(name))

    def cpu_seconds(self, name: str) -> float:
        """Of what runs of it now, its children included."""
        return sum(map(_cpu, self._pids(name)))

    def _pids(self, name: str) -> list[int]:
        folder = self.folder(name)
        place = Place(folder)
        pids = (place.pid(path.stem) for path in (folder / "processes").glob("*.json"))
        return [pid for pid in pids if pid]


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / TICKS
