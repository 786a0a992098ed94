"""Which outcomes of the conditions of some functions a suite takes: a program for the sandbox."""

from __future__ import annotations

import ast
import builtins
import json
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple, TypeVar

from ..answers import Answers, answer
from ..forks import ANSWERED, in_fork
from ..mutants import loading
from ..session import Session, collected
from ..units import functions_of

TAKEN, ENTERED = "__outpace_taken__", "__outpace_entered__"
TRUE, FALSE = "true", "false"
LONGEST_CONDITION = 120
T = TypeVar("T")


class Branch(NamedTuple):
    """One condition; a loop's is whether there is a first item, and whether it comes to its end."""

    function: str
    line: int
    condition: str


class Probed(NamedTuple):
    """Outcome `2 * n` is that branch `n`, counted from `first`, was false, and `2 * n + 1` that it was true."""

    tree: ast.Module
    branches: tuple[Branch, ...]


def probed(source: str, functions: frozenset[str] | None, *, first: int = 0) -> Probed:
    """Raises what parsing raises."""
    tree = ast.parse(source)
    probes = _Probes(source, first)
    for name, function in functions_of(tree):
        if functions is None or name in functions:
            probes.within(name, function)
    return Probed(ast.fix_missing_locations(tree), tuple(probes.branches))


class _Probes(ast.NodeTransformer):
    def __init__(self, source: str, first: int) -> None:
        self._source = source
        self._first = first
        self._function = ""
        self.branches: list[Branch] = []

    def within(self, name: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._function = name
        function.body = [self.visit(statement) for statement in function.body]

    def visit_If(self, node: ast.If) -> ast.AST:
        return self._tested(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._tested(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        return self._tested(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        number = self._number(node.iter, f"for ... in {self._text(node.iter)}")
        self.generic_visit(node)
        node.iter = _called(ENTERED, [ast.Constant(number), node.iter], node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        numbers = [self._number(each, self._text(each)) for each in node.ifs]
        self.generic_visit(node)
        node.ifs = [_either(number, each) for number, each in zip(numbers, node.ifs)]  # noqa: B905  Python 3.9
        return node

    def _tested(self, node: ast.If | ast.While | ast.IfExp) -> ast.AST:
        constant = isinstance(node.test, ast.Constant)
        number = -1 if constant else self._number(node.test, self._text(node.test))
        self.generic_visit(node)
        if not constant:
            node.test = _either(number, node.test)
        return node

    def _number(self, node: ast.expr, condition: str) -> int:
        self.branches.append(Branch(self._function, node.lineno, condition))
        return self._first + len(self.branches) - 1

    def _text(self, node: ast.expr) -> str:
        text = " ".join((ast.get_source_segment(self._source, node) or "").split())
        return text if len(text) <= LONGEST_CONDITION else f"{text[: LONGEST_CONDITION - 3]}..."


def _either(number: int, test: ast.expr) -> ast.expr:
    """Its truth is asked once, as before."""
    true, false = (_called(TAKEN, [ast.Constant(2 * number + each), ast.Constant(bool(each))], test) for each in (1, 0))
    return ast.copy_location(ast.IfExp(test=test, body=true, orelse=false), test)


def _called(name: str, arguments: list[ast.expr], place: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=arguments, keywords=[]), place)


class Taken:
    """What the probes told."""

    def __init__(self) -> None:
        self.outcomes: set[int] = set()

    def taken(self, outcome: int, value: T) -> T:
        self.outcomes.add(outcome)
        return value

    def entered(self, number: int, items: Iterable[T]) -> Iterator[T]:
        for item in items:
            self.outcomes.add(2 * number + 1)
            yield item
        self.outcomes.add(2 * number)

    def install(self, codes: Mapping[str, CodeType]) -> None:
        """Modules of these files are loaded from these from now on."""
        setattr(builtins, TAKEN, self.taken)
        setattr(builtins, ENTERED, self.entered)
        ours = {os.path.realpath(path): code for path, code in codes.items()}
        original = SourceFileLoader.get_code

        def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
            path = self.get_filename(fullname)
            return ours.get(os.path.realpath(path)) or original(self, fullname)

        loader: Any = SourceFileLoader
        loader.get_code = get_code


def main(request: dict[str, Any], answers: Answers) -> None:
    """`root`; `files`: [path below it, functions or null]; `words` for pytest; `seconds` for the whole run."""
    trace = Taken()
    codes, branches = _compiled(request["root"], request["files"], answers)
    trace.install(codes)

    def work(session: Session) -> None:
        outcome = in_fork(lambda: _run(session, trace), seconds=request["seconds"])
        taken = frozenset(json.loads(outcome.answer)) if outcome.state == ANSWERED else None
        if taken is None:
            answers.row({"lost": f"the tests' process {outcome.state} {outcome.why}".strip()})
            return
        for number, (path, branch) in enumerate(branches):
            for outcome_number, word in ((2 * number + 1, TRUE), (2 * number, FALSE)):
                answers.row({"branch": [path, *branch, word], "taken": outcome_number in taken})

    status = collected(request["words"], work)
    if status:
        answers.row({"status": status})


def _compiled(
    root: str, files: Sequence[Sequence[Any]], answers: Answers
) -> tuple[dict[str, CodeType], list[tuple[str, Branch]]]:
    codes: dict[str, CodeType] = {}
    branches: list[tuple[str, Branch]] = []
    for path, functions in files:
        place = Path(root, path)
        try:
            source = loading.source_in(place.read_bytes())
            found = probed(source, None if functions is None else frozenset(functions), first=len(branches))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                codes[str(place)] = compile(found.tree, str(place), "exec", dont_inherit=True)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            answers.row({"file": path, "unreadable": f"{type(error).__name__}: {error}"[:300]})
            continue
        branches += [(path, branch) for branch in found.branches]
    return codes, branches


def _run(session: Session, trace: Taken) -> bytes:
    session.run(session.ids)
    return json.dumps(sorted(trace.outcomes)).encode()


if __name__ == "__main__":
    answer(main)
