"""One module compiled with probes: which lines ran, how its conditions came out, and what was compared with what."""

from __future__ import annotations

import ast
import os
import warnings
from collections.abc import Iterable, Sequence
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any, NamedTuple, TypeVar, cast

from .tracing import COMPARE, CONDITION, FUNCTION, ITEM, LINE, LOOP, METHOD, STEP, TRACE

LONGEST = 400
METHODS = frozenset(
    {
        "replace",
        "match",
        "fullmatch",
        "search",
        "findall",
        "finditer",
        "sub",
        "split",
        "rsplit",
        "startswith",
        "endswith",
        "get",
    }
    | {"pop", "index", "find", "rfind", "rindex", "count", "removeprefix", "removesuffix", "partition", "rpartition"}
    | {"strip", "lstrip", "rstrip", "isdigit", "isalpha", "isalnum", "isupper", "islower", "isspace", "isidentifier"}
    | {"istitle", "isnumeric", "isdecimal", "strptime", "fromisoformat", "loads", "setdefault", "remove", "encode"}
    | {"decode"}
)
FUNCTIONS = frozenset(
    ["int", "float", "complex", "len", "isinstance", "issubclass", "hasattr", "getattr", "ord", "chr"]
)
OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
FUNCTION_NODES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
N = TypeVar("N", bound=ast.AST)


class Probes(NamedTuple):
    """`lines` are those that have a probe; an outcome is `2 * number + (1 if true)`; `where` is the line of each
    condition, and `what` its source."""

    lines: tuple[int, ...]
    where: tuple[int, ...]
    what: tuple[str, ...]


class Numbers(NamedTuple):
    """Where the lines and the outcomes of one module begin among those of several, and where they end."""

    lines: tuple[int, int]
    outcomes: tuple[int, int]

    def own(self, lines: Iterable[int], outcomes: Iterable[int]) -> list[int]:
        """Outcomes, and lines below zero, as they are numbered where the module is alone."""
        (first_line, last_line), (first, last) = self.lines, self.outcomes
        return [
            *(number - first for number in outcomes if first <= number < last),
            *(first_line - line for line in lines if first_line <= line < last_line),
        ]


def install(path: str, text: str) -> None:
    """From now on this file is loaded with probes."""
    install_all([(path, text)])


def install_all(files: Iterable[tuple[str, str]]) -> dict[str, Numbers]:
    """Each file's numbers go on from those of the one before. Raises what `compile` raises."""
    codes: dict[str, CodeType] = {}
    numbers: dict[str, Numbers] = {}
    outcomes = 0
    for path, text in files:
        line = len(TRACE.lines)
        code, conditions = probed(text, path, line=line, first=outcomes // 2)
        codes[os.path.realpath(path)] = code
        TRACE.lines.extend(bytes(text.count("\n") + 3))
        numbers[path] = Numbers((line, len(TRACE.lines)), (outcomes, outcomes + 2 * conditions))
        outcomes += 2 * conditions
    TRACE.install()
    original = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        return codes.get(os.path.realpath(self.get_filename(fullname))) or original(self, fullname)

    loader: Any = SourceFileLoader
    loader.get_code = get_code
    return numbers


def probed(text: str, path: str, *, line: int = 0, first: int = 0) -> tuple[CodeType, int]:
    """And how many conditions it has, which are numbered from `first`; lines are told as so much more than they are.
    Raises what `compile` raises. The lines keep their numbers."""
    tree = ast.parse(text)
    insertion = _Insertion(text, line=line, first=first)
    insertion.module(tree)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
    assert isinstance(code, CodeType)
    return code, len(insertion.where)


def probes_of(text: str) -> Probes:
    insertion = _Insertion(text)
    insertion.module(ast.parse(text))
    return Probes(tuple(sorted(insertion.lines)), tuple(insertion.where), tuple(insertion.what))


class _Insertion(ast.NodeTransformer):
    """Nothing outside functions is probed: it runs once, when the module is imported."""

    def __init__(self, text: str, *, line: int = 0, first: int = 0) -> None:
        self._line = line
        self._first = first
        self.lines: set[int] = set()
        self.where: list[int] = []
        self.what: list[str] = []
        self._text = text

    def module(self, tree: ast.Module) -> None:
        for node in tree.body:
            self._outside(node)

    def _outside(self, node: ast.AST) -> None:
        """Definitions below `if` and in classes too."""
        for child in ast.iter_child_nodes(node) if not isinstance(node, FUNCTION_NODES) else [node]:
            if isinstance(child, FUNCTION_NODES):
                self._inside(child)
            else:
                self._outside(child)

    def _inside(self, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        if isinstance(function, ast.Lambda):
            function.body = self.visit(function.body)
        else:
            function.body = self._block(function.body)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._inside(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self._inside(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._outside(node)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_Match(self, node: Any) -> ast.AST:
        node.subject = self.visit(node.subject)
        for case in node.cases:
            case.body = self._block(case.body)
        return cast("ast.AST", node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def _block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        for node in body:
            bare = isinstance(node, (ast.Global, ast.Nonlocal)) or _is_text(node)
            if not bare:
                self.lines.add(node.lineno)
                done.append(_at(_statement(f"{LINE}[{self._line + node.lineno}] = 1"), node))
            done.append(cast("ast.stmt", self.visit(node)))
        return done

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, name, self._block(cast("list[ast.stmt]", value)))
            elif isinstance(value, list):
                parts = cast("list[Any]", value)
                setattr(node, name, [self.visit(each) if isinstance(each, ast.AST) else each for each in parts])
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node

    def _number(self, node: ast.expr) -> int:
        self.where.append(node.lineno)
        self.what.append((ast.get_source_segment(self._text, node) or "")[:LONGEST])
        return self._first + len(self.where) - 1

    def _tested(self, node: ast.expr) -> ast.expr:
        """A condition; its operands have numbers of their own where it is `and` or `or`."""
        number = self._number(node)
        return _calling(CONDITION, node, ast.Constant(value=number), self.visit(node))

    def visit_If(self, node: ast.If) -> ast.AST:
        node.test = self._tested(node.test)
        node.body = self._block(node.body)
        node.orelse = self._block(node.orelse)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        node.test = self._tested(node.test)
        step = _at(_statement(f"{STEP}()"), node)
        node.body = [step, *self._block(node.body)]
        node.orelse = self._block(node.orelse)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        node.test = self._tested(node.test)
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        node.values = [self._tested(value) for value in node.values]
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        number = self._number(node.iter)
        node.iter = _calling(LOOP, node.iter, ast.Constant(value=number), self.visit(node.iter))
        node.body = self._block(node.body)
        node.orelse = self._block(node.orelse)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.iter = self.visit(node.iter)
        node.ifs = [self._tested(test) for test in node.ifs]
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) != 1:
            return self._chain(node)
        word = OPERATORS[type(node.ops[0])]
        return _calling(COMPARE, node, ast.Constant(value=word), node.left, node.comparators[0])

    def _chain(self, node: ast.Compare) -> ast.expr:
        """Pair by pair, where what stands in the middle may be worked out twice."""
        if not all(_is_cheap(each) for each in node.comparators[:-1]):
            return node
        operands = [node.left, *node.comparators]
        pairs = [
            _calling(COMPARE, node, ast.Constant(value=OPERATORS[type(op)]), left, right)
            for op, left, right in zip(node.ops, operands, operands[1:])  # noqa: B905  Python 3.9
        ]
        return _at(ast.BoolOp(op=ast.And(), values=pairs), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load) or isinstance(node.slice, (ast.Slice, ast.Tuple)):
            return node
        return _calling(ITEM, node, node.value, node.slice)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr in METHODS:
            node.args = [func.value, ast.Constant(value=func.attr), *node.args]
            node.func = _at(ast.Name(id=METHOD, ctx=ast.Load()), func)
        elif isinstance(func, ast.Name) and func.id in FUNCTIONS:
            node.args = [func, ast.Constant(value=func.id), *node.args]
            node.func = _at(ast.Name(id=FUNCTION, ctx=ast.Load()), func)
        return node


def _calling(name: str, where: ast.expr, *arguments: ast.expr) -> ast.expr:
    return _at(ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=list(arguments), keywords=[]), where)


def _statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def _at(new: N, old: ast.AST) -> N:
    return ast.copy_location(new, old)


def _is_cheap(node: ast.expr) -> bool:
    """A name, a constant, or a plain function of one."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in (FUNCTION, *FUNCTIONS):
        return all(isinstance(each, (ast.Name, ast.Constant)) for each in node.args)
    return isinstance(node, (ast.Name, ast.Constant))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
