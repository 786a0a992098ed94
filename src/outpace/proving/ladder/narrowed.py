"""What a change does under a condition, and base did in any case: behind a new `if`, or given as one of two.

Each new condition is taken out by itself, so that what base did is done again: a guard of the weakness is noticed then,
and one that takes something else away is not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from outpace.proving.ladder.patch import PatchedFile
from outpace.proving.ladder.swaps import Places, Swap

DONE = {"True": b"((%s) or True)", "False": b"((%s) and False)"}
"""What a condition does beside deciding goes on."""
Function = ast.FunctionDef | ast.AsyncFunctionDef
Simple = ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return | ast.Delete


def narrowed(file: PatchedFile) -> Iterator[Swap]:
    """In functions that were there before. Raises SyntaxError, ValueError."""
    after = file.after or b""
    before, places = dict(_functions(ast.parse(file.before or b"").body, "")), Places(after)
    for name, function in _functions(ast.parse(after).body, ""):
        if name in before:
            found = _Conditions(before[name], file.added)
            for node, first, text in found.of(function):
                start, end = places.span(node, node)
                what = f"when {first} is done in {name}()" if text in DONE else f"what {first} is given"
                done = DONE[text] % after[start:end] if text in DONE else text.encode()
                yield Swap(path=file.path, line=node.lineno, what=what, start=start, end=end, text=done)


def _functions(body: list[ast.stmt], within: str) -> Iterator[tuple[str, Function]]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield f"{within}{node.name}", node
            case ast.ClassDef():
                yield from _functions(node.body, f"{within}{node.name}.")
            case _:
                pass


class _Conditions:
    def __init__(self, before: Function, added: frozenset[int]) -> None:
        self.added = added
        self.depths: dict[str, int] = {}
        for depth, each in _statements(before.body, 0):
            self.depths[ast.dump(each)] = min(depth, self.depths.get(ast.dump(each), depth))
        self.asked = {ast.dump(node.test) for _, node in _branches(before.body, 0)}
        self.given = {(ast.dump(call.func), ast.dump(each)) for call in _calls(before) for each in _given(call)}

    def of(self, after: Function) -> Iterator[tuple[ast.expr, str, str]]:
        """(what gives way, what it is about, what stands there without it)."""
        for depth, node in _branches(after.body, 0):
            if node.test.lineno in self.added and ast.dump(node.test) not in self.asked:
                yield from ((node.test, what, text) for what, text in self._decided(node, depth))
        for call in _calls(after):
            for each in _given(call):
                if each.lineno in self.added:
                    for one in _ways(each):
                        if (ast.dump(call.func), ast.dump(one)) in self.given:
                            yield each, f"{ast.unparse(call.func)}()", ast.unparse(one)

    def _decided(self, node: ast.If, depth: int) -> Iterator[tuple[str, str]]:
        """(what the condition decides on, what stands in its place so that base's way is taken)."""
        ways = ((node.body, "True"), (node.orelse, "False"))
        plain = [(each, text) for branch, text in ways for each in branch if self._was_plain(each, depth)]
        if plain:
            yield _shown(plain[0][0]), plain[0][1]
        elif isinstance(node.body[-1], ast.Return | ast.Continue | ast.Break) and not node.orelse:
            yield f"what follows on {_shown(node.body[-1])}", "False"

    def _was_plain(self, node: ast.stmt, depth: int) -> bool:
        """Base did it behind fewer conditions; one that says nothing of its own may stand anywhere."""
        speaks = any(isinstance(each, ast.Name | ast.Attribute) for each in ast.walk(node))
        return isinstance(node, Simple) and speaks and self.depths.get(ast.dump(node), depth + 1) <= depth


def _statements(body: list[ast.stmt], depth: int) -> Iterator[tuple[int, ast.stmt]]:
    for node in body:
        yield depth, node
        for inner, deeper in _inner(node):
            yield from _statements(inner, depth + deeper)


def _branches(body: list[ast.stmt], depth: int) -> Iterator[tuple[int, ast.If]]:
    return ((depth, node) for depth, node in _statements(body, depth) if isinstance(node, ast.If))


def _inner(node: ast.stmt) -> Iterator[tuple[list[ast.stmt], int]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for name in ("body", "orelse", "finalbody"):
        inner = getattr(node, name, None)
        if isinstance(inner, list):
            yield inner, int(isinstance(node, ast.If))
    for each in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield each.body, 1


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def _given(call: ast.Call) -> tuple[ast.expr, ...]:
    return (*call.args, *(word.value for word in call.keywords))


def _ways(node: ast.expr) -> tuple[ast.expr, ...]:
    """What an argument may be, where a condition decides."""
    match node:
        case ast.IfExp(body=body, orelse=other):
            return (body, other)
        case ast.BoolOp(values=values):
            return tuple(values)
        case _:
            return ()


def _shown(node: ast.stmt) -> str:
    text = ast.unparse(node).partition("\n")[0]
    return f"`{text if len(text) <= 60 else f'{text[:57]}...'}`"
