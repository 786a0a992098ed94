"""Releases without a wheel: no build is run for a resolution, so each gets a wheel that needs nothing.

Only the copy that uv resolves in sees those wheels; nothing is ever installed from them.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

from outpace.ecosystems.pypi.versions import parse
from outpace.engines import uv_words

AT_MOST = 60


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
        self._met[name] = str(version)
        self._folder.mkdir(exist_ok=True)
        _write(self._folder, name.replace("-", "_"), str(version))
        return True

    @property
    def notes(self) -> tuple[str, ...]:
        if not self._met:
            return ()
        names = ", ".join(f"{name} {version}" for name, version in self.met)
        one = len(self._met) == 1
        said = f"{names} {'has' if one else 'have'} no wheel, and no build is run for a resolution"
        return (f"{said}: what {'it needs' if one else 'they need'} in turn was not checked",)


def _write(folder: Path, name: str, version: str) -> None:
    information = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{information}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{information}/RECORD", "")
