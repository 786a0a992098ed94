"""Whether an edited test still asks for all that it asked for: its tree before against its tree after."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, cast

from msgspec import Struct

from outpace.testing.mending.successors import (
    DropArgument,
    Edit,
    Inline,
    Rename,
    RenameAttribute,
    RenameKeyword,
    RenameModule,
    Replace,
)

ORACLES = frozenset({"approx", "assertTrue", "deprecated_call", "fail", "match", "parametrize", "raises", "warns"})
ESCAPES = frozenset({"expectedFailure", "importorskip", "skip", "skipIf", "skipTest", "skipUnless", "skipif", "xfail"})
UNTOUCHABLE = ORACLES | ESCAPES | frozenset(dir(builtins)) | {"pytest", "unittest"}
"""What no name may become, and no name may have been, however an edit is called."""
IMPORTS = (ast.Import, ast.ImportFrom)
PLACES = frozenset({"lineno", "col_offset", "end_lineno", "end_col_offset", "ctx", "type_comment", "kind"})


class Allowed(Struct, frozen=True, kw_only=True):
    """What some edits may do, and nothing else."""

    renamed: frozenset[tuple[str, str]] = frozenset()
    modules: frozenset[str] = frozenset()
    unwrapped: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    replaced: frozenset[tuple[str, str]] = frozenset()


def allowed(edits: Iterable[Edit]) -> Allowed:
    renamed: set[tuple[str, str]] = set()
    modules, unwrapped, dropped = set[str](), set[str](), set[str]()
    replaced = set[tuple[str, str]]()
    for edit in edits:
        match edit:
            case Rename():
                renamed.add((edit.old, edit.new))
                modules.add(edit.into)
            case RenameModule():
                modules.add(edit.new)
            case RenameAttribute() | RenameKeyword():
                renamed.add((edit.old, edit.new))
            case DropArgument():
                dropped.add(edit.function)
            case Inline():
                unwrapped.add(edit.name)
            case Replace():
                replaced.add((edit.old, edit.new))
    return Allowed(
        renamed=frozenset(renamed),
        modules=frozenset(modules),
        unwrapped=frozenset(unwrapped),
        dropped=frozenset(dropped),
        replaced=frozenset(replaced),
    )


def weakened(before: str, after: str, edits: Iterable[Edit]) -> tuple[str, ...]:
    """What became of a file beyond its edits; nothing where it did no more.

    Only imports may come, go and change freely. So no assertion, case, test, `raises` or handler can be lost, no
    constant changes but where a Replace says so, nothing is skipped, and nothing that raises or compares is called
    otherwise.
    """
    try:
        old, new = ast.parse(before), ast.parse(after)
    except SyntaxError as error:
        return (f"cannot be parsed: {error.msg}",)
    return tuple(dict.fromkeys(_Comparison(allowed(edits)).differences(old, new)))


class _Comparison:
    def __init__(self, may: Allowed) -> None:
        self._may = may

    def differences(self, old: ast.AST, new: ast.AST) -> Iterator[str]:
        if isinstance(old, ast.Call) and self._is_unwrapped(old, new):
            return
        if isinstance(old, ast.expr) and isinstance(new, ast.expr) and self._is_replaced(old, new):
            return
        if isinstance(old, ast.Name | ast.Attribute) and isinstance(new, ast.Name | ast.Attribute):
            yield from self._named(old, new)
        elif type(old) is not type(new):
            yield f"line {_line(new, old)}: {_kind(old)} became {_kind(new)}"
        elif isinstance(old, ast.Call) and isinstance(new, ast.Call):
            yield from self._called(old, new)
        else:
            for field in old._fields:
                if field not in PLACES:
                    yield from self._field(old, new, field)

    def _field(self, old: ast.AST, new: ast.AST, field: str) -> Iterator[str]:
        was, now = _value(old, field), _value(new, field)
        if isinstance(was, _Parts) and isinstance(now, _Parts):
            yield from self._listed(was.parts, now.parts, old, new)
        elif isinstance(was, ast.AST) and isinstance(now, ast.AST):
            yield from self.differences(was, now)
        elif was != now:
            keyword = isinstance(old, ast.keyword) and (was, now) in self._may.renamed
            if not keyword:
                yield f"line {_line(new, old)}: {_kind(old)} says {str(now)[:60]!r} where it said {str(was)[:60]!r}"

    def _listed(self, was: Sequence[object], now: Sequence[object], old: ast.AST, new: ast.AST) -> Iterator[str]:
        before = [each for each in was if not isinstance(each, IMPORTS)]
        after = [each for each in now if not isinstance(each, IMPORTS)]
        if len(before) != len(after):
            yield f"line {_line(new, old)}: {_kind(old)} has {len(after)} parts where it had {len(before)}"
            return
        for one, other in zip(before, after, strict=True):
            if isinstance(one, ast.AST) and isinstance(other, ast.AST):
                yield from self.differences(one, other)
            elif one != other:
                yield f"line {_line(new, old)}: {_kind(old)} says {other!r} where it said {one!r}"

    def _named(self, old: ast.Name | ast.Attribute, new: ast.Name | ast.Attribute) -> Iterator[str]:
        was, now = _last(old), _last(new)
        if was != now and ((was, now) not in self._may.renamed or {was, now} & UNTOUCHABLE):
            if _dotted(new) not in self._may.modules:
                yield f"line {_line(new, old)}: {was} became {now}"
            return
        before = old.value if isinstance(old, ast.Attribute) else None
        after = new.value if isinstance(new, ast.Attribute) else None
        if after is not None and _dotted(after) in self._may.modules:
            return
        if before is not None and after is not None:
            yield from self.differences(before, after)
        elif before is not None or after is not None:
            yield f"line {_line(new, old)}: {_dotted(old)} became {_dotted(new)}"

    def _called(self, old: ast.Call, new: ast.Call) -> Iterator[str]:
        yield from self.differences(old.func, new.func)
        before: list[ast.AST] = [*old.args, *old.keywords]
        after: list[ast.AST] = [*new.args, *new.keywords]
        name = _last(old.func)
        if len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from self.differences(one, other)
        elif len(after) > len(before) or name in UNTOUCHABLE or name not in self._may.dropped:
            yield f"line {_line(new, old)}: {name}() has {len(after)} arguments where it had {len(before)}"
        elif not self._is_within(after, before):
            yield f"line {_line(new, old)}: {name}() is called with other arguments"

    def _is_within(self, fewer: Sequence[ast.AST], more: Sequence[ast.AST]) -> bool:
        """In the same order, some left out."""
        rest = iter(more)
        return all(any(not list(self.differences(one, each)) for one in rest) for each in fewer)

    def _is_replaced(self, old: ast.expr, new: ast.expr) -> bool:
        return bool(self._may.replaced) and (ast.unparse(old), ast.unparse(new)) in self._may.replaced

    def _is_unwrapped(self, call: ast.Call, new: ast.AST) -> bool:
        """`name(x)` became `x`."""
        own = _last(call.func) in self._may.unwrapped - UNTOUCHABLE
        plain = len(call.args) == 1 and not call.keywords
        return own and plain and not list(self.differences(call.args[0], new))


class _Parts(NamedTuple):
    parts: tuple[object, ...]


def _value(node: ast.AST, field: str) -> object:
    value: object = getattr(node, field, None)
    return _Parts(tuple(cast("list[object]", value))) if isinstance(value, list) else value


def _last(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _line(*nodes: ast.AST) -> int:
    return next((line for node in nodes if (line := getattr(node, "lineno", 0))), 1)


def _kind(node: ast.AST) -> str:
    return type(node).__name__
