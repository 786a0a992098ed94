"""What is known of a database from the migrations read so far, and which of it the running release does not know."""

from __future__ import annotations

import msgspec

from outpace.delivery.migrations import expressions
from outpace.delivery.migrations.steps import (
    AddColumn,
    AddConstraint,
    ChangeType,
    Column,
    Constraint,
    CreateDomain,
    CreateIndex,
    CreateNamed,
    CreateTable,
    CreateTrigger,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropNotNull,
    DropTable,
    Index,
    Placed,
    RenameColumn,
    RenameTable,
    SetDefault,
    SetNotNull,
    Step,
    ValidateConstraint,
    WriteData,
)


class Table:
    """`new`: the running release does not know it. Columns that nobody told of are not here, and are old."""

    def __init__(self, *, new: bool) -> None:
        self.new = new
        self.columns: dict[str, Column] = {}
        self.new_columns: set[str] = set()
        self.constraints: dict[str, Constraint] = {}
        self.new_constraints: set[str] = set()


class Schema:
    """Folds steps. From `begin` on, what appears is new; a step that may be left out makes nothing new."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}
        self._indexes: dict[str, Index] = {}
        self._domains: set[str] = set()
        self._written: set[str] = set()
        self._named: set[str] = set()
        self._acting: set[str] = set()  # tables with triggers and rules
        self._judging = False

    def begin(self) -> None:
        """The running release knows all that is here."""
        self._judging = True
        for table in self._tables.values():
            table.new = False
            table.new_columns.clear()
            table.new_constraints.clear()

    def table(self, name: str) -> Table:
        return self._tables.get(name) or Table(new=False)

    def is_new(self, table: str) -> bool:
        return self.table(table).new

    def column(self, table: str, name: str) -> Column | None:
        return self.table(table).columns.get(name)

    def is_new_column(self, table: str, name: str) -> bool:
        found = self.table(table)
        return found.new or name in found.new_columns

    def constraint(self, table: str, name: str) -> Constraint | None:
        return self.table(table).constraints.get(name)

    def index(self, name: str) -> Index | None:
        return self._indexes.get(name)

    def forbids_null(self, table: str, column: str) -> bool:
        """Since before: a valid CHECK that the running release lives with already."""
        found = self.table(table)
        wanted = (f"{column} is not null", f"( {column} is not null )")
        return any(
            one.kind == "check" and one.valid and name not in found.new_constraints and one.expression in wanted
            for name, one in found.constraints.items()
        )

    def refuses(self, kind: str) -> bool:
        """A domain that may refuse NULL."""
        return kind in self._domains

    def is_held(self, table: str, column: str) -> bool:
        """A constraint or a unique index refuses rows by what stands there."""
        if any(column in one.columns for one in self.table(table).constraints.values()):
            return True
        unique = [one for one in self._indexes.values() if one.table == table and one.unique]
        written = " ".join(text for one in unique for text in (*one.expressions, one.where))
        return any(column in one.columns for one in unique) or column in expressions.names(expressions.of(written))

    def is_in_a_tree(self, table: str, column: str) -> bool:
        """Values that are too long for a b-tree were refused before."""
        trees = (one for one in self._indexes.values() if (one.table, one.method, one.where) == (table, "btree", ""))
        keys = (one for one in self.table(table).constraints.values() if one.kind in ("unique", "primary key"))
        return any(column in (*one.columns, *one.includes) for held in (trees, keys) for one in held)

    def hides(self, name: str) -> str:
        """What has the same name in another schema, and may be meant by the running release."""
        bare = name.rpartition(".")[2]
        others = (one for one in (*self._tables, *self._named) if one.rpartition(".")[2] == bare and one != name)
        return next(others, "")

    def acts_on(self, table: str) -> bool:
        """A trigger or rule runs with each row that is written."""
        return table in self._acting

    def takes_along(self, table: str) -> str:
        """A table of the running release whose rows go, or change, with rows of this one."""
        for name, found in self._tables.items():
            keys = (one for one in found.constraints.values() if one.kind == "foreign key" and one.references == table)
            if not found.new and any(one.on_delete and one.on_delete != "set null" for one in keys):
                return name
        return ""

    def is_written(self, table: str) -> bool:
        """Rows of it are written by the migrations themselves."""
        return table in self._written

    def holds_back(self, table: str, columns: tuple[str, ...] | None = None) -> str:
        """A table of the running release whose rows cannot be deleted while new rows here (those columns) refer."""
        found = self.table(table)
        for name in found.new_constraints & found.constraints.keys():
            one = found.constraints[name]
            mine = one.kind == "foreign key" and (columns is None or bool(set(columns) & set(one.columns)))
            if mine and not self.lets_go(table, one):
                return one.references
        return ""

    def lets_go(self, table: str, key: Constraint) -> bool:
        """The running release's DELETE of what is referred to still does what it did: no more rows of its own go."""
        if self.is_new(key.references) and not self._goes_along(key.references):
            return True
        if key.on_delete == "set null":
            return self._takes_null(table, key.columns)
        return key.on_delete == "cascade" and self.is_new(table)

    def _goes_along(self, table: str, seen: frozenset[str] = frozenset()) -> bool:
        """Rows of a new table are deleted with those of a table that the running release knows."""
        keys = (one for one in self.table(table).constraints.values() if one.on_delete == "cascade")
        others = {one.references for one in keys} - seen - {table}
        return any(not self.is_new(one) or self._goes_along(one, seen | {table}) for one in others)

    def _takes_null(self, table: str, columns: tuple[str, ...]) -> bool:
        found = self.table(table)
        known = [found.columns[name] for name in columns if name in found.columns]
        held = (one.columns for one in found.constraints.values() if one.kind in ("primary key", "check"))
        return all(one.nullable and not one.primary for one in known) and not any(
            set(columns) & set(one) for one in held
        )

    def sticks_to(self, table: str, columns: tuple[str, ...]) -> str:
        """A table of the running release whose rows cannot be deleted once these columns take no NULL: rows that are
        there refer to it by them, ON DELETE SET NULL."""
        keys = (one for one in self.table(table).constraints.values() if set(columns) & set(one.columns))
        held = (one.references for one in keys if one.on_delete == "set null" and not self.is_new(one.references))
        return next(held, "") if self.is_written(table) else ""

    def _entry(self, name: str) -> Table:
        return self._tables.setdefault(name, Table(new=False))

    def apply(self, placed: Placed) -> None:
        self._apply(placed.step, new=self._judging and not placed.maybe)

    def _apply(self, step: Step, *, new: bool) -> None:  # noqa: C901, PLR0912  one a step
        match step:
            case CreateTable(table=name):
                self._created(step, new=new)
            case DropTable(table=name):
                self._tables.pop(name, None)
                self._indexes = {key: one for key, one in self._indexes.items() if one.table != name}
            case RenameTable(table=name, becomes=to):
                self._tables[to] = self._tables.pop(name, None) or Table(new=False)
                for key, index in self._indexes.items():
                    if index.table == name:
                        self._indexes[key] = msgspec.structs.replace(index, table=to)
            case AddConstraint(table=table, constraint=constraint):
                self._constrained(table, constraint, new=new)
            case ValidateConstraint(table=table, name=name):
                found = self.constraint(table, name)
                if found is not None:
                    self._entry(table).constraints[name] = msgspec.structs.replace(found, valid=True)
            case DropConstraint(table=table, name=name):
                self._entry(table).constraints.pop(name, None)
            case CreateDomain(name=name, refuses=refuses, of=of):
                self._domains |= {name} if refuses or of in self._domains else set[str]()
            case CreateNamed(name=name):
                self._named.add(name)
            case CreateTrigger(table=name):
                self._acting.add(name)
            case WriteData(table=name, verb="insert" | "update"):
                self._written.add(name)
            case CreateIndex(index=index):
                self._indexes[index.name] = index
            case DropIndex(name=name):
                self._indexes.pop(name, None)
            case _:
                self._column_step(step, new=new)

    def _column_step(self, step: Step, *, new: bool) -> None:
        match step:
            case AddColumn(table=name, column=column):
                table = self._entry(name)
                if new and not step.if_absent and column.name not in table.columns:
                    table.new_columns.add(column.name)
                table.columns[column.name] = column
                self._own_constraints(name, column, new=new)
            case DropColumn(table=name, column=column):
                table = self._entry(name)
                table.columns.pop(column, None)
                table.new_columns.discard(column)
            case RenameColumn(table=name, column=old, to=to):
                self._renamed(name, old, to)
            case ChangeType(table=table, column=column, to=to):
                self._changed(table, column, type=to)
            case SetNotNull(table=table, column=column):
                self._changed(table, column, nullable=False)
            case DropNotNull(table=table, column=column):
                self._changed(table, column, nullable=True)
            case SetDefault(table=table, column=column, default=default):
                self._changed(table, column, default=default)
            case _:
                pass

    def _created(self, step: CreateTable, *, new: bool) -> None:
        if step.if_absent and step.table in self._tables:
            return
        table = Table(new=new and not step.if_absent and step.table not in self._tables)
        table.columns = {column.name: column for column in step.columns}
        self._tables[step.table] = table
        if step.filled:
            self._written.add(step.table)
        for constraint in step.constraints:
            self._constrained(step.table, constraint, new=new)
        for column in step.columns:
            self._own_constraints(step.table, column, new=new)

    def _own_constraints(self, table: str, column: Column, *, new: bool) -> None:
        """Those that stand behind a column, unless they were told of already."""
        told = {(one.kind, one.columns) for one in self.table(table).constraints.values()}
        here = (column.name,)
        names = column.check_names or ("",) * len(column.checks)
        made = [
            Constraint(name=name, kind="check", columns=here, expression=one)
            for name, one in zip(names, column.checks, strict=True)
        ]
        if column.references:
            key = Constraint(name=column.constraint, kind="foreign key", columns=here, references=column.references)
            made.append(msgspec.structs.replace(key, on_delete=column.on_delete))
        if column.unique:
            made.append(Constraint(name="", kind="unique", columns=here))
        for one in made:
            if (one.kind, one.columns) not in told:
                self._constrained(table, one, new=new)

    def _constrained(self, table: str, constraint: Constraint, *, new: bool) -> None:
        entry = self._entry(table)
        name = constraint.name or _usual_name(table, constraint)
        entry.constraints[name] = constraint
        if new:
            entry.new_constraints.add(name)

    def _renamed(self, name: str, old: str, to: str) -> None:
        table = self._entry(name)
        column = table.columns.pop(old, None)
        if column is not None:
            table.columns[to] = msgspec.structs.replace(column, name=to)
        for key, one in table.constraints.items():
            table.constraints[key] = msgspec.structs.replace(one, columns=_with(one.columns, old, to))
        for key, index in self._indexes.items():
            if index.table == name:
                fields = {field: _with(getattr(index, field), old, to) for field in ("columns", "expressions")}
                where = " ".join(_with(tuple(index.where.split(" ")), old, to))
                self._indexes[key] = msgspec.structs.replace(index, where=where, **fields)
        if old in table.new_columns:
            table.new_columns.discard(old)
            table.new_columns.add(to)

    def _changed(self, table: str, name: str, **fields: object) -> None:
        column = self.column(table, name)
        if column is not None:
            self._entry(table).columns[name] = msgspec.structs.replace(column, **fields)


def _with(found: tuple[str, ...], old: str, to: str) -> tuple[str, ...]:
    """Names, or expressions whose words stand apart."""
    return tuple(" ".join(to if word == old else word for word in one.split(" ")) for one in found)


def _usual_name(table: str, constraint: Constraint) -> str:
    """As PostgreSQL calls what nobody named."""
    endings = {"foreign key": "fkey", "unique": "key", "check": "check", "primary key": "pkey", "exclude": "excl"}
    columns = () if constraint.kind == "primary key" else constraint.columns
    return "_".join((table.rpartition(".")[2], *columns, endings[constraint.kind]))
