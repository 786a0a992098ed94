"""Releases without a wheel: no build is run for a resolution, so each gets a wheel that needs nothing.

Only the copy that uv resolves in sees those wheels; nothing is ever installed from them.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from packaging.version import Version

from outpace.ecosystems.pypi.versions import parse
from outpace.engines import uv_words
from outpace.engines.uv import Locked

AT_MOST = 60
BESIDE = "+outpace"


class Unbuilt:
    """Those that were met so far, in one folder for `--find-links`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._met: dict[str, str] = {}

    @property
    def options(self) -> tuple[str, ...]:
        return ("--find-links", str(self._folder)) if self._met else ()

    @property
    def met(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self._met.items()))

    def meets(self, said: str, pins: Mapping[str, str], *, but: Collection[str]) -> bool:
        """Whether uv stopped at one that is new; never at one of `but`, whose needs are what is asked."""
        found = uv_words.without_wheel(said)
        if found is None:
            return False
        name, exact = found
        version = parse(exact or pins.get(name, ""))
        if version is None or name in self._met or name in but or len(self._met) >= AT_MOST:
            return False
        self._meet(name, version)
        return True

    def foresee(self, pins: Mapping[str, str], chosen: Callable[[tuple[str, ...]], Iterable[Locked]]) -> None:
        """Meets all at once, where uv names one a question: each pin may also be had with a local version, which is
        `chosen` under these options where the release itself has no wheel. Asked once."""
        beside = self._folder.with_name(f"{self._folder.name}-beside")
        if beside.exists():
            return
        beside.mkdir()
        known = {name: version for name, pin in pins.items() if (version := parse(pin)) is not None}
        for name, version in known.items():
            if version.local is None:
                write_wheel(beside, name, f"{version}{BESIDE}")
        for each in chosen(("--no-deps", "--resolution", "lowest", "--find-links", str(beside))):
            ours = each.version.endswith(BESIDE) and each.name in known and each.name not in self._met
            if ours and len(self._met) < AT_MOST:
                self._meet(each.name, known[each.name])

    def _meet(self, name: str, version: Version) -> None:
        self._met[name] = str(version)
        self._folder.mkdir(exist_ok=True)
        write_wheel(self._folder, name, str(version))

    @property
    def notes(self) -> tuple[str, ...]:
        if not self._met:
            return ()
        names = ", ".join(f"{name} {version}" for name, version in self.met)
        one = len(self._met) == 1
        said = f"{names} {'has' if one else 'have'} no wheel, and no build is run for a resolution"
        return (f"{said}: what {'it needs' if one else 'they need'} in turn was not checked",)


def write_wheel(folder: Path, name: str, version: str, needs: Iterable[str] = ()) -> None:
    """With metadata alone; `needs` are lines of it."""
    asks = "".join(f"Requires-Dist: {' '.join(line.split())}\n" for line in needs)
    stem = f"{name.replace('-', '_')}-{version}"
    information = f"{stem}.dist-info"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{information}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{asks}")
        wheel.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{information}/RECORD", "")
