"""Alembic's migrations, read from their source: what upgrade() does to the schema, through helpers, loops and `if`."""

from __future__ import annotations

import ast
from typing import Literal

from msgspec import Struct

from outpace.delivery.migrations.alembic_operations import SETTLES, enum_of, execute, harmless, of_batch, steps
from outpace.delivery.migrations.python_flow import Flow
from outpace.delivery.migrations.python_values import Local, Made, NotKnown, Symbol, TooMuch, parsed, sequence
from outpace.delivery.migrations.steps import Breaking, Harmless, Migration, Opaque, Placed, Step


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

    def walk(self, tree: ast.Module) -> None:
        try:
            for node in tree.body:
                if not (isinstance(node, ast.If) and _is_main(node.test)):
                    self.flow.run([node], self.flow.globals)
            upgrade = self.flow.globals.get("upgrade")
            if not isinstance(upgrade, Local):
                self._emit(Opaque("runs upgrade()", "the file does not define it", "define upgrade() in the file"), 1)
                return
            self._inside = True
            self.flow.run(upgrade.node.body, dict(self.flow.globals))
        except (TooMuch, RecursionError) as error:
            self._emit(Opaque("runs upgrade()", f"it is too much to be read: {error}", SETTLES), 1)

    def _emit(self, step: Step, line: int) -> None:
        self.found.append(Placed(step, line, maybe=self.flow.maybe > 0))

    def _called(self, made: Made, called: object) -> object:
        receiver = made.args[0] if made.args else None
        if isinstance(receiver, Batch):
            return self._op(of_batch(made, receiver.table))
        if made.path.startswith("alembic.op."):
            return self._op(made)
        if made.path == ".append" and isinstance(receiver, list):
            receiver.append(made.args[1])  # pyright: ignore[reportUnknownMemberType]
            return None
        if made.last in ("execute", "exec_driver_sql"):
            return self._execute(made)
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
                schema = made.words.get("schema")
                return Batch(f"{schema}.{table}" if isinstance(schema, str) and schema != "public" else table)
            case "execute":
                return self._execute(made)
            case _:
                for step in steps(made):
                    self._emit(step, made.line)
                return Made("sqlalchemy.table", made.args[:1], {}, made.line)

    def _execute(self, made: Made) -> object:
        own = made.path == "alembic.op.execute" or not made.path.startswith(".")
        args = made.args if own else made.args[1:]
        value = args[0] if args else made.words.get("sqltext", made.words.get("statement"))
        if isinstance(value, Made) and value.last in ("select", "exists"):
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
        if isinstance(called, NotKnown) and not self._inside:
            return
        where = "when the file is loaded" if not self._inside else "elsewhere than in this file"
        if isinstance(called, Symbol) and self._inside and "." not in called.path:
            where = "nowhere in this file"
        why = f"what {name}() does is written {where}"
        self._emit(Opaque(f"calls {name}()", why, SETTLES), made.line)


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def read_text(path: str, source: str) -> Migration | None:
    tree = parsed(source)
    return read(path, tree) if tree is not None and is_alembic(tree) else None
