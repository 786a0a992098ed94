"""How a repository starts its server: Procfile, Dockerfile, Compose, systemd units and Makefile, read as text."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from typing import cast

from msgspec import Struct

from outpace.model.yaml_text import Items, NotYaml, Pairs, Scalar, node_of
from outpace.pipelines.events import LookUp, Origin, text_at
from outpace.pipelines.runners import PYTHON, plain
from outpace.pipelines.shell import Command, commands

MOST_FILES = 40
COMPOSE = re.compile(r"(?:.*/)?(?:docker-)?compose[\w.-]*\.ya?ml")
DOCKERFILE = re.compile(r"(?:.*/)?(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?")
PROCFILE = re.compile(r"Procfile")
UNIT = re.compile(r".*\.service(?:\.in|\.j2)?")
SCRIPTS = re.compile(r"Makefile|[jJ]ustfile|(?:deploy|boot|bootstrap|docker-entrypoint)\.sh|deploy\.py")
CMD = re.compile(r"^\s*(?:CMD|ENTRYPOINT)\s+(?P<rest>.+)$", re.IGNORECASE)
TARGET = re.compile(r"(?P<object>(?!(?:unix|python|file|fd|egg|tcp):)[A-Za-z_][\w.]*:[A-Za-z_][\w.]*)(?:\([^()]*\))?")
HOST = ("--host", "127.0.0.1", "--port", "{port}")
# The options of a server that decide what it serves, with the word after them.
KEPT = {"-k", "--worker-class", "--app-dir", "--chdir", "--pythonpath", "-A", "--app", "--settings"}
ELSEWHERE = {"--app-dir", "--chdir", "--pythonpath"}
# Servers that take the application as MODULE:NAME; `{target}` and what decides how it serves are filled in.
BY_TARGET: dict[str, tuple[str, ...]] = {
    "uvicorn": ("{target}", "{kept}", *HOST),
    "gunicorn": ("{kept}", "--bind", "127.0.0.1:{port}", "{target}"),
    "hypercorn": ("--bind", "127.0.0.1:{port}", "{target}"),
    "daphne": ("-b", "127.0.0.1", "-p", "{port}", "{target}"),
    "waitress-serve": ("--listen=127.0.0.1:{port}", "{target}"),
}
OPAQUE = ("uwsgi", "gunicorn", "supervisord", "mod_wsgi-express")
Reader = Callable[[str], Iterator[tuple[int, str]]]


class Served(Struct, frozen=True, kw_only=True):
    """`words` start it on `{port}`, on loopback; empty where it is a server whose command cannot be told."""

    words: tuple[str, ...]
    origin: Origin
    server: str

    @property
    def target(self) -> str:
        return target_of(self.words)


def servers(paths: Sequence[str], look_up: LookUp) -> tuple[Served, ...]:
    """In the order of what is nearest to production, each command once."""
    found: dict[tuple[str, ...], Served] = {}
    for words, origin in _commands(paths, look_up):
        told = served(words)
        if told is not None:
            found.setdefault(told[1], Served(server=told[0], words=told[1], origin=origin))
    return tuple(found.values())


def served(words: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    """The server's name and its command for a rehearsal; None where it is no server."""
    words = _without_wrappers(plain(words))
    target = next((word for word in words[1:] if TARGET.fullmatch(word)), None)
    match words:
        case (server, *rest) if server in BY_TARGET and target is not None:
            factory = ("--factory",) if "--factory" in rest else ()
            return server, (server, *factory, *_filled(BY_TARGET[server], target, _kept(words)))
        case ("flask", *rest) if "run" in rest:
            return "flask", ("flask", *_kept(words), "run", *HOST)
        case (python, script, "runserver", *_) if PYTHON.fullmatch(python) and script.endswith("manage.py"):
            return "manage.py", ("python", script, "runserver", "--noreload", "127.0.0.1:{port}")
        case (server, *_) if server in OPAQUE:
            return server, ()
        case _:
            return None


def target_of(words: tuple[str, ...]) -> str:
    """The object that a server serves, `shop.app:create` for `shop.app:create()` too; empty where the command names
    none, or says itself that modules lie elsewhere.
    """
    if served(words) is None or any(word.partition("=")[0] in ELSEWHERE for word in words):
        return ""
    found = (TARGET.fullmatch(word.removeprefix("--app=")) for word in words[1:])
    return next((each["object"] for each in found if each is not None), "")


def _filled(shape: tuple[str, ...], target: str, kept: tuple[str, ...]) -> Iterator[str]:
    for word in shape:
        if word == "{kept}":
            yield from kept
        else:
            yield target if word == "{target}" else word


def _without_wrappers(words: tuple[str, ...]) -> tuple[str, ...]:
    """`python -m SERVER`, `poetry run SERVER`, and a program given by its path."""
    while words:
        match words:
            case ("poetry" | "pipenv" | "pdm" | "uv", "run", *rest):
                words = tuple(rest)
            case (python, "-m", module, *rest) if PYTHON.fullmatch(python):
                words = ("gunicorn" if module == "gunicorn.app.wsgiapp" else module, *rest)
            case (first, *rest):
                return (posixpath.basename(first), *rest)
            case _:
                break
    return words


def _kept(words: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for word, value in zip(words, (*words[1:], ""), strict=True):
        if word in KEPT and value and "$" not in value:
            found += [word, value]
    return tuple(found)


def _commands(paths: Sequence[str], look_up: LookUp) -> Iterator[tuple[tuple[str, ...], Origin]]:
    for path, read in _readers(paths):
        text = text_at(look_up, path)
        if text is not None:
            for line, script in read(text):
                for each in commands(script, line=line):
                    if isinstance(each, Command):
                        yield each.words, Origin(path, each.line)


def _readers(paths: Sequence[str]) -> Iterator[tuple[str, Reader]]:
    """By kind, and within a kind from the root downwards."""
    ordered = sorted(paths, key=lambda path: (path.count("/"), path))
    for pattern, read in (
        (PROCFILE, _procfile),
        (UNIT, _unit),
        (DOCKERFILE, _dockerfile),
        (COMPOSE, _compose),
        (SCRIPTS, _script),
    ):
        yield from [(path, read) for path in ordered if pattern.fullmatch(path)][:MOST_FILES]


def _procfile(text: str) -> Iterator[tuple[int, str]]:
    for at, row in enumerate(text.splitlines(), 1):
        name, mark, command = row.partition(":")
        if mark and name.strip() == "web":
            yield at, command.strip()


def _unit(text: str) -> Iterator[tuple[int, str]]:
    for at, row in enumerate(text.splitlines(), 1):
        if row.strip().startswith("ExecStart="):
            yield at, row.partition("=")[2].lstrip("@-:+! ")


def _dockerfile(text: str) -> Iterator[tuple[int, str]]:
    joined = re.sub(r"\\\n", "  ", text)
    for at, row in enumerate(joined.splitlines(), 1):
        found = CMD.match(row)
        if found is not None:
            yield at, _exec_form(found["rest"])


def _exec_form(rest: str) -> str:
    if not rest.lstrip().startswith("["):
        return rest
    try:
        words = cast("object", json.loads(rest))
    except (ValueError, RecursionError):
        return ""
    listed = [word for word in cast("list[object]", words) if isinstance(word, str)] if isinstance(words, list) else []
    is_shell = listed[:2] in (["sh", "-c"], ["/bin/sh", "-c"], ["bash", "-c"], ["/bin/bash", "-c"])
    return listed[2] if is_shell and len(listed) > 2 else shlex.join(listed)


def _compose(text: str) -> Iterator[tuple[int, str]]:
    try:
        whole = node_of(text, aliases=True)
    except NotYaml:
        return
    services = whole.rows.get("services") if isinstance(whole, Pairs) else None
    for service in services.rows.values() if isinstance(services, Pairs) else ():
        command = service.rows.get("command") if isinstance(service, Pairs) else None
        match command:
            case Scalar(text=told, line=line):
                yield line, told
            case Items(nodes=nodes, line=line):
                yield line, shlex.join(each.text for each in nodes if isinstance(each, Scalar))
            case _:
                pass


def _script(text: str) -> Iterator[tuple[int, str]]:
    yield 1, "\n".join(row.strip().lstrip("@-") for row in text.splitlines())
