"""What a change sets otherwise that was there before: a limit, a default, a decorator, a base class, a function.

What runs while a module is loaded ran on both sides, so that it ran says nothing; and a function that the task does not
speak of may have run without anybody looking. Each is undone by itself: where nothing that was tried notices, the
change also did something that its task has no use for.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, structs

from outpace.proving.ladder import parses
from outpace.proving.ladder.narrowed import narrowed
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.shape import code
from outpace.proving.ladder.swaps import Places, Swap

MOST = 12
Function = ast.FunctionDef | ast.AsyncFunctionDef
ASKS = ast.Call | ast.If | ast.IfExp | ast.Raise | ast.Assert | ast.Compare | ast.BoolOp
SAID = re.compile(r"__[a-z_]+__")
"""What a module says of itself: nothing that runs asks for it."""
COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)


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
    alters: bool = False  # something else than a name of its own: it counts where nothing was before


def swaps(patch: Patch) -> tuple[Swap, ...]:
    """In files of Python that were there before. Raises SyntaxError, ValueError."""
    found: list[Swap] = []
    helped = dict(helper for file in code(patch) for helper in _helpers(file))
    for file in code(patch):
        if file.before is None or file.after is None or file.before == file.after:
            continue
        found += narrowed(file)
        before, after = settings(file.before), settings(file.after)
        for key, setting in after.items():
            old, first = before.get(key), before.get(key.partition(" #")[0])
            start, end, text = setting.start, setting.end, b""
            if old is not None and old.form != setting.form and not _asks_more(old, setting, helped):
                text = old.text
            elif old is None and (first is not None or setting.alters) and setting.whole is not None:
                (start, end), text = setting.whole, b"pass"
            else:
                continue
            found.append(Swap(path=file.path, line=setting.line, what=setting.what, start=start, end=end, text=text))
    return tuple(found)


def _helpers(file: PatchedFile) -> Iterator[tuple[str, int]]:
    """New functions, with how much they ask. What cannot be read has none."""
    try:
        before, after = settings(file.before or b""), settings(file.after or b"")
    except parses.UNREADABLE:
        return
    for key, each in after.items():
        if key.startswith("body ") and key not in before:
            yield key, each.asks


def _asks_more(old: _Setting, setting: _Setting, helped: Mapping[str, int]) -> bool:
    """A function that now calls, asks or refuses more, by itself or in new functions that it now calls, may well be
    made safer, in a place that nothing was tried at."""
    called = (asks for key, asks in helped.items() if _calls(setting.form, key) > _calls(old.form, key))
    return setting.asks + sum(called) > old.asks


def _calls(form: str, key: str) -> int:
    """How often a dumped body calls a function by its name or its module's, or a method of its own."""
    holder, _, name = key.removeprefix("body ").partition(" #")[0].rpartition(".")
    own = r"(self|cls)" if holder else r"\w+"
    return len(
        re.findall(rf"func=(Name\(id='{name}'|Attribute\(value=Name\(id='{own}', ctx=Load\(\)\), attr='{name}')", form)
    )


def undone(patch: Patch, found: Sequence[Swap]) -> Patch:
    """The change without these; of those that stand in one place, without the first."""
    files = {file.path: file for file in patch.files}
    begun: dict[str, int] = {}
    for swap in sorted(found, key=lambda each: each.start, reverse=True):
        file = files[swap.path]
        if swap.end > begun.get(swap.path, swap.end):
            continue
        begun[swap.path] = swap.start
        source = file.after or b""
        files[swap.path] = structs.replace(file, after=source[: swap.start] + swap.text + source[swap.end :])
    return Patch.of(files.values())


def settings(source: bytes) -> dict[str, _Setting]:
    """By a name that both sides give it; the second of a name has ` #1` behind it. Raises SyntaxError, and ValueError
    where it is not in UTF-8, since places in it are bytes."""
    cookie = COOKIE.search(b"\n".join(source.splitlines()[:2]))
    if source.startswith(b"\xef\xbb\xbf") or (cookie and cookie.group(1).lower() not in (b"utf-8", b"utf8")):
        raise ValueError("it is not in plain UTF-8")
    found: dict[str, _Setting] = {}
    times: Counter[str] = Counter()
    for key, setting in _Reader(Places(source)).read(ast.parse(source).body, ""):
        found[f"{key} #{times[key]}" if times[key] else key] = setting
        times[key] += 1
    return found


class _Reader:
    def __init__(self, places: Places) -> None:
        self.places = places

    def read(self, body: Sequence[ast.stmt], within: str) -> Iterator[tuple[str, _Setting]]:
        for node in body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    yield from self._function(node, f"{within}{node.name}")
                case ast.ClassDef():
                    yield from self._class(node, f"{within}{node.name}")
                case ast.Assign(targets=[target], value=value):
                    yield from self._bound(target, value, node, within)
                case ast.AnnAssign(value=ast.expr() as value) | ast.AugAssign(value=value):
                    yield from self._bound(node.target, value, node, within)
                case ast.Import() | ast.ImportFrom():
                    yield from self._imported(node, within)
                case ast.Expr(value=ast.Call() as call):
                    name = f"{ast.unparse(call.func)}()"
                    for number, each in enumerate((*call.args, *(word.value for word in call.keywords))):
                        yield f"argument {number} of {within}{name}", self._at(name, each, each)
                    yield f"call {within}{name}", self._done(name, node)
                case ast.Delete():
                    yield f"deletes {within}{ast.unparse(node)}", self._done(ast.unparse(node), node)
                case _:
                    for inner in _bodies(node):
                        yield from self.read(inner, within)

    def _bound(self, target: ast.expr, value: ast.expr, node: ast.stmt, within: str) -> Iterator[tuple[str, _Setting]]:
        name = ast.unparse(target)
        if SAID.fullmatch(name) is None:
            alters = isinstance(target, ast.Attribute | ast.Subscript)
            whole = self.places.span(node, node)
            yield f"value {within}{name}", structs.replace(self._at(name, value, value), whole=whole, alters=alters)

    def _done(self, what: str, node: ast.stmt) -> _Setting:
        """A statement that is there for what it does; its arguments are looked at by themselves."""
        setting = self._at(what, node, node)
        return structs.replace(setting, form=what, whole=(setting.start, setting.end), alters=True)

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
                self._at(f"{name}()", statements[0], statements[-1]),
                form=form,
                line=node.lineno,
                asks=asks,
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
        start, end = self.places.lines[first - 1], self.places.lines[node.lineno - 1]
        form = "\n".join(ast.dump(each) for each in node.decorator_list)
        what = f"the decorators of {name}"
        yield (
            f"decorators {name}",
            _Setting(what=what, line=first, start=start, end=end, text=self.places.source[start:end], form=form),
        )

    def _at(self, what: str, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> _Setting:
        start, end = self.places.span(first, last)
        text = self.places.source[start:end]
        return _Setting(what=what, line=first.lineno, start=start, end=end, text=text, form=ast.dump(first))


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        inner = getattr(node, name, None)
        if isinstance(inner, list) and inner:
            yield inner
    for each in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield each.body
