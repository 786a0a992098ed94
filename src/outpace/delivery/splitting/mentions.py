"""What a block defines and what it takes from elsewhere, read from its syntax."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from outpace.delivery.splitting.blocks import is_documented

DOTTED = re.compile(r"[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+")
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


class Taken(NamedTuple):
    """An import: `name` is empty for a whole module, `*` for all of its names."""

    module: str  # with its leading dots
    name: str
    bound: str


class Signature(NamedTuple):
    """`positional` are those in their order; `optional` may be left out; `open` takes any further ones."""

    positional: tuple[str, ...]
    optional: frozenset[str]
    keyword_only: frozenset[str]
    open: bool

    @property
    def all(self) -> frozenset[str]:
        return frozenset(self.positional) | self.keyword_only


class Mentions(Struct, frozen=True, kw_only=True):
    names: frozenset[str] = frozenset()  # defined at the top level
    members: frozenset[str] = frozenset()  # defined on a class or its objects
    loads: frozenset[str] = frozenset()  # names that are not its own
    attributes: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()  # arguments that calls name
    takes: tuple[Taken, ...] = ()
    texts: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()  # names and attributes that a condition asks
    signatures: dict[str, Signature] = {}
    dump: str = ""  # the syntax, without places


NOTHING = Mentions()


def mentions(nodes: Iterable[ast.stmt], owner: str = "") -> Mentions:
    """`owner` is the class that the statements are members of."""
    known = tuple(nodes)
    defined = frozenset(name for node in known for name in defined_by(node))
    reader = _Reader()
    for node in known:
        reader.visit(node)
    members = frozenset(reader.stored) | (defined if owner else frozenset[str]())
    own = frozenset[str]() if owner else defined
    return Mentions(
        names=own,
        members=members | frozenset(name for node in known for name in _class_members(node)),
        loads=frozenset(reader.loads),
        attributes=frozenset(reader.attributes),
        keywords=frozenset(reader.keywords),
        takes=tuple(taken for node in known for taken in taken_by(node)),
        texts=frozenset(reader.texts),
        asked=frozenset(reader.asked),
        signatures=dict(_signatures(known, owner)),
        dump=";".join(ast.dump(node) for node in known),
    )


def _inner(node: ast.stmt) -> Iterator[ast.stmt]:
    """Statements that run where this one stands: of conditions, loops, attempts."""
    match node:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            yield from (*node.body, *node.orelse)
        case ast.Try() | ast.TryStar():
            yield from (*node.body, *node.orelse, *node.finalbody)
            for handler in node.handlers:
                yield from handler.body
        case ast.With() | ast.AsyncWith():
            yield from node.body
        case ast.Match():
            for each in node.cases:
                yield from each.body
        case _:
            return


def defined_by(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names):
            yield from (each.asname or each.name.partition(".")[0] for each in names)
        case ast.ImportFrom(names=names):
            yield from (each.asname or each.name for each in names if each.name != "*")
        case ast.Assign(targets=targets):
            yield from (name for target in targets for name in _stored(target))
        case ast.AnnAssign(target=target, value=value) if value is not None:
            yield from _stored(target)
        case ast.AugAssign(target=ast.Name(id=name)):
            yield name
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _stored(target)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            bound = (item.optional_vars for item in items if item.optional_vars is not None)
            yield from (name for target in bound for name in _stored(target))
        case _:
            pass
    if type(node).__name__ == "TypeAlias":  # Python 3.12 and later
        yield from _stored(node)
    for each in _inner(node):
        yield from defined_by(each)


def _stored(target: ast.AST) -> Iterator[str]:
    for each in ast.walk(target):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id


def _class_members(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        for each in node.body:
            yield from defined_by(each)
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                yield each.target.id


def taken_by(node: ast.stmt) -> Iterator[Taken]:
    for each in ast.walk(node):
        match each:
            case ast.Import(names=names):
                yield from (Taken(one.name, "", one.asname or one.name.partition(".")[0]) for one in names)
            case ast.ImportFrom(module=module, level=level, names=names):
                whole = "." * level + (module or "")
                yield from (Taken(whole, one.name, one.asname or one.name) for one in names)
            case _:
                continue


def _signatures(nodes: tuple[ast.stmt, ...], owner: str) -> Iterator[tuple[str, Signature]]:
    """By the name that a caller writes: a class's is that of its `__init__`."""
    for node in nodes:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield owner if node.name == "__init__" else node.name, signature(node, is_member=bool(owner))
            case ast.ClassDef(body=body, name=name):
                for each in body:
                    if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                        yield name if each.name == "__init__" else each.name, signature(each, is_member=True)
            case _:
                continue


def signature(node: Function, *, is_member: bool) -> Signature:
    arguments = node.args
    every = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    optional = {*every[len(every) - len(arguments.defaults) :]} if arguments.defaults else set[str]()
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    optional |= {each.arg for each, default in named if default is not None}
    static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in node.decorator_list)
    return Signature(
        positional=tuple(every[1:] if is_member and not static else every),
        optional=frozenset(optional),
        keyword_only=frozenset(each.arg for each in arguments.kwonlyargs),
        open=arguments.kwarg is not None or arguments.vararg is not None,
    )


class _Reader(ast.NodeVisitor):
    """Names that are stored in a function are its own, and no mention of another's."""

    def __init__(self) -> None:
        self.loads: set[str] = set()
        self.attributes: set[str] = set()
        self.keywords: set[str] = set()
        self.texts: set[str] = set()
        self.asked: set[str] = set()
        self.stored: set[str] = set()
        self._own: list[set[str]] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: Function) -> None:
        for each in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(each)
        if node.returns:
            self.visit(node.returns)
        arguments = ast.walk(node.args)
        names = {each.arg: each for each in arguments if isinstance(each, ast.arg)}
        for each in names.values():
            if each.annotation:
                self.visit(each.annotation)
        if self._is_fixed(node):
            self.loads.update(names)
        shared = {name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names}
        own = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
        self._own.append((own | set(names)) - shared)
        for each in node.body:
            self.visit(each)
        self._own.pop()

    def _is_fixed(self, node: Function) -> bool:
        """What pytest hands in is named by the arguments of a test or a fixture."""
        decorated = any("fixture" in ast.unparse(each) for each in node.decorator_list)
        return decorated or node.name.startswith("test")

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and not any(node.id in own for own in self._own):
            self.loads.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
            self.stored.add(node.attr)
        else:
            self.attributes.add(node.attr)
        self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        self.keywords.update(each.arg for each in node.keywords if each.arg)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and len(node.value) <= 400:
            self.texts.add(node.value)
            if DOTTED.fullmatch(node.value):
                self.attributes.add(re.split("[.:]", node.value)[-1])

    def visit_If(self, node: ast.If) -> None:
        self._asks(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._asks(node.test)
        self.generic_visit(node)

    def _asks(self, test: ast.expr) -> None:
        for each in ast.walk(test):
            if isinstance(each, ast.Name):
                self.asked.add(each.id)
            elif isinstance(each, ast.Attribute):
                self.asked.add(each.attr)


class _Bare(ast.NodeTransformer):
    """Without what tells a reader or a checker of types, and no interpreter: docstrings, and the types of arguments."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._function(node)

    def _function(self, node: Function) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        for each in ast.walk(node.args):
            if isinstance(each, ast.arg):
                each.annotation = None
        if is_documented(node):
            node.body = node.body[1:] or [ast.Pass()]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        if is_documented(node):
            node.body = node.body[1:] or [ast.Pass()]
        return node


def bare_dump(nodes: Iterable[ast.stmt]) -> str:
    """The syntax without docstrings and the types of arguments, which the nodes lose by it."""
    return ";".join(ast.dump(_Bare().visit(node)) for node in nodes)
