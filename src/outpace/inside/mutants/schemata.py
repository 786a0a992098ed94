"""One module that holds all of its mutants, each switched on by its number."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from .sites import Mutant, Site, sites_of

SWITCH = "__outpace_mutant__"
"""A built-in name: the number of the mutant that is on; 0 is none. Whatever answers to `==` and `>=` may stand there:
see `loading.Reach`."""


N = TypeVar("N", bound=ast.AST)


class Schema(NamedTuple):
    """`groups` are the numbers of the mutants of one node, where it has several; the first stands for all of them when
    the node is reached."""

    tree: ast.Module
    groups: tuple[tuple[int, ...], ...]


def mutated(source: str, mutants: Sequence[Mutant], *, first: int = 1) -> ast.Module:
    """The module with these of its mutants: the first has the number `first`, and so on. Lines stay where they are."""
    return schema(source, mutants, first=first).tree


def schema(source: str, mutants: Sequence[Mutant], *, first: int = 1) -> Schema:
    """As `mutated`. Within a mutant, what is below it is the original. Raises what `mutants_of` raises."""
    tree = ast.parse(source)
    numbers = {mutant.id: first + place for place, mutant in enumerate(mutants)}
    by_node: dict[int, list[tuple[int, Site]]] = {}
    for site in sites_of(tree, source):
        if site.mutant.id in numbers:
            by_node.setdefault(id(site.node), []).append((numbers[site.mutant.id], site))
    whole = _Insertion(by_node).visit(tree)
    assert isinstance(whole, ast.Module)
    groups = tuple(tuple(number for number, _ in group) for group in by_node.values() if len(group) > 1)
    return Schema(ast.fix_missing_locations(whole), groups)


class _Insertion(ast.NodeTransformer):
    def __init__(self, by_node: dict[int, list[tuple[int, Site]]]) -> None:
        self._by_node = by_node

    def visit(self, node: ast.AST) -> ast.AST:
        group = self._by_node.get(id(node))
        node = self.generic_visit(node)
        if not group:
            return node
        if isinstance(node, ast.stmt):
            return _statement(node, group)
        assert isinstance(node, ast.expr)
        return _expression(node, group)


def _statement(node: ast.stmt, group: list[tuple[int, Site]]) -> ast.stmt:
    for number, site in reversed(group):
        assert isinstance(site.put, ast.stmt)
        node = _at(ast.If(test=_is(number), body=[site.put], orelse=[node]), node)
    return node


def _expression(node: ast.expr, group: list[tuple[int, Site]]) -> ast.expr:
    """With several, one look says that none of them is on, which is nearly always so."""
    if len(group) == 1:
        return _either(_is(group[0][0]), group[0][1], node)
    chosen = _put(group[-1][1])
    for number, site in reversed(group[:-1]):
        chosen = _at(ast.IfExp(test=_is(number), body=_put(site), orelse=chosen), node)
    return _at(ast.IfExp(test=_among([number for number, _ in group]), body=chosen, orelse=node), node)


def _either(test: ast.expr, site: Site, node: ast.expr) -> ast.expr:
    return _at(ast.IfExp(test=test, body=_put(site), orelse=node), node)


def _put(site: Site) -> ast.expr:
    assert isinstance(site.put, ast.expr)
    return site.put


def _is(number: int) -> ast.expr:
    return ast.Compare(left=_switch(), ops=[ast.Eq()], comparators=[ast.Constant(value=number)])


def _among(numbers: list[int]) -> ast.expr:
    """`first <= M <= last`: an object that records sees the first."""
    if numbers != list(range(numbers[0], numbers[-1] + 1)):
        raise ValueError(f"the mutants of one node are numbered {numbers}, not one after another")
    return ast.Compare(
        left=ast.Constant(value=numbers[0]),
        ops=[ast.LtE(), ast.LtE()],
        comparators=[_switch(), ast.Constant(value=numbers[-1])],
    )


def _switch() -> ast.expr:
    return ast.Name(id=SWITCH, ctx=ast.Load())


def _at(new: N, old: ast.expr | ast.stmt) -> N:
    return ast.copy_location(new, old)
