"""`op.*` of Alembic, each as the steps that it emits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from outpace.delivery.migrations import column_types as types
from outpace.delivery.migrations import expressions
from outpace.delivery.migrations.alembic_types import (
    BY_THE_SERVER,
    DROPPED_KINDS,
    NotTold,
    check,
    column_of,
    constraint_of,
    default_of,
    flag,
    foreign_key,
    hold,
    sql_of,
    text,
    texts,
    type_of,
    unique,
)
from outpace.delivery.migrations.python_values import Local, Made, NotKnown, Symbol, sequence, within
from outpace.delivery.migrations.sql_columns import conversion
from outpace.delivery.migrations.sql_reading import steps_of
from outpace.delivery.migrations.sql_tokens import words_of
from outpace.delivery.migrations.steps import (
    AddColumn,
    AddConstraint,
    ChangeType,
    Constraint,
    ConstraintKind,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropNotNull,
    DropTable,
    Harmless,
    Index,
    Opaque,
    RenameColumn,
    RenameTable,
    SetDefault,
    SetNotNull,
    Step,
    WriteData,
)

OF_A_TABLE = (
    "table_name", "schema", "comment", "if_not_exists", "info", "postgresql_partition_by", "postgresql_with",
    "postgresql_tablespace", "sqlite_", "mysql_", "mariadb_", "oracle_", "mssql_",
)  # fmt: skip
"""Words of create_table that leave every other table alone."""
TABLES = ("sqlalchemy.table", "sqlalchemy.sql.table", "sqlalchemy.sql.expression.table")
SETTLES = "write it out with op.* and literals, or look at `alembic upgrade --sql`"


class Asked:
    """The arguments of one call, by place or by name."""

    def __init__(self, made: Made) -> None:
        if "**" in made.words or any(isinstance(one, NotKnown) and one.why == "spread" for one in made.args):
            raise NotTold("its arguments are put together when it runs")
        hold(made)
        self.made = made

    def get(self, place: int, *names: str) -> object:
        """The first that is there; places are counted behind `op`."""
        if 0 <= place < len(self.made.args):
            return self.made.args[place]
        return next((self.made.words[name] for name in names if name in self.made.words), None)

    def option(self, name: str) -> object:
        return self.made.words.get(name)

    def table(self, place: int, *names: str) -> str:
        name = text(self.get(place, *names))
        schema = self.option("schema") or self.option("source_schema")
        return name if schema in (None, "public") else f"{text(schema)}.{name}"


def steps(made: Made) -> tuple[Step, ...]:
    """Never raises NotTold: what is computed when it runs is told as that."""
    maker = OPERATIONS.get(made.last)
    words = f"calls op.{made.last}"
    if maker is None:
        return (Opaque(words, "it is no operation that is read here", SETTLES),)
    try:
        return tuple(maker(Asked(made)))
    except (NotTold, TypeError, IndexError) as error:
        return (Opaque(words, f"what it is called with is not told: {error}", SETTLES),)


def execute(value: object, line: int) -> Iterator[tuple[Step, int]]:
    told = sql_of(value)
    if told is None:
        why = "the statement is put together by the program"
        yield Opaque("executes a statement", why, "write it as SQL text, or look at `alembic upgrade --sql`"), line
        return
    for placed in steps_of(told.replace("%%", "%"), line - 1):
        yield placed.step, placed.line


def _create_table(asked: Asked) -> Iterator[Step]:
    table = asked.table(0, "table_name")
    if told := [word for word in asked.made.words if not word.startswith(OF_A_TABLE)]:
        raise NotTold(f"{told[0]} may tie it to another table")
    parts = [one for one in asked.made.args[1:] if isinstance(one, Made) and one.last == "Column"]
    columns = [column_of(one, new_table=True) for one in parts]
    made = [constraint_of(one) for one in asked.made.args[1:] if isinstance(one, Made)]
    yield CreateTable(
        table=table,
        columns=tuple(column for column, _ in columns),
        constraints=tuple(one for one in made if one is not None),
        if_absent=flag(asked.option("if_not_exists") or False),
    )


def _add_column(asked: Asked) -> Iterator[Step]:
    table = asked.table(0, "table_name")
    column, (indexed, unique) = column_of(asked.get(1, "column"))
    yield AddColumn(table=table, column=column, if_absent=flag(asked.option("if_not_exists") or False))
    if indexed:
        name = f"ix_{table}_{column.name}"
        yield CreateIndex(index=Index(name=name, table=table, columns=(column.name,), unique=unique))


def _alter_column(asked: Asked) -> Iterator[Step]:
    table, column = asked.table(0, "table_name"), text(asked.get(1, "column_name"))
    words = asked.made.words
    if words.get("nullable") is not None:
        yield DropNotNull(table, column) if flag(words["nullable"]) else SetNotNull(table, column)
    if "server_default" in words and words["server_default"] is not False:
        told = words["server_default"]
        if isinstance(told, Made) and told.last in BY_THE_SERVER:
            raise NotTold(f"{told.last} changes who fills the column")
        yield SetDefault(table, column, default_of(told))
    if words.get("type_") is not None:
        to, before = type_of(words["type_"]), type_of(words.get("existing_type"))
        using = words.get("postgresql_using")
        told = "" if using is None else conversion(expressions.of(text(using)), column, types.spelled(to))
        yield ChangeType(table=table, column=column, to=to or "a type of the program's own", before=before, using=told)
    if words.get("new_column_name", words.get("name")) is not None:
        yield RenameColumn(table, column, text(words.get("new_column_name", words.get("name"))))


def _create_index(asked: Asked) -> Iterator[Step]:
    table = asked.table(1, "table_name")
    columns: list[str] = []
    written: list[str] = []
    for one in sequence(asked.get(2, "columns")) or [asked.get(2, "columns")]:
        if isinstance(one, str):
            columns.append(one)
        elif (told := sql_of(one)) is not None:
            words = told.split()
            plain = words and words[0].isidentifier() and {word.lower() for word in words[1:]} <= {"desc", "asc"}
            (columns if plain else written).append(words[0] if plain else told)
        else:
            written.append("an expression that SQLAlchemy builds ::")
    where = asked.option("postgresql_where")
    index = Index(
        name=text(asked.get(0, "index_name")) if asked.get(0, "index_name") is not None else f"{table}_idx",
        table=table,
        columns=tuple(columns),
        includes=texts(asked.option("postgresql_include") or ()),
        expressions=tuple(written),
        method=text(asked.option("postgresql_using") or "btree").lower(),
        unique=flag(asked.get(4, "unique") or False),
        where="" if where is None else sql_of(where) or "a condition ::",
        nulls_distinct=not flag(asked.option("postgresql_nulls_not_distinct") or False),
    )
    yield CreateIndex(index=index, concurrently=flag(asked.option("postgresql_concurrently") or False))


def _constrained(kind: ConstraintKind) -> Callable[[Asked], Iterator[Step]]:
    def make(asked: Asked) -> Iterator[Step]:
        name = asked.get(0, "constraint_name")
        told = "" if name is None else text(name)
        table = asked.table(1, "table_name", "source_table")
        if kind == "check":
            valid = asked.option("postgresql_not_valid") is not True
            yield AddConstraint(table, check(told, asked.get(2, "condition"), valid=valid))
        elif kind == "foreign key":
            to, columns = text(asked.get(2, "referent_table")), asked.get(3, "local_cols")
            yield AddConstraint(table, foreign_key(told, columns, to, asked.made.words))
        elif kind == "unique":
            yield AddConstraint(table, unique(told, asked.get(2, "columns"), asked.made.words))
        else:
            yield AddConstraint(table, Constraint(name=told, kind=kind, columns=texts(asked.get(2, "columns"))))

    return make


def _drop_constraint(asked: Asked) -> Iterator[Step]:
    kind = asked.get(2, "type_")
    told = DROPPED_KINDS.get(kind) if isinstance(kind, str) else None
    table = asked.table(1, "table_name")
    yield DropConstraint(table, text(asked.get(0, "constraint_name")), cast("ConstraintKind | None", told))


def _bulk_insert(asked: Asked) -> Iterator[Step]:
    table = asked.get(0, "table")
    if not isinstance(table, Made) or table.path not in TABLES or not table.args:
        raise NotTold("the table is made elsewhere")
    yield WriteData(table=text(table.args[0]), verb="insert")


def _comment(_asked: Asked) -> Iterator[Step]:
    yield Harmless("writes a comment")


OPERATIONS: dict[str, Callable[[Asked], Iterator[Step]]] = {
    "create_table": _create_table,
    "drop_table": lambda asked: iter((DropTable(asked.table(0, "table_name")),)),
    "rename_table": lambda asked: iter(
        (RenameTable(asked.table(0, "old_table_name"), text(asked.get(1, "new_table_name"))),)
    ),
    "add_column": _add_column,
    "drop_column": lambda asked: iter((DropColumn(asked.table(0, "table_name"), text(asked.get(1, "column_name"))),)),
    "alter_column": _alter_column,
    "create_index": _create_index,
    "drop_index": lambda asked: iter(
        (
            DropIndex(
                name=text(asked.get(0, "index_name")),
                concurrently=flag(asked.option("postgresql_concurrently") or False),
            ),
        )
    ),
    "create_unique_constraint": _constrained("unique"),
    "create_check_constraint": _constrained("check"),
    "create_foreign_key": _constrained("foreign key"),
    "create_primary_key": _constrained("primary key"),
    "create_exclude_constraint": _constrained("exclude"),
    "drop_constraint": _drop_constraint,
    "bulk_insert": _bulk_insert,
    "create_table_comment": _comment,
    "drop_table_comment": _comment,
}

PLACES = {
    "add_column": 0, "drop_column": 0, "alter_column": 0, "create_index": 1, "create_unique_constraint": 1,
    "create_check_constraint": 1, "create_foreign_key": 1, "create_primary_key": 1, "create_exclude_constraint": 1,
    "drop_constraint": 1, "create_table_comment": 0, "drop_table_comment": 0,
}  # fmt: skip
"""Where the table is put in what a batch is told."""


def of_batch(made: Made, table: object) -> Made:
    """The same call as of `op`; `made.args[0]` is the batch."""
    args = list(made.args[1:])
    place = PLACES.get(made.last)
    if place is not None:
        if place == 1 and not args:
            args.append(made.words.get("constraint_name", made.words.get("index_name")))
        args.insert(place, table)
    return Made(f"alembic.op.{made.last}", tuple(args), made.words, made.line)


def enum_of(made: Made) -> str:
    receiver = made.args[0] if made.args else None
    named = receiver.words.get("name") if isinstance(receiver, Made) and receiver.last.lower() == "enum" else None
    return named if isinstance(named, str) else ""


def calls_back(made: Made) -> bool:
    """A function is handed over that may be called; a column's own default is called by nobody here."""
    given = (*made.args, *made.words.values())
    return made.last != "Column" and any(
        isinstance(one, Local) or (isinstance(one, Symbol) and one.path.startswith("alembic.op.")) for one in given
    )


def is_class(made: Made, called: object) -> bool:
    """Of elsewhere: a column's type, most of the time."""
    return isinstance(called, Symbol) and "." in made.path and made.last[:1].isupper()


def harmless(made: Made, called: object) -> bool:
    """Makes a value, looks at the schema, or says something: no row and no table changes."""
    path = made.path
    if calls_back(made):
        return False
    if path.startswith(LIBRARIES):
        return not any(part in path for part in EFFECTS) and made.last not in MAKERS
    if path in LOOKS:
        return True
    return path.startswith(".") and made.last in METHODS and not isinstance(called, Symbol)


def asks(value: object) -> bool:
    """A query that SQLAlchemy builds, and that calls nothing but what is known to have no effect."""
    if not isinstance(value, Made) or value.path not in QUERIES:
        return False
    every = [one for one in within(value) if isinstance(one, Symbol | Made)]
    called = [one.last for one in every if ".func." in one.path]
    written = any(one.last in ("text", "literal_column", "DDL") for one in every)
    return not written and all(name in expressions.HARMLESS for name in called)


LIBRARIES = ("sqlalchemy.", "logging.", "textwrap.", "uuid.", "datetime.", "json.", "re.", "typing.", "os.path")
EFFECTS = (".event.", ".util.", ".ext.compiler.")
MAKERS = words_of("create_all drop_all create_engine sessionmaker engine_from_config")
QUERIES = ("sqlalchemy.select", "sqlalchemy.exists", "sqlalchemy.sql.select", "sqlalchemy.sql.exists")
LOOKS = words_of(
    "print len str int bool isinstance enumerate zip dict list set tuple sorted reversed any all min max range "
    "getattr hasattr alembic.op.get_bind alembic.op.get_context alembic.op.f alembic.context.get_context "
    "context.autocommit_block context.begin_transaction alembic.context.is_offline_mode alembic.op.inline_literal "
    "alembic.context.get_x_argument alembic.op.get_bind.dialect.has_table"
)
METHODS = words_of(
    "info debug warning error has_table get_table_names get_columns get_indexes get_foreign_keys get_pk_constraint "
    "get_unique_constraints get_check_constraints get_enums get_schema_names with_variant evolve label where values "
    "select_from order_by group_by limit join outerjoin in_ is_ isnot as_scalar scalar_subquery returning "
    "begin_nested fetchall fetchone all first mappings format get lower upper split bindparams cast columns "
    "begin autocommit_block keys items"
)
