"""Which functions of the project were entered: marks in its code up to Python 3.11, `sys.monitoring` from 3.12."""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import mmap
import os
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any, Callable, Optional

from ..units import REMAINDER, functions_of, unit_named
from .frames import frame_above

NAME = "__outpace_seen__"
READ, WRITE = "_read_pyc", "_write_pyc"
ROOM = 1 << 18
"""Units that can be told apart; of further ones it is said that they were dropped."""
NOTHING = bytes(ROOM)
FUTURE = 0x1FF0000
"""The flags of `from __future__`, which compile() takes from the code that calls it."""
OPTIMIZED = 0x1
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef)
Project = Callable[[str], Optional[str]]
"""The path of a file relative to the project's root; None where it is not the project's."""


class Seen:
    """A byte for each unit, in memory that forked children share, so that what they enter is seen too."""

    def __init__(self) -> None:
        self.bytes = mmap.mmap(-1, ROOM)
        self.units: list[tuple[str, str]] = []
        self.dropped = False
        self._ids: dict[tuple[str, str], int] = {}
        self._armed = False
        self._from_the_end = 0
        os.register_at_fork(after_in_child=self._forked)

    def id(self, path: str, name: str) -> int:
        known = self._ids.get((path, name))
        if known is not None:
            return known
        if self._from_the_end:
            number = ROOM - self._from_the_end
            self._from_the_end += 1
        else:
            number = len(self.units)
            self.units.append((path, name))
        self.dropped = self.dropped or len(self.units) + self._from_the_end >= ROOM
        self._ids[path, name] = min(number, ROOM - 1)
        return min(number, ROOM - 1)

    def arm(self) -> None:
        """From now on a fork is a child of the test, and not the test's own process."""
        self._armed = True

    def _forked(self) -> None:
        """A child numbers what it alone knows from the end, where its parent numbers nothing."""
        self._from_the_end = 1 if self._armed else 0

    @property
    def strangers(self) -> bool:
        """A forked child entered code that this process has not seen compiled or entered."""
        return self.bytes.find(b"\x01", len(self.units)) >= 0

    def clear(self) -> None:
        self.bytes.seek(0)
        self.bytes.write(NOTHING)

    def taken(self) -> Iterator[tuple[str, str]]:
        """What was entered since it was cleared."""
        at = self.bytes.find(b"\x01", 0)
        while 0 <= at < len(self.units):
            yield self.units[at]
            at = self.bytes.find(b"\x01", at + 1)


class Marks:
    """Code of the project that is compiled from now on marks its unit on entry. `files` are those that do."""

    def __init__(self, project: Project) -> None:
        self.seen = Seen()
        self.files: set[str] = set()
        self._project = project
        self._compile: Any = builtins.compile

    def install(self) -> None:
        setattr(builtins, NAME, self.seen.bytes)
        builtins.compile = self._compiled
        self._leave_bytecode_alone()

    def restart(self) -> None:
        self.seen.clear()

    def has(self, path: str) -> bool:
        return path in self.files

    def _compiled(
        self,
        source: Any,
        filename: Any,
        mode: str,
        flags: int = 0,
        dont_inherit: bool = False,  # noqa: FBT001, FBT002  as the builtin has it
        optimize: int = -1,
        **others: Any,
    ) -> Any:
        """In place of the builtin, which importlib and pytest's rewriting of assertions call too."""
        if not dont_inherit:
            flags |= frame_above(1).f_code.co_flags & FUTURE
        if mode == "exec" and not flags & ast.PyCF_ONLY_AST and isinstance(filename, (str, bytes)):
            name = filename if isinstance(filename, str) else filename.decode("utf-8", "surrogateescape")
            path = self._project(name)
            if path is not None:
                marked = self._marked(source, path, name)
                try:
                    return self._compile(marked, filename, mode, flags, True, optimize, **others)  # noqa: FBT003
                except RecursionError:  # a tree may be too deep where its text is not
                    self.files.discard(path)
        return self._compile(source, filename, mode, flags, True, optimize, **others)  # noqa: FBT003  the same

    def _marked(self, source: Any, path: str, name: str) -> Any:
        """What cannot be marked is compiled as it is, and depended on as a whole."""
        try:
            tree = source
            if not isinstance(source, ast.AST):
                tree = self._compile(source, name, "exec", ast.PyCF_ONLY_AST, True)  # noqa: FBT003
            if isinstance(tree, ast.Module):
                mark(tree, lambda unit: self.seen.id(path, unit))
                self.files.add(path)
                return tree
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
        return source

    def _leave_bytecode_alone(self) -> None:
        """Bytecode from elsewhere has no marks, and ours must not reach anybody else."""
        stats: Any = SourceFileLoader.path_stats
        project = self._project

        def path_stats(self: SourceFileLoader, path: str) -> Any:
            if project(path) is not None:
                raise OSError("no bytecode is read or written while tests are recorded")
            return stats(self, path)

        SourceFileLoader.path_stats = path_stats
        with contextlib.suppress(ImportError, AttributeError):
            rewrite: Any = importlib.import_module("_pytest.assertion.rewrite")  # it keeps bytecode of its own
            read = getattr(rewrite, READ)

            def read_pyc(source: Any, *rest: Any, **named: Any) -> Any:
                return None if project(str(source)) is not None else read(source, *rest, **named)

            def write_pyc(*_: Any, **__: Any) -> None:
                pass

            setattr(rewrite, READ, read_pyc)
            setattr(rewrite, WRITE, write_pyc)


class Monitored:
    """The same from Python 3.12 on, without a change of the code: a function is reported once between two restarts."""

    def __init__(self, project: Project) -> None:
        self.seen = Seen()
        self._project = project
        self._known: dict[int, tuple[CodeType, int]] = {}
        self._monitoring: Any = getattr(sys, "monitoring")  # noqa: B009  Python 3.11 has none
        self._tool = 4

    def install(self) -> None:
        monitoring = self._monitoring
        monitoring.use_tool_id(self._tool, "outpace")
        monitoring.register_callback(self._tool, monitoring.events.PY_START, self._entered)
        monitoring.set_events(self._tool, monitoring.events.PY_START)

    def restart(self) -> None:
        self.seen.clear()
        self._monitoring.restart_events()

    def has(self, path: str) -> bool:
        del path
        return True

    def _entered(self, code: CodeType, offset: int) -> Any:
        del offset
        known = self._known.get(id(code))
        if known is None and code.co_flags & OPTIMIZED:
            path = self._project(code.co_filename)
            if path is not None:
                known = self._known[id(code)] = (code, self.seen.id(path, unit_named(code.co_qualname)))
        if known is not None:
            self.seen.bytes[known[1]] = 1
        return self._monitoring.DISABLE


def marks(project: Project) -> Marks | Monitored:
    return Monitored(project) if sys.version_info >= (3, 12) else Marks(project)


def mark(tree: ast.Module, id_of: Callable[[str], int]) -> None:
    """In place: each function and lambda says on entry which unit it belongs to."""
    nested: set[ast.AST] = set()
    for name, function in list(functions_of(tree)):
        number = id_of(name)
        for statement in function.body:
            for node in ast.walk(statement):
                nested.add(node)
                _mark(node, number)
        _mark(function, number)
        nested.add(function)
    remainder = id_of(REMAINDER)
    for node in list(ast.walk(tree)):
        if isinstance(node, ast.Lambda) and node not in nested:
            _mark(node, remainder)


def _mark(node: ast.AST, number: int) -> None:
    if isinstance(node, SCOPES):
        where = node.body[0]
        at = 0 if ast.get_docstring(node, clean=False) is None else 1
        target = ast.Subscript(
            value=ast.Name(id=NAME, ctx=ast.Load()), slice=ast.Constant(value=number), ctx=ast.Store()
        )
        node.body.insert(at, _placed(ast.Assign(targets=[target], value=ast.Constant(value=1)), where))
    elif isinstance(node, ast.Lambda):
        setter = ast.Attribute(value=ast.Name(id=NAME, ctx=ast.Load()), attr="__setitem__", ctx=ast.Load())
        call = ast.Call(func=setter, args=[ast.Constant(value=number), ast.Constant(value=1)], keywords=[])
        body = node.body
        node.body = ast.BoolOp(op=ast.Or(), values=[_placed(call, body), body])
        ast.copy_location(node.body, body)


def _placed(node: ast.AST, where: ast.AST) -> Any:
    for each in ast.walk(node):
        ast.copy_location(each, where)
    return node
