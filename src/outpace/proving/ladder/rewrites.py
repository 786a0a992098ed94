"""Another way to write the same module: local and private names changed, comments gone, lines moved."""

from __future__ import annotations

import ast
import builtins
import keyword
import symtable
from collections.abc import Iterator

from outpace.proving.ladder import parses

MARK = "_as_rewritten"
DYNAMIC = frozenset({"eval", "exec", "locals", "globals", "vars", "__import__", "getattr", "setattr", "delattr"})


def rewritten(source: str, *, private: bool = True) -> str | None:
    """The same meaning for whoever calls it; None where that cannot be kept: it looks at its own names, or cannot be
    parsed. Without `private`, names of the module that begin with an underscore stay."""
    try:
        return _rewritten(source, private=private)
    except parses.UNREADABLE:
        return None


def _rewritten(source: str, *, private: bool) -> str:
    tree = ast.parse(source)
    table = symtable.symtable(source, "module", "exec")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if names & DYNAMIC:
        private = False
    globally = _private_names(tree) if private else frozenset[str]()
    _Rename(dict(_locals(table)), globally).visit(tree)
    return "\n\n" + ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _private_names(tree: ast.Module) -> frozenset[str]:
    """Functions of the module alone: not methods, and nothing that is named in a text or as an attribute."""
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("_") and not node.name.startswith("__")
    }
    return frozenset(defined - {name for node in ast.walk(tree) if (name := _otherwise_named(node))})


def _otherwise_named(node: ast.AST) -> str:
    """A name as it stands where nothing renames it: as an attribute, a parameter, in a text, or bound once more."""
    match node:
        case ast.Attribute(attr=name) | ast.arg(arg=name) | ast.Constant(value=str() as name):
            return name
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return name
        case ast.alias(name=name, asname=other):
            return other or name
        case ast.keyword(arg=str() as name) | ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
            return name
        case _:
            return ""


def _locals(table: symtable.SymbolTable) -> Iterator[tuple[tuple[str, int], frozenset[str]]]:
    """Function and its first line -> local names that may be changed: no parameters, nothing shared with another
    scope."""
    for child in table.get_children():
        if isinstance(child, symtable.Function):
            symbols = child.get_symbols()
            shared = set(_below(child))
            own = frozenset(
                each.get_name()
                for each in symbols
                if each.is_local()
                and not each.is_parameter()
                and not each.is_imported()
                and not each.is_namespace()
                and not each.is_declared_global()
                and each.get_name() not in shared
                and not each.get_name().startswith("__")
                and not hasattr(builtins, each.get_name())
                and not keyword.iskeyword(each.get_name())
            )
            if not any(each.get_name() in DYNAMIC for each in symbols):
                yield (child.get_name(), child.get_lineno()), own
        yield from _locals(child)


def _below(table: symtable.SymbolTable) -> Iterator[str]:
    for child in table.get_children():
        yield from (each.get_name() for each in child.get_symbols())
        yield from _below(child)


class _Rename(ast.NodeTransformer):
    def __init__(self, local: dict[tuple[str, int], frozenset[str]], globally: frozenset[str]) -> None:
        self.local = local
        self.globally = globally
        self.scopes: list[frozenset[str]] = []

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        own = self.local.get((node.name, node.lineno), self.local.get((node.name, first), frozenset[str]()))
        if any(isinstance(each, ast.Match) for each in ast.walk(node)):
            own = frozenset[str]()
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        node.args = self.visit(node.args)
        if not self.scopes and node.name in self.globally:
            node.name += MARK
        self.scopes.append(own)
        node.body = [self.visit(each) for each in node.body]
        self.scopes.pop()
        node.body.append(ast.Pass())
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if (self.scopes and node.id in self.scopes[-1]) or node.id in self.globally:
            node.id += MARK
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        if node.name and self.scopes and node.name in self.scopes[-1]:
            node.name += MARK
        return self.generic_visit(node)
