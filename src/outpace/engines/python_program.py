"""A program that is a Python package of its own environment, as pipx, uv and the tools' own installers leave it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from importlib.metadata import Distribution
from pathlib import Path

from msgspec import Struct

_DIRECT = re.compile(rb"#! *(/[^\n\0]{1,1000}?)(?: +-\S*)?[ \r]*\n")
_THROUGH_SHELL = re.compile(rb"#! */bin/sh\n'''exec' \"?(/[^\"\n\0]{1,1000}?)\"? \"\$0\" \"\$@\"\n")
_START = 4096
_SYSTEM = Path("/usr")


class Program(Struct, frozen=True, kw_only=True):
    """`python` runs the package of this name; `readable` is what that needs of the file system."""

    name: str
    version: str
    python: Path
    packages: Path
    readable: tuple[Path, ...]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def found(name: str, environ: Mapping[str, str]) -> Program | str:
    """The program, or why there is none that can be run."""
    script = shutil.which(name, path=environ.get("PATH"))
    if script is None:
        return f"{name} is not installed"
    python = _interpreter(Path(script))
    if python is None:
        return f"{script} is not started by a Python of its own, so it is not run here"
    libraries = ("lib/python3*/site-packages", "lib/python3/dist-packages", "local/lib/python3*/dist-packages")
    places = [found for each in libraries for found in sorted(python.parent.parent.glob(f"{each}/{name}"))]
    packages = next(iter(places), None)
    if packages is None:
        return f"{script} is started by {python}, whose packages have no {name}"
    whole = next(iter(Distribution.discover(name=name, path=[str(packages.parent)])), None)
    return Program(
        name=name,
        version=whole.version if whole is not None else "of an unknown version",
        python=python,
        packages=packages.parent,
        readable=readable_of(python),
    )


def readable_of(python: Path) -> tuple[Path, ...]:
    """The environment of an interpreter, and the installation that it was made from."""
    prefixes = {python.parent.parent, python.resolve().parent.parent}
    configured = python.parent.parent / "pyvenv.cfg"
    if configured.is_file():
        settings = (line.partition("=") for line in configured.read_text(errors="replace").splitlines())
        prefixes.update(Path(value.strip()).parent for key, _, value in settings if key.strip() == "home")
    return tuple(sorted(each for each in prefixes if each.is_dir() and not _is_too_much(each)))


def _is_too_much(prefix: Path) -> bool:
    """What the box shows anyway, and what would show a whole home."""
    return prefix.is_relative_to(_SYSTEM) or prefix in (Path("/"), Path.home())


def _interpreter(script: Path) -> Path | None:
    try:
        with script.open("rb") as opened:
            start = opened.read(_START)
    except OSError:
        return None
    told = _THROUGH_SHELL.match(start) or _DIRECT.match(start)
    python = Path(told[1].decode("utf-8", "surrogateescape")) if told else None
    return python if python is not None and python.name.startswith("python") and python.is_file() else None
