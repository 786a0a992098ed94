"""What nox's sessions install and run: noxfile.py through `ast`, literals only."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from outpace.pipelines.events import LookUp, text_at

FILE = "noxfile.py"
RUNS = ("run", "run_always", "run_install")


class Call(Struct, frozen=True, kw_only=True):
    """`session.install(...)` or `session.run(...)`; a word that is computed is left out and counted."""

    installs: bool
    words: tuple[str, ...]
    line: int
    env: dict[str, str] = {}
    computed: int = 0


class Session(Struct, frozen=True, kw_only=True):
    name: str
    line: int
    pythons: tuple[str, ...]
    calls: tuple[Call, ...]


def sessions(look_up: LookUp) -> tuple[Session, ...]:
    text = text_at(look_up, FILE)
    if text is None:
        return ()
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    names = dict(_constants(module))
    return tuple(
        Session(
            name=_name(node, decorator),
            line=node.lineno,
            pythons=_pythons(decorator, names),
            calls=tuple(_calls(node, names)),
        )
        for node in module.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if _is_session(decorator)
    )


def _constants(module: ast.Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in module.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found = _strings(node.value, {})
            if found:
                yield node.targets[0].id, found


def _strings(node: ast.expr, names: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    match node:
        case ast.Constant(value=str(text)):
            return (text,)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return tuple(word for part in parts for word in _strings(part, names))
        case ast.Name(id=name):
            return names.get(name, ())
        case ast.Starred(value=inner):
            return _strings(inner, names)
        case _:
            return ()


def _is_session(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    match called:
        case (
            ast.Attribute(value=ast.Name(id="nox" | "nox_poetry"), attr="session")
            | ast.Name(id="session" | "nox_session")
        ):
            return True
        case _:
            return False


def _keyword(decorator: ast.expr, name: str) -> ast.expr | None:
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return next((each.value for each in keywords if each.arg == name), None)


def _name(node: ast.FunctionDef, decorator: ast.expr) -> str:
    match _keyword(decorator, "name"):
        case ast.Constant(value=str(name)):
            return name
        case _:
            return node.name


def _pythons(decorator: ast.expr, names: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    given = _keyword(decorator, "python") or _keyword(decorator, "py")
    return () if given is None else _strings(given, names)


def _calls(node: ast.FunctionDef, names: dict[str, tuple[str, ...]]) -> Iterator[Call]:
    """In the order in which they are written, whatever conditions stand around them."""
    for inner in sorted((each for each in ast.walk(node) if isinstance(each, ast.Call)), key=lambda each: each.lineno):
        if not isinstance(inner.func, ast.Attribute) or inner.func.attr not in (*RUNS, "install"):
            continue
        words = [_strings(each, names) for each in inner.args]
        given = next((each.value for each in inner.keywords if each.arg == "env"), None)
        yield Call(
            installs=inner.func.attr == "install",
            words=tuple(word for found in words for word in found),
            line=inner.lineno,
            env=_table(given),
            computed=sum(not found for each, found in zip(inner.args, words, strict=True) if not _is_posargs(each)),
        )


def _is_posargs(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)


def _table(node: ast.expr | None) -> dict[str, str]:
    if not isinstance(node, ast.Dict):
        return {}
    return {
        key.value: value.value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant)
        and isinstance(key.value, str)
        and isinstance(value, ast.Constant)
        and isinstance(value.value, str)
    }
