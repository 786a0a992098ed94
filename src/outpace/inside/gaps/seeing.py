"""What a test could see while it runs: its variables after each statement, and what its assertions call."""

from __future__ import annotations

import ast
import builtins
import tempfile
import types
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from ..probing.observing import EQUAL, IS, MEMBER, NAN, observed
from .drafts import Step

VARIABLES, VALUE = "__outpace_variables__", "__outpace_value__"
MOST_PLACES = 25
UNSEEN = (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType)
MOST_SEEN = 3000
KINDS = frozenset({IS, EQUAL, MEMBER, NAN, "type"})


class Place(NamedTuple):
    """After a step: a variable, or a call that the step asserts something of (`call` is its number); and where in its
    value, `{}` standing for it."""

    step: int
    name: str
    call: int
    place: str


Seen = dict[Place, tuple[str, str]]


class Looking:
    """Stands in the built-in names while a test runs."""

    def __init__(self, names: Mapping[int, frozenset[str]], root: str) -> None:
        self._names = names
        self._machine = tuple(each for each in (root, tempfile.gettempdir()) if len(each) > 1)
        self.seen: Seen = {}
        self.at = -1

    def install(self) -> None:
        setattr(builtins, VARIABLES, self.variables)
        setattr(builtins, VALUE, self.value)

    def variables(self, step: int, held: dict[str, Any]) -> None:
        self.at = step
        for name in sorted(self._names.get(step, ())):
            if name in held:
                self._look(Place(step, name, -1, ""), held[name])

    def value(self, step: int, call: int, value: Any) -> Any:
        self._look(Place(step, "", call, ""), value)
        return value

    def _look(self, where: Place, value: Any) -> None:
        if len(self.seen) > MOST_SEEN or hasattr(value, "__next__") or isinstance(value, UNSEEN):
            return
        try:
            found = observed(value)
        except Exception:  # noqa: BLE001  a foreign attribute or text
            return
        for place, kind, text in found[:MOST_PLACES]:
            if kind in KINDS and not any(each in text for each in self._machine):
                self.seen[where._replace(place=place)] = (kind, text)


def instrumented(node: ast.FunctionDef, steps: Sequence[Step]) -> tuple[ast.FunctionDef, dict[int, frozenset[str]]]:
    """The function with looks in it, and the variables that each step names."""
    numbers = {id(step.node): number for number, step in enumerate(steps)}
    calls = {id(call): (number, at) for number, step in enumerate(steps) for at, call in enumerate(step.calls)}
    memo: dict[int, Any] = {}
    made = deepcopy(node, memo)
    originals = {id(copy): key for key, copy in memo.items() if isinstance(copy, ast.AST)}
    names = {number: frozenset(_names(step.node)) for number, step in enumerate(steps)}
    looks = _Looks({key: numbers[old] for key, old in originals.items() if old in numbers}, {
        key: calls[old] for key, old in originals.items() if old in calls
    })  # fmt: skip
    made.body = looks.block(made.body)
    return made, names


def _names(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
            return


class _Looks(ast.NodeTransformer):
    def __init__(self, steps: Mapping[int, int], calls: Mapping[int, tuple[int, int]]) -> None:
        self._steps = steps
        self._calls = calls

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for node in body:
            number = self._steps.get(id(node))
            if number is None and isinstance(node, ast.With):
                node.body = self.block(node.body)
                found.append(node)
                continue
            made = self.visit(node)
            found.append(made)
            if number is not None and not isinstance(node, (ast.Return, ast.Raise)):
                held = ast.Call(func=ast.Name(id="locals", ctx=ast.Load()), args=[], keywords=[])
                look = _call(VARIABLES, [ast.Constant(number), held], node)
                found.append(ast.copy_location(ast.Expr(look), node))
        return found

    def visit_Call(self, node: ast.Call) -> ast.AST:
        where = self._calls.get(id(node))
        self.generic_visit(node)
        if where is None:
            return node
        return _call(VALUE, [ast.Constant(where[0]), ast.Constant(where[1]), node], node)


def _call(name: str, arguments: list[ast.expr], at: ast.AST) -> ast.Call:
    made = ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=arguments, keywords=[])
    return ast.copy_location(made, at)
