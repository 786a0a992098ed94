"""How Python finds a module in a directory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import TypeAlias

Names: TypeAlias = Callable[[str], Collection[str]]
"""What lies in a directory; nothing where it is none."""


def module_in(names: Names, folder: str, name: str) -> str:
    """The file that Python takes for the module; empty where there is none. A directory without `__init__` is none:
    a module of that name further behind on the path goes before it."""
    here = names(folder)
    within = _file(names(f"{folder}/{name}"), "__init__") if name in here else ""
    if within:
        return f"{folder}/{name}/{within}"
    alone = _file(here, name)
    return f"{folder}/{alone}" if alone else ""


def shadowed(names: Names, site: str, listed: Iterable[str]) -> str:
    """What Python takes in the place of a module that is listed there, and is not; empty where there is nothing."""
    known = frozenset(listed)
    for path in known:
        module, _, file = path.rpartition("/")
        stem = file.partition(".")[0]
        if stem != "__init__":
            module = f"{module}/{stem}".lstrip("/")
        folder, _, name = f"{site}/{module}".rpartition("/")
        taken = module_in(names, folder, name) if module and file.endswith((".so", f"{stem}.py")) else ""
        if taken and taken.removeprefix(f"{site}/") not in known:
            return taken
    return ""


def _file(names: Collection[str], stem: str) -> str:
    """Extensions, as `stem.abi3.so`, sources, and bytecode that lies where a source would."""
    extension = _extensions(frozenset(names)).get(stem, "")
    return extension or next((one for suffix in (".py", ".pyc") if (one := stem + suffix) in names), "")


@lru_cache(maxsize=64)
def _extensions(names: frozenset[str]) -> dict[str, str]:
    return {one.partition(".")[0]: one for one in sorted(names) if one.endswith(".so")}
