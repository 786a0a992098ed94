"""The way through a function's statements, both ways where a condition cannot be decided by reading."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from typing import Literal, TypeAlias

from outpace.delivery.migrations.python_computing import grown
from outpace.delivery.migrations.python_evaluator import Called, Evaluator
from outpace.delivery.migrations.python_values import (
    MOST_TURNS,
    Local,
    Made,
    NotKnown,
    Symbol,
    TooMuch,
    acts_when_loaded,
    bind,
    bound,
    imports,
    is_open,
    sequence,
    truth,
)

MOST_STATEMENTS = 20_000
DEEPEST_CALLS = 12

DECORATORS = frozenset(
    {"functools.cache", "functools.lru_cache", "functools.wraps", "contextlib.contextmanager", "staticmethod",
     "classmethod", "property", "dataclasses.dataclass"}
)  # fmt: skip
BASES = ("sqlalchemy.", "sqlmodel.", "django.", "enum.", "typing.", "dataclasses.")
"""Whose classes do nothing when another is made of them."""

End: TypeAlias = Literal["", "return", "break", "continue"]
WEAKER: tuple[End, ...] = ("", "continue", "break", "return")
"""Each leaves out more of what follows than those before it."""


class Flow:
    """Runs nothing: walks. `maybe` is above zero where what is met may be left out."""

    def __init__(self, called: Called) -> None:
        self._hook = called
        self.globals: dict[str, object] = {}
        self._evaluator = Evaluator(self._call)
        self._statements = 0
        self._frames: list[Counter[str]] = []  # how often each name is set in the functions that are walked
        self.maybe = 0

    @property
    def unsure(self) -> bool:
        return self.maybe > 0 or self._evaluator.maybe > 0

    def value(self, node: ast.expr, names: dict[str, object]) -> object:
        return self._evaluator.value(node, names)

    def _values(self, nodes: Iterable[ast.expr | None], names: dict[str, object]) -> None:
        for node in nodes:
            if node is not None:
                self.value(node, names)

    def run(self, body: list[ast.stmt], names: dict[str, object]) -> End:
        for statement in body:
            self._statements += 1
            if self._statements > MOST_STATEMENTS:
                raise TooMuch("more statements than a migration has")
            if ended := self._statement(statement, names):
                return ended
        return ""

    def _statement(self, node: ast.stmt, names: dict[str, object]) -> End:  # noqa: C901, PLR0911, PLR0912  one a statement
        match node:
            case ast.Return(value=value):
                told = self.value(value, names) if value is not None else None
                known = "return" not in names or names["return"] == told
                names["return"] = told if known else NotKnown("one of several, as conditions say")
                return "return"
            case ast.Raise(exc=raised, cause=cause):
                self._values((raised, cause), names)
                return "return"
            case ast.Break():
                return "break"
            case ast.Continue():
                return "continue"
            case ast.If(test=test, body=body, orelse=orelse):
                return self._either(test, body, orelse, names)
            case ast.For(target=target, iter=over, body=body, orelse=orelse):
                return self._loop(target, over, body, orelse, names)
            case ast.With(items=items, body=body):
                for item in items:
                    told = self.value(item.context_expr, names)
                    if isinstance(told, Symbol | NotKnown):
                        self._hook(Made("with", (told,), {}, node.lineno), told)
                    if item.optional_vars is not None:
                        self._assign(item.optional_vars, told, names)
                return self.run(body, names)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                return self._try([*body, *orelse], handlers, final, names)
            case ast.While(test=test, body=body, orelse=orelse):
                self.value(test, {**names, **dict.fromkeys(bound(body), NotKnown("set in a loop"))})
                self._unsure(body, names, again=True)
                self._unsure(orelse, names)
                return ""
            case _:
                self._plain(node, names)
                return ""

    def _plain(self, node: ast.stmt, names: dict[str, object]) -> None:  # noqa: C901, PLR0912  one a statement
        match node:
            case ast.Expr(
                value=ast.Attribute() | ast.Subscript() | ast.BinOp() | ast.UnaryOp() | ast.Compare() as value
            ):
                self.value(value, names)
                self._unread("an expression alone", node)
            case ast.Expr(value=value):
                self.value(value, names)
            case ast.Assign(targets=targets, value=value):
                told = self.value(value, names)
                for target in targets:
                    self._assign(target, told, names)
            case ast.AnnAssign(target=target, annotation=annotation, value=value):
                self.value(annotation, names)
                if value is not None:
                    self._assign(target, self.value(value, names), names)
            case ast.AugAssign(target=ast.Name(id=name), op=operator, value=value):
                more = self.value(value, names)
                names[name] = grown(operator, names.get(name), [NotKnown("more")] if self.unsure else more)
            case ast.Import() | ast.ImportFrom():
                found = dict(imports(node))
                if "*" in found:
                    self._hook(Made("import *", (found.pop("*"),), {}, node.lineno), NotKnown("names"))
                names.update(found)
            case ast.FunctionDef():
                self._function(node, names)
            case ast.Assert(test=test, msg=message):
                self._values((test, message), names)
            case ast.ClassDef():
                self._class(node, names)
            case ast.Pass():
                pass
            case _:
                self._unread(f"a {type(node).__name__}", node)

    def _unread(self, what: str, node: ast.stmt | ast.expr) -> None:
        self._hook(Made(what, (), {}, node.lineno), NotKnown(what))

    def _assign(self, target: ast.expr, told: object, names: dict[str, object]) -> None:
        bind(target, told, names)
        for inner in ast.walk(target):
            if isinstance(inner, ast.Attribute | ast.Subscript) and isinstance(inner.ctx, ast.Store):
                self._unread("a part that is set", inner)

    def _function(self, node: ast.FunctionDef, names: dict[str, object]) -> None:
        """Defaults, annotations and decorators are computed where it is defined."""
        wanted = node.args
        every = (*wanted.posonlyargs, *wanted.args, *wanted.kwonlyargs, wanted.vararg, wanted.kwarg)
        annotations = (*(one.annotation for one in every if one is not None), node.returns)
        self._values((*wanted.defaults, *wanted.kw_defaults, *annotations), names)
        self._decorated(node, names)
        if node.decorator_list:
            names[node.name] = NotKnown("a function that is wrapped")
        elif names is self.globals:
            names[node.name] = Local(node)
        elif self._settled(node, names):
            names[node.name] = Local(node, {**names})
        else:
            names[node.name] = NotKnown("a function that sees what changes around it")

    def _settled(self, node: ast.FunctionDef, names: dict[str, object]) -> bool:
        """What it sees of the function around it is set already, and once."""
        around = self._frames[-1] if self._frames else Counter[str]()
        seen = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)} & around.keys()
        return bool(self._frames) and all(
            around[name] == 1 and name in names and names[name] is not self.globals.get(name) for name in seen
        )

    def _decorated(self, node: ast.FunctionDef | ast.ClassDef, names: dict[str, object]) -> None:
        for one in node.decorator_list:
            told = self.value(one, names)
            if not (isinstance(told, Symbol | Made) and told.path in DECORATORS):
                self._unread("a decorator", one)

    def _class(self, node: ast.ClassDef, names: dict[str, object]) -> None:
        for one in node.bases:
            told = self.value(one, names)
            if isinstance(told, Symbol) and "." in told.path and not told.path.startswith(BASES):
                self._unread("a class of one from elsewhere", one)
        for word in node.keywords:
            self.value(word.value, names)
            self._unread("a class with keywords", word.value)
        self._decorated(node, names)
        if acts_when_loaded(node.body):
            self._unread("a class with methods that Python calls", node)
        self.run(node.body, dict(names))
        names[node.name] = NotKnown("a class of the file's own")

    def _either(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], names: dict[str, object]) -> End:
        told = truth(self.value(test, names))
        if told is not None:
            return self.run(body if told else orelse, names)
        self.maybe += 1
        ways = (dict(names), dict(names))
        ends: list[End] = [self.run(branch, way) for branch, way in zip((body, orelse), ways, strict=True)]
        names.update(
            {
                key: ways[0].get(key) if ways[0].get(key) == ways[1].get(key) else NotKnown("set under a condition")
                for key in {*ways[0], *ways[1]}
            }
        )
        if ends[0] == ends[1]:
            self.maybe -= 1
        return min(ends, key=WEAKER.index)  # where they end otherwise, what follows may be left out

    def _unsure(self, body: list[ast.stmt], names: dict[str, object], *, again: bool = False) -> None:
        """It may run or not; `again`: any number of times."""
        before = self.maybe
        self.maybe += 1
        way = dict(names)
        if again:
            way.update(dict.fromkeys(bound(body), NotKnown("set in a loop")))
        ended = self.run(body, way)
        left = ended or self.maybe > before + 1  # and then what follows may be left out, too
        self.maybe = before + 1 if left else before
        for key, told in way.items():
            if names.get(key) != told or key not in names:
                names[key] = NotKnown("set under a condition")

    def _loop(
        self, target: ast.expr, over: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], names: dict[str, object]
    ) -> End:
        told = self.value(over, names)
        items = sequence(told)
        if items is None or is_open(told) or len(items) > MOST_TURNS:
            self._assign(target, NotKnown("a loop whose turns are not told"), names)
            self._unsure(body, names, again=True)
            self._unsure(orelse, names)
            return ""
        for item in items:
            self._assign(target, item, names)
            ended = self.run(body, names)
            if ended == "return":
                return ended
            if ended == "break":
                return ""
        return self.run(orelse, names)

    def _try(
        self, body: list[ast.stmt], handlers: list[ast.ExceptHandler], final: list[ast.stmt], names: dict[str, object]
    ) -> End:
        self._unsure(body, names)
        for handler in handlers:
            if handler.type is not None:
                self.value(handler.type, names)
            self._unsure(handler.body, names)
        return self.run(final, names)

    def call(self, function: Local) -> None:
        """As its caller does that says nothing."""
        self._call(Made(function.node.name, (), {}, function.node.lineno), function)

    def _call(self, made: Made, called: object) -> object:
        if not isinstance(called, Local):
            return self._hook(made, called)
        if len(self._frames) >= DEEPEST_CALLS:
            raise TooMuch("functions call one another without end")
        before, inner = self.maybe, {**(self.globals if called.scope is None else called.scope)}
        inner.pop("return", None)
        self._arguments(called.node.args, made, inner)
        words = ast.walk(called.node.args)
        self._frames.append(
            Counter([*bound(called.node.body), *(one.arg for one in words if isinstance(one, ast.arg))])
        )
        try:
            self.run(called.node.body, inner)
        finally:
            self._frames.pop()
            self.maybe = before
        return inner.get("return", NotKnown("what a function gives"))

    def _arguments(self, wanted: ast.arguments, made: Made, inner: dict[str, object]) -> None:
        names = [one.arg for one in (*wanted.posonlyargs, *wanted.args)]
        for name, default in zip(reversed(names), reversed(wanted.defaults), strict=False):
            inner[name] = self.value(default, dict(self.globals))
        for one, given in zip(wanted.kwonlyargs, wanted.kw_defaults, strict=True):
            inner[one.arg] = self.value(given, dict(self.globals)) if given is not None else NotKnown("not given")
        spread = any(isinstance(one, NotKnown) and one.why == "spread" for one in made.args)
        known = zip(names, made.args, strict=False) if not spread else [(name, NotKnown("not told")) for name in names]
        without = names[: len(names) - len(wanted.defaults)]
        inner.update({name: NotKnown("not given") for name in without})
        inner.update(known)
        named = {*names, *(one.arg for one in wanted.kwonlyargs)}
        inner.update({key: told for key, told in made.words.items() if key in named})
        if wanted.vararg is not None:
            inner[wanted.vararg.arg] = tuple(made.args[len(names) :])
        if wanted.kwarg is not None:
            further = {key: told for key, told in made.words.items() if key not in named}
            inner[wanted.kwarg.arg] = further if "**" not in further else NotKnown("not told")
        if "**" in made.words:
            inner.update({name: NotKnown("not told") for name in names})
