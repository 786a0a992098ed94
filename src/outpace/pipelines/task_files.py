"""Where Invoke, Composer, Task and pre-commit lead: tasks.py, composer.json, Taskfile.yml, hooks of the tree."""

from __future__ import annotations

import ast
import json
import posixpath
from collections.abc import Iterable, Iterator
from typing import cast

from msgspec import structs

from outpace.model.toml import table
from outpace.model.yaml_text import Items, Node, Pairs, Scalar
from outpace.pipelines.events import Calls, LookUp, Lost, text_at
from outpace.pipelines.jobs import document_of
from outpace.pipelines.place import Argv, Found, Place, Text, fixed

Words = tuple[str, ...]
HOOKS = ".pre-commit-config.yaml"
TASKFILES = ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "Taskfile.dist.yml")
VERSIONED = frozenset(
    {"conda", "mamba", "micromamba", "asdf", "pyenv", "rbenv", "nvm", "volta", "doppler", "infisical"}
)
WAITS = frozenset({"wait-for-it", "wait-for-it.sh", "wait-for", "wait4x", "op", "aws-vault", "dotenv"})
DEEPEST = 6


def task_leads(words: Words, place: Place, line: int, look_up: LookUp) -> Iterable[Found] | None:
    match words:
        case ("inv" | "invoke", *rest):
            return _invoke(_bare(rest), place, line, look_up)
        case ("composer", "run" | "run-script" | "exec", name, *_) | ("composer", "test" as name, *_):
            return _composer(name, place, line, look_up)
        case ("task", *rest):
            return _taskfile(_bare(rest) or ["default"], place, line, look_up)
        case ("pre-commit" | "prek", "run", *rest):
            return _hooks(_bare(rest)[:1], place, line, look_up)
        case _:
            inner = _wrapped(words)
            return None if inner is None else tuple(Argv(words=each, place=place, line=line) for each in inner)


def _wrapped(words: Words) -> tuple[Words, ...] | None:
    """The command that another program runs; None where it is none that does."""
    match words:
        case ("pipx", "run", *rest) | ("uv", "tool", "run", *rest) | ("bundle", "exec", *rest) if rest:
            return (tuple(rest),)
        case ("xargs" | "parallel" | "unbuffer" | "stdbuf" | "ssh-agent" | "chronic" | "env", *rest):
            inner = tuple(_after_options(rest))
            return (inner,) if inner else ()
        case (program, "run" | "exec" | "x", *rest) if program in VERSIONED:
            inner = tuple(_after_options(rest))
            return (inner,) if inner else ()
        case (program, *_) if program in WAITS:
            inner = words[words.index("--") + 1 :] if "--" in words else ()
            return (inner,) if inner else ()
        case _:
            return None


def _bare(words: Iterable[str]) -> list[str]:
    return [word for word in words if not word.startswith("-")]


def _after_options(words: list[str]) -> list[str]:
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("-n", "-P", "-I", "-L", "-d", "-j", "-p", "--name") else words[1:]
    return words


def _invoke(names: list[str], place: Place, line: int, look_up: LookUp) -> Iterator[Found]:
    path = posixpath.join(place.directory, "tasks.py")
    try:
        module = ast.parse(text_at(look_up, path) or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        module = ast.Module(body=[], type_ignores=[])
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    for name in names:
        function = functions.get(name.replace("-", "_"))
        told = list(_told(function)) if function is not None else []
        for text, at in told:
            inside = structs.replace(place, file=path, line=at, depth=place.depth + 1)
            yield Text(text=text, place=inside)
        if not told:
            yield Lost(what=f"`invoke {name}`", why=f"{path} does not tell it in words", origin=place.at(line))


def _told(function: ast.FunctionDef) -> Iterator[tuple[str, int]]:
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(attr="run" | "sudo"), args=[ast.Constant(value=str(text)), *_]):
                yield text, node.lineno
            case _:
                pass


def _composer(name: str, place: Place, line: int, look_up: LookUp) -> Iterator[Found]:
    path = posixpath.join(place.directory, "composer.json")
    try:
        whole = cast("object", json.loads(text_at(look_up, path) or "null"))
    except (ValueError, RecursionError):
        whole = None
    told = table(table(whole).get("scripts")).get(name)
    lines = cast("list[object]", told) if isinstance(told, list) else [told]
    texts = [each for each in lines if isinstance(each, str)]
    for text in texts:
        if text.startswith("@") and text[1:] != name and place.depth < DEEPEST:
            yield Argv(
                words=("composer", "run", text[1:]), place=structs.replace(place, depth=place.depth + 1), line=line
            )
        else:
            yield Text(text=text, place=fixed(place, structs.replace(place, file=path).at(0), place.env))
    if not texts:
        yield Lost(what=f"`composer {name}`", why=f"{path} has no such script", origin=place.at(line))


def _taskfile(names: list[str], place: Place, line: int, look_up: LookUp) -> Iterator[Found] | None:
    for file in TASKFILES:
        path = posixpath.join(place.directory, file)
        whole = document_of(path, text_at(look_up, path))
        tasks = whole.rows.get("tasks") if isinstance(whole, Pairs) else None
        if isinstance(tasks, Pairs):
            return _tasks(names, tasks, structs.replace(place, file=path, line=None), line, 0)
    return iter((Lost(what=f"`task {names[0]}`", why="no Taskfile is read", origin=place.at(line)),))


def _tasks(names: list[str], tasks: Pairs, place: Place, line: int, depth: int) -> Iterator[Found]:
    for name in names if depth < DEEPEST else ():
        task = tasks.rows.get(name)
        if task is None:
            yield Lost(what=f"`task {name}`", why=f"{place.file} has no such task", origin=place.at(line))
        rows: dict[str, Node] = task.rows if isinstance(task, Pairs) else {}
        needs = _nodes(rows.get("deps"))
        commands = (*_nodes(rows.get("cmds")), *_nodes(rows.get("cmd"))) if rows else _nodes(task)
        for each in (*needs, *commands):
            told = each.text("cmd") if isinstance(each, Pairs) else _text(each)
            called = each.text("task") if isinstance(each, Pairs) else told if each in needs else ""
            if called:
                yield from _tasks([called], tasks, place, each.line, depth + 1)
            elif told:
                yield Text(text=told, place=structs.replace(place, depth=place.depth + 1), line=each.line)


def _nodes(node: Node | None) -> tuple[Node, ...]:
    return node.nodes if isinstance(node, Items) else () if node is None else (node,)


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _hooks(names: list[str], place: Place, line: int, look_up: LookUp) -> Iterator[Found]:
    """Hooks of the tree itself are followed; those of others are programs by their names."""
    whole = document_of(HOOKS, text_at(look_up, HOOKS))
    repositories = _nodes(whole.rows.get("repos")) if isinstance(whole, Pairs) else ()
    if not repositories:
        yield Lost(what="`pre-commit run`", why=f"{HOOKS} could not be read", origin=place.at(line))
    yield Calls(words=("pre-commit", "run"), origin=place.at(line), waved=place.waved)
    for repository in repositories:
        if not isinstance(repository, Pairs):
            continue
        for hook in _nodes(repository.rows.get("hooks")):
            if not isinstance(hook, Pairs) or (names and hook.text("id") not in names):
                continue
            inside = structs.replace(place, file=HOOKS, directory="", line=hook.line, depth=place.depth + 1)
            if repository.text("repo") == "local":
                yield Text(text=hook.text("entry"), place=inside)
            else:
                words = ("pre-commit", "hook", hook.text("id"))
                yield Calls(words=words, origin=inside.at(0), waved=place.waved)
