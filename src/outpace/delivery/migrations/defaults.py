"""Defaults of the server's: whether one can be computed for each row that leaves its column out, and is not NULL."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from outpace.delivery.migrations import column_types as types
from outpace.delivery.migrations import expressions
from outpace.delivery.migrations.sql_tokens import Cursor, Unreadable, words_of

Kind: TypeAlias = Literal["literal", "number", "text", "moment", "interval", "uuid", "json", "array", "other"]

MOMENTS = words_of(
    "now current_timestamp current_date current_time localtimestamp localtime transaction_timestamp "
    "statement_timestamp clock_timestamp"
)
USERS = words_of("current_user session_user user current_role current_schema current_catalog")
UUIDS = words_of("gen_random_uuid uuid_generate_v1 uuid_generate_v4 uuidv4 uuidv7")
JSONS = words_of("jsonb_build_object json_build_object jsonb_build_array json_build_array to_jsonb to_json")
TEXTS = words_of("md5 lower upper initcap reverse trim btrim concat replace left right substr substring")
ZONES = ("'utc'", "'gmt'", "'etc/utc'")
UNITS = ("'second'", "'minute'", "'hour'", "'day'", "'week'", "'month'", "'year'")
TIMES = ("date", "time", "timestamp", "timestamp with time zone", "timestamp without time zone")
WORDS = ("text", "varchar", "char")
KINDS: dict[str, Kind] = {
    "interval": "interval",
    "json": "json",
    "jsonb": "json",
    **dict.fromkeys(TIMES, "moment"),
    **dict.fromkeys(WORDS, "text"),
}
UUID, MD5 = 36, 32


class Value(NamedTuple):
    """`size`: how long its text is at most; None: that is not known. `shown` is a literal as it is written."""

    kind: Kind
    size: int | None = None
    shown: str = ""


def is_sound(text: str, kind: str) -> bool:
    """Literals, and functions that are known to take what they are given here; `kind` is the column's type."""
    cursor = Cursor(expressions.of(text))
    try:
        value = _expression(cursor)
    except (Unreadable, RecursionError):
        return False
    return cursor.ended and _fits(value, kind)


def _fits(value: Value, kind: str) -> bool:
    name, numbers = types.parts(kind)
    written = value.shown if name not in ("varchar", "char") or value.kind in ("literal", "text") else ""
    if written:
        return types.holds(kind, written)
    if name in ("varchar", "char") and numbers:
        return value.size is not None and value.size <= numbers[0]
    return not (name == "numeric" and numbers)


def _expression(cursor: Cursor) -> Value:
    value = _term(cursor)
    while not cursor.ended:
        if cursor.accept("||"):
            other = _term(cursor)
            if {value.kind, other.kind} - {"literal", "text"}:
                raise Unreadable("what is joined is not told to be text")
            value = Value("text", None if None in (value.size, other.size) else (value.size or 0) + (other.size or 0))
        elif cursor.accept_any("+", "-"):
            if (value.kind, _term(cursor).kind) != ("moment", "interval"):
                raise Unreadable("a sum may be too large")
        else:
            break
    return value


def _term(cursor: Cursor) -> Value:
    value = _atom(cursor)
    while not cursor.ended:
        if cursor.accept("::"):
            value = _cast(value, _type(cursor))
        elif cursor.accept("at", "time", "zone"):
            if value.kind != "moment" or cursor.take().text.lower() not in ZONES:
                raise Unreadable("a time zone may not be there")
        else:
            break
    return value


def _atom(cursor: Cursor) -> Value:
    if cursor.accept("("):
        value = _expression(cursor)
        cursor.expect(")")
        return value
    sign = cursor.accept_any("-", "+")
    token = cursor.take()
    match token.kind:
        case "number":
            return Value("number", len(token.text) + 1 if token.text.isdecimal() else None, f"{sign}{token.text}")
        case "text" if not sign:
            return Value("literal", max(len(token.text) - 2, 0), token.text)
        case "word" if not sign:
            return _word(cursor, token.text)
        case _:
            raise Unreadable(f"{token.text} stands in a default")


def _word(cursor: Cursor, word: str) -> Value:
    if word in ("true", "false"):
        return Value("other", 5)
    if word == "interval" and cursor.peek().kind == "text":
        cursor.take()
        return Value("interval")
    if word == "array" and cursor.accept("["):
        return Value("array", len(_arguments(cursor, "]")))
    if word == "cast" and cursor.accept("("):
        value = _expression(cursor)
        cursor.expect("as")
        value = _cast(value, _type(cursor))
        cursor.expect(")")
        return value
    told = _arguments(cursor, ")") if cursor.accept("(") else None
    if told is None:
        return _keyword(word)
    return _called(word, told)


def _keyword(word: str) -> Value:
    if word in MOMENTS - {"now", "transaction_timestamp", "statement_timestamp", "clock_timestamp"}:
        return Value("moment")
    if word in USERS:
        return Value("text")
    if word == "nextval":  # of a serial column, whose sequence has no name yet
        return Value("other")
    raise Unreadable(f"{word} is no function that is known")


def _arguments(cursor: Cursor, end: str) -> tuple[Value, ...]:
    found: list[Value] = []
    while not cursor.accept(end):
        if found:
            cursor.expect(",")
        found.append(_expression(cursor))
    return tuple(found)


def _called(name: str, told: tuple[Value, ...]) -> Value:  # noqa: PLR0911  one a kind of function
    first = told[0] if told else Value("other")
    match name:
        case _ if name in MOMENTS and all(one.kind == "number" for one in told):
            return Value("moment")
        case "timezone" if len(told) == 2 and first.shown.lower() in ZONES and told[1].kind == "moment":
            return told[1]
        case "date_trunc" if len(told) == 2 and first.shown.lower() in UNITS and told[1].kind == "moment":
            return told[1]
        case _ if name in UUIDS and not told:
            return Value("uuid", UUID)
        case _ if name in JSONS and (not name.endswith("object") or len(told) % 2 == 0):
            return Value("json")
        case "random" | "nextval":
            return Value("other")
        case _ if name in USERS:
            return Value("text")
        case _ if name in TEXTS and told:
            return Value("text", _length(name, told))
        case _:
            raise Unreadable(f"{name} is no function that is known to give a value")


def _length(name: str, told: tuple[Value, ...]) -> int | None:
    if name == "md5":
        return MD5
    if name not in ("left", "right", "substr", "substring"):
        return told[0].size if len(told) == 1 else None
    if len(told) == 1 or not all(one.kind == "number" and one.shown.isdecimal() for one in told[1:]):
        raise Unreadable("a text cannot be cut at what is less than nothing")
    return int(told[-1].shown[:9]) if name in ("left", "right") or len(told) == 3 else told[0].size


def _type(cursor: Cursor) -> str:
    found: list[str] = []
    while not cursor.ended and (cursor.peek().kind == "word" or cursor.peek().text in ("(", "[")):
        if cursor.sees("at") or cursor.sees("as"):
            break
        if cursor.sees("("):
            found.append(f"({''.join(token.text for token in cursor.group())})")
        elif cursor.accept("["):
            cursor.expect("]")
            found.append("[]")
        else:
            found.append(cursor.take().text)
    return types.spelled(" ".join(found).replace(" (", "(").replace(" []", "[]"))


def _cast(value: Value, kind: str) -> Value:  # noqa: PLR0911  one a kind of value
    """Raises Unreadable where it may be refused."""
    name, numbers = types.parts(kind)
    size = min(filter(None, (value.size, (numbers or (0,))[0])), default=None) if name in WORDS else None
    match value.kind:
        case "literal" | "number" if types.holds(kind, value.shown) or (value.kind == "literal" and name in WORDS):
            return Value(KINDS.get(name, "other"), size, "" if name in WORDS and numbers else value.shown)
        case "array" if not value.size or kind in ("text[]", "varchar[]"):
            return value
        case "moment" if kind in TIMES:
            return value
        case "text" if kind == "uuid" and value.size == MD5:
            return Value("uuid", UUID)
        case "uuid" | "json" if kind in (value.kind, "jsonb"):
            return value
        case _ if name in WORDS:
            return Value("text", size)
        case "other" if kind in ("boolean", "regclass"):
            return value
        case _:
            raise Unreadable(f"it may be no {kind}")
