"""What the names in a file stand for: modules, and what is imported from them; by `ast` alone."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

# Whether the code comes to what stands below a test of one of these depends on what is installed.
DEPENDS = re.compile(r"version_info|__version__|\w*VERSION\w*|hasattr|find_spec|TYPE_CHECKING|PY\d\w*")
CALLED = frozenset({"version"})  # as in `importlib.metadata`
ASKING = re.compile(r"version|VERSION|hasattr|find_spec|TYPE_CHECKING|\bPY\d")
ABSENT = re.compile(r"\b(?:ImportError|ModuleNotFoundError|AttributeError)\b")
ANY = re.compile(r"\b(?:Base)?Exception\b")
BUILTINS = frozenset(dir(builtins))
LEAVES = (ast.Constant, ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)
UNNAMED = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Names(Struct, frozen=True, kw_only=True):
    """What a function binds by anything but an import, and what it imports or declares to be bound outside."""

    own: frozenset[str]
    elsewhere: frozenset[str]


class Bindings:
    """Of the whole file: a name that is imported in one function is known in all. To ask for more costs little."""

    def __init__(self, tree: ast.AST, tops: frozenset[str], text: str) -> None:
        self._tops = tops
        self._may_ask = ASKING.search(text) is not None
        self._paths: dict[str, set[str]] = {}  # by the names that the file gives them
        self._items: dict[str, str] = {}  # by these paths: as `Imports` is asked for them
        self._stars: dict[str, None] = {}
        self._flags: set[str] = set()
        self._bound: set[str] = set(BUILTINS)
        self.annotations_are_lazy = False
        for node in _run(tree):
            self._learn(node)
        self._flags.difference_update(self._paths)

    def places(self, name: str, parts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """(import, item) of an attribute, for each thing that the file calls by this name."""
        found = (self._place(path, list(parts)) for path in sorted(self._paths.get(name, ())))
        return tuple(each for each in found if each is not None)

    def from_stars(self, name: str) -> tuple[tuple[str, str], ...]:
        return () if name in self._bound else tuple((module, f"{module}:.{name}") for module in self._stars)

    def depend(self, test: ast.expr) -> bool:
        return any(isinstance(node, ast.Name) and node.id in self._flags for node in ast.walk(test)) or self._asks(test)

    def _asks(self, test: ast.expr) -> bool:
        return self._may_ask and any(map(_is_asked, ast.walk(test)))

    def _place(self, path: str, parts: list[str]) -> tuple[str, str] | None:
        """A module below is an attribute only where the file imports it, and then it is asked for as a module."""
        while parts and f"{path}.{parts[0]}" in self._items:
            path = f"{path}.{parts.pop(0)}"
        owner = self._items[path]
        return (owner, f"{owner}{'.' if ':' in owner else ':.'}{'.'.join(parts)}") if parts else None

    def _learn(self, node: ast.AST) -> None:
        match node:
            case ast.Import(names=aliases):
                for each in aliases:
                    self._import(each)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                self._import_from(module if level == 0 else None, aliases)
            case ast.Assign(targets=targets, value=value) if self._asks(value):
                self._flags |= _stored(targets)
                self._bound |= _stored(targets)
            case ast.Try() if _tells_what_is_there(node):
                self._flags |= _stored((*node.body, *node.handlers, *node.orelse))
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                self._bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self._bound.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self._bound.add(name)
            case _:
                pass

    def _import(self, alias: ast.alias) -> None:
        top = top_of(alias.name)
        self._bound.add(alias.asname or top)
        if top in self._tops:
            self._module(alias.name)
            self._paths.setdefault(alias.asname or top, set()).add(alias.name if alias.asname else top)

    def _import_from(self, module: str | None, aliases: list[ast.alias]) -> None:
        names = {each.asname or each.name: each.name for each in aliases}
        self._bound.update(names)
        self.annotations_are_lazy = self.annotations_are_lazy or (module == "__future__" and "annotations" in names)
        if module is None or top_of(module) not in self._tops:
            return
        self._module(module)
        for called, name in names.items():
            if name == "*":
                self._stars[module] = None
            else:
                self._items.setdefault(f"{module}.{name}", f"{module}:{name}")
                self._paths.setdefault(called, set()).add(f"{module}.{name}")

    def _module(self, name: str) -> None:
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            path = ".".join(parts[:count])
            self._items[path] = path


def children(node: ast.AST) -> Iterator[ast.AST]:
    """Without those that hold no name."""
    return (each for each in ast.iter_child_nodes(node) if not isinstance(each, LEAVES))


def top_of(module: str) -> str:
    return module.partition(".")[0]


def is_for_types(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
        case _:
            return False


def local_names(nodes: Iterable[ast.AST]) -> Names:
    own: set[str] = set()
    elsewhere: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                elsewhere |= {each.asname or top_of(each.name) for each in aliases}
            case ast.Global(names=names):
                elsewhere.update(names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                own.add(name)
                continue
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                own.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                own.add(name)
            case _:
                pass
        if not isinstance(node, UNNAMED):
            waiting += children(node)
    return Names(own=frozenset(own - elsewhere), elsewhere=frozenset(elsewhere))


def _run(tree: ast.AST) -> Iterator[ast.AST]:
    """Without what is only for a type checker."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        match node:
            case ast.If(test=test, orelse=otherwise) if is_for_types(test):
                waiting += otherwise
            case ast.Name():
                pass
            case _:
                waiting += children(node)


def _is_asked(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in CALLED:
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return DEPENDS.fullmatch(name) is not None
        case _:
            return False


def _tells_what_is_there(node: ast.Try) -> bool:
    caught = " ".join("Exception" if each.type is None else ast.unparse(each.type) for each in node.handlers)
    imports = any(isinstance(each, ast.Import | ast.ImportFrom) for each in node.body)
    return ABSENT.search(caught) is not None or (imports and ANY.search(caught) is not None)


def _stored(nodes: Iterable[ast.AST]) -> set[str]:
    return {
        node.id
        for each in nodes
        for node in ast.walk(each)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
