"""Whether everything that a change adds ran in its trial: what no input reaches may wait for one of its own."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.words import counted
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import code, is_test

SAYING, TEXTS = frozenset({"str", "repr", "type"}), frozenset({"format", "group"})
ASKING = frozenset({"len", "isinstance"})
COMPARING = (
    ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Name, ast.Attribute, ast.Constant, ast.Subscript, ast.Tuple,
    ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop,
)  # fmt: skip
OWN_FRAME = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Missed(Struct, frozen=True, kw_only=True, order=True):
    """Something on this line never ran."""

    path: str
    line: int
    what: str = ""


def wanted(patch: Patch) -> dict[str, tuple[int, ...]]:
    """The added lines of each Python file that is no test."""
    return {file.path: tuple(sorted(file.added)) for file in code(patch) if file.added}


def taken(patch: Patch) -> dict[str, tuple[int, ...]]:
    """The removed lines of each Python file that is no test, by their numbers on base."""
    files = (file for file in patch.files if file.is_python and file.before is not None and not is_test(file.path))
    return {file.path: tuple(sorted(file.removed)) for file in files if file.removed}


def refusals(patch: Patch, left: Sequence[Missed]) -> dict[str, tuple[int, ...]]:
    """Of the added lines that never ran, those of statements that raise an exception of plain names and texts, where no
    other statement stands on the line and no handler around them catches it."""
    found: dict[str, tuple[int, ...]] = {}
    for file in code(patch):
        of_raises = _Refusals(ast.parse(file.after or b"")).lines
        lines = sorted(of_raises & file.added & {each.line for each in left if each.path == file.path})
        if lines:
            found[file.path] = tuple(lines)
    return found


class _Refusals:
    """Lines of plain `raise` statements, and of conditions that do no more than compare and guard one alone."""

    def __init__(self, tree: ast.Module) -> None:
        stored = (each for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
        self.bound = {each.id for each in stored} | {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}
        self.on_line: Counter[int] = Counter()
        self.lines: set[int] = set()
        self._read(tree.body, is_caught=False)
        self.lines = {line for line in self.lines if self.on_line[line] == 1}

    def _read(self, body: Sequence[ast.stmt], *, is_caught: bool) -> None:
        for node in body:
            lines = range(node.lineno, _end_of_head(node) + 1)
            self.on_line.update(lines)
            if self._refuses(node) and not is_caught:
                self.lines.update(lines)
            caught = is_caught or (isinstance(node, ast.Try | ast.TryStar) and bool(node.handlers))
            for name in ("body", "orelse", "finalbody"):
                self._read(getattr(node, name, []), is_caught=caught and not isinstance(node, OWN_FRAME))
            for each in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
                self._read(each.body, is_caught=is_caught)

    def _refuses(self, node: ast.stmt) -> bool:
        match node:
            case ast.Raise(exc=given, cause=cause):
                return all(each is None or self._is_plain(each) for each in (given, cause))
            case ast.If(test=test, body=[ast.Raise() as only]):
                return self._refuses(only) and all(map(_compares, ast.walk(test)))
            case _:
                return False

    def _is_plain(self, node: ast.expr) -> bool:
        match node:
            case ast.Call(func=ast.Name(id=name), args=given, keywords=[]):
                is_saying = name in SAYING or name[:1].isupper()
                return is_saying and name not in self.bound and all(map(self._is_plain, given))
            case ast.Call(func=ast.Attribute(attr=name, value=ast.Name(id=holder)), args=given, keywords=[]):
                is_class = name[:1].isupper() and holder not in self.bound
                return (is_class or name in TEXTS) and all(map(self._is_plain, given))
            case ast.Attribute(value=value) | ast.FormattedValue(value=value, format_spec=None):
                return self._is_plain(value)
            case ast.JoinedStr(values=values) | ast.Tuple(elts=values):
                return all(map(self._is_plain, values))
            case ast.BinOp(left=left, right=right):
                return self._is_plain(left) and self._is_plain(right)
            case _:
                return isinstance(node, ast.Name | ast.Constant)


def _end_of_head(node: ast.stmt) -> int:
    """The last line of what stands before the body of a statement; of one without, its last line."""
    body: list[ast.stmt] = getattr(node, "body", [])
    if not body:
        return node.end_lineno or node.lineno
    parts = (getattr(node, name, None) for name in ("test", "iter", "args", "returns"))
    return max((each.end_lineno or node.lineno for each in parts if isinstance(each, ast.expr)), default=node.lineno)


def _compares(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name), keywords=[]):
            return name in ASKING
        case _:
            return isinstance(node, COMPARING)


def judge_taken(patch: Patch, missed: Sequence[Missed] | None) -> Result:
    """What goes has to have run on base: a guard that nothing reaches may be gone, and nothing would tell."""
    if not taken(patch):
        return Skipped("no code is taken away")
    if missed is None:
        return CheckUndecided("nothing tells which of the code that is taken away ran on base")
    if missed:
        first = min(missed)
        return Failed(f"it takes away code that no test and no case runs on base: {first.path}:{first.line}")
    return Passed("all that is taken away ran on base")


def judge(patch: Patch, missed: Sequence[Missed] | None) -> Result:
    """`missed` is None where nothing told of what ran."""
    lines = sum(len(each) for each in wanted(patch).values())
    if not lines:
        return Skipped("no code is added")
    if missed is None:
        return CheckUndecided("nothing tells which of the added code ran")
    if missed:
        first = min(missed)
        more = f" and {counted(len(missed) - 1, 'other line')}" if len(missed) > 1 else ""
        return Failed(f"added code that no test and no case runs: {first.path}:{first.line}{more}")
    return Passed(f"all of {counted(lines, 'added line')} ran")
