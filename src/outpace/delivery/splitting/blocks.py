"""A Python text as blocks: one top-level statement each, with the comments above it; of a class, one member each."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple, TypeAlias

Key: TypeAlias = tuple[str, ...]
ODD_LINES = re.compile("\r(?!\n)|[\f\v\x1c-\x1e\x85\u2028\u2029]")
LARGEST = 1 << 20
DEEPEST = 200
"""Levels of syntax beyond which nobody wrote it by hand, and what reads it by recursion would end."""
NO_NODES: tuple[ast.stmt, ...] = ()
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class Block(NamedTuple):
    """`owner` is the class that it is a member of. The text ends with a line's end."""

    key: Key
    text: str
    nodes: tuple[ast.stmt, ...]
    owner: str = ""


class Source(NamedTuple):
    """A text that could be read, as blocks of which none is cut further."""

    lines: tuple[str, ...]
    blocks: tuple[Block, ...]


def source(text: str) -> Source | None:
    """None where it is no Python that can be cut by lines."""
    if not text:
        return Source((), ())
    if len(text) > LARGEST or ODD_LINES.search(text) or not text.endswith("\n"):
        return None
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if is_deep(tree):
        return None
    lines = tuple(text.splitlines(keepends=True))
    return Source(lines, tuple(_cut(lines, tree.body, 0, len(lines), "")))


def is_deep(tree: ast.Module) -> bool:
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def opened(read: Source, names: frozenset[str]) -> tuple[Block, ...]:
    """The blocks, with the classes of these names cut into their head and their members."""
    found: list[Block] = []
    end = 0
    for block in read.blocks:
        first, end = end, end + block.text.count("\n")
        node = block.nodes[0] if len(block.nodes) == 1 else None
        if isinstance(node, ast.ClassDef) and node.name in names:
            members = first + _head(read.lines, node, first)
            found.append(Block((*block.key, "head"), "".join(read.lines[first:members]), (_bare(node),), node.name))
            body = node.body[1:] if is_documented(node) else node.body
            found += _cut(read.lines, body, members, end, node.name)
        else:
            found.append(block)
    return tuple(found)


def heads(read: Source) -> dict[str, str]:
    """The head of each class that may be cut: its decorators, its line and its docstring."""
    found: dict[str, str] = {}
    end = 0
    for block in read.blocks:
        first, end = end, end + block.text.count("\n")
        node = block.nodes[0] if len(block.nodes) == 1 else None
        if isinstance(node, ast.ClassDef) and (members := _head(read.lines, node, first)):
            found[node.name] = "".join(read.lines[first : first + members])
    return found


def is_documented(node: ast.ClassDef | Function | ast.Module) -> bool:
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _bare(node: ast.ClassDef) -> ast.ClassDef:
    """The class with no more than its docstring."""
    body: list[ast.stmt] = node.body[:1] if is_documented(node) else [ast.Pass()]
    return ast.ClassDef(name=node.name, bases=node.bases, keywords=node.keywords, body=body,
                        decorator_list=node.decorator_list)  # fmt: skip


def _head(lines: tuple[str, ...], node: ast.ClassDef, first: int) -> int:
    """How many lines the head takes; 0 where it cannot be told from its members."""
    body = node.body[1:] if is_documented(node) else node.body
    if not body or _start(body[0]) <= node.lineno:
        return 0
    members = _start(body[0]) - 1
    floor = (node.body[0].end_lineno or 0) if is_documented(node) else node.lineno
    while members > floor and (not (bare := lines[members - 1].strip()) or bare.startswith("#")):
        members -= 1
    return members - first


def _start(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
    return min([node.lineno, *(each.lineno for each in decorators)])


def _cut(lines: tuple[str, ...], body: list[ast.stmt], first: int, end: int, owner: str) -> list[Block]:
    """Each statement with what stands between it and the one before; what shares a name or a line is one block."""
    found: list[Block] = []
    at = first
    for node in body:
        last = node.end_lineno or node.lineno
        key = _key(node, owner)
        text = "".join(lines[at:last])
        if found and (_start(node) <= at or (key[-2:-1] == ("def",) and found[-1].key == key)):
            before = found.pop()
            found.append(before._replace(text=before.text + text, nodes=(*before.nodes, node)))
        else:
            found.append(Block(key, text, (node,), owner))
        at = max(at, last)
    if at < end:
        found.append(Block((*_within(owner), "tail"), "".join(lines[at:end]), NO_NODES, owner))
    return found


def _within(owner: str) -> Key:
    return ("class", owner) if owner else ()


def _key(node: ast.stmt, owner: str) -> Key:
    return (*_within(owner), *_name(node))


def _name(node: ast.stmt) -> Key:  # noqa: PLR0911  one line for each kind of statement
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return ("def", name)
        case ast.ClassDef(name=name):
            return ("class", name)
        case ast.Import(names=names):
            return ("import", *(each.name for each in names))
        case ast.ImportFrom(module=module, level=level):
            return ("from", "." * level + (module or ""))
        case ast.Assign(targets=targets):
            return ("assign", *(ast.unparse(each) for each in targets))
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target):
            return ("assign", ast.unparse(target))
        case ast.If(test=test):
            return ("if", ast.unparse(test))
        case ast.Try():
            return ("try", *(key for each in node.body[:1] for key in _name(each)))
        case _:
            return ("statement", ast.unparse(node)[:200])
