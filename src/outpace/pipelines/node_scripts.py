"""Where npm, yarn, pnpm, bun and npx lead: scripts of package.json, and programs of packages."""

from __future__ import annotations

import fnmatch
import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import cast

from msgspec import structs

from outpace.model.toml import table
from outpace.pipelines.events import LookUp, Lost, text_at
from outpace.pipelines.place import Argv, Found, Place, Text, fixed

Words = tuple[str, ...]
MANAGERS = ("npm", "yarn", "pnpm", "bun")
RUNS = ("run", "run-script", "rum", "urn")
NPM_OWN = {"t": "test", "tst": "test", "test": "test", "start": "start", "stop": "stop", "restart": "restart"}
IN = ("--prefix", "-C", "--cwd", "--dir")
TAKES = ("-w", "--workspace", "--filter", "-F", "-p", "--package")
EVERYWHERE = (
    "--workspaces",
    "-ws",
    "-r",
    "--recursive",
    "-w",
    "--workspace",
    "--filter",
    "-F",
    "workspaces",
    "workspace",
)
OF_ITS_OWN = frozenset(
    {"install", "i", "ci", "add", "audit", "cache", "config", "publish", "pack", "version", "set", "dlx", "exec", "x",
     "global", "link", "login", "whoami", "info", "view", "ls", "list", "outdated", "update", "upgrade", "up", "why",
     "prune", "dedupe", "rebuild", "init", "create", "import", "fetch", "store", "root", "bin", "prefix", "plugin",
     "npm", "node", "policies", "help", "remove", "uninstall", "un", "rm", "ping", "access", "dist-tag", "deprecate",
     "install-clean", "clean-install", "get", "-v", "--version", "env", "pm", "build-all", "approve-builds"}
)  # fmt: skip
SERIES = ("run-s", "run-p", "npm-run-all", "npm-run-all2")
DEEPEST = 6


def node_leads(words: Words, place: Place, line: int, look_up: LookUp) -> Iterable[Found] | None:
    match words:
        case ("npx" | "bunx", *rest) | ("npm", "exec" | "x", *rest) | ("yarn" | "pnpm", "dlx" | "exec", *rest):
            inner = _after(tuple(rest))
            return (Argv(words=inner, place=place, line=line),) if inner else ()
        case (manager, *_) if manager in MANAGERS:
            return _of_manager(words, place, line, look_up)
        case (series, *names) if series in SERIES:
            patterns = [name for name in names if not name.startswith("-")]
            return _Package(place, look_up).matching(patterns, line)
        case ("concurrently", *texts):
            return _concurrent(tuple(texts), place, line, look_up)
        case _:
            return None


def _after(words: Words) -> Words:
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("-p", "--package") else words[1:]
    return words


def _of_manager(words: Words, place: Place, line: int, look_up: LookUp) -> Iterable[Found] | None:
    manager, rest, everywhere = words[0], list(words[1:]), False
    kept: list[str] = []
    while rest:
        option, _, glued = rest.pop(0).partition("=")
        if not kept and option in IN:
            told = glued or (rest.pop(0) if rest else "")
            place = structs.replace(place, directory=_inside(place.directory, told))
            continue
        everywhere = everywhere or option in EVERYWHERE
        if rest and ((option in TAKES and not glued) or (option == "workspace" and manager == "yarn")):
            rest.pop(0)
        elif not option.startswith("-") or kept:
            kept.append(option + (f"={glued}" if glued else ""))
    name = _script_name(manager, kept)
    if name is None:
        return None
    arguments = tuple(kept[kept.index(name) + 1 :] if name in kept else ())
    package = _Package(place, look_up)
    if package.has(name) and not everywhere:
        return package.script(name, line, arguments)
    if manager in ("yarn", "pnpm", "bun") and not everywhere and kept and kept[0] not in RUNS and package.is_there:
        return (Argv(words=(name, *arguments), place=place, line=line),)
    why = (
        "its workspaces are not followed"
        if everywhere
        else f"package.json of {place.directory or 'the root'} has no such script"
    )
    return (Lost(what=f"`{manager} run {name}`", why=why, origin=place.at(line)),)


def _inside(directory: str, told: str) -> str:
    path = posixpath.normpath(posixpath.join(directory, told))
    return "" if path == "." or path.startswith(("..", "/")) else path


def _script_name(manager: str, words: list[str]) -> str | None:
    """None where the manager does something of its own."""
    if not words:
        return None
    if words[0] in RUNS:
        return words[1] if len(words) > 1 else None
    if words[0] in NPM_OWN:
        return NPM_OWN[words[0]] if manager == "npm" else words[0]
    if manager == "npm" or words[0] in OF_ITS_OWN:
        return None
    return words[0]


class _Package:
    """package.json of the directory, or of one above it where there is none."""

    def __init__(self, place: Place, look_up: LookUp) -> None:
        self._place = place
        path = posixpath.join(place.directory, "package.json")
        text = text_at(look_up, path)
        while text is None and posixpath.dirname(path):
            path = posixpath.join(posixpath.dirname(posixpath.dirname(path)), "package.json")
            text = text_at(look_up, path)
        self._path, self._text = path, text or ""
        self.is_there = text is not None
        self._scripts = _scripts(self._text)

    def has(self, name: str) -> bool:
        return name in self._scripts

    def script(self, name: str, line: int, arguments: Words = ()) -> Iterator[Found]:
        directory = posixpath.dirname(self._path)
        for each in (f"pre{name}", name, f"post{name}"):
            if each in self._scripts:
                inside = structs.replace(self._place, file=self._path, directory=directory, line=self._line_of(each))
                words = [word for word in arguments if word != "--"] if each == name else []
                told = " ".join([self._scripts[each], *(f"'{word}'" for word in words if "'" not in word)])
                yield Text(text=told, place=fixed(inside, inside.at(0), inside.env))
        if name not in self._scripts:
            yield Lost(what=f"`npm run {name}`", why="package.json has no such script", origin=self._place.at(line))

    def matching(self, patterns: list[str], line: int) -> Iterator[Found]:
        for pattern in patterns:
            bare = pattern.split(" ")[0]
            names = [name for name in self._scripts if fnmatch.fnmatchcase(name, bare)]
            for name in names or [bare]:
                yield from self.script(name, line)

    def _line_of(self, name: str) -> int:
        found = re.search(rf'"{re.escape(name)}"\s*:', self._text)
        return self._text.count("\n", 0, found.start()) + 1 if found else 0


def _scripts(text: str) -> dict[str, str]:
    try:
        whole = cast("object", json.loads(text)) if text else None
    except (ValueError, RecursionError):
        return {}
    rows = table(table(whole).get("scripts"))
    return {name: told for name, told in rows.items() if isinstance(told, str)}


def _concurrent(texts: Words, place: Place, line: int, look_up: LookUp) -> Iterator[Found]:
    package = _Package(place, look_up)
    for text in texts:
        if text.startswith("npm:"):
            yield from package.matching([text.removeprefix("npm:")], line)
        elif not text.startswith("-"):
            yield Text(text=text, place=fixed(place, place.at(line), place.env))
