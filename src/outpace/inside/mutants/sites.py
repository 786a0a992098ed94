"""Where a module's source can be mutated, and into what. Python 3.9 to 3.14; nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from . import arid
from .operators import Version, versions
from .text import Edit, Text, edited

MODULE = "<module>"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TEMPLATES = tuple(getattr(ast, name) for name in ("JoinedStr", "TemplateStr", "TypeAlias") if hasattr(ast, name))
UNTOUCHED = frozenset({"annotation", "bases", "decorator_list", "keywords", "pattern", "returns", "type_params"})
"""Fields of definitions, arguments and match cases. A call's keywords are touched."""


class Mutant(NamedTuple):
    """`id` stays the same while its function does. `function` is the outermost one's qualified name, "" for what runs
    when the module is imported. Lines count from 1, columns from 0 in bytes, as in `ast`; `after` takes the place of
    `before`, which stands between them. `arid` says why it is not tried."""

    id: str
    function: str
    line: int
    column: int
    end_line: int
    end_column: int
    operator: str
    before: str
    after: str
    arid: str = ""


class Site(NamedTuple):
    """`put` takes the place of `node` in the tree that was searched."""

    mutant: Mutant
    node: ast.expr | ast.stmt
    put: ast.expr | ast.stmt


def mutants_of(
    source: str, *, functions: frozenset[str] | None = None, lines: frozenset[int] | None = None
) -> tuple[Mutant, ...]:
    """All of a module's, or those of some functions (`""`: the module's own), or those that touch some lines.

    Raises SyntaxError, ValueError (a null byte), RecursionError.
    """
    found = (site.mutant for site in sites_of(ast.parse(source), source))
    return tuple(
        each
        for each in found
        if (functions is None or each.function in functions)
        and (lines is None or not lines.isdisjoint(range(each.line, each.end_line + 1)))
    )


def sites_of(tree: ast.Module, source: str) -> list[Site]:
    """In the order of the source; those of one node beside one another."""
    search = _Search(Text(source))
    search.block(tree.body, _Where())
    by_node: dict[int, list[tuple[Version, _Where]]] = {}
    for version, where in search.found:
        by_node.setdefault(id(version.node), []).append((version, where))
    numbers: dict[tuple[str, str], int] = {}
    return [_site(*each, search.text, numbers) for group in by_node.values() for each in group]


def mutated_text(source: str, mutant: Mutant) -> str:
    """The module's source with this one applied."""
    text = Text(source)
    start, end = text.at(mutant.line, mutant.column), text.at(mutant.end_line, mutant.end_column)
    return edited(text.content, [Edit(start, end, mutant.after.encode())], 0, len(text.content)).decode()


class _Where(NamedTuple):
    function: str = ""
    classes: str = ""
    arid: str = ""
    message: bool = False

    def within(self, why: str) -> _Where:
        return self._replace(arid=self.arid or why)

    def of_function(self, name: str) -> _Where:
        return self if self.function else self._replace(function=f"{self.classes}{name}")

    def of_class(self, name: str) -> _Where:
        return self._replace(classes=f"{self.classes}{name}.")


def _site(version: Version, where: _Where, text: Text, numbers: dict[tuple[str, str], int]) -> Site:
    node = version.node
    key = (where.function, version.operator)
    numbers[key] = number = numbers.get(key, 0) + 1
    message = where.message and version.operator in ("string", "arithmetic")
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    mutant = Mutant(
        f"{where.function or MODULE}:{version.operator}:{number}",
        where.function,
        node.lineno,
        node.col_offset,
        node.end_lineno,
        node.end_col_offset,
        version.operator,
        text.of(node).decode(),
        text.after(node, version.edits),
        where.arid or (arid.MESSAGE if message else ""),
    )
    return Site(mutant, node, version.put)


class _Search:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.found: list[tuple[Version, _Where]] = []

    def block(self, body: list[ast.stmt], where: _Where) -> None:
        for node in body:
            self.visit(node, where)

    def visit(self, node: ast.AST, where: _Where) -> None:
        if isinstance(node, TEMPLATES) or _is_bare_text(node):
            return
        if isinstance(node, ast.stmt):
            why = arid.arid_statement(node)
            if why and isinstance(node, ast.If):
                self._arid_branch(node, where, why)
                return
            where = where.within(why)
        elif isinstance(node, ast.Call):
            where = self._call(node, where)
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            self._definition(node, where)
            return
        if isinstance(node, ast.Raise):
            where = where._replace(message=True)
        self._of(node, where)
        self._children(node, where)

    def _of(self, node: ast.AST, where: _Where) -> None:
        if isinstance(node, ast.Expr):
            held = node.value.value if isinstance(node.value, ast.Await) else node.value
            where = where.within(arid.arid_call(held)) if isinstance(held, ast.Call) else where
        self.found += [(version, where) for version in versions(node, self.text)]

    def _call(self, node: ast.Call, where: _Where) -> _Where:
        return where.within(arid.arid_call(node))

    def _arid_branch(self, node: ast.If, where: _Where, why: str) -> None:
        """Its `else` is not."""
        self.block(node.body, where.within(why))
        self.block(node.orelse, where)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, where: _Where) -> None:
        """Defaults are worked out where the function is defined, not where it runs."""
        if isinstance(node, ast.ClassDef):
            self.block(node.body, where.of_class(node.name))
            return
        self._children(node.args, where)
        self.block(node.body, where.of_function(node.name))

    def _children(self, node: ast.AST, where: _Where) -> None:
        for child in _children(node):
            if isinstance(node, ast.Call) and child is next(iter(node.args), None) and arid.first_is_a_name(node):
                self.visit(child, where.within(arid.NAME))
            else:
                self.visit(child, where)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    by_identity = isinstance(node, ast.Compare) and any(isinstance(each, (ast.Is, ast.IsNot)) for each in node.ops)
    for name, value in ast.iter_fields(node):
        if name in UNTOUCHED and not (name == "keywords" and isinstance(node, ast.Call)):
            continue
        for child in cast("list[Any]", value) if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (by_identity and isinstance(child, ast.Constant)):
                yield child


def _is_bare_text(node: ast.AST) -> bool:
    """A docstring, or a text that stands as a comment."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
