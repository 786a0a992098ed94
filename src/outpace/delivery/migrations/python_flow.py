"""The way through a function's statements, both ways where a condition cannot be decided by reading."""

from __future__ import annotations

import ast
from typing import Literal, TypeAlias

from outpace.delivery.migrations.python_computing import binary
from outpace.delivery.migrations.python_evaluator import Called, Evaluator
from outpace.delivery.migrations.python_values import (
    MOST_TURNS,
    Local,
    Made,
    NotKnown,
    TooMuch,
    bind,
    imports,
    sequence,
    truth,
)

MOST_STATEMENTS = 20_000
DEEPEST_CALLS = 12

End: TypeAlias = Literal["", "return", "break", "continue"]


class Flow:
    """Runs nothing: walks. `maybe` is above zero where what is met may be left out."""

    def __init__(self, called: Called) -> None:
        self._hook = called
        self.globals: dict[str, object] = {}
        self._evaluator = Evaluator(self._call)
        self._statements = 0
        self._calls = 0
        self.maybe = 0

    def value(self, node: ast.expr, names: dict[str, object]) -> object:
        return self._evaluator.value(node, names)

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
                if value is not None:
                    names["return"] = self.value(value, names)
                return "return"
            case ast.Raise():
                return "return"
            case ast.Break():
                return "break"
            case ast.Continue():
                return "continue"
            case ast.If(test=test, body=body, orelse=orelse):
                return self._either(test, body, orelse, names)
            case ast.For(target=target, iter=over, body=body, orelse=orelse):
                return self._loop(target, over, body, names) or self.run(orelse, names)
            case ast.With(items=items, body=body):
                for item in items:
                    told = self.value(item.context_expr, names)
                    if item.optional_vars is not None:
                        bind(item.optional_vars, told, names)
                return self.run(body, names)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                return self._try([*body, *orelse], [handler.body for handler in handlers], final, names)
            case ast.While(test=test, body=body):
                self.value(test, names)
                self._unsure(body, names)
                return ""
            case _:
                self._plain(node, names)
                return ""

    def _plain(self, node: ast.stmt, names: dict[str, object]) -> None:
        match node:
            case ast.Expr(value=value):
                self.value(value, names)
            case ast.Assign(targets=targets, value=value):
                told = self.value(value, names)
                for target in targets:
                    bind(target, told, names)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                bind(target, self.value(value, names), names)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=operator, value=value):
                names[name] = binary(operator, names.get(target.id), self.value(value, names))
            case ast.Import() | ast.ImportFrom():
                names.update(imports(node))
            case ast.FunctionDef(name=name):
                names[name] = Local(node) if not node.decorator_list else NotKnown("a function that is wrapped")
            case ast.Assert(test=test):
                self.value(test, names)
            case ast.ClassDef(name=name):
                names[name] = NotKnown("a class of the file's own")
            case ast.Pass() | ast.Global() | ast.Nonlocal() | ast.Delete() | ast.AnnAssign():
                pass
            case _:
                self._hook(Made(f"a {type(node).__name__}", (), {}, node.lineno), NotKnown("a statement"))

    def _either(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], names: dict[str, object]) -> End:
        told = truth(self.value(test, names))
        if told is not None:
            return self.run(body if told else orelse, names)
        self.maybe += 1
        ways = (dict(names), dict(names))
        ends: list[End] = [self.run(branch, way) for branch, way in zip((body, orelse), ways, strict=True)]
        names.update(
            {
                key: ways[0][key] if ways[0].get(key) == ways[1].get(key) else NotKnown("set under a condition")
                for key in {*ways[0], *ways[1]}
            }
        )
        if all(ends):
            self.maybe -= 1
            return ends[0]
        if not any(ends):
            self.maybe -= 1
        return ""  # where one of them ended, what follows may be left out

    def _unsure(self, body: list[ast.stmt], names: dict[str, object]) -> None:
        before = self.maybe
        self.maybe += 1
        ended = self.run(body, names)
        left = ended or self.maybe > before + 1  # and then what follows may be left out, too
        self.maybe = before + 1 if left else before

    def _loop(self, target: ast.expr, over: ast.expr, body: list[ast.stmt], names: dict[str, object]) -> End:
        items = sequence(self.value(over, names))
        if items is None or len(items) > MOST_TURNS:
            bind(target, NotKnown("a loop whose turns are not told"), names)
            self._unsure(body, names)
            return ""
        for item in items:
            bind(target, item, names)
            ended = self.run(body, names)
            if ended == "return":
                return ended
            if ended == "break":
                break
        return ""

    def _try(
        self, body: list[ast.stmt], handlers: list[list[ast.stmt]], final: list[ast.stmt], names: dict[str, object]
    ) -> End:
        self._unsure(body, names)
        for handler in handlers:
            self._unsure(handler, names)
        return self.run(final, names)

    def _call(self, made: Made, called: object) -> object:
        if not isinstance(called, Local):
            return self._hook(made, called)
        self._calls += 1
        if self._calls > DEEPEST_CALLS:
            raise TooMuch("functions call one another without end")
        before, inner = self.maybe, dict(self.globals)
        self._arguments(called.node.args, made, inner)
        try:
            self.run(called.node.body, inner)
        finally:
            self._calls -= 1
            self.maybe = before
        return inner.get("return", NotKnown("what a function gives"))

    def _arguments(self, wanted: ast.arguments, made: Made, inner: dict[str, object]) -> None:
        names = [one.arg for one in (*wanted.posonlyargs, *wanted.args)]
        for name, default in zip(reversed(names), reversed(wanted.defaults), strict=False):
            inner[name] = self.value(default, dict(self.globals))
        for one, given in zip(wanted.kwonlyargs, wanted.kw_defaults, strict=True):
            inner[one.arg] = self.value(given, dict(self.globals)) if given is not None else NotKnown("not given")
        known = zip(names, made.args, strict=False)
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
