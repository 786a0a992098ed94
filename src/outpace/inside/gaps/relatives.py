"""A project's test functions as text that can be changed, and put in the place of the function while it runs."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ..mutants import loading
from ..probing.observing import Unwritable, literal_of
from .drafts import Draft, draft_in

FILE = "<test>"
LONGEST_LITERAL = 300
FETCHED = ("capsys", "tmp_path")
"""Fixtures of pytest's own that a test may have beside those of its relative."""


class Relative(NamedTuple):
    """A test. `bound`: what its parameters stand for, as Python. `owner` holds the function under `name`."""

    id: str
    item: Any
    path: str
    source: str
    node: ast.FunctionDef
    draft: Draft
    owner: Any
    name: str
    bound: Mapping[str, str]
    unittest: bool

    @property
    def namespace(self) -> dict[str, Any]:
        module: types.ModuleType = self.item.module
        return vars(module)


def relative_of(item: Any) -> Relative | None:
    """None for what is no plain function of a module or a class."""
    if not isinstance(item, pytest.Function):
        return None
    name = str(item.originalname or item.name)
    path = str(item.path)
    code = _code(item.obj)
    source, tree = _read(path)
    node = _found(tree, name, code.co_firstlineno) if code is not None and tree is not None else None
    if node is None or (item.cls is not None and not _is_own(item.cls, name)):
        return None
    owner = item.cls if item.cls is not None else item.module
    unittest = item.cls is not None and "self.assert" in (ast.get_source_segment(source, node) or "")
    draft = draft_in(source, node)
    return Relative(item.nodeid, item, path, source, node, draft, owner, name, _bound(item, node), unittest)


def _is_own(kind: type[Any], name: str) -> bool:
    return name in vars(kind)


def _code(held: Any) -> types.CodeType | None:
    function = inspect.unwrap(getattr(held, "__func__", held))
    return getattr(function, "__code__", None)


@lru_cache(maxsize=256)
def _read(path: str) -> tuple[str, ast.Module | None]:
    try:
        source = loading.source_in(Path(path).read_bytes())
        return source, ast.parse(source)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return "", None


def _found(tree: ast.Module, name: str, line: int) -> ast.FunctionDef | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            if first <= line <= node.lineno:
                return node
    return None


def _bound(item: Any, node: ast.FunctionDef) -> dict[str, str]:
    """Parameters of `parametrize` that have a literal and are not assigned to."""
    callspec = getattr(item, "callspec", None)
    if callspec is None:
        return {}
    stored = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)}
    names = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
    found: dict[str, str] = {}
    for name, value in callspec.params.items():
        if name in names and name not in stored:
            try:
                text = literal_of(value)
            except Unwritable:
                continue
            if len(text) <= LONGEST_LITERAL and "(" not in text.split("'")[0]:
                found[name] = text
    return found


class Standing:
    """Puts functions in the place of a test; for the rest of this process, which is a fork."""

    def __init__(self, relative: Relative) -> None:
        self._relative = relative

    def put(
        self, function: Callable[..., Any], node: ast.FunctionDef, begin: Callable[[Any], None] = lambda _: None
    ) -> None:
        """`node` is what the function was made from; `begin` is called ahead of it, with the item."""
        setattr(self._relative.owner, self._relative.name, _fitting(function, node, self._relative.item, begin))
        setattr(self._relative.item, "_obj", None)  # noqa: B010  pytest finds it again by its name

    def compiled(self, tree: ast.FunctionDef) -> Callable[..., Any]:
        """Raises whatever its decorators and defaults raise."""
        module = ast.fix_missing_locations(ast.Module(body=[tree], type_ignores=[]))
        held: dict[str, Any] = {}
        exec(compile(module, FILE, "exec", dont_inherit=True), self._relative.namespace, held)  # noqa: S102  in a fork
        made: Callable[..., Any] = held[tree.name]
        return made


def _fitting(
    function: Callable[..., Any], node: ast.FunctionDef, item: Any, begin: Callable[[Any], None]
) -> Callable[..., Any]:
    """Without arguments that it has no parameter for, and with fixtures that it has one more for."""
    names = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}

    def called(*args: Any, **keywords: Any) -> Any:
        given = {name: value for name, value in keywords.items() if name in names or node.args.kwarg is not None}
        more = [name for name in FETCHED if name in names and name not in given]
        given.update((name, item._request.getfixturevalue(name)) for name in more)  # noqa: SLF001  pytest's only way
        begin(item)
        return function(*args, **given)

    return called
