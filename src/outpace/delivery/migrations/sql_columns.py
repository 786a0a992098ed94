"""Definitions in SQL: columns with what stands behind their type, and constraints of tables."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from outpace.delivery.migrations import column_types as types
from outpace.delivery.migrations import expressions
from outpace.delivery.migrations.sql_tokens import Cursor, Token, Unreadable, bare, cut, spelled, words_of
from outpace.delivery.migrations.steps import Column, Constraint, Default

ENDS_A_TYPE = words_of(
    "constraint not null default check unique primary references generated collate storage compression deferrable "
    "initially using"
)
ENDS_A_DEFAULT = ENDS_A_TYPE - {"default", "using"}
COUNTING = ("start", "minvalue", "increment", "maxvalue")
ENOUGH, MOST_STEP = (1 << 31) - 1, 1_000
BEGINS_A_CONSTRAINT = ("constraint", "primary", "unique", "check", "foreign", "exclude", "like")


def type_of(cursor: Cursor) -> str:
    """To the next word that cannot belong to a type."""
    found: list[str] = []
    while not cursor.ended:
        token = cursor.peek()
        if token.kind == "word" and token.text in ENDS_A_TYPE:
            break
        if token.kind == "mark" and token.text == "(":
            found.append(f"({spelled(cursor.group())})")
        elif (token.kind == "mark" and token.text in ("[", "]", ".")) or token.kind in ("word", "name", "number"):
            found.append(cursor.take().text)
        else:
            raise Unreadable(f"{token.text} stands in a type")
    text = " ".join(found)
    for closed, open_ in ((" [ ]", "[]"), (" . ", "."), (" [ ", "["), (" ]", "]"), (" (", "(")):
        text = text.replace(closed, open_)
    return text


def conversion(found: tuple[Token, ...], column: str, to: str) -> str:
    """Of `USING`; empty for the column itself, or its cast to the type that it gets, which say nothing new."""
    try:
        return "" if _says_nothing(bare(found), column, to) else spelled(found)
    except Unreadable:
        return spelled(found)


def _says_nothing(found: tuple[Token, ...], column: str, to: str) -> bool:
    at = next((place for place, token in enumerate(found) if token.kind == "mark" and token.text == "::"), len(found))
    value, cast = bare(found[:at]), Cursor(found[at + 1 :])
    if [(one.kind in ("word", "name"), one.text) for one in value] != [(True, column)]:
        return False
    return at == len(found) or (types.spelled(type_of(cast)) == to and cast.ended)


def column_of(found: tuple[Token, ...]) -> Column:
    cursor = Cursor(found)
    name = cursor.part()
    written = type_of(cursor)
    if cursor.ended:
        return _column(name, written)
    column = _column(name, written)
    fields = {field: getattr(column, field) for field in Column.__struct_fields__}
    while not cursor.ended:
        _attribute(cursor, fields)
    return Column(**fields)


def _column(name: str, written: str) -> Column:
    serial = written in types.SERIALS
    return Column(
        name=name,
        type=types.spelled(written),
        nullable=not serial,
        default=Default("nextval", "volatile") if serial else None,
    )


def _attribute(cursor: Cursor, fields: dict[str, object]) -> None:  # noqa: C901  one an attribute
    name = cursor.part() if cursor.accept("constraint") else ""
    if cursor.accept("not", "null"):
        fields["nullable"] = False
    elif cursor.accept("null"):
        fields["nullable"] = True
    elif cursor.accept("default"):
        fields["default"] = expressions.default_of(until(cursor, ENDS_A_DEFAULT))
    elif cursor.accept("check"):
        checks = fields["checks"]
        assert isinstance(checks, tuple)
        fields["checks"] = (*checks, spelled(cursor.group()))
        names = fields["check_names"]
        assert isinstance(names, tuple)
        fields["check_names"] = (*names, name)
        if cursor.accept("no", "inherit"):
            pass
    elif cursor.accept("unique"):
        fields["unique"] = True
        _nulls(cursor)
    elif cursor.accept("primary", "key"):
        fields["primary"], fields["nullable"] = True, False
    elif cursor.accept("references"):
        fields["references"] = cursor.name()
        if cursor.sees("("):
            cursor.group()
        fields["on_delete"], fields["constraint"] = _reference_actions(cursor), name
    elif cursor.accept("generated"):
        _generated(cursor, fields)
    elif cursor.accept_any("collate", "storage", "compression"):
        cursor.name()
    elif not _timing(cursor):
        raise Unreadable(f"{cursor.peek().text} stands behind a column")


def _generated(cursor: Cursor, fields: dict[str, object]) -> None:
    always = cursor.accept("always")
    if not always:
        cursor.expect("by", "default")
    cursor.expect("as")
    if cursor.accept("identity"):
        fields["identity"] = "always" if always else "by default"
        fields["nullable"] = False
        if cursor.sees("("):
            fields["ends"] = ends(counted(cursor.group()))
        return
    fields["computed"] = spelled(cursor.group())
    cursor.accept_any("stored", "virtual")
    fields["generated"] = True


def counted(found: tuple[Token, ...]) -> dict[str, object]:
    """Options of a sequence that are numbers."""
    cursor, told = Cursor(found), dict[str, object]()
    while not cursor.ended:
        word = cursor.take().text
        cursor.accept_any("with", "by")
        sign = cursor.accept_any("-")
        if word in COUNTING and cursor.peek().kind == "number":
            told[word] = int(float(f"{sign}{cursor.take().text.replace('_', '')}"))
    return told


def ends(told: Mapping[str, object]) -> bool:
    """Whether a sequence does before it has counted what an integer holds; True where an option is not told."""
    start, step, last = told.get("start") or told.get("minvalue") or 1, told.get("increment") or 1, told.get("maxvalue")
    if not isinstance(start, int) or not isinstance(step, int) or not isinstance(last, int | None):
        return True
    return not 0 < step <= MOST_STEP or start > ENOUGH // 2 or (last is not None and last < ENOUGH)


def until(cursor: Cursor, ends: frozenset[str]) -> tuple[Token, ...]:
    start = cursor.at
    while not cursor.ended:
        token = cursor.peek()
        if token.kind == "word" and token.text in ends and cursor.at > start:
            break
        if token.kind == "mark" and token.text == "(":
            cursor.group()
        else:
            cursor.take()
    return cursor.tokens[start : cursor.at]


def _nulls(cursor: Cursor) -> bool:
    """Whether NULLs are distinct, as they are unless it is said."""
    if cursor.accept("nulls", "not", "distinct"):
        return False
    cursor.accept("nulls", "distinct")
    return True


def _reference_actions(cursor: Cursor) -> str:
    on_delete = ""
    while True:
        if cursor.accept("match"):
            cursor.part()
        elif cursor.accept("on"):
            event = cursor.part()
            action = cursor.part()
            if action in ("set", "no"):
                action = f"{action} {cursor.part()}"
                if cursor.sees("("):
                    cursor.group()
            if event == "delete" and action not in ("no action", "restrict"):
                on_delete = action
        else:
            return on_delete


def _timing(cursor: Cursor) -> bool:
    return any(
        cursor.accept(*words)
        for words in (
            ("not", "deferrable"),
            ("deferrable",),
            ("initially", "deferred"),
            ("initially", "immediate"),
            ("enforced",),
        )
    )


def begins_constraint(found: tuple[Token, ...]) -> bool:
    return bool(found) and found[0].kind == "word" and found[0].text in BEGINS_A_CONSTRAINT


def constraint_of(cursor: Cursor) -> Constraint:
    """To its end, NOT VALID included."""
    name = cursor.part() if cursor.accept("constraint") else ""
    made = _kind_of(cursor, name)
    valid = True
    while not cursor.ended:
        if cursor.accept("not", "valid"):
            valid = False
        elif cursor.accept("no", "inherit") or _timing(cursor):
            continue
        else:
            raise Unreadable(f"{cursor.peek().text} stands behind a constraint")
    return msgspec.structs.replace(made, valid=valid)


def _kind_of(cursor: Cursor, name: str) -> Constraint:
    if cursor.accept("check"):
        inner = cursor.group()
        return Constraint(
            name=name, kind="check", columns=tuple(sorted(expressions.names(inner))), expression=spelled(inner)
        )
    if cursor.accept("foreign", "key"):
        columns = cursor.names()
        cursor.expect("references")
        to = cursor.name()
        if cursor.sees("("):
            cursor.group()
        on_delete = _reference_actions(cursor)
        return Constraint(name=name, kind="foreign key", columns=columns, references=to, on_delete=on_delete)
    if cursor.accept("exclude"):
        until(cursor, frozenset({"not", "deferrable", "initially"}))
        return Constraint(name=name, kind="exclude")
    kind = "primary key" if cursor.accept("primary", "key") else "unique"
    if kind == "unique":
        cursor.expect("unique")
    distinct = _nulls(cursor)
    if cursor.accept("using", "index"):
        cursor.part()
        return Constraint(name=name, kind=kind, using_index=True)
    columns = cursor.names()
    includes = cursor.names() if cursor.accept("include") else ()
    if cursor.accept("with"):
        cursor.group()
    if cursor.accept("using", "index", "tablespace"):
        cursor.part()
    return Constraint(name=name, kind=kind, columns=columns, includes=includes, nulls_distinct=distinct)


def table_body(found: tuple[Token, ...]) -> tuple[tuple[Column, ...], tuple[Constraint, ...]]:
    """What stands between the parentheses of CREATE TABLE."""
    columns: list[Column] = []
    constraints: list[Constraint] = []
    for part in cut(found):
        if not part:
            continue
        if not begins_constraint(part):
            columns.append(column_of(part))
        elif part[0].text != "like":
            constraints.append(constraint_of(Cursor(part)))
    return tuple(columns), tuple(constraints)
