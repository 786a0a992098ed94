"""Whether everything that a change adds ran in its trial: what no input reaches may wait for one of its own."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from msgspec import Struct

from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.words import counted
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import code, is_test

SAYING = frozenset({"str", "repr", "type", "format", "group"})
ASKING = frozenset({"len", "isinstance"})


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
    """Of the added lines that never ran, those of statements that raise an exception and do nothing else."""
    found: dict[str, tuple[int, ...]] = {}
    for file in code(patch):
        of_raises = {line for node in ast.walk(ast.parse(file.after or b"")) for line in _lines_of(node)}
        lines = sorted(of_raises & file.added & {each.line for each in left if each.path == file.path})
        if lines:
            found[file.path] = tuple(lines)
    return found


def _lines_of(node: ast.AST) -> range:
    """With the condition that it stands under, where that does no more than compare."""
    match node:
        case ast.Raise(exc=given, cause=cause) if all(each is None or _is_plain(each) for each in (given, cause)):
            return range(node.lineno, (node.end_lineno or node.lineno) + 1)
        case ast.If(test=test, body=[ast.Raise() as only]) if _lines_of(only) and _compares(test):
            return range(node.lineno, (test.end_lineno or test.lineno) + 1)
        case _:
            return range(0)


def _compares(test: ast.expr) -> bool:
    called = [each.func for each in ast.walk(test) if isinstance(each, ast.Call)]
    return all(isinstance(each, ast.Name) and each.id in ASKING for each in called)


def _is_plain(node: ast.expr) -> bool:
    """Names, texts, and exceptions and names of types that are made of them."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name) as called, args=given, keywords=[]):
            return (name in SAYING or name[:1].isupper()) and _is_plain(called) and all(map(_is_plain, given))
        case ast.Attribute(value=value) | ast.FormattedValue(value=value, format_spec=None):
            return _is_plain(value)
        case ast.JoinedStr(values=values) | ast.Tuple(elts=values):
            return all(map(_is_plain, values))
        case ast.BinOp(left=left, right=right):
            return _is_plain(left) and _is_plain(right)
        case _:
            return isinstance(node, ast.Name | ast.Constant)


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
