"""What a migration does to a database, whichever tool wrote it down: the steps that are judged."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Volatility: TypeAlias = Literal["constant", "stable", "volatile"]
ConstraintKind: TypeAlias = Literal["check", "foreign key", "unique", "primary key", "exclude"]


class Default(Struct, frozen=True):
    """What the server itself puts where a statement leaves a column out."""

    text: str
    volatility: Volatility = "constant"


class Column(Struct, frozen=True, kw_only=True):
    """`type` as PostgreSQL spells it; empty: not known. `default` is the server's: a program's own default is none."""

    name: str
    type: str = ""
    nullable: bool = True
    default: Default | None = None
    generated: bool = False  # computed by the server from other columns, and stored
    computed: str = ""  # by what; empty: it is not told
    identity: Literal["", "always", "by default"] = ""
    ends: bool = False  # the numbers of the identity do, soon
    unique: bool = False
    primary: bool = False
    references: str = ""
    on_delete: str = ""  # empty: nothing happens to rows that refer
    constraint: str = ""  # what the reference is called; empty: as PostgreSQL calls it
    checks: tuple[str, ...] = ()
    check_names: tuple[str, ...] = ()  # as many, or none; an empty one: as PostgreSQL calls it
    program_default: bool = False  # the program that knows the column has one; the server does not

    @property
    def filled(self) -> bool:
        """The server has a value where a statement says none."""
        return self.default is not None or self.generated or bool(self.identity)

    @property
    def empty_for_old(self) -> bool:
        """NULL in each row that is written by who does not know the column."""
        return self.nullable and not self.filled


class Constraint(Struct, frozen=True, kw_only=True):
    """`valid` False: NOT VALID, so that rows that are there are not looked at; each row that is written is."""

    name: str
    kind: ConstraintKind
    columns: tuple[str, ...] = ()
    expression: str = ""
    references: str = ""
    on_delete: str = ""  # empty: nothing happens to rows of the other side
    valid: bool = True
    using_index: bool = False
    includes: tuple[str, ...] = ()  # columns that its index holds as well
    nulls_distinct: bool = True


class Index(Struct, frozen=True, kw_only=True):
    name: str
    table: str
    columns: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()  # columns that it holds as well
    expressions: tuple[str, ...] = ()
    method: str = "btree"
    unique: bool = False
    where: str = ""
    nulls_distinct: bool = True


class CreateTable(Struct, frozen=True, kw_only=True):
    table: str
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    if_absent: bool = False
    filled: bool = False  # with rows, at once


class DropTable(Struct, frozen=True):
    table: str


class RenameTable(Struct, frozen=True):
    """`to` has no schema: it stays in its own."""

    table: str
    to: str

    @property
    def becomes(self) -> str:
        schema, dot, _ = self.table.rpartition(".")
        return f"{schema}{dot}{self.to}"


class AddColumn(Struct, frozen=True, kw_only=True):
    table: str
    column: Column
    if_absent: bool = False


class DropColumn(Struct, frozen=True):
    table: str
    column: str


class RenameColumn(Struct, frozen=True):
    table: str
    column: str
    to: str


class ChangeType(Struct, frozen=True, kw_only=True):
    """`before` is what the migration says of the type that was; what earlier ones say counts more."""

    table: str
    column: str
    to: str
    before: str = ""
    using: str = ""


class SetNotNull(Struct, frozen=True):
    table: str
    column: str


class DropNotNull(Struct, frozen=True):
    table: str
    column: str


class SetDefault(Struct, frozen=True):
    """`default` None takes it away."""

    table: str
    column: str
    default: Default | None


class AddConstraint(Struct, frozen=True):
    table: str
    constraint: Constraint


class ValidateConstraint(Struct, frozen=True):
    table: str
    name: str


class DropConstraint(Struct, frozen=True):
    """`kind` is what the migration says of it, if it does."""

    table: str
    name: str
    kind: ConstraintKind | None = None


class CreateIndex(Struct, frozen=True, kw_only=True):
    index: Index
    concurrently: bool = False


class DropIndex(Struct, frozen=True, kw_only=True):
    """`unique` None: it is not said here."""

    name: str
    concurrently: bool = False
    unique: bool | None = None


class WriteData(Struct, frozen=True, kw_only=True):
    """Rows are changed. `columns` are those that an UPDATE sets; `calls` what it calls that may do anything."""

    table: str
    verb: Literal["update", "insert", "delete", "truncate"]
    columns: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    every_row: bool = False
    cascades: bool = False  # TRUNCATE ... CASCADE


class CreateDomain(Struct, frozen=True):
    """`refuses`: NULL or other values, also where a column of it is left out; as does what it is made `of`."""

    name: str
    refuses: bool
    of: str = ""


class CreateNamed(Struct, frozen=True):
    """A view, a sequence, a type: nobody uses it, unless its name is looked for in its schema first."""

    kind: str
    name: str


class CreateTrigger(Struct, frozen=True):
    """A trigger, rule or policy, which runs with the statements on its table."""

    words: str
    kind: str
    table: str


class Harmless(Struct, frozen=True):
    """What no program notices that knows nothing of it; `lock` says what it takes of a table that is in use."""

    words: str
    lock: str = ""
    table: str = ""
    caution: str = ""


class Breaking(Struct, frozen=True):
    """`table`: that of those alone who use it."""

    words: str
    why: str
    road: str
    loses: str = ""
    table: str = ""


class Opaque(Struct, frozen=True):
    """What cannot be read, or does not say what it does; `table`: to those alone who use it."""

    words: str
    why: str
    would_settle: str = ""
    table: str = ""


Step: TypeAlias = (
    CreateTable
    | DropTable
    | RenameTable
    | AddColumn
    | DropColumn
    | RenameColumn
    | ChangeType
    | SetNotNull
    | DropNotNull
    | SetDefault
    | AddConstraint
    | ValidateConstraint
    | DropConstraint
    | CreateIndex
    | DropIndex
    | WriteData
    | CreateDomain
    | CreateNamed
    | CreateTrigger
    | Harmless
    | Breaking
    | Opaque
)


class Placed(Struct, frozen=True):
    """A step, where it stands, and whether it may be left out (behind an `if` that nobody can decide by reading)."""

    step: Step
    line: int
    maybe: bool = False


class Migration(Struct, frozen=True, kw_only=True):
    """`id` is what others refer to: Alembic's revision, Django's application and name, or the path of a file of SQL."""

    tool: Literal["alembic", "django", "sql"]
    id: str
    path: str
    after: tuple[str, ...] = ()  # ids
    place: str = ""  # the folder or application within which it is ordered
    replaces: tuple[str, ...] = ()
    steps: tuple[Placed, ...] = ()
    way_back: Literal["written", "missing", "not known"] = "not known"
    atomic: bool = True
