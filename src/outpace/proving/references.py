"""What a project's own code takes from a package by name: `from jwt import decode`, `jwt.decode`; by `ast` alone."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from outpace.proving.bindings import Bindings, children, is_for_types, local_names, top_of
from outpace.proving.needs import ANYTHING, EXACT, NOTHING, Needs, Taken, borne, doubted, merged

ASIDE = re.compile(
    r"(?:^|/)(?:tests?|testing|docs?|examples?|scripts|vendor|_vendor|vendored|demos?|benchmarks?|node_modules)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|setup)\.py$"
)
LARGEST = 1 << 20
FILES_AT_MOST = 4_096  # that are kept as they were read: most are the same on base and on the change
ENDS = frozenset({"exit", "_exit", "abort"})
Hidden: TypeAlias = frozenset[str]


class BadGrammar(Struct, frozen=True):
    """It is no Python of this interpreter, and may be of another."""

    why: str


class TooMuch(Struct, frozen=True):
    why: str


def is_own_code(path: str) -> bool:
    """Not where the suite answers, or where nothing that runs in production lies."""
    return path.endswith(".py") and ASIDE.search(path) is None


@lru_cache(FILES_AT_MOST)
def references(content: bytes, tops: frozenset[str]) -> Needs | BadGrammar | TooMuch:
    """What is imported from these top-level modules, and used as an attribute of them or of what is imported."""
    if not any(top.encode() in content for top in tops):
        return NOTHING
    if len(content) > LARGEST:
        return TooMuch(f"it is larger than {LARGEST >> 20} MiB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
        bindings = Bindings(tree, tops, content.decode("utf-8", "replace"))
        return _Reader(bindings, tops).needs(tree, frozenset())
    except (SyntaxError, ValueError) as error:
        return BadGrammar(f"{type(error).__name__}: {str(error)[:100]}")
    except (RecursionError, MemoryError):
        return TooMuch("it is nested too deep")


class _Reader:
    """`hidden` are names that a function binds to something else."""

    def __init__(self, bindings: Bindings, tops: frozenset[str]) -> None:
        self._bindings = bindings
        self._tops = tops

    def needs(self, node: ast.AST, hidden: Hidden) -> Needs:
        match node:
            case ast.Import() | ast.ImportFrom():
                return Needs(imports=tuple(_imported(node, self._tops)))
            case ast.Try() | ast.TryStar():
                return self._tried(node, hidden)
            case ast.If(test=test, orelse=otherwise) if is_for_types(test):
                return self._all(otherwise, hidden)
            case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if self._bindings.depend(test):
                below = (each for each in children(node) if each is not test)
                return merged((self.needs(test, hidden), doubted(self._all(below, hidden))))
            case ast.BoolOp() if self._bindings.depend(node):
                return doubted(self._below(node, hidden))
            case _:
                return self._within(node, hidden)

    def _within(self, node: ast.AST, hidden: Hidden) -> Needs:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                return self._function(node, hidden)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self._below(node, hidden | local_names(each.target for each in node.generators).own)
            case ast.With() | ast.AsyncWith() if kinds := _suppressed(node):
                return merged((self._all(node.items, hidden), borne(self._all(node.body, hidden), kinds)))
            case _:
                return self._used(node, hidden)

    def _used(self, node: ast.AST, hidden: Hidden) -> Needs:
        match node:
            case ast.Attribute(ctx=ast.Load()):
                return self._attribute(node, hidden)
            case ast.Call(func=ast.Name(id="getattr"), args=[target, ast.Constant(value=str(name))]):
                asked = ast.Attribute(value=target, attr=name, ctx=ast.Load())
                return self._attribute(ast.copy_location(asked, node), hidden)
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ) if top_of(name) in self._tops:
                named = Taken(item=name, line=node.lineno, code=f"import {name}")
                return merged((Needs(imports=(named,)), self._below(node, hidden)))
            case ast.Name(id=name, ctx=ast.Load()):
                found = self._bindings.from_stars(name)
                return Needs(attributes=tuple(Taken(item=i, line=node.lineno, code=name, owner=o) for o, i in found))
            case _:
                return self._below(node, hidden)

    def _below(self, node: ast.AST, hidden: Hidden) -> Needs:
        later = getattr(node, "annotation", None), getattr(node, "returns", None)
        lazy = later if self._bindings.annotations_are_lazy else ()
        return self._all(children(node), hidden, lazy)

    def _all(self, nodes: Iterable[ast.AST], hidden: Hidden, lazy: tuple[object, ...] = ()) -> Needs:
        """Behind a `return` that depends on what is installed, it cannot be told whether the code comes to more."""
        found: list[Needs] = []
        returned = False
        for node in nodes:
            one = self.needs(node, hidden)
            found.append(doubted(one) if returned or any(node is each for each in lazy) else one)
            returned = returned or self._may_return(node)
        return merged(found)

    def _may_return(self, node: ast.AST) -> bool:
        match node:
            case ast.If(test=test, body=[*_, ast.Return() | ast.Continue() | ast.Break()]):
                return self._bindings.depend(test)
            case _:
                return False

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, hidden: Hidden) -> Needs:
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
        names = local_names((node.args, *body))
        now = [each for each in children(node) if not any(each is one for one in body)]
        inside = self._all(body, (hidden | names.own) - names.elsewhere)
        lazy = (getattr(node, "returns", None),) if self._bindings.annotations_are_lazy else ()
        return merged((self._all(now, hidden, lazy), Needs(deferred=(inside,) if inside != NOTHING else ())))

    def _tried(self, node: ast.Try | ast.TryStar, hidden: Hidden) -> Needs:
        kinds: frozenset[str] = frozenset()
        always, otherwise = [self._all(node.finalbody, hidden)], [NOTHING]
        for handler in node.handlers:
            caught = _caught(handler)
            kinds |= caught
            always.append(NOTHING if handler.type is None else self.needs(handler.type, hidden))
            inside = self._all(handler.body, hidden)
            if caught & EXACT:
                otherwise.append(inside)
            else:
                always.append(doubted(inside) if caught & ANYTHING else inside)
        body, behind = self._all(node.body, hidden), self._all(node.orelse, hidden)
        if not kinds & (EXACT | ANYTHING):
            return merged((*always, body, behind))
        return merged((*always, borne(body, kinds, merged(otherwise), behind)))

    def _attribute(self, node: ast.Attribute, hidden: Hidden) -> Needs:
        parts: list[str] = []
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            parts.insert(0, root.attr)
            root = root.value
        if not isinstance(root, ast.Name) or root.id in hidden:
            return NOTHING if isinstance(root, ast.Name) else self.needs(root, hidden)
        found = self._bindings.places(root.id, tuple(parts))
        code = ".".join((root.id, *parts))
        taken = tuple(Taken(item=item, line=node.lineno, code=code, owner=owner) for owner, item in found)
        return Needs(attributes=taken) if taken else self.needs(root, hidden)


def _imported(node: ast.Import | ast.ImportFrom, tops: frozenset[str]) -> Iterator[Taken]:
    match node:
        case ast.Import(names=aliases):
            for each in aliases:
                if top_of(each.name) in tops:
                    yield Taken(item=each.name, line=each.lineno, code=f"import {each.name}")
        case ast.ImportFrom(module=str(module), names=aliases, level=0) if top_of(module) in tops:
            for each in aliases:
                item = module if each.name == "*" else f"{module}:{each.name}"
                yield Taken(item=item, line=each.lineno, code=f"from {module} import {each.name}")
        case _:
            return


def _caught(handler: ast.ExceptHandler) -> frozenset[str]:
    """The errors that it bears: none where it raises, or ends the program."""
    match handler.body[-1]:
        case ast.Raise():
            return frozenset()
        case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))) if name in ENDS:
            return frozenset()
        case _:
            return ANYTHING if handler.type is None else _names(handler.type)


def _suppressed(node: ast.With | ast.AsyncWith) -> frozenset[str]:
    """`contextlib.suppress(ImportError)`."""
    found: frozenset[str] = frozenset()
    for item in node.items:
        match item.context_expr:
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=kinds):
                found = found.union(*map(_names, kinds))
            case _:
                pass
    return found


def _names(kinds: ast.expr) -> frozenset[str]:
    return frozenset(
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(kinds)
        if isinstance(node, ast.Name | ast.Attribute)
    )
