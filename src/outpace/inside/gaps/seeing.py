"""What a test could see while it runs: its variables after each statement, and what its assertions call."""

from __future__ import annotations

import ast
import builtins
import contextlib
import os
import tempfile
import traceback
import types
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from ..probing.observing import ADDRESS, EQUAL, IS, MEMBER, NAN, observed
from .drafts import Step, raised_in

VARIABLES, VALUE, RAISING = "__outpace_variables__", "__outpace_value__", "__outpace_raising__"
RAISED, CAPTURED = -2, -3
"""In the place of a call: what the block of the step was seen to raise; what was printed until then."""
MESSAGE = "message"
MOST_PLACES = 25
UNSEEN = (type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType)
MOST_SEEN = 3000
MOST_PRINTED = 1500
KINDS = frozenset({IS, EQUAL, MEMBER, NAN, "type"})


class Place(NamedTuple):
    """After a step: a variable, or a call that the step asserts something of (`call` is its number), or RAISED, or
    CAPTURED; and where in its value, `{}` standing for it."""

    step: int
    name: str
    call: int
    place: str


Seen = dict[Place, tuple[str, str]]


class Looking:
    """Stands in the built-in names while a test runs."""

    def __init__(self, names: Mapping[int, frozenset[str]], root: str, product: Mapping[str, frozenset[int]]) -> None:
        self._names = names
        self._root = root
        self._product = product
        self._machine = tuple(each for each in (root, tempfile.gettempdir()) if len(each) > 1)
        self.seen: Seen = {}
        self.at = -1
        self._printed = {"out": "", "err": ""}
        self._captured: Any = None

    def begin(self) -> None:
        """Ahead of each run."""
        self.seen, self.at, self._captured = {}, -1, None
        self._printed = dict.fromkeys(self._printed, "")

    def capture(self, item: Any) -> None:
        """What is printed is looked at too, unless the test does that itself."""
        if not any(name.startswith("cap") for name in item.fixturenames) and hasattr(item, "_request"):
            self._captured = item._request.getfixturevalue("capsys")  # noqa: SLF001  pytest's only way

    def install(self) -> None:
        setattr(builtins, VARIABLES, self.variables)
        setattr(builtins, VALUE, self.value)
        setattr(builtins, RAISING, self.raising)

    def variables(self, step: int, held: dict[str, Any]) -> None:
        self.at = step
        for name in sorted(self._names.get(step, ())):
            if name in held:
                self._look(Place(step, name, -1, ""), held[name])
        if self._captured is not None:
            for name, text in self._captured.readouterr()._asdict().items():
                self._printed[name] += text
                self._hear(Place(step, name, CAPTURED, "{}"), self._printed[name])

    def _hear(self, place: Place, text: str) -> None:
        if len(text) <= MOST_PRINTED and not ADDRESS.search(text) and not any(each in text for each in self._machine):
            self.seen[place] = (EQUAL, repr(text))

    def value(self, step: int, call: int, value: Any) -> Any:
        self._look(Place(step, "", call, ""), value)
        return value

    def raising(self, step: int, manager: Any) -> _Watched:
        return _Watched(self, step, manager)

    def raised(self, step: int, error: BaseException) -> None:
        """What the code under test raised on purpose."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        path = os.path.relpath(place.filename, self._root)
        message = str(error)
        if place.lineno in self._product.get(path, ()) and not any(each in message for each in self._machine):
            self.seen[Place(step, "", RAISED, "")] = (MESSAGE, message)

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


class _Watched:
    """A block that asserts that something is raised, which says what."""

    def __init__(self, looking: Looking, step: int, manager: Any) -> None:
        self._looking, self._step, self._manager = looking, step, manager

    def __enter__(self) -> Any:
        return self._manager.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> Any:
        if error is not None:
            with contextlib.suppress(Exception):  # whatever its text raises
                self._looking.raised(self._step, error)
        return self._manager.__exit__(kind, error, trace)


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
            call = raised_in(node)
            made = self.visit(node)
            if number is not None and isinstance(made, ast.With) and call is not None:
                item = next(each for each in made.items if each.context_expr is call)
                item.context_expr = _call(RAISING, [ast.Constant(number), call], call)
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
