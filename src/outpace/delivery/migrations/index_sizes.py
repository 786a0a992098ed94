"""What a b-tree refuses: an entry that takes more than a third of one of its pages."""

from __future__ import annotations

from outpace.delivery.migrations import column_types as types
from outpace.delivery.migrations import expressions
from outpace.delivery.migrations.schema import Schema
from outpace.delivery.migrations.sql_tokens import Cursor, Token, Unreadable, cut, words_of
from outpace.delivery.migrations.steps import Column
from outpace.model.unknown import Unknown

MOST = 2_600  # bytes; PostgreSQL refuses an entry of 2,705 with its heads, where it cannot be packed
WIDEST = 4  # bytes of a character
LENGTHS = words_of("length char_length octet_length")
SHORT = LENGTHS | {"md5"}
SETTLES = (
    "index what is short of it (md5(...), left(..., 200)), use a hash index or varchar(n), or say in a reason that the "
    "running release writes nothing so long there"
)


def refusing(table: str, columns: tuple[str, ...], written: tuple[str, ...], schema: Schema) -> Unknown | None:
    """Of an index of a table that the running release knows; `written` are expressions."""
    sizes = _sizes(table, columns, written, schema)
    endless = [name for name, size in sizes.items() if size is None]
    fresh = [name for name in endless if not schema.is_in_a_tree(table, name)]
    told = fresh or (endless if len(endless) > 1 else [])
    if not told and sum(filter(None, sizes.values())) > MOST:
        told = list(sizes)
    if not told:
        return None
    why = f"a b-tree refuses rows with more than some {MOST:,} bytes in {', '.join(sorted(told))}"
    return Unknown(f"{why}, and whether the running release writes such is not told here", SETTLES)


def cautions(table: str, columns: tuple[str, ...], written: tuple[str, ...], schema: Schema) -> tuple[str, ...]:
    sizes = _sizes(table, columns, written, schema)
    if sum(filter(None, sizes.values())) * WIDEST <= MOST:
        return ()
    named = ", ".join(sorted(name for name, size in sizes.items() if size))
    return (
        f"more than some {MOST:,} bytes in {named} (fewer characters than that, where they are not plain) are refused",
    )


def _sizes(table: str, columns: tuple[str, ...], written: tuple[str, ...], schema: Schema) -> dict[str, int | None]:
    """How many characters the running release may write into each column; None where that has no bound."""
    known = schema.table(table).columns
    named = {*columns, *(name for one in written for name in expressions.names(_kept(expressions.of(one))))}
    old = (
        known[name] for name in named & known.keys() if known[name].generated or not schema.is_new_column(table, name)
    )
    return {column.name: _characters(table, column, schema) for column in old}


def _characters(table: str, column: Column, schema: Schema) -> int | None:
    checks = (one.expression for one in schema.table(table).constraints.values() if one.kind == "check" and one.valid)
    bounds = [types.characters(column.type), *(_checked(one, column.name) for one in checks)]
    return min((one for one in bounds if one is not None), default=None)


def _checked(expression: str, column: str) -> int | None:
    """`length(column) <= NUMBER`."""
    words = [token.text for token in expressions.of(expression) if token.text not in ("(", ")")]
    if len(words) != 4 or words[0] not in LENGTHS or words[1:3] not in ([column, "<="], [column, "<"]):
        return None
    return int(words[3]) if words[3].isdecimal() else None


def _kept(found: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without what is made short of."""
    cursor, kept = Cursor(found), list[Token]()
    while not cursor.ended:
        token = cursor.take()
        if cursor.sees("(") and token.text in (*SHORT, "left"):
            inner = _group(cursor)
            *_, last = cut(inner)
            if token.text in SHORT or (
                len(last) == 1 and last[0].text.isdecimal() and int(last[0].text) <= MOST // WIDEST
            ):
                continue
            kept += inner
        else:
            kept.append(token)
    return tuple(kept)


def _group(cursor: Cursor) -> tuple[Token, ...]:
    try:
        return cursor.group()
    except Unreadable:
        return cursor.rest()
