"""ALTER in SQL: tables, columns, constraints, types and what else has a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from outpace.delivery.migrations import column_types as types
from outpace.delivery.migrations import expressions
from outpace.delivery.migrations.sql_columns import column_of, constraint_of, conversion, type_of
from outpace.delivery.migrations.sql_tokens import Cursor, Statement, Token, Unreadable, cut
from outpace.delivery.migrations.steps import (
    AddColumn,
    AddConstraint,
    Breaking,
    ChangeType,
    DropColumn,
    DropConstraint,
    DropNotNull,
    Harmless,
    Opaque,
    RenameColumn,
    RenameTable,
    SetDefault,
    SetNotNull,
    Step,
    ValidateConstraint,
)

MOST_PARTS = 1_600  # as a table has columns at most
OWNED = "the running release may use it by the right of its owner alone"
ASK = "say in a reason what it does to the release that is running"


def alter(cursor: Cursor, statement: Statement) -> Iterator[Step]:
    """Behind the word ALTER."""
    if cursor.accept("table"):
        yield from _table(cursor, statement)
    elif cursor.accept("type"):
        yield _type(cursor, statement)
    elif cursor.accept("index"):
        cursor.accept("if", "exists")
        name = cursor.name()
        if cursor.accept("rename", "to"):
            why = "whether the running release names it (ON CONFLICT ON CONSTRAINT) is not told by a migration"
            yield Opaque(f"renames the index {name} to {cursor.name()}", why, "look for its name in the source")
        else:
            yield opaque(statement, "what it changes of an index is not read")
    elif cursor.accept_any("sequence", "view", "schema"):
        yield _named(cursor, statement)
    else:
        yield opaque(statement, "it alters what is not read here")


def _named(cursor: Cursor, statement: Statement) -> Step:
    kind = cursor.tokens[cursor.at - 1].text
    cursor.accept("if", "exists")
    name = cursor.name()
    if cursor.accept("rename", "to"):
        return renamed(kind, name, cursor.name())
    if cursor.accept("set", "schema"):
        return renamed(kind, name, f"{cursor.name()}.{name}")
    return opaque(statement, f"what it changes of a {kind} is not read")


def renamed(kind: str, name: str, to: str) -> Breaking:
    return Breaking(
        f"renames the {kind} {name} to {to}",
        f"the running release asks for {name}",
        f"make {to} beside it, let the release use that, and drop {name} in a later change",
    )


def opaque(statement: Statement, why: str) -> Opaque:
    return Opaque(f"runs `{statement.words}`", why, ASK)


def _type(cursor: Cursor, statement: Statement) -> Step:
    name = cursor.name()
    if cursor.accept("add", "value"):
        cursor.accept("if", "not", "exists")
        value = cursor.take().text
        if cursor.accept_any("before", "after"):
            cursor.take()
        return Harmless(
            f"adds the value {value} to the type {name}",
            "",
            caution="the running release may read a value that it does not know; a value cannot be taken out again",
        )
    if cursor.sees("rename"):
        return Breaking(
            f"renames something of the type {name}",
            "the running release reads and writes the old name",
            "add the new value, write it from the next release on, and leave the old one",
        )
    return opaque(statement, "what it changes of a type is not read")


def _table(cursor: Cursor, statement: Statement) -> Iterator[Step]:
    cursor.accept("if", "exists")
    cursor.accept("only")
    table = cursor.name()
    cursor.accept("*")
    if cursor.ended:
        raise Unreadable("ALTER TABLE says nothing")
    if cursor.accept("rename"):
        yield _rename(cursor, table)
        return
    parts = cut(cursor.rest())
    if len(parts) > MOST_PARTS:
        yield opaque(statement, f"it changes {len(parts):,} things at once")
        return
    for part in parts:
        inner = Cursor(part)
        yield from _action(inner, table, statement)
        if not inner.ended:
            raise Unreadable(f"{inner.peek().text} stands behind what is altered")


def _rename(cursor: Cursor, table: str) -> Step:
    if cursor.accept("to"):
        return RenameTable(table, cursor.name())
    if cursor.accept("constraint"):
        name = cursor.part()
        cursor.expect("to")
        return Opaque(
            f"renames the constraint {name} of {table} to {cursor.part()}",
            "whether the running release names it (ON CONFLICT ON CONSTRAINT) is not told by a migration",
            "look for its name in the source of the running release",
        )
    cursor.accept("column")
    column = cursor.part()
    cursor.expect("to")
    return RenameColumn(table, column, cursor.part())


def _action(cursor: Cursor, table: str, statement: Statement) -> Iterator[Step]:
    if cursor.accept("add"):
        yield from _add(cursor, table)
    elif cursor.accept("drop"):
        yield _drop(cursor, table)
    elif cursor.accept("alter"):
        cursor.accept("column")
        yield _column(cursor, table, cursor.part(), statement)
    elif cursor.accept("validate", "constraint"):
        yield ValidateConstraint(table, cursor.part())
    else:
        yield _rest(cursor, table, statement)


def _add(cursor: Cursor, table: str) -> Iterator[Step]:
    token = cursor.peek()
    if token.kind == "word" and token.text in ("constraint", "primary", "unique", "check", "foreign", "exclude"):
        yield AddConstraint(table, constraint_of(cursor))
        return
    cursor.accept("column")
    if_absent = cursor.accept("if", "not", "exists")
    yield AddColumn(table=table, column=column_of(cursor.rest()), if_absent=if_absent)


def _drop(cursor: Cursor, table: str) -> Step:
    constraint = cursor.accept("constraint")
    if not constraint:
        cursor.accept("column")
    cursor.accept("if", "exists")
    name = cursor.part()
    cursor.accept_any("cascade", "restrict")
    return DropConstraint(table, name) if constraint else DropColumn(table, name)


def _column(cursor: Cursor, table: str, column: str, statement: Statement) -> Step:  # noqa: PLR0911  one an action
    if cursor.accept("set", "not", "null"):
        return SetNotNull(table, column)
    if cursor.accept("drop", "not", "null"):
        return DropNotNull(table, column)
    if cursor.accept("set", "default"):
        return SetDefault(table, column, expressions.default_of(cursor.rest()))
    if cursor.accept("drop", "default"):
        return SetDefault(table, column, None)
    if cursor.accept("set", "data", "type") or cursor.accept("type"):
        to = types.spelled(type_of(cursor))
        if cursor.accept("collate"):
            cursor.rest()
            return opaque(statement, "another collation orders and compares in another way")
        using = conversion(cursor.rest(), column, to) if cursor.accept("using") else ""
        return ChangeType(table=table, column=column, to=to, using=using)
    return _further(cursor, table, column, statement)


def _further(cursor: Cursor, table: str, column: str, statement: Statement) -> Step:
    what = f"{table}.{column}"
    if cursor.sees("set", "statistics") or cursor.sees("set", "storage") or cursor.sees("set", "compression"):
        cursor.rest()
        return Harmless(f"says how {what} is kept", "SHARE UPDATE EXCLUSIVE", table)
    if cursor.accept("add", "generated", "by", "default", "as", "identity"):
        cursor.rest()
        return numbered(table, column)
    if cursor.accept("drop", "identity") or cursor.sees("add", "generated", "always"):
        cursor.rest()
        return numbered_otherwise(table, column)
    cursor.rest()
    return opaque(statement, f"what it changes of {what} is not read")


def numbered(table: str, column: str) -> Harmless:
    """By the server, where nothing is said of it."""
    return Harmless(f"lets the server count {table}.{column}", "ACCESS EXCLUSIVE", table)


def numbered_otherwise(table: str, column: str) -> Breaking:
    return Breaking(
        f"changes who numbers {table}.{column}",
        "the running release's INSERTs say the column, or leave it out, as it was before",
        "change it once no release that counts on it runs",
    )


def _rest(cursor: Cursor, table: str, statement: Statement) -> Step:
    known: tuple[tuple[tuple[str, ...], Callable[[tuple[Token, ...]], Step]], ...] = (
        (("set", "("), lambda _: Harmless(f"sets storage parameters of {table}", "SHARE UPDATE EXCLUSIVE", table)),
        (("reset", "("), lambda _: Harmless(f"resets storage parameters of {table}", "SHARE UPDATE EXCLUSIVE", table)),
        (("enable", "row", "level"), lambda _: _row_security(table)),
        (("force", "row", "level"), lambda _: _row_security(table)),
        (("owner", "to"), lambda _: Opaque(f"gives {table} another owner", OWNED, ASK, table)),
        (("set", "schema"), lambda rest: renamed("table", table, f"{rest[-1].text}.{table}")),
    )
    for words, step in known:
        if cursor.sees(*words):
            return step(cursor.rest())
    cursor.rest()
    return opaque(statement, f"what it changes of {table} is not read")


def _row_security(table: str) -> Breaking:
    return Breaking(
        f"turns row security on for {table}",
        "rows that no policy shows vanish for the running release, unless it owns the table",
        "make the policies first, and turn it on once the release that expects them is the only one",
        table=table,
    )
