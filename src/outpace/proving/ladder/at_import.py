"""What a change sets otherwise that was there before: a limit, a default, a decorator, a base class, a function.

What runs while a module is loaded ran on both sides, so that it ran says nothing; and a function that the task does not
speak of may have run without anybody looking. Each is undone by itself: where nothing that was tried notices, the
change also did something that its task has no use for.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import code

MOST = 12
Function = ast.FunctionDef | ast.AsyncFunctionDef
ASKS = ast.Call | ast.If | ast.IfExp | ast.Raise | ast.Assert | ast.Compare | ast.BoolOp
SAID = re.compile(r"__[a-z_]+__")
"""What a module says of itself: nothing that runs asks for it."""
COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)


class Swap(Struct, frozen=True, kw_only=True):
    """In `path` after the change, `text` is what stood at the bytes from `start` to `end`; `line` is from 1."""

    path: str
    line: int
    what: str
    start: int
    end: int
    text: bytes


class _Setting(Struct, frozen=True, kw_only=True):
    """`form` is without layout. `whole` is where its statement stands, for one that can be done without."""

    what: str
    line: int
    start: int
    end: int
    text: bytes
    form: str
    asks: int = 0  # of a function: calls, conditions and refusals in it
    whole: tuple[int, int] | None = None


def swaps(patch: Patch) -> tuple[Swap, ...]:
    """In files of Python that were there before. Raises SyntaxError, ValueError."""
    found: list[Swap] = []
    for file in code(patch):
        if file.before is None or file.after is None or file.before == file.after:
            continue
        before, after = settings(file.before), settings(file.after)
        for key, setting in after.items():
            old, first = before.get(key), before.get(key.partition(" #")[0])
            start, end, text = setting.start, setting.end, b""
            if old is not None and old.form != setting.form and not _asks_more(old, setting):
                text = old.text
            elif old is None and first is not None and setting.whole is not None:
                (start, end), text = setting.whole, b"pass"
            else:
                continue
            found.append(Swap(path=file.path, line=setting.line, what=setting.what, start=start, end=end, text=text))
    return tuple(found)


def _asks_more(old: _Setting, setting: _Setting) -> bool:
    """A function that now calls, asks or refuses more may well be made safer, in a place that nothing was tried at."""
    return setting.asks > old.asks


def undone(patch: Patch, found: Sequence[Swap]) -> Patch:
    """The change without these, which stand apart."""
    files = {file.path: file for file in patch.files}
    for swap in sorted(found, key=lambda each: each.start, reverse=True):
        file = files[swap.path]
        source = file.after or b""
        files[swap.path] = structs.replace(file, after=source[: swap.start] + swap.text + source[swap.end :])
    return Patch.of(files.values())


def settings(source: bytes) -> dict[str, _Setting]:
    """By a name that both sides give it; the second of a name has ` #1` behind it. Raises SyntaxError, and ValueError
    where it is not in UTF-8, since places in it are bytes."""
    cookie = COOKIE.match(b"\n".join(source.splitlines()[:2]))
    if source.startswith(b"\xef\xbb\xbf") or (cookie and cookie.group(1).lower() not in (b"utf-8", b"utf8")):
        raise ValueError("it is not in plain UTF-8")
    lines = [0]
    for line in source.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    found: dict[str, _Setting] = {}
    times: Counter[str] = Counter()
    for key, setting in _Reader(source, lines).read(ast.parse(source).body, ""):
        found[f"{key} #{times[key]}" if times[key] else key] = setting
        times[key] += 1
    return found


class _Reader:
    def __init__(self, source: bytes, lines: list[int]) -> None:
        self.source, self.lines = source, lines

    def read(self, body: Sequence[ast.stmt], within: str) -> Iterator[tuple[str, _Setting]]:
        for node in body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield from self._function(node, f"{within}{node.name}")
                case ast.ClassDef():
                    yield from self._class(node, f"{within}{node.name}")
                case ast.Assign(targets=[target], value=value):
                    yield from self._bound(ast.unparse(target), value, node, within)
                case ast.AnnAssign(value=ast.expr() as value) | ast.AugAssign(value=value):
                    yield from self._bound(ast.unparse(node.target), value, node, within)
                case ast.Import() | ast.ImportFrom():
                    yield from self._imported(node, within)
                case ast.Expr(value=ast.Call() as call):
                    for number, each in enumerate((*call.args, *(word.value for word in call.keywords))):
                        name = f"{ast.unparse(call.func)}()"
                        yield f"argument {number} of {within}{name}", self._at(name, each, each)
                case _:
                    for inner in _bodies(node):
                        yield from self.read(inner, within)

    def _bound(self, name: str, value: ast.expr, node: ast.stmt, within: str) -> Iterator[tuple[str, _Setting]]:
        if SAID.fullmatch(name) is None:
            yield f"value {within}{name}", structs.replace(self._at(name, value, value), whole=self._span(node, node))

    def _imported(self, node: ast.Import | ast.ImportFrom, within: str) -> Iterator[tuple[str, _Setting]]:
        """What a name stands for; undone with its whole statement."""
        module = f"{'.' * node.level}{node.module or ''}." if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            bound = alias.asname or (alias.name if module else alias.name.partition(".")[0])
            setting = structs.replace(self._at(f"what {bound} stands for", node, node), form=f"{module}{alias.name}")
            yield f"import {within}{bound}", setting

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
                what = f"the default of {one.arg} in {name}()"
                yield f"default {name}.{one.arg}", self._at(what, default, default)
        statements = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
        if statements:
            form = "\n".join(map(ast.dump, statements))
            asks = sum(isinstance(each, ASKS) for each in ast.walk(node))
            body = structs.replace(
                self._at(f"{name}()", statements[0], statements[-1]), form=form, line=node.lineno, asks=asks
            )
            yield f"body {name}", body

    def _class(self, node: ast.ClassDef, name: str) -> Iterator[tuple[str, _Setting]]:
        yield from self._decorators(node, name)
        for number, base in enumerate((*node.bases, *(word.value for word in node.keywords))):
            yield f"base {number} of {name}", self._at(f"what {name} is made of", base, base)
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

    def _at(self, what: str, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> _Setting:
        start, end = self._span(first, last)
        text = self.source[start:end]
        return _Setting(what=what, line=first.lineno, start=start, end=end, text=text, form=ast.dump(first))

    def _span(self, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> tuple[int, int]:
        start = self.lines[first.lineno - 1] + first.col_offset
        return start, self.lines[(last.end_lineno or last.lineno) - 1] + (last.end_col_offset or 0)


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        inner = getattr(node, name, None)
        if isinstance(inner, list) and inner:
            yield inner
    for each in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield each.body
