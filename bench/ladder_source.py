"""A changed module beside what it was: which of its lines are new, and edits of its text by nodes of its tree."""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Iterator
from typing import NamedTuple

Function = ast.FunctionDef


class Edit(NamedTuple):
    start: int
    end: int
    text: str


class Block(NamedTuple):
    """A statement and those beside it."""

    statements: list[ast.stmt]
    at: int


class Passage(NamedTuple):
    """Lines of base and what stands in their place; numbers from 0, the end excluded."""

    old: tuple[int, int]
    new: tuple[int, int]


class Source:
    """One module, after a right change."""

    def __init__(self, text: str, before: str) -> None:
        self.text, self.before = text, before
        self.lines, self.old_lines = text.splitlines(keepends=True), before.splitlines(keepends=True)
        self.tree, self.old_tree = ast.parse(text), ast.parse(before)
        codes = difflib.SequenceMatcher(None, self.old_lines, self.lines, autojunk=False).get_opcodes()
        self.passages = [Passage((a, b), (c, d)) for word, a, b, c, d in codes if word != "equal"]
        self.new_lines = {line + 1 for each in self.passages for line in range(*each.new)}
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line))
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self._said = {each for node in ast.walk(self.tree) for part in only_said(node) for each in ast.walk(part)}

    def new(self, kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[ast.AST]:
        """Nodes that begin on a line which the change wrote, in the order of the text; not what is only said."""
        nodes = (node for node in ast.walk(self.tree) if isinstance(node, kind) and node not in self._said)
        found = [node for node in nodes if self._line(node) in self.new_lines]
        yield from sorted(found, key=lambda node: (self.start(node), -self.end(node)))

    @staticmethod
    def _line(node: ast.AST) -> int:
        return node.test.lineno if isinstance(node, (ast.If, ast.IfExp)) else getattr(node, "lineno", 0)

    def start(self, node: ast.AST) -> int:
        return self._offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0))

    def end(self, node: ast.AST) -> int:
        return self._offset(getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0))

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode(errors="ignore"))

    def of(self, node: ast.AST) -> str:
        return self.text[self.start(node) : self.end(node)]

    def put(self, node: ast.AST, text: str) -> Edit:
        return Edit(self.start(node), self.end(node), text)

    def indent(self, node: ast.stmt) -> str:
        line = self.lines[node.lineno - 1]
        return line[: len(line) - len(line.lstrip())]

    def whole(self, node: ast.stmt) -> tuple[int, int]:
        """The lines of a statement, line ends included."""
        return self._starts[node.lineno - 1], self._starts[node.end_lineno or node.lineno]

    def block(self, node: ast.stmt) -> Block:
        parent = self.parents[node]
        for name in ("body", "orelse", "finalbody"):
            statements: list[ast.stmt] = getattr(parent, name, [])
            if node in statements:
                return Block(statements, statements.index(node))
        raise ValueError(f"line {node.lineno} is in no block")

    def removed(self, node: ast.stmt) -> Edit:
        start, end = self.whole(node)
        alone = len(self.block(node).statements) == 1 and not self.of(node).startswith("elif")
        return Edit(start, end, f"{self.indent(node)}pass\n" if alone else "")

    def function_of(self, node: ast.AST) -> Function | None:
        at: ast.AST | None = node
        while at is not None and not isinstance(at, ast.FunctionDef):
            at = self.parents.get(at)
        return at

    def names_before(self, node: ast.AST) -> list[str]:
        """Parameters, and names that are bound above in the same function."""
        function = self.function_of(node)
        if function is None:
            return []
        arguments = function.args
        found = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        names = (each for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
        found += [each.id for each in names if self.start(each) < self.start(node)]
        return list(dict.fromkeys(name for name in found if name not in ("self", "cls")))

    def changed_functions(self) -> list[tuple[str, Function, Function]]:
        """Plain functions and methods that base has too, with another body: qualified name, base's, the new one."""
        old, new = functions(self.old_tree), functions(self.tree)
        return [
            (name, old[name], new[name])
            for name in sorted(old.keys() & new.keys())
            if ast.dump(old[name]) != ast.dump(new[name]) and not new[name].decorator_list and not yields(new[name])
        ]

    def with_edits(self, edits: tuple[Edit, ...]) -> str:
        text = self.text
        for each in sorted(edits, reverse=True):
            text = text[: each.start] + each.text + text[each.end :]
        return text


def only_said(node: ast.AST) -> list[ast.AST]:
    """Annotations, messages and texts with values in them."""
    match node:
        case ast.JoinedStr():
            return [node]
        case ast.Raise(exc=ast.AST() as raised):
            return [raised]
        case ast.arg(annotation=ast.AST() as annotation) | ast.AnnAssign(annotation=annotation):
            return [annotation]
        case ast.FunctionDef(returns=ast.AST() as annotation):
            return [annotation]
        case _:
            return []


def functions(tree: ast.Module) -> dict[str, Function]:
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for each in tree.body:
        if isinstance(each, ast.ClassDef):
            found |= {f"{each.name}.{node.name}": node for node in each.body if isinstance(node, ast.FunctionDef)}
    return found


def yields(function: Function) -> bool:
    return any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function))


def compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "changed.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True
