"""What a project's own code takes from a package by name: `from jwt import decode`, read through `ast` only."""

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
TOLERATED = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def is_own_code(path: str) -> bool:
    """Not where the suite answers, or where nothing that runs in production lies."""
    return path.endswith(".py") and ASIDE.search(path) is None


def references(content: bytes, tops: frozenset[str]) -> tuple[tuple[str, int], ...]:
    """(`jwt:decode` or `jwt.exceptions`, line) of each import from one of these modules that is not one of two ways.

    Nothing where the file is too large or no Python of this interpreter.
    """
    if len(content) > LARGEST or not any(top.encode() in content for top in tops):
        return ()
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(dict.fromkeys(_in(tree.body, tops)))


def _in(body: list[ast.stmt], tops: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Without recursion into expressions: imports are statements."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        statement = waiting.pop()
        match statement:
            case ast.Import(names=names):
                yield from ((each.name, statement.lineno) for each in names if each.name.partition(".")[0] in tops)
            case ast.ImportFrom(module=str(module), names=names, level=0) if module.partition(".")[0] in tops:
                yield from ((f"{module}:{each.name}".removesuffix(":*"), statement.lineno) for each in names)
            case ast.Try() if any(_tolerates(handler) for handler in statement.handlers):
                waiting += reversed(statement.finalbody)
            case ast.If(test=test) if DEPENDS.search(ast.unparse(test)):
                pass
            case _:
                for name in ("finalbody", "orelse", "handlers", "cases", "body"):
                    waiting += reversed(getattr(statement, name, ()))


def _tolerates(handler: ast.ExceptHandler) -> bool:
    """Whether an import that fails is taken care of."""
    if handler.type is None:
        return True
    return any(isinstance(node, ast.Name) and node.id in TOLERATED for node in ast.walk(handler.type))


def said(item: str) -> str:
    """As it stands in the code."""
    module, _, name = item.partition(":")
    return f"from {module} import {name}" if name else f"import {module}"
