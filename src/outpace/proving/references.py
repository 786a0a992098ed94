"""What a project's own code takes from a package by name: `from jwt import decode`, `jwt.decode`; by `ast` alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

ASIDE = re.compile(
    r"(?:^|/)(?:tests?|testing|docs?|examples?|scripts|vendor|_vendor|vendored|demos?|benchmarks?|node_modules)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|setup)\.py$"
)
DEPENDS = re.compile(r"version|TYPE_CHECKING|hasattr|find_spec|\bPY\d", re.IGNORECASE)  # on what is installed
LARGEST = 1 << 20
TOLERATED = frozenset({"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", "BaseException"})


def is_own_code(path: str) -> bool:
    """Not where the suite answers, or where nothing that runs in production lies."""
    return path.endswith(".py") and ASIDE.search(path) is None


def references(content: bytes, tops: frozenset[str]) -> tuple[tuple[str, int], ...]:
    """(`jwt:decode` or `jwt.exceptions`, line) of what is imported from one of these modules, or used as an attribute
    of one, where it is not one of two ways.

    Nothing where the file is too large or no Python of this interpreter.
    """
    if len(content) > LARGEST or not any(top.encode() in content for top in tops):
        return ()
    try:
        return tuple(dict.fromkeys(_in(ast.parse(content), tops)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def _in(tree: ast.AST, tops: frozenset[str]) -> Iterator[tuple[str, int]]:
    names: dict[str, str] = {}  # of modules, as the file calls them
    used: list[tuple[str, str, int]] = []
    bound: set[str] = set()  # by anything but an import
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Import(names=aliases):
                for each in (each for each in aliases if _top(each.name) in tops):
                    names[each.asname or _top(each.name)] = each.name if each.asname else _top(each.name)
                    yield each.name, node.lineno
            case ast.ImportFrom(module=str(module), names=aliases, level=0) if _top(module) in tops:
                yield from ((f"{module}:{each.name}".removesuffix(":*"), node.lineno) for each in aliases)
            case ast.Try() if any(_tolerates(handler) for handler in node.handlers):
                waiting += reversed(node.finalbody)
                continue
            case ast.If(test=test) | ast.IfExp(test=test) if DEPENDS.search(ast.unparse(test)):
                continue
            case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Load()):
                used.append((name, attribute, node.lineno))
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                bound.add(name)
            case _:
                pass
        waiting += reversed(list(ast.iter_child_nodes(node)))
    for name, attribute, line in used:
        if name in names and name not in bound and not attribute.startswith("__"):
            yield f"{names[name]}:{attribute}", line


def _top(module: str) -> str:
    return module.partition(".")[0]


def _tolerates(handler: ast.ExceptHandler) -> bool:
    """Whether an import that fails is taken care of."""
    if handler.type is None:
        return True
    return any(isinstance(node, ast.Name) and node.id in TOLERATED for node in ast.walk(handler.type))


def said(item: str) -> str:
    """As it stands in the code."""
    module, _, name = item.partition(":")
    if "." in name:
        return item
    return f"from {module} import {name}" if name else f"import {module}"
