"""What the modules of a project offer: names, signatures, and bodies that can be compared."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from msgspec import Struct

Kind: TypeAlias = Literal["function", "class", "value", "import"]
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
OLDEST = (3, 9)
"""Of the Pythons that projects run on here."""
IMPLICIT = frozenset({"self", "cls"})


class Parameter(Struct, frozen=True, kw_only=True):
    """`kind` is where an argument may stand."""

    name: str
    kind: Literal["positional", "either", "keyword", "rest"]
    default: str = ""
    annotation: str = ""


class Symbol(Struct, frozen=True, kw_only=True):
    """`name` is qualified by its class. `body` are the words of its tree, its own name left out; `target` is where an
    import leads: module and name."""

    module: str
    name: str
    kind: Kind
    parameters: tuple[Parameter, ...] = ()
    body: tuple[str, ...] = ()
    target: tuple[str, str] = ("", "")
    hands_back: str = ""
    """The parameter, where the body is nothing but `return parameter`."""

    @property
    def place(self) -> tuple[str, str]:
        return self.module, self.name

    @property
    def owner(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


class Interface(Struct, frozen=True, kw_only=True):
    """All symbols, by module and qualified name."""

    modules: Mapping[str, Mapping[str, Symbol]]

    def found(self, module: str, name: str) -> Symbol | None:
        """Imports of the project's own followed to where the name is defined."""
        for _ in range(8):
            symbol = self.modules.get(module, {}).get(name)
            if symbol is None or symbol.kind != "import" or symbol.target[0] not in self.modules:
                return symbol
            if not symbol.target[1]:
                return symbol
            module, name = symbol.target
        return None

    def all(self) -> Iterator[Symbol]:
        for symbols in self.modules.values():
            yield from symbols.values()

    def functions(self, qualified: str) -> tuple[Symbol, ...]:
        """Functions as a traceback names them; a class is its `__init__`."""
        name = qualified.replace("<locals>.", "")
        return tuple(each for each in self.all() if each.kind == "function" and each.name == name)

    def aliases(self, name: str) -> frozenset[str]:
        """What else it is called: `Old = New` beside it."""
        return frozenset(each.last for each in self.all() if each.kind == "value" and each.target[1] == name)

    def called_otherwise(self) -> frozenset[tuple[str, str]]:
        """Names that stand for another one: `Old = New` at the top of a module, or an import `New as Old`."""
        pairs = ((each.last, each.target[1]) for each in self.all() if not each.owner)
        return frozenset((old, new) for old, new in pairs if new and old != new)

    def members(self, owner: str) -> tuple[Symbol, ...]:
        """Of every class that has this name."""
        return tuple(each for each in self.all() if each.owner.rpartition(".")[2] == owner and each.owner)


def interface(sources: Mapping[str, str], roots: Iterable[str]) -> Interface:
    """Of files by their paths; what cannot be parsed offers nothing."""
    modules: dict[str, dict[str, Symbol]] = {}
    for path, source in sources.items():
        name = module_name(path, roots)
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
        symbols: dict[str, Symbol] = {}
        for symbol in _symbols(tree.body, name, package, ""):
            symbols.setdefault(symbol.name, symbol)
        modules[name] = symbols
    return Interface(modules=modules)


def parameter_names(side: Interface, functions: Iterable[str]) -> frozenset[str]:
    return frozenset(
        each.name for name in functions for function in side.functions(name) for each in function.parameters
    )


def module_name(path: str, roots: Iterable[str]) -> str:
    """As it is imported from the longest root that it lies in."""
    place = PurePosixPath(path).with_suffix("")
    for root in sorted(roots, key=len, reverse=True):
        if place.is_relative_to(PurePosixPath(root)):
            place = place.relative_to(PurePosixPath(root))
            break
    parts = place.parts[:-1] if place.name == "__init__" else place.parts
    return ".".join(parts)


def _symbols(body: Iterable[ast.stmt], module: str, package: str, owner: str) -> Iterator[Symbol]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield _function(node, module, owner)
                yield from _assigned(node, module, owner)
            case ast.ClassDef():
                words = _words([*node.bases, *node.body], node.name)
                yield Symbol(module=module, name=owner + node.name, kind="class", body=words)
                yield from _symbols(node.body, module, package, f"{owner}{node.name}.")
            case ast.Assign() | ast.AnnAssign():
                yield from _values(node, module, owner)
            case ast.Import() | ast.ImportFrom() if not owner:
                yield from _imports(node, module, package)
            case ast.If() | ast.Try() | ast.With():
                yield from _symbols(_blocks(node), module, package, owner)
            case _:
                pass


def _blocks(node: ast.If | ast.Try | ast.With) -> Iterator[ast.stmt]:
    for field in ("body", "orelse", "finalbody"):
        yield from getattr(node, field, ())
    for handler in getattr(node, "handlers", ()):
        yield from handler.body


def _function(node: Function, module: str, owner: str) -> Symbol:
    body = [each for each in _unconditional(node.body) if not _is_text(each)]
    returned = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    names = [each.name for each in parameters(node)]
    plain = isinstance(returned, ast.Name) and names == [returned.id]
    return Symbol(
        module=module,
        name=owner + node.name,
        kind="function",
        parameters=parameters(node),
        body=_words(body, node.name),
        hands_back=names[0] if plain else "",
    )


def _unconditional(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Without branches for Pythons that are no more."""
    for node in body:
        ancient = _is_ancient(node.test) if isinstance(node, ast.If) else None
        if isinstance(node, ast.If) and ancient is not None:
            yield from _unconditional(node.body if ancient else node.orelse)
        else:
            yield node


def _is_ancient(test: ast.expr) -> bool | None:
    """What `sys.version_info < (3,)` and its kind say today; None for another condition."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or ast.unparse(test.left) != "sys.version_info":
        return None
    try:
        bound = tuple(int(number) for number in ast.literal_eval(test.comparators[0]))
    except (ValueError, TypeError, SyntaxError):
        return None
    if bound > OLDEST:
        return None
    if isinstance(test.ops[0], ast.Lt | ast.LtE | ast.Eq):
        return False
    return True if isinstance(test.ops[0], ast.Gt | ast.GtE) else None


def parameters(node: Function) -> tuple[Parameter, ...]:
    """Without what a method is bound to."""
    given = node.args
    places = [*given.posonlyargs, *given.args]
    defaults = ["", *(ast.unparse(each) for each in given.defaults)]
    padded = [""] * (len(places) - len(given.defaults)) + defaults[1:]
    kinds = ["positional"] * len(given.posonlyargs) + ["either"] * len(given.args)
    rows = [*zip(places, kinds, padded, strict=True)]
    rows += [(each, "keyword", "" if value is None else ast.unparse(value)) for each, value in
             zip(given.kwonlyargs, given.kw_defaults, strict=True)]  # fmt: skip
    rows += [(each, "rest", "") for each in (given.vararg, given.kwarg) if each is not None]
    found = tuple(
        Parameter(name=each.arg, kind=kind, default=default, annotation=_written(each.annotation))  # pyright: ignore[reportArgumentType]  one of its words
        for each, kind, default in rows
    )
    return found[1:] if found and found[0].name in IMPLICIT else found


def _assigned(node: Function, module: str, owner: str) -> Iterator[Symbol]:
    """Attributes that a constructor sets."""
    if not owner or node.name != "__init__":
        return
    for each in ast.walk(node):
        targets = (
            each.targets if isinstance(each, ast.Assign) else [each.target] if isinstance(each, ast.AnnAssign) else []
        )
        for target in targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
                value = each.value if isinstance(each, ast.Assign | ast.AnnAssign) else None
                words = _words([value] if value is not None else [], target.attr)
                yield Symbol(module=module, name=owner + target.attr, kind="value", body=words)


def _values(node: ast.Assign | ast.AnnAssign, module: str, owner: str) -> Iterator[Symbol]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if isinstance(target, ast.Name):
            words = _words([node.value] if node.value is not None else [], target.id)
            alias = node.value.id if isinstance(node.value, ast.Name) else ""
            found = (module, alias) if alias and not owner else ("", "")
            yield Symbol(module=module, name=owner + target.id, kind="value", body=words, target=found)


def _imports(node: ast.Import | ast.ImportFrom, module: str, package: str) -> Iterator[Symbol]:
    if isinstance(node, ast.Import):
        for each in node.names:
            name = each.asname or each.name.partition(".")[0]
            target = each.name if each.asname else name
            yield Symbol(module=module, name=name, kind="import", target=(target, ""))
        return
    parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    source = ".".join([*parts, *([node.module] if node.module else [])])
    for each in node.names:
        yield Symbol(module=module, name=each.asname or each.name, kind="import", target=(source, each.name))


def _words(nodes: Iterable[ast.AST], own: str) -> tuple[str, ...]:
    """The tree's kinds and texts in their order; without the name itself, so that a rename alone changes nothing."""
    words: list[str] = []
    for node in nodes:
        if _is_text(node):
            continue
        for each in ast.walk(node):
            words.append(type(each).__name__)
            for field in ("id", "attr", "arg", "name", "value"):
                value = getattr(each, field, None)
                if isinstance(value, str | int | float | bytes):
                    words.append("" if value == own else repr(value))
    return tuple(words)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _written(node: ast.expr | None) -> str:
    return "" if node is None else ast.unparse(node)
