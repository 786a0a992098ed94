"""Alembic's migrations, read from their source: what upgrade() does to the schema, through helpers, loops and `if`."""

from __future__ import annotations

import ast
from typing import Literal

from msgspec import Struct

from outpace.delivery.migrations.alembic_operations import (
    SETTLES,
    asks,
    enum_of,
    execute,
    harmless,
    is_class,
    of_batch,
    steps,
)
from outpace.delivery.migrations.python_flow import Flow
from outpace.delivery.migrations.python_values import (
    Local,
    Made,
    NotKnown,
    Symbol,
    TooMuch,
    sequence,
    within,
)
from outpace.delivery.migrations.steps import Breaking, Harmless, Migration, Opaque, Placed, Step

EXECUTES = ("execute", "exec_driver_sql", "scalar", "scalars")
OF_ALEMBIC = ("alembic.op.execute", "bind.", "context.")


class Batch(Struct, frozen=True):
    """What `batch_alter_table` gives."""

    table: object


def names_of(tree: ast.Module) -> dict[str, ast.expr]:
    """What stands at the top of the file, by name."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found[node.target.id] = node.value
        elif isinstance(node, ast.Assign):
            found.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
    return found


def is_alembic(tree: ast.Module) -> bool:
    return {"revision", "down_revision"} <= names_of(tree).keys()


def read(path: str, tree: ast.Module) -> Migration | None:
    """None where the file has no revision that is written out."""
    reading = _Reading()
    reading.walk(tree)
    top = reading.flow.globals
    revision = top.get("revision")
    if not isinstance(revision, str):
        return None
    before = [*_revisions(top.get("down_revision")), *_revisions(top.get("depends_on"))]
    return Migration(
        tool="alembic",
        id=revision,
        path=path,
        after=tuple(before),
        place=path.rpartition("/")[0],
        replaces=(),
        steps=tuple(reading.found),
        way_back=_way_back(tree),
    )


def _revisions(value: object) -> list[str]:
    items = sequence(value)
    return [one for one in (items if items is not None else [value]) if isinstance(one, str)]


def _way_back(tree: ast.Module) -> Literal["written", "missing"]:
    found = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "downgrade"), None)
    if found is None:
        return "missing"
    body = [one for one in found.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    return "missing" if all(isinstance(one, ast.Pass | ast.Raise) for one in body) else "written"


class _Reading:
    """One file. What is met outside upgrade() is met when the file is loaded."""

    def __init__(self) -> None:
        self.found: list[Placed] = []
        self.flow = Flow(self._called)
        self._inside = False
        self._classes: dict[int, Made] = {}  # of elsewhere, made and not yet seen to be a column's type

    def walk(self, tree: ast.Module) -> None:
        try:
            for node in tree.body:
                loaded = node.orelse if isinstance(node, ast.If) and _is_main(node.test) else [node]
                self.flow.run(loaded, self.flow.globals)
            upgrade = self.flow.globals.get("upgrade")
            if not isinstance(upgrade, Local):
                self._emit(Opaque("runs upgrade()", "the file does not define it", "define upgrade() in the file"), 1)
                return
            self._inside = True
            self.flow.call(upgrade)
            for made in self._classes.values():
                self._unread(made, Symbol(made.path))
        except (TooMuch, RecursionError) as error:
            self._emit(Opaque("runs upgrade()", f"it is too much to be read: {error}", SETTLES), 1)

    def _emit(self, step: Step, line: int) -> None:
        self.found.append(Placed(step, line, maybe=self.flow.unsure))

    def _called(self, made: Made, called: object) -> object:  # noqa: PLR0911  one a kind of call
        receiver = made.args[0] if made.args else None
        if isinstance(receiver, Batch):
            return self._op(of_batch(made, receiver.table))
        if made.path.startswith("alembic.op."):
            return self._op(made)
        if made.path in (".append", ".extend") and isinstance(receiver, list) and len(made.args) == 2:
            added = sequence(made.args[1]) if made.path == ".extend" else [made.args[1]]
            told = added is not None and not self.flow.unsure
            receiver.extend(added if told and added is not None else [NotKnown("more")])  # pyright: ignore[reportUnknownMemberType]
            return None
        if made.last in EXECUTES and (made.path.startswith(OF_ALEMBIC) or not isinstance(called, Symbol)):
            return self._execute(made) if len(made.args) > isinstance(called, NotKnown) else made
        if is_class(made, called) and not made.path.startswith(("alembic.", "sqlalchemy.")):
            self._classes[id(made)] = made
            return made
        if made.last in ("create", "drop") and (enum := enum_of(made)):
            return self._enum(made, enum)
        if not harmless(made, called):
            self._unread(made, called)
        return made

    def _op(self, made: Made) -> object:
        match made.last:
            case "get_bind":
                return Symbol("bind")
            case "f" | "get_context" | "inline_literal" | "autocommit_block":
                return made.args[0] if made.last == "f" and made.args else Symbol("context")
            case "batch_alter_table":
                table = made.args[0] if made.args else made.words.get("table_name")
                if made.words.get("recreate") not in (None, "auto", "never"):
                    why = "the table is made anew and put in the place of the old one"
                    self._emit(Opaque("alters a table in a batch", why, SETTLES), made.line)
                schema = made.words.get("schema")
                return Batch(f"{schema}.{table}" if isinstance(schema, str) and schema != "public" else table)
            case "execute":
                return self._execute(made)
            case _:
                for step in steps(made):
                    self._emit(step, made.line)
                for one in within(made):
                    self._classes.pop(id(one), None)
                return Made("sqlalchemy.table", made.args[:1], {}, made.line)

    def _execute(self, made: Made) -> object:
        own = not made.path.startswith(".")
        args = made.args if own else made.args[1:]
        value = args[0] if args else made.words.get("sqltext", made.words.get("statement"))
        if asks(value):
            return made
        for step, line in execute(value, made.line):
            self._emit(step, line)
        return NotKnown("what a statement gives")

    def _enum(self, made: Made, name: str) -> object:
        if made.last == "create":
            self._emit(Harmless(f"makes the type {name}"), made.line)
        else:
            why, road = "the running release may use it", "drop it in a later change, once no column has it"
            self._emit(Breaking(f"drops the type {name}", why, road), made.line)
        return None

    def _unread(self, made: Made, called: object) -> None:
        name = made.path.lstrip(".") or "a value"
        if name == "with" and isinstance(called, Symbol) and called.path in ("bind", "context"):
            return
        if name == "import *" and isinstance(made.args[0], Symbol) and made.args[0].path.startswith("sqlalchemy"):
            return
        where = "when the file is loaded" if not self._inside else "elsewhere than in this file"
        if isinstance(called, Symbol) and self._inside and "." not in called.path:
            where = "nowhere in this file"
        why = f"what {name}() does is written {where}"
        self._emit(Opaque(f"calls {name}()", why, SETTLES), made.line)


def _is_main(test: ast.expr) -> bool:
    """Only who runs the file by hand comes here."""
    return ast.unparse(test) == "__name__ == '__main__'"
