"""Columns: added, dropped, renamed, of another type, with or without NULL and a default of the server's."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from outpace.delivery.migrations import column_types as types
from outpace.delivery.migrations import defaults, expressions
from outpace.delivery.migrations.judged import Contract, Expand, Gone, Lock, LosesNew, Said, Standing, Whole
from outpace.delivery.migrations.schema import Schema
from outpace.delivery.migrations.steps import (
    AddColumn,
    ChangeType,
    Column,
    Default,
    DropColumn,
    DropNotNull,
    RenameColumn,
    SetDefault,
    SetNotNull,
)
from outpace.model.unknown import Unknown

NEW = "the running release does not know the column"
UNBOUNDED = ("text", "varchar", "citext", "tsvector", "boolean", "jsonb", "numeric")
LENGTHS = ("length", "char_length", "octet_length")
COMPUTED = "say in a reason that it can be computed for every row that the running release writes"
HELD_BACK = "give it ON DELETE CASCADE, or say in a reason that the running release deletes none of them"
MOMENT = "the catalog changes, for a moment, once nobody uses the table"
NULLABLE_FIRST = (
    "add the column nullable, or with a default of the server's, now; fill it; set NOT NULL in a later change, when "
    "every release that runs writes it"
)


def judge(step: AddColumn | DropColumn | RenameColumn | ChangeType, schema: Schema) -> Said:
    match step:
        case AddColumn():
            return _add(step, schema)
        case DropColumn(table=table, column=column):
            return _drop(table, column, schema)
        case RenameColumn(table=table, column=column, to=to):
            words = f"renames the column {table}.{column} to {to}"
            if schema.is_new_column(table, column):
                return Said(words, Expand(NEW))
            why = f"every statement of the running release that names {column} fails"
            road = (
                f"keep the name in the database and rename in the program alone; or add {to} nullable, write both, "
                f"fill it, read {to}, and drop {column} in a later change"
            )
            return Said(words, Contract(why, road), lock=Lock("ACCESS EXCLUSIVE", table, why=MOMENT))
        case ChangeType():
            return _type(step, schema)


def _drop(table: str, column: str, schema: Schema) -> Said:
    words = f"drops the column {table}.{column}"
    if schema.is_new_column(table, column):
        return Said(words, Expand(NEW), Gone(f"what stands in {table}.{column}, which is new"))
    why = f"every statement of the running release that names {column} fails, and what stands in it is lost"
    road = (
        "let a release go out that no longer reads or writes it, and drop it in a later change; before that, where it "
        "is NOT NULL, give it a default of the server's or drop NOT NULL"
    )
    lock = Lock("ACCESS EXCLUSIVE", table, why=MOMENT)
    return Said(words, Contract(why, road), Gone(f"what stands in {table}.{column}"), lock)


def _add(step: AddColumn, schema: Schema) -> Said:
    table, column = step.table, step.column
    how = "nullable" if column.nullable else "NOT NULL"
    from_server = "computed" if column.generated else "numbered" if column.identity else ""
    default = f", with {column.default.text} from the server" if column.default else ""
    words = f"adds the {from_server or how} column {table}.{column.name}{default}"
    back = LosesNew(f"what is written to {table}.{column.name}")
    if schema.is_new(table):
        return Said(words, Expand("the running release does not know the table"), back)
    return Said(words, _standing(table, column, schema), back, _add_lock(table, column))


def _standing(table: str, column: Column, schema: Schema) -> Standing:
    """Of a new column of a table that the running release knows, as it is from now on."""
    return _refusing(table, column, schema) or _added(column)


def _refusing(table: str, column: Column, schema: Schema) -> Unknown | None:  # noqa: PLR0911  one a reason
    """What may keep each INSERT of the running release from being done, although the server fills the column."""
    if column.generated and not (column.computed and expressions.never_fails(column.computed)):
        why = f"a row for which {column.computed or 'it'} cannot be computed (too large, no number, by zero) is refused"
        return Unknown(why, COMPUTED)
    if column.generated and (held := _held(column, schema.table(table).columns)):
        return Unknown(f"a row for which {column.computed} is {held} is refused", COMPUTED)
    if column.type == "smallint" and (column.identity or (column.default and "nextval" in column.default.text)):
        return Unknown("the numbers end at 32,767, and each INSERT after that fails", "let it be a bigint")
    if column.ends:
        return Unknown("its numbers end, and each INSERT after that fails", "let them end where the type does")
    if column.default and (called := expressions.doubtful(column.default.text)):
        return Unknown(f"what {called}() does for each row is not told here", "use a default that is built in")
    if column.references and column.default:
        why = f"each row refers to a row of {column.references}, and the running release may delete that one"
        return Unknown(why, "add it without a default, or say in a reason that the row stays")
    if schema.refuses(column.type):
        return Unknown(f"the domain {column.type} may refuse rows that leave the column out", "use its type without it")
    return None


def _held(column: Column, known: Mapping[str, Column]) -> str:
    """What a computed column may not be."""
    if not column.nullable:
        return "NULL"
    if column.unique or column.primary:
        return "that of another row"
    if column.references:
        return f"none of {column.references}"
    if column.type in UNBOUNDED:
        return ""
    source = [token.text for token in expressions.of(column.computed) if token.text not in ("(", ")")]
    if len(source) == 1 and (one := known.get(source[0])):
        fits = types.change(one.type, column.type).kind in ("same", "wider")
    else:
        fits = len(source) == 2 and source[0] in LENGTHS and column.type in ("integer", "bigint")
    return "" if fits else f"too much for {column.type or 'its type'}"


def _added(column: Column) -> Standing:  # noqa: PLR0911  one a reason
    if not column.nullable and not column.filled:
        why = "the running release's INSERTs leave it out, and fail: the server has no default for it"
        own = "; the default that is written there is the program's, not the server's" if column.program_default else ""
        return Contract(f"{why}{own}", NULLABLE_FIRST)
    if column.default and not types.holds(column.type, column.default.text):
        return Contract(f"{column.type} does not hold {column.default.text}, so that each INSERT fails", NULLABLE_FIRST)
    if column.default and not defaults.is_sound(column.default.text, column.type):
        why = f"whether {column.default.text} can be computed for each row, and is never NULL, is not told here"
        return Unknown(why, "use a literal, or say in a reason that each row gets one")
    if (column.unique or column.primary) and column.default and column.default.volatility != "volatile":
        why = "each row that the running release inserts gets the same default, and the second one fails"
        return Contract(why, "add it nullable and without a default; fill it; make it unique in a later change")
    default = column.default.text if column.default else ""
    for check in column.checks:
        if column.empty_for_old and expressions.passes_null(check, frozenset({column.name})):
            continue
        if default and expressions.holds_for(check, column.name, default):
            continue
        return Unknown(
            f"whether rows of the running release hold CHECK ({check}) is not told",
            "add it without the check, and add the check in a later change",
        )
    if column.references:
        seen = f"once it refers to a row of {column.references}, the running release may fail to DELETE that row"
        return Expand(_why_fits(column), (seen,))
    return Expand(_why_fits(column))


def _why_fits(column: Column) -> str:
    if column.filled:
        return "the running release's INSERTs leave it out, and the server fills it"
    return "the running release's INSERTs leave it out, and it is NULL"


def _add_lock(table: str, column: Column) -> Lock:
    if column.generated or column.identity or (column.default and column.default.volatility == "volatile"):
        why = "the whole table is written anew under the lock, since the default is computed for each row"
        return Lock("ACCESS EXCLUSIVE", table, long=True, why=why)
    if column.unique or column.primary:
        return Lock("ACCESS EXCLUSIVE", table, long=True, why="an index is built under the lock")
    if column.checks:
        return Lock("ACCESS EXCLUSIVE", table, long=True, why="each row is checked under the lock")
    if column.default:
        return Lock("ACCESS EXCLUSIVE", table, why="since PostgreSQL 11 a constant default writes no row anew")
    return Lock("ACCESS EXCLUSIVE", table, why=MOMENT)


def _type(step: ChangeType, schema: Schema) -> Said:
    table, name = step.table, step.column
    known = schema.column(table, name)
    before = known.type if known and known.type else step.before
    change = types.change(before, step.to)
    words = f"changes the type of {table}.{name} from {before or 'one that is not known'} to {step.to}"
    if schema.is_new_column(table, name):
        return Said(words, _again(table, known, schema, type=step.to))
    why = "the whole table is written anew under the lock, with its indexes"
    rewrites = change.rewrites or bool(step.using)
    lock = Lock("ACCESS EXCLUSIVE", table, long=True, why=why) if rewrites else Lock("ACCESS EXCLUSIVE", table)
    road = (
        f"add a column of the new type beside it, write both, fill it, read the new one, and drop {name} in a later "
        "change"
    )
    if step.using:
        return Said(words, Contract(f"each value becomes {step.using}", road), Gone(f"{table}.{name} as it was"), lock)
    match change.kind:
        case "same":
            return Said(words, Expand(change.why), lock=Lock("ACCESS EXCLUSIVE", table))
        case "wider":
            cautions = ("what the new release writes there may be more than the running one can hold",)
            narrow = LosesNew(f"values of {table}.{name} that {before} does not hold")
            return Said(words, Expand(change.why, cautions), narrow, lock)
        case "narrower" | "other":
            return Said(words, Contract(change.why, road), Gone(f"{table}.{name} as it was"), lock)
        case "not known":
            settles = f"say the type that {table}.{name} has (existing_type in Alembic), or {road}"
            return Said(words, Unknown(change.why, settles), Gone(f"{table}.{name} as it was"), lock)


def judge_attribute(  # noqa: PLR0911  one an attribute
    step: SetNotNull | DropNotNull | SetDefault, schema: Schema
) -> Said:
    table, name = step.table, step.column
    new = schema.is_new_column(table, name)
    brief = Lock("" if schema.is_new(table) else "ACCESS EXCLUSIVE", table, why=MOMENT)
    match step:
        case SetNotNull():
            return _not_null(table, name, schema)
        case DropNotNull():
            words = f"lets {table}.{name} be NULL"
            if new:
                return Said(words, Expand(NEW), lock=brief)
            cautions = ("the running release may read a NULL, where it never saw one",)
            back = LosesNew(f"rows with NULL in {table}.{name}, which must be filled first")
            return Said(words, Expand("whatever was written before is still taken", cautions), back, brief)
        case SetDefault(default=None):
            return _no_default(table, name, schema, brief)
        case SetDefault(default=default):
            words = f"gives {table}.{name} the default {default.text if default else ''}"
            known = schema.column(table, name)
            if new:
                return Said(words, _new_default(table, known, default, schema), lock=brief)
            if known is not None and not known.nullable and not known.filled:
                return Said(words, Expand("INSERTs that leave it out failed until now"), Whole(), brief)
            why = "rows that the running release inserts and leaves it out of get another value than before"
            road = "write the value in the program; or say in a reason that the running release takes it, too"
            return Said(words, Contract(why, road), Whole(), brief)


def _new_default(table: str, known: Column | None, default: Default | None, schema: Schema) -> Standing:
    """Each row that the running release writes has it from then on."""
    if schema.is_new(table) or known is None:
        return Expand(NEW)
    if schema.is_held(table, known.name):
        why = "each row of the running release gets it, and a constraint or unique index of the column may refuse it"
        return Unknown(why, "give it the default before that, or say in a reason that it is never refused")
    return _again(table, known, schema, default=default)


def _again(table: str, known: Column | None, schema: Schema, **fields: object) -> Standing:
    """Of a new column that is changed."""
    if schema.is_new(table) or known is None:
        return Expand(NEW)
    return _standing(table, structs.replace(known, **fields), schema)


def _not_null(table: str, name: str, schema: Schema) -> Said:  # noqa: PLR0911  one a state
    words = f"sets {table}.{name} NOT NULL"
    known = schema.column(table, name)
    scan = Lock("ACCESS EXCLUSIVE", table, long=True, why="each row is looked at under the lock")
    if to := schema.sticks_to(table, (name,)):
        why = f"the running release can no longer delete the rows of {to} that {name} refers to: SET NULL fails there"
        return Said(words, Unknown(why, HELD_BACK), lock=scan)
    if schema.is_new(table):
        return Said(words, Expand("the running release does not know the table"))
    if schema.is_new_column(table, name):
        if known is not None and known.filled:
            return Said(words, _again(table, known, schema, nullable=False), lock=scan)
        why = "the running release's INSERTs leave it out, and fail: the server has no default for it"
        return Said(words, Contract(why, NULLABLE_FIRST), lock=scan)
    if known is not None and not known.nullable:
        return Said(words, Expand("it is NOT NULL already"), lock=Lock("ACCESS EXCLUSIVE", table))
    if schema.forbids_null(table, name):
        why = "since PostgreSQL 12 a valid CHECK that forbids NULL spares the look at each row"
        return Said(words, Expand("a CHECK forbids NULL already"), lock=Lock("ACCESS EXCLUSIVE", table, why=why))
    why = "where the running release writes NULL, or leaves it out, it fails; so does the migration where one is there"
    road = (
        "let a release go out that never writes NULL; fill what is NULL; add CHECK (... IS NOT NULL) NOT VALID, "
        "validate it, and set NOT NULL in a later change"
    )
    return Said(words, Contract(why, road), lock=scan)


def _no_default(table: str, name: str, schema: Schema, lock: Lock) -> Said:
    words = f"takes the server's default of {table}.{name} away"
    known = schema.column(table, name)
    if schema.is_new(table):
        return Said(words, Expand("the running release does not know the table"))
    if schema.is_new_column(table, name):
        if known is None or known.nullable:
            return Said(words, Expand(NEW), lock=lock)
        why = (
            "the column is NOT NULL and new: the running release's INSERTs leave it out, and without the server's "
            "default they fail"
        )
        road = "keep it in the server (db_default in Django, server_default in Alembic) until no such release runs"
        return Said(words, Contract(why, road), lock=lock)
    if known is not None and known.default is None and not known.identity:
        return Said(words, Expand("it has none"), lock=lock)
    why = "INSERTs of the running release that leave it out fail, or write NULL in its place"
    return Said(words, Contract(why, "take it away once every release that runs writes the column"), lock=lock)
