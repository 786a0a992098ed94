"""What a change did to the code behind a name that a test calls otherwise now, beside calling it otherwise."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import cast

from msgspec import Struct

from outpace.testing.mending.definitions import Definition, Definitions, Place
from outpace.testing.mending.measures import measured_otherwise
from outpace.testing.mending.successors import DropArgument, Rename, RenameAttribute, RenameKeyword, RenameModule, Step

RENAMES = (Rename, RenameAttribute, RenameKeyword, RenameModule)
MOST = 3
SHOWN = 120
UNREAD = frozenset({"annotation", "returns", "type_comment", "type_params", "kind", "ctx"})
"""Fields that say nothing of what a program does."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Beside(Struct, frozen=True, kw_only=True):
    """`line` is of the file as it is now."""

    what: str
    path: str
    line: int
    was: str = ""
    now: str = ""

    @property
    def evidence(self) -> tuple[str, ...]:
        said = f"{self.what}: {self.path}:{self.line}"
        return (said, f"it was: {self.was or 'nothing'}", f"it is: {self.now or 'nothing'}")


class Differs(Exception):
    """The first place where two trees say different things."""

    def __init__(self, old: ast.AST | None, new: ast.AST | None, what: str = "") -> None:
        super().__init__(what)
        self.old, self.new, self.what = old, new, what


def beside(
    steps: Iterable[Step], old: Definitions, new: Definitions, mentioned: Collection[str], said: Iterable[str]
) -> tuple[Beside, ...]:
    """In what the steps concern and in all of the project that it calls or reads: what is not the same when each name
    is put for the other. Nothing may come or go, but for parameters that have a default, and names beside the others.
    `mentioned` are the names in the test's file, which tell which members of a class it may enter; `said` are lines
    that may speak of a parameter that is measured otherwise."""
    taken = tuple(steps)
    comparison = _Comparison(taken, old, new, mentioned, tuple(said))
    for each in taken:
        comparison.begin(each)
    return tuple(comparison.found())


class _Comparison:
    def __init__(
        self,
        steps: Sequence[Step],
        old: Definitions,
        new: Definitions,
        mentioned: Collection[str],
        said: tuple[str, ...],
    ) -> None:
        self.old, self.new, self.said = old, new, said
        self._mentioned = mentioned
        renames = [each.edit for each in steps if isinstance(each.edit, RENAMES)]
        self.renamed = frozenset((edit.old, edit.new) for edit in renames)
        self.dropped = frozenset((each.was, each.edit.name) for each in steps if isinstance(each.edit, DropArgument))
        self._known = set[tuple[Place, Place]]()
        self._waiting: list[tuple[Place, Place]] = []

    def begin(self, step: Step) -> None:
        was, now = Place(*step.was), Place(*step.now)
        if was.name and now.name:
            self.also(was, now)
        elif was.module and now.module:  # a module that is called otherwise
            for name in self.old.names(was.module):
                if name in self._mentioned and self.new.trees(Place(now.module, name)):
                    self.also(Place(was.module, name), Place(now.module, name))

    def also(self, was: Place | None, now: Place | None) -> None:
        """To be compared too, where both are the project's."""
        if was is not None and now is not None and (was, now) not in self._known:
            self._known.add((was, now))
            self._waiting.append((was, now))

    def found(self) -> Iterator[Beside]:
        count = 0
        while self._waiting and count < MOST:
            was, now = self._waiting.pop(0)
            for one, other in zip_longest(self.old.trees(was), self.new.trees(now)):
                try:
                    self._compare(one, other, was, now)
                except Differs as differs:
                    yield self._told(differs, was, now, other)
                    count += 1
                    break

    def _compare(self, one: Definition | None, other: Definition | None, was: Place, now: Place) -> None:
        match one, other:
            case (ast.ClassDef(), ast.ClassDef()):
                self._classes(one, other, was, now)
            case (ast.FunctionDef(), ast.FunctionDef()) | (ast.AsyncFunctionDef(), ast.AsyncFunctionDef()):
                Trees(self, was, now).functions(one, other)
            case (ast.Assign() | ast.AnnAssign(), ast.Assign() | ast.AnnAssign()):
                Trees(self, was, now).same(one.value, other.value)
            case _:
                raise Differs(one, other)

    def _classes(self, one: ast.ClassDef, other: ast.ClassDef, was: Place, now: Place) -> None:
        trees = Trees(self, was, now)
        for before, after in ((one.decorator_list, other.decorator_list), (one.bases, other.bases)):
            trees.lists(before, after)
        trees.lists(one.keywords, other.keywords)
        for name in self.old.members(was):
            if name in self._mentioned or name.startswith("__"):
                mine, theirs = Place(was.module, f"{was.name}.{name}"), Place(now.module, f"{now.name}.{name}")
                if self.new.trees(theirs):
                    self.also(mine, theirs)
                elif not any((name, new) in self.renamed for new in self.new.members(now)):
                    raise Differs(self.old.trees(mine)[0], other, f"{mine.name} is gone too")

    def _told(self, differs: Differs, was: Place, now: Place, other: Definition | None) -> Beside:
        line = getattr(differs.new, "lineno", 0) or getattr(other, "lineno", 1)
        what = differs.what or f"the body of {was.last} changed too"
        return Beside(what=what, path=self.new.path(now), line=line, was=_shown(differs.old), now=_shown(differs.new))


class Trees:
    """Two trees, walked side by side; what is local may have another name, if it has it everywhere."""

    def __init__(self, comparison: _Comparison, was: Place, now: Place) -> None:
        self._all, self._was, self._now = comparison, was, now
        self._locals: tuple[frozenset[str], frozenset[str]] = frozenset[str](), frozenset[str]()
        self._there: dict[str, str] = {}
        self._back: dict[str, str] = {}

    def functions(
        self, one: ast.FunctionDef | ast.AsyncFunctionDef, other: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> None:
        self._locals = _locals(one), _locals(other)
        self.lists(one.decorator_list, other.decorator_list)
        self._signatures(one, other)
        self.lists(_without_text(one.body), _without_text(other.body))

    def _signatures(
        self, one: ast.FunctionDef | ast.AsyncFunctionDef, other: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> None:
        before = [each for each in _parameters(one.args) if (tuple(self._was), each[0].arg) not in self._all.dropped]
        after = _parameters(other.args)
        for mine, theirs in zip_longest(before, after):
            if mine is None:
                if theirs is None or theirs[2] is None:
                    raise Differs(None, other, f"{self._was.last} has another parameter too")
                continue
            if theirs is None or mine[1] != theirs[1]:
                raise Differs(mine[0], other, f"the parameters of {self._was.last} changed too")
            self._parameter(mine[0], theirs[0])
            if (mine[2] is None) != (theirs[2] is None):
                raise Differs(mine[2] or mine[0], theirs[2] or theirs[0], f"the default of {mine[0].arg} changed too")
            try:
                self.same(mine[2], theirs[2])
            except Differs as differs:
                raise Differs(differs.old, differs.new, f"the default of {mine[0].arg} changed too") from None

    def _parameter(self, mine: ast.arg, theirs: ast.arg) -> None:
        was, now = mine.arg, theirs.arg
        spoken = any({was, now} <= _names(line) for line in self._all.said)
        if measured_otherwise(was, now) and not spoken:
            raise Differs(mine, theirs, f"{now} is measured otherwise than {was}, and the change does not speak of it")
        self._local(was, now, mine, theirs)

    def lists(self, before: Sequence[ast.AST], after: Sequence[ast.AST]) -> None:
        for mine, theirs in zip_longest(before, after):
            self.same(mine, theirs)

    def same(self, one: object, other: object) -> None:
        """Raises Differs, with the statement where there is one."""
        if isinstance(one, ast.stmt) and isinstance(other, ast.stmt):
            try:
                self._same(one, other)
            except Differs as differs:
                inner = isinstance(differs.old, ast.stmt) or isinstance(differs.new, ast.stmt)
                raise differs if inner or differs.what else Differs(one, other) from None
        else:
            self._same(one, other)

    def _same(self, one: object, other: object) -> None:
        match one, other:
            case (ast.Name(), ast.Name()):
                self._name(one, other)
            case (ast.Attribute(), ast.Attribute()):
                self._attribute(one, other)
            case (ast.Constant(), ast.Constant()):
                if (type(one.value), one.value) != (type(other.value), other.value):
                    raise Differs(one, other)
            case (ast.AST(), ast.AST()) if type(one) is type(other):
                for field in one._fields:
                    if field not in UNREAD:
                        self._field(one, other, field)
            case (ast.AST() | None, ast.AST() | None) if one is not other:
                raise Differs(one, other)
            case _:
                if one != other:
                    raise Differs(None, None)

    def _field(self, one: ast.AST, other: ast.AST, field: str) -> None:
        was: object = getattr(one, field, None)
        now: object = getattr(other, field, None)
        match was, now:
            case (list(), list()):
                before, after = cast("list[object]", was), cast("list[object]", now)
                if len(before) != len(after) and not any(isinstance(each, ast.stmt) for each in (*before, *after)):
                    raise Differs(one, other)
                for mine, theirs in zip_longest(before, after):
                    self.same(mine, theirs)
            case (str(), str()):
                self._text(was, now, one, other)
            case (ast.AST(), _) | (_, ast.AST()):
                self.same(was, now)
            case _:
                if was != now:
                    raise Differs(one, other)

    def _text(self, was: str, now: str, one: ast.AST, other: ast.AST) -> None:
        """The name of an argument, of what is caught, of a function within."""
        if isinstance(one, ast.keyword | ast.alias) and was == now:
            return
        if isinstance(one, ast.keyword) and (was, now) in self._all.renamed:
            return
        if was in self._locals[0] or now in self._locals[1]:
            self._local(was, now, one, other)
        elif was != now and (was, now) not in self._all.renamed:
            raise Differs(one, other)

    def _local(self, was: str, now: str, one: ast.AST, other: ast.AST) -> None:
        if self._there.setdefault(was, now) != now or self._back.setdefault(now, was) != was:
            raise Differs(one, other)

    def _name(self, one: ast.Name, other: ast.Name) -> None:
        if one.id in self._locals[0] or other.id in self._locals[1]:
            if (one.id in self._locals[0]) != (other.id in self._locals[1]):
                raise Differs(one, other)
            self._local(one.id, other.id, one, other)
            return
        was = self._all.old.meant(self._was.module, one.id)
        now = self._all.new.meant(self._now.module, other.id)
        self._meant(one, other, (one.id, other.id), was, now)

    def _attribute(self, one: ast.Attribute, other: ast.Attribute) -> None:
        self.same(one.value, other.value)
        was, now = self._all.old.attribute(one, self._was), self._all.new.attribute(other, self._now)
        self._meant(one, other, (one.attr, other.attr), was, now)

    def _meant(
        self, one: ast.AST, other: ast.AST, names: tuple[str, str], was: Place | None, now: Place | None
    ) -> None:
        """One name for the other, or one that has left for one that came; what they stand for is compared too."""
        replaced = not self._all.new.has(names[0]) and not self._all.old.has(names[1])
        known = names[0] == names[1] or names in self._all.renamed
        if not known and not (replaced and was is not None and now is not None):
            raise Differs(one, other)
        if was is not None and now is None and not self._all.new.has(names[1]):
            raise Differs(one, other, f"{was.last}, which {self._was.last} uses, is gone too")
        self._all.also(was, now)


def _parameters(given: ast.arguments) -> list[tuple[ast.arg, str, ast.expr | None]]:
    """Each with its kind and its default."""
    places = [*given.posonlyargs, *given.args]
    padded = [*[None] * (len(places) - len(given.defaults)), *given.defaults]
    rows: list[tuple[ast.arg, str, ast.expr | None]] = [
        (each, "place", default) for each, default in zip(places, padded, strict=True)
    ]
    rows += [(given.vararg, "*", None)] if given.vararg is not None else []
    rows += [(each, "keyword", default) for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return [*rows, (given.kwarg, "**", None)] if given.kwarg is not None else rows


def _locals(function: ast.AST) -> frozenset[str]:
    names = set[str]()
    for node in ast.walk(function):
        match node:
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.arg():
                names.add(node.arg)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                names.add(name)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node is not function:
                names.add(node.name)
            case _:
                pass
    lent = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
    return frozenset(names - lent)


def _without_text(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return body[1:] if text else body


def _names(line: str) -> frozenset[str]:
    return frozenset("".join(char if char.isalnum() or char == "_" else " " for char in line).split())


def _shown(node: ast.AST | None) -> str:
    if node is None:
        return ""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
