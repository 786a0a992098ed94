"""Rows that SQL changes: which columns are set, whether only empty ones are filled, and what is called meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from outpace.delivery.migrations import expressions
from outpace.delivery.migrations.sql_columns import until
from outpace.delivery.migrations.sql_tokens import Cursor, Statement, Token, Unreadable, cut
from outpace.delivery.migrations.steps import Step, WriteData

WRITES = frozenset({"insert", "update", "delete", "merge"})


def write(cursor: Cursor, statement: Statement) -> Step:
    verb = cursor.take().text
    if any(token.kind == "word" and token.text in WRITES for token in _nested(statement.tokens[1:])):
        raise Unreadable("it changes rows within an expression")
    if verb == "insert":
        return _insert(cursor)
    calls = _calls(statement.tokens[1:])
    match verb:
        case "update":
            return _update(cursor, calls)
        case "delete":
            cursor.expect("from")
            cursor.accept("only")
            table = cursor.name()
            return WriteData(table=table, verb="delete", calls=calls, every_row=not _where(cursor.rest()))
        case _:
            raise Unreadable(f"{verb} changes no rows")


def _calls(found: tuple[Token, ...]) -> tuple[str, ...]:
    """Of what may have an effect."""
    return tuple(dict.fromkeys(name for name in expressions.calls(found) if name not in expressions.HARMLESS))


def _insert(cursor: Cursor) -> Step:
    """Behind its table stand the names of columns, as a call has its arguments."""
    cursor.expect("into")
    table = cursor.name()
    if cursor.accept("as"):
        cursor.part()
    return WriteData(table=table, verb="insert", calls=_calls(cursor.rest()))


def truncate(cursor: Cursor) -> Iterator[Step]:
    cursor.take()
    cursor.accept("table")
    cursor.accept("only")
    tables = [cursor.name()]
    while cursor.accept(","):
        cursor.accept("only")
        tables.append(cursor.name())
    cascades = any(token.kind == "word" and token.text == "cascade" for token in cursor.rest())
    yield from (WriteData(table=one, verb="truncate", every_row=True, cascades=cascades) for one in tables)


def _nested(found: tuple[Token, ...]) -> Iterator[Token]:
    """What stands in parentheses, where a WITH or a subquery might change rows."""
    depth = 0
    for token in found:
        if token.kind == "mark":
            depth += {"(": 1, ")": -1}.get(token.text, 0)
        elif depth:
            yield token


def _where(found: tuple[Token, ...]) -> bool:
    return any(token.kind == "word" and token.text == "where" for token in found)


def _update(cursor: Cursor, calls: tuple[str, ...]) -> Step:
    cursor.accept("only")
    table = cursor.name()
    cursor.accept("as")
    if not cursor.sees("set"):
        cursor.part()
    cursor.expect("set")
    columns: list[str] = []
    for part in cut(until(cursor, frozenset({"from", "where", "returning"}))):
        columns += _set(Cursor(part))
    behind = cursor.rest()
    return WriteData(
        table=table,
        verb="update",
        columns=tuple(columns),
        calls=calls,
        every_row=not _where(behind),
    )


def _set(cursor: Cursor) -> tuple[str, ...]:
    if cursor.sees("("):
        return cursor.names()
    name = cursor.part()
    if cursor.sees("["):
        return (name,)
    cursor.expect("=")
    return (name,)
