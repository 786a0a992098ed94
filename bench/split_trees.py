"""What the bench of splitting asks of a tree, read apart from what it measures: all files, not the changed ones."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple


class Text(NamedTuple):
    """One file: the names that its top level has, what it imports, and whether it takes all names of some module."""

    names: frozenset[str]
    imports: tuple[tuple[int, str, str], ...]  # dots, module, name
    is_open: bool


class Trees:
    """The trees of one clone, each blob read once."""

    def __init__(self, clone: Path) -> None:
        self.clone = clone
        self._texts: dict[str, Text | None] = {}

    def wrong(self, revision: str) -> frozenset[str]:
        """A sentence for each file that cannot be read, and each import from the tree itself that finds nothing."""
        blobs = self._blobs(revision)
        texts = self._read(blobs)
        found = {f"{path}: cannot be read" for path, text in texts.items() if text is None}
        places = {_module(path): path for path in blobs}
        tops = {_module(path).split(".")[0] for path in blobs}
        for path, text in texts.items():
            if text is not None:
                found |= {told for each in text.imports if (told := _unmet(path, each, places, texts, tops))}
        return frozenset(found)

    def _blobs(self, revision: str) -> dict[str, str]:
        listed = _git(self.clone, "ls-tree", "-r", "-z", revision)
        rows = (row.partition("\t") for row in listed.split("\0") if row)
        return {path: facts.split()[2] for facts, _, path in rows if path.endswith(".py") and " blob " in facts}

    def _read(self, blobs: Mapping[str, str]) -> dict[str, Text | None]:
        missing = sorted({blob for blob in blobs.values() if blob not in self._texts})
        if missing:
            self._texts |= zip(missing, map(_text, _contents(self.clone, missing)), strict=True)
        return {path: self._texts[blob] for path, blob in blobs.items()}


def _unmet(
    path: str,
    taken: tuple[int, str, str],
    places: Mapping[str, str],
    texts: Mapping[str, Text | None],
    tops: set[str],
) -> str:
    dots, module, name = taken
    package = path.split("/")[:-1]
    if dots:
        whole = ".".join([*package[: len(package) - dots + 1], *filter(None, [module])])
        near = [whole]
    elif module.split(".")[0] not in tops:
        return ""
    else:
        near = [module, f"src.{module}", f"lib.{module}"]
    target = next((places[each] for each in near if each in places), None)
    if target is None:
        is_folder = any(place.startswith(f"{each}.") for place in places for each in near)
        return "" if is_folder else f"{path}: no module {module}"
    text = texts[target]
    if not name or text is None or text.is_open or name in text.names:
        return ""
    return "" if any(f"{each}.{name}" in places for each in near) else f"{path}: no {name} in {target}"


def _module(path: str) -> str:
    return (
        path.removesuffix(".py").replace("/", ".").removesuffix(".__init__").removeprefix("src.").removeprefix("lib.")
    )


@lru_cache(maxsize=4096)
def _text(content: bytes) -> Text | None:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return None
    names: set[str] = set()
    imports: list[tuple[int, str, str]] = []
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=module, level=level, names=taken):
                imports += ((level, module or "", each.name) for each in taken if each.name != "*")
                names |= {each.asname or each.name for each in taken}
            case ast.Import(names=taken):
                imports += ((0, each.name, "") for each in taken)
                names |= {each.asname or each.name.split(".")[0] for each in taken}
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case _:
                continue
    return Text(frozenset(names), tuple(imports), bool({"*", "__getattr__"} & names))


def _contents(clone: Path, blobs: list[str]) -> list[bytes]:
    words = ["git", "-C", str(clone), "cat-file", "--batch"]
    said = subprocess.run(words, input="\n".join(blobs).encode(), capture_output=True, check=True).stdout
    found: list[bytes] = []
    at = 0
    while at < len(said):
        end = said.index(b"\n", at)
        size = int(said[at:end].split()[2])
        found.append(said[end + 1 : end + 1 + size])
        at = end + 2 + size
    return found


def _git(clone: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(clone), *words], capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape")
