"""What runs while a module is loaded and is another after a change: a limit, a default, a decorator, a base class.

It ran on both sides, so that it ran says nothing. Each is undone by itself: where nothing that was tried notices, the
change also did something that its task has no use for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct, structs

from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.shape import code

MOST = 6
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Swap(Struct, frozen=True, kw_only=True):
    """`undone` is the whole change without it."""

    path: str
    line: int  # after, from 1
    what: str
    undone: Patch


class _Setting(Struct, frozen=True, kw_only=True):
    """`text` stands from `start` to `end`, both in bytes; nothing may stand there."""

    what: str
    line: int
    start: int
    end: int
    text: bytes
    form: str  # without layout


def swaps(patch: Patch) -> tuple[Swap, ...]:
    """In files of Python that were there before. Raises SyntaxError."""
    found: list[Swap] = []
    for file in code(patch):
        if file.before is None or file.after is None:
            continue
        before, after = settings(file.before), settings(file.after)
        for key, setting in after.items():
            old = before.get(key)
            if old is not None and old.form != setting.form:
                source = file.after[: setting.start] + old.text + file.after[setting.end :]
                found.append(_swap(patch, file, setting, source))
    return tuple(found)


def _swap(patch: Patch, file: PatchedFile, setting: _Setting, source: bytes) -> Swap:
    undone = structs.replace(file, after=source)
    rest = (each for each in patch.files if each.path != file.path)
    return Swap(path=file.path, line=setting.line, what=setting.what, undone=Patch.of((*rest, undone)))


def settings(source: bytes) -> dict[str, _Setting]:
    """By a name that both sides give it. Raises SyntaxError."""
    lines = [0]
    for line in source.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    reader = _Reader(source, lines)
    found: dict[str, _Setting] = {}
    for key, setting in reader.read(ast.parse(source).body, ""):
        times = sum(each == key or each.startswith(f"{key} (") for each in found)
        found[f"{key} ({times})" if times else key] = setting
    return found


class _Reader:
    def __init__(self, source: bytes, lines: list[int]) -> None:
        self.source, self.lines = source, lines

    def read(self, body: list[ast.stmt], within: str) -> Iterator[tuple[str, _Setting]]:
        """Functions are not entered: what is in them runs when they are called."""
        for node in body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield from self._function(node, f"{within}{node.name}")
                case ast.ClassDef():
                    yield from self._class(node, f"{within}{node.name}")
                case ast.Assign(targets=targets, value=value):
                    name = " = ".join(map(ast.unparse, targets))
                    yield f"value {within}{name}", self._at(name, value)
                case ast.AnnAssign(value=ast.expr() as value) | ast.AugAssign(value=value):
                    name = ast.unparse(node.target)
                    yield f"value {within}{name}", self._at(name, value)
                case ast.Expr(value=ast.Call() as call):
                    for number, each in enumerate((*call.args, *(word.value for word in call.keywords))):
                        name = f"{ast.unparse(call.func)}()"
                        yield f"argument {number} of {within}{name}", self._at(name, each)
                case _:
                    for inner in _bodies(node):
                        yield from self.read(inner, within)

    def _function(self, node: Function, name: str) -> Iterator[tuple[str, _Setting]]:
        yield from self._decorators(node, name)
        given = node.args
        positional = [*given.posonlyargs, *given.args]
        pairs = [
            *zip(positional[len(positional) - len(given.defaults) :], given.defaults, strict=True),
            *zip(given.kwonlyargs, given.kw_defaults, strict=True),
        ]
        for one, default in pairs:
            if default is not None:
                yield f"default {name}.{one.arg}", self._at(f"the default of {one.arg} in {name}()", default)

    def _class(self, node: ast.ClassDef, name: str) -> Iterator[tuple[str, _Setting]]:
        yield from self._decorators(node, name)
        for number, base in enumerate((*node.bases, *(word.value for word in node.keywords))):
            yield f"base {number} of {name}", self._at(f"what {name} is made of", base)
        yield from self.read(node.body, f"{name}.")

    def _decorators(self, node: Function | ast.ClassDef, name: str) -> Iterator[tuple[str, _Setting]]:
        """All of them as one, from the first line on that is theirs: there may be none."""
        first = min((each.lineno for each in node.decorator_list), default=node.lineno)
        start, end = self.lines[first - 1], self.lines[node.lineno - 1]
        form = "\n".join(ast.dump(each) for each in node.decorator_list)
        what = f"the decorators of {name}"
        yield (
            f"decorators {name}",
            _Setting(what=what, line=first, start=start, end=end, text=self.source[start:end], form=form),
        )

    def _at(self, what: str, node: ast.expr) -> _Setting:
        start = self.lines[node.lineno - 1] + node.col_offset
        end = self.lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        text = self.source[start:end]
        return _Setting(what=what, line=node.lineno, start=start, end=end, text=text, form=ast.dump(node))


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        inner = getattr(node, name, None)
        if isinstance(inner, list) and inner:
            yield inner
    for each in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield each.body
