"""How Python finds a module in a directory."""

from __future__ import annotations

from collections.abc import Callable, Collection
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


def _file(names: Collection[str], stem: str) -> str:
    """Sources, bytecode that lies where a source would, and extensions, as `stem.abi3.so`."""
    plain = next((one for suffix in (".py", ".pyc", ".so") if (one := stem + suffix) in names), "")
    start = f"{stem}."
    return plain or next((one for one in names if one.endswith(".so") and one.startswith(start)), "")
