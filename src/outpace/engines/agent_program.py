"""The program that an agent's command names: where it is, and what of its installation it must be able to read."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from outpace.engines.python_program import readable_of
from outpace.model.errors import BadConfiguration, ToolMissing

_SYSTEM = (Path("/usr"), Path("/bin"), Path("/sbin"), Path("/lib"), Path("/lib64"), Path("/nix/store"))
_SHEBANG = re.compile(rb"#! *(\S+)(?: +(?:-S +)?(?:[A-Za-z_]+=\S* +)*([^\s-]\S*))?")
_MOST = 4
"""Scripts that are started by scripts."""


class Program(Struct, frozen=True, kw_only=True):
    path: Path  # as it was found; links to it are not followed, since some programs look at their own name
    readable: tuple[Path, ...]
    folders: tuple[str, ...]  # for PATH


def found(name: str, environ: Mapping[str, str], home: Path) -> Program:
    """Raises ToolMissing or BadConfiguration."""
    path = _which(word_of(name, home), environ)
    if path is None:
        raise ToolMissing(
            f"{name} cannot be run: it is in no folder of PATH",
            hint="install it, or name it by its whole path in `command` of [proposers.agent]",
        )
    chain = [path]
    while len(chain) < _MOST and (interpreter := _interpreter(chain[-1], environ)) is not None:
        chain.append(interpreter)
    readable = {place for each in chain for place in _installation(each) if not _is_too_much(place, home)}
    folders = dict.fromkeys((*(str(each.parent) for each in chain), "/usr/local/bin", "/usr/bin", "/bin"))
    return Program(path=path, readable=tuple(sorted(readable)), folders=tuple(folders))


def word_of(name: str, home: Path) -> str:
    """What is looked for. Raises BadConfiguration: never a program of the repository, so a relative path is refused."""
    word = str(home / name[2:]) if name.startswith("~/") else name
    if "/" in word and not Path(word).is_absolute():
        raise BadConfiguration(
            f"`command` of [proposers.agent] begins with {name!r}, which lies in the repository or nowhere",
            hint="name the program as your shell finds it, or by its whole path",
        )
    return word


def _which(name: str, environ: Mapping[str, str]) -> Path | None:
    """Folders of PATH that are relative are passed over: they lie in whatever directory one is in."""
    folders = [each for each in environ.get("PATH", os.defpath).split(os.pathsep) if Path(each).is_absolute()]
    place = shutil.which(name, path=os.pathsep.join(folders))
    return Path(place) if place else None


def _interpreter(script: Path, environ: Mapping[str, str]) -> Path | None:
    try:
        with script.open("rb") as opened:
            told = _SHEBANG.match(opened.readline(4096))
    except OSError:
        return None
    if told is None:
        return None
    first = os.fsdecode(told[1])
    if Path(first).name != "env":
        return _which(first, environ)
    return _which(os.fsdecode(told[2]), environ) if told[2] else None


def _installation(path: Path) -> tuple[Path, ...]:
    """What belongs to a program: the environment of a Python, the packages of Node, a folder in /opt, or the file."""
    real = path.resolve()
    places = [path]
    if re.fullmatch(r"python[\d.]*", path.name):
        places += filter(_is_python, readable_of(path))
    elif path.name in {"node", "nodejs", "bun", "deno"} or "node_modules" in real.parts:
        places += _node(real)
    elif real.is_relative_to("/opt") and len(real.parts) > 3:
        places.append(Path("/opt", real.parts[2]))
    return tuple(places)


def _is_python(prefix: Path) -> bool:
    """An environment, or an installation: not the ~/.local that a link to one lies in."""
    return (prefix / "pyvenv.cfg").is_file() or any(prefix.glob("lib*/python3*/os.py"))


def _node(real: Path) -> tuple[Path, ...]:
    """All packages beside it: those that it needs may be next to it. Of Node itself the version that it is in."""
    if "node_modules" in real.parts:
        return (Path(*real.parts[: real.parts.index("node_modules") + 1]),)
    prefix = real.parent.parent
    return (prefix,) if real.parent.name == "bin" and (prefix / "lib" / "node_modules").is_dir() else (real,)


def _is_too_much(place: Path, home: Path) -> bool:
    """What the box shows anyway, and what would show a whole home."""
    real = place.resolve()
    shown = any(real.is_relative_to(each) and place.is_relative_to(each) for each in _SYSTEM)
    return shown or not place.exists() or any(each.is_relative_to(real) for each in (home.resolve(), Path.home()))
