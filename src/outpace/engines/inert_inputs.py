"""What uv needs of a foreign tree to install from its locks, laid out so that nothing in it can run.

uv builds editable projects even with --no-build, so no project's sources lie here and no build backend is named.
"""

from __future__ import annotations

import posixpath
from pathlib import Path

from outpace.engines.python_recipe import EDITABLE, Recipe
from outpace.engines.uv_copy import inert


def lay_out(tree: Path, recipe: Recipe, place: Path) -> Path:
    """The directory that uv is run in."""
    for name in recipe.inputs:
        content = (tree / name).read_bytes()
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        match posixpath.basename(name):
            case "pyproject.toml":
                file.write_bytes(inert(content))
            case base if base.endswith((".txt", ".in")):
                file.write_text(without_editables(content.decode("utf-8", "replace")))
            case _:
                file.write_bytes(content)
    directory = place / recipe.directory
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def without_editables(text: str) -> str:
    """The project's own directories are put on the path instead; any other editable fails, since it is not here."""
    return EDITABLE.sub("# the project itself", text)
