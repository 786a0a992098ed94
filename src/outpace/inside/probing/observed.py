"""What the functions of some files are called with while something runs, as programs that call them so again."""

from __future__ import annotations

import ast
import inspect
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from ..mutants import loading
from ..units import functions_of
from .expressed import Expressing
from .programs import ATTRIBUTE, Node, Program, call, named, source, unpacked, variable

if TYPE_CHECKING:
    from .values import Target

MOST_CALLS = 400
MOST_KEPT = 24
LONGEST_PROGRAM = 3000
INIT = "__init__"


class Observed(NamedTuple):
    """One call: the file and the name of what was called (of a class, where it was made), and a program that does it
    again, its receiver made as it was made there."""

    path: str
    name: str
    program: Program


class _Function(NamedTuple):
    """`name` is "" where only what its class is made with is of interest."""

    path: str
    name: str


class Recorder:
    """Between `begin` and `end`. `paths`: the files, real paths; `root`: classes of files below it are followed."""

    def __init__(self, paths: Sequence[str], root: str, foreign: frozenset[str]) -> None:
        self._root = os.path.realpath(root) + os.sep
        self._machine = [each for each in (root, tempfile.gettempdir()) if len(each) > 1]
        self._names = {path: _names(path) for path in paths}
        self._codes: dict[CodeType, _Function | None] = {}
        self._files: dict[str, str] = {}
        self._calls: dict[CodeType, int] = {}
        self._expressing = Expressing(foreign)
        self._found: dict[tuple[str, str], dict[str, Observed]] = {}

    @property
    def found(self) -> list[Observed]:
        return [each for kept in self._found.values() for each in kept.values()]

    def begin(self) -> None:
        sys.setprofile(self._called)

    def end(self) -> None:
        sys.setprofile(None)

    def _called(self, frame: FrameType, event: str, _: Any) -> None:
        if event != "call":
            return
        code = frame.f_code
        if code not in self._codes:
            self._codes[code] = self._function(code)
        function = self._codes[code]
        if function is not None:
            try:
                self._record(function, frame)
            except Exception:  # noqa: BLE001  a foreign attribute, or what has no expression
                return

    def _function(self, code: CodeType) -> _Function | None:
        if code.co_filename not in self._files:
            self._files[code.co_filename] = os.path.realpath(code.co_filename)
        path = self._files[code.co_filename]
        name = self._names.get(path, {}).get((code.co_firstlineno, code.co_name), "")
        if not name and (code.co_name != INIT or not path.startswith(self._root)):
            return None
        return None if code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR) else _Function(path, name)

    def _record(self, function: _Function, frame: FrameType) -> None:
        code = frame.f_code
        counted = self._calls[code] = self._calls.get(code, 0) + 1
        made = code.co_name == INIT
        if counted > MOST_CALLS and not made:
            self._codes[code] = None
            return
        held = frame.f_locals
        if made:
            self._made(function, code, held)
        elif self._is_fresh(code, held):
            self._keep(function.path, function.name, self._program(frame, function.name, held))

    def _is_fresh(self, code: CodeType, held: Mapping[str, Any]) -> bool:
        """A generator that goes on is no call; it has more than its arguments."""
        return not code.co_flags & inspect.CO_GENERATOR or len(held) <= len(_parameters(code))

    def _made(self, function: _Function, code: CodeType, held: Mapping[str, Any]) -> None:
        """By its own constructor, not by one of a class above it."""
        value: Any = held[code.co_varnames[0]]
        kind: Any = value.__class__
        own = inspect.unwrap(getattr(kind, INIT))
        if getattr(own, "__code__", None) is not code:
            return
        node = self._applied(self._expressing.expressed(kind), code, held, own, skip=1)
        self._expressing.built(value, node)
        if function.name:
            self._keep(function.path, kind.__qualname__, (node,))

    def _program(self, frame: FrameType, name: str, held: Mapping[str, Any]) -> Program:
        code = frame.f_code
        module = str(frame.f_globals["__name__"])
        owner, found = _resolved(sys.modules[module], name)
        if isinstance(found, property):
            receiver = self._expressing.expressed(held[code.co_varnames[0]])
            return (receiver, Node(ATTRIBUTE, code.co_name, (variable(0),)))
        plain = inspect.unwrap(getattr(found, "__func__", found))
        if isinstance(found, classmethod):
            return (self._applied(named(module, name), code, held, plain, skip=1),)
        if not isinstance(owner, type) or isinstance(found, staticmethod):
            return (self._applied(named(module, name), code, held, plain, skip=0),)
        receiver = self._expressing.expressed(held[code.co_varnames[0]])
        what = variable(0) if code.co_name == "__call__" else Node(ATTRIBUTE, code.co_name, (variable(0),))
        return (receiver, self._applied(what, code, held, plain, skip=1))

    def _applied(self, what: Node, code: CodeType, held: Mapping[str, Any], function: Any, *, skip: int) -> Node:
        """Without what is at its default, as far as it can be left out."""
        express = self._expressing.expressed
        rest, words = _rest(code), _words(code)
        more = () if rest is None else held[rest]
        defaults = {name: each.default for name, each in inspect.signature(function).parameters.items()}
        plain: list[Node] = []
        named_ones: dict[str, Node] = {}
        skipped = False
        for place, name in enumerate(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]):
            by_name = place >= code.co_argcount or (skipped and place >= code.co_posonlyargcount)
            usual = defaults.get(name, inspect.Parameter.empty) is held[name]
            if place < skip or (usual and self._can_be_left_out(code, place, more)):
                skipped = skipped or place >= skip
            elif by_name:
                named_ones[name] = express(held[name])
            else:
                plain.append(express(held[name]))
        plain += [express(each) for each in more]
        others: Mapping[str, Any] = held[words] if words else {}
        named_ones.update((name, express(each)) for name, each in others.items())
        return call(what, *plain, **named_ones)

    def _can_be_left_out(self, code: CodeType, place: int, more: Sequence[Any]) -> bool:
        """What comes behind it can be given by its name."""
        return place >= code.co_argcount or (not more and place >= code.co_posonlyargcount)

    def _keep(self, path: str, name: str, program: Program) -> None:
        kept = self._found.setdefault((path, name), {})
        text = source(program)
        if len(kept) < MOST_KEPT and len(text) <= LONGEST_PROGRAM and not any(each in text for each in self._machine):
            kept.setdefault(text, Observed(path, name, program))


def _names(path: str) -> dict[tuple[int, str], str]:
    """(First line, plain name) of each function, as its code object says them -> its qualified name."""
    tree = ast.parse(loading.source_in(Path(path).read_bytes()))
    return {
        (min([node.lineno, *(each.lineno for each in node.decorator_list)]), node.name): name
        for name, node in functions_of(tree)
    }


def _resolved(module: Any, name: str) -> tuple[Any, Any]:
    """What a qualified name leads to, as it lies there, and what holds it."""
    owner = found = module
    for part in name.split("."):
        owner, found = found, inspect.getattr_static(found, part)
    return owner, found


def _parameters(code: CodeType) -> tuple[str, ...]:
    every = code.co_argcount + code.co_kwonlyargcount
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return code.co_varnames[: every + stars]


def _rest(code: CodeType) -> str | None:
    """The name of `*args`."""
    every = code.co_argcount + code.co_kwonlyargcount
    return code.co_varnames[every] if code.co_flags & inspect.CO_VARARGS else None


def _words(code: CodeType) -> str | None:
    """The name of `**keywords`."""
    return _parameters(code)[-1] if code.co_flags & inspect.CO_VARKEYWORDS else None


def seeds(rows: Sequence[Sequence[Any]], targets: Sequence[Target]) -> list[tuple[Program, Target]]:
    """Of what was told of one file, for a search."""
    by_name = {target.name: target for target in targets if not target.coroutine}
    return [(tuple(unpacked(node) for node in program), by_name[name]) for name, program in rows if name in by_name]
