"""Which functions and outcomes of conditions of a few files are taken, noted while they run, in forks too."""

from __future__ import annotations

import ast
import builtins
import mmap
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.machinery import SourceFileLoader
from importlib.util import decode_source
from types import CodeType
from typing import Any, NamedTuple, Optional, Union

from .lines import Mark, marked_lines

NOTE, TOOK = "__outpace_note__", "__outpace_took__"
ROOM = 1 << 18
FUNCTION, TRUE, FALSE, HANDLER, CASE, ITEM = "function", "true", "false", "handler", "case", "item"
NEVER_BOTH = frozenset({"TYPE_CHECKING", "__debug__"})
Scope = Union[ast.FunctionDef, ast.AsyncFunctionDef]
Tested = Union[ast.If, ast.While, ast.IfExp]
Lines = tuple[int, int, int]
"""From the first to the second, and the third, if it is not 0."""
Numbering = Callable[[int, str, str, Lines], int]


class Site(NamedTuple):
    """One outcome: that a function is entered, a condition is true or false, a handler or a case is run, a loop has an
    item. `lines` are those whose change makes it part of a diff."""

    path: str
    line: int
    kind: str
    function: str
    lines: Lines


class Taking:
    """`files` are paths below `root`; those that cannot be parsed are `unread`. Of `lines` it is noted which of their
    statements are come to."""

    def __init__(self, root: str, files: Sequence[str], lines: Mapping[str, Sequence[int]] = {}) -> None:
        self.sites: list[Site] = []
        self.unread: list[str] = []
        self._lines = {path: frozenset(numbers) for path, numbers in lines.items()}
        self._statements: list[tuple[str, int, int, int]] = []  # path, lines, and their place from the end
        self._took = mmap.mmap(-1, ROOM)
        self._trees: dict[str, ast.Module] = {}
        for path in dict.fromkeys([*files, *lines]):
            at = os.path.realpath(os.path.join(root, path))
            try:
                with open(at, "rb") as file:
                    tree = ast.parse(decode_source(file.read()))
                marked_lines(tree, self._lines.get(path, ()), self._marking(path))
                if path in files:
                    marked(tree, self._numbering(path))
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                self.unread.append(path)
            else:
                self._trees[at] = tree

    def install(self) -> Callable[[], None]:
        """Before the project is imported; what it returns takes the hook out again, for tests."""
        setattr(builtins, TOOK, self._took)
        setattr(builtins, NOTE, self._noted)
        original = SourceFileLoader.get_code
        trees = self._trees

        def get_code(self: SourceFileLoader, fullname: str) -> Optional[CodeType]:
            path = self.get_filename(fullname)
            tree = trees.get(os.path.realpath(path))
            if tree is None:
                return original(self, fullname)
            return compile(tree, path, "exec", dont_inherit=True)

        loader: Any = SourceFileLoader
        if trees:
            loader.get_code = get_code

        def take_out() -> None:
            loader.get_code = original

        return take_out

    def taken(self) -> Iterator[tuple[Site, bool]]:
        for number, site in enumerate(self.sites):
            yield site, bool(self._took[number])

    def not_run(self) -> Iterator[tuple[str, int]]:
        """Of the lines that were asked for those with a statement that nothing came to, once each."""
        missed = {
            (path, line)
            for path, first, last, place in self._statements
            for line in range(first, last + 1)
            if line in self._lines[path] and not self._took[place]
        }
        unread = {(path, line) for path in self.unread for line in self._lines.get(path, ())}
        yield from sorted(missed | unread)

    def _marking(self, path: str) -> Mark:
        def mark(first: int, last: int) -> ast.stmt:
            place = ROOM - 1 - len(self._statements)
            self._statements.append((path, first, last, place))
            self._check_room()
            return took(place)

        return mark

    def _numbering(self, path: str) -> Numbering:
        def number(line: int, kind: str, function: str, lines: Lines) -> int:
            self.sites.append(Site(path, line, kind, function, lines))
            self._check_room()
            return len(self.sites) - 1

        return number

    def _check_room(self) -> None:
        if len(self.sites) + len(self._statements) > ROOM:
            raise MemoryError

    def _noted(self, number: int, value: object) -> bool:
        truth = bool(value)
        self._took[number if truth else number + 1] = 1
        return truth


def marked(tree: ast.Module, number: Numbering) -> None:
    """In place. `number(line, kind, function, lines)` gives each outcome its place; a condition takes two in a row."""
    _Marking(number).visit(tree)
    ast.fix_missing_locations(tree)


class _Marking(ast.NodeTransformer):
    def __init__(self, number: Numbering) -> None:
        self._number = number
        self._within: list[str] = []

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self._within.append(node.name)
        self.generic_visit(node)
        self._within.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        return self._tested(node, node.body[0].lineno, node.orelse[0].lineno if node.orelse else 0)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._tested(node, node.body[0].lineno, 0)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return self._tested(node, node.body.lineno, node.orelse.lineno)

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._block(node, ITEM)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        return self._block(node, ITEM)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        return self._block(node, HANDLER)

    def visit_match_case(self, node: Any) -> ast.AST:
        node.lineno = node.pattern.lineno
        return self._block(node, CASE)

    def _function(self, node: Scope) -> ast.AST:
        self._within.append(node.name)
        first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
        number = self._number(node.lineno, FUNCTION, self._name, (first, node.end_lineno or node.lineno, 0))
        self.generic_visit(node)
        self._within.pop()
        node.body.insert(0 if ast.get_docstring(node, clean=False) is None else 1, _took(number, node.body[0]))
        return node

    def _tested(self, node: Tested, body: int, other: int) -> ast.AST:
        test = node.test
        if not _is_decided(test):
            span = (test.lineno, test.end_lineno or test.lineno)
            number = self._number(node.lineno, TRUE, self._name, (*span, body))
            self._number(node.lineno, FALSE, self._name, (*span, other))
            named = ast.Name(id=NOTE, ctx=ast.Load())
            node.test = ast.copy_location(ast.Call(func=named, args=[ast.Constant(number), test], keywords=[]), test)
        self.generic_visit(node)
        return node

    def _block(self, node: Any, kind: str) -> ast.AST:
        first = node.body[0]
        number = self._number(node.lineno, kind, self._name, (node.lineno, node.lineno, first.lineno))
        self.generic_visit(node)
        node.body.insert(0, _took(number, first))
        return node

    @property
    def _name(self) -> str:
        return ".".join(self._within)


def took(number: int) -> ast.stmt:
    """The mark of one place, wherever it is put."""
    target = ast.Subscript(value=ast.Name(id=TOOK, ctx=ast.Load()), slice=ast.Constant(number), ctx=ast.Store())
    return ast.Assign(targets=[target], value=ast.Constant(1))


def _took(number: int, where: ast.stmt) -> ast.stmt:
    return ast.copy_location(took(number), where)


def _is_decided(test: ast.expr) -> bool:
    """What is the same in every run: `while True`, `if TYPE_CHECKING`, `if __name__ == "__main__"`."""
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    named = {node.attr for node in ast.walk(test) if isinstance(node, ast.Attribute)}
    return isinstance(test, ast.Constant) or bool((names | named) & NEVER_BOTH) or names == {"__name__"}


def as_rows(taking: Taking, read: Mapping[str, bool]) -> dict[str, Any]:
    """What the program tells of them: `read` says of each changed file of data whether it was opened."""
    sites = [[*site, taken] for site, taken in taking.taken()]
    return {"sites": sites, "unparsed": taking.unread, "read": dict(read), "not_run": list(taking.not_run())}
