"""Files that lie where migrations lie, and are none that is read here: what may run with the migrations."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from msgspec import Struct

from outpace.delivery.migrations.python_values import acts_when_loaded, bound
from outpace.model.unknown import Unknown

FOLDERS = ("migration", "migrations", "migrate")
"""Where nothing but migrations is kept."""
SUFFIXES = frozenset(
    ".sql .rb .js .mjs .cjs .ts .go .php .xml .yaml .yml .java .kt .cs .ex .exs .rs .pl .sh".split()  # noqa: SIM905
)
PYTHONS = (*FOLDERS, "versions", "alembic")
COMPILED = frozenset({".pyc", ".pyo", ".pyd", ".so"})
"""Python that is imported in place of its source, or without one."""
MIGRATION = frozenset({"upgrade", "revision", "down_revision", "Migration"})
"""What a migration is told by."""
TOOLS = ("alembic", "django.db.migrations")
SETTLES = "say in a reason what it does to the release that is running, or move it elsewhere"
OTHER_TOOL = Unknown("it is neither Alembic's nor Django's, nor a numbered file of SQL", SETTLES)
RUNS = Unknown("it is no migration that can be read, and runs with those beside it", SETTLES)


class Bystander(Struct, frozen=True):
    """A file of Python that says no migration; `uses` a tool of migrations, `runs` something when it is loaded."""

    uses: bool
    runs: bool


def is_foreign(path: str) -> bool:
    """By its name: written for a tool that is not read here, or compiled."""
    *folders, name = path.lower().split("/")
    suffix = PurePosixPath(name).suffix
    places = FOLDERS if suffix in SUFFIXES else PYTHONS if suffix in COMPILED else ()
    return any(part in places for part in folders)


def is_of_tests(path: str) -> bool:
    return any(part in ("test", "tests") for part in path.lower().split("/")[:-1])


def bystander(tree: ast.Module) -> Bystander:
    runs = bool(MIGRATION & set(bound(tree.body))) or not all(map(_is_inert, tree.body))
    return Bystander(any(map(_uses, ast.walk(tree))), runs)


def _uses(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            told = [each.name for each in names]
        case ast.ImportFrom(module=module, names=names):
            told = [f"{module}.{each.name}" for each in names]
        case _:
            return False
    return any(f"{one}.".startswith(f"{tool}.") for one in told for tool in TOOLS)


def _is_inert(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return all(each.name != "*" for each in names)
        case ast.FunctionDef(decorator_list=[], args=arguments, returns=returns):
            return not _calls(arguments, returns)
        case ast.ClassDef(decorator_list=[], keywords=[], bases=bases, body=body):
            return not _calls(*bases) and not acts_when_loaded(body) and all(map(_is_inert, body))
        case ast.Assign() | ast.AnnAssign():
            return not _calls(node)
        case _:
            return False


def _calls(*nodes: ast.AST | None) -> bool:
    return any(isinstance(inner, ast.Call) for node in nodes if node is not None for inner in ast.walk(node))
