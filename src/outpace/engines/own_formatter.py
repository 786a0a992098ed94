"""A project's own formatter, in the sandbox: a file goes in as text and comes out as text."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

from outpace import sandbox
from outpace.engines.confined_python import ConfinedPython, Limits
from outpace.proving.ports import Built

WORDS = {
    "ruff": ("format", "--quiet", "--no-cache", "--stdin-filename"),
    "black": ("--quiet", "--stdin-filename"),
}
SECONDS = 60.0


class OwnFormatter:
    """`name` is `ruff` or `black`. It reads the project's settings from `tree`."""

    def __init__(self, python: ConfinedPython, *, built: Built, tree: Path, name: str) -> None:
        self._python = python
        self._built = built
        self._tree = tree
        self._name = name

    def __call__(self, path: str, text: str) -> str:
        """The text as it was where there is no such program, or where it makes something else of it."""
        own = Path(self._built.path) / "bin" / self._name
        found = str(own) if own.exists() else shutil.which(self._name)
        if found is None:
            return text
        confined = self._python.run(
            self._built,
            (found, *WORDS[self._name], path, "-"),
            tree=self._tree,
            cwd=self._tree,
            limits=Limits(seconds=SECONDS),
            network=sandbox.NoNetwork(),
            readable=_readable(Path(found)),
            stdin=text.encode(),
        )
        made = confined.done.stdout.decode("utf-8", "replace")
        return made if confined.done.returncode == 0 and _same(made, text) else text


def _readable(program: Path) -> tuple[Path, ...]:
    """The program, and the environment that it was installed in."""
    real = program.resolve()
    places = [place.parent.parent for place in (program, real) if (place.parent.parent / "pyvenv.cfg").exists()]
    return (program, real, *places)


def _same(made: str, text: str) -> bool:
    try:
        return ast.dump(ast.parse(made)) == ast.dump(ast.parse(text))
    except SyntaxError:
        return False
