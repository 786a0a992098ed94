"""Expressions in SQL: what they call, what they name, and whether a NULL goes through them."""

from __future__ import annotations

from itertools import pairwise

from outpace.delivery.migrations.sql_tokens import Token, Unreadable, bare, spelled, tokens, words_of
from outpace.delivery.migrations.steps import Default, Volatility

STABLE = words_of(
    "now current_timestamp current_date current_time localtimestamp localtime transaction_timestamp "
    "statement_timestamp current_user session_user user current_schema current_setting"
)
CONSTANT = words_of("array row cast jsonb_build_object jsonb_build_array json_build_object md5 to_tsvector")
HANDED_ON = words_of("length char_length octet_length lower upper abs trim btrim ltrim rtrim")
"""NULL where any argument is NULL, and never an error."""
TOTAL = HANDED_ON | words_of("coalesce md5 to_tsvector nullif concat greatest least date_trunc")
HARMLESS = (
    TOTAL
    | STABLE
    | words_of(
        "substring substr replace split_part regexp_replace left right position strpos extract date_part round floor "
        "ceil ceiling count sum min max avg exists any all in values cast gen_random_uuid uuid_generate_v4 random "
        "clock_timestamp jsonb_build_object json_build_object to_jsonb to_json jsonb_set array_agg string_agg json_agg "
        "jsonb_agg initcap to_char to_timestamp to_date make_date make_interval age encode decode digest repeat lpad "
        "rpad translate row array_length cardinality unaccent numeric decimal varchar char timestamp interval over "
        "partition row_number rank as and or not when then else where from select on filter with"
    )
)
"""Built in, and without an effect of their own."""
NULL_IS_SEEN = words_of("is isnull notnull coalesce case distinct nullif exists select row ||")
MOST = 2_000  # words of a condition that is looked at
LISTS = words_of("in between any some all")
KEYWORDS = words_of(
    "and or not in between like ilike similar to null true false is any all array case when then else end as "
    "collate asc desc nulls first last interval date timestamp time at zone cast integer int bigint smallint text "
    "varchar numeric boolean uuid jsonb json real double precision char character varying with without distinct "
    "from current_timestamp current_date current_user escape"
)


def calls(found: tuple[Token, ...]) -> tuple[str, ...]:
    """Functions, in the order in which they stand; with the schema that is named, unless it is PostgreSQL's own."""
    told: list[str] = []
    for at, (token, following) in enumerate(pairwise(found)):
        if token.kind in ("word", "name") and following.kind == "mark" and following.text == "(":
            schema = found[at - 2].text if at > 1 and found[at - 1].text == "." else ""
            told.append(f"{schema}.{token.text}" if schema not in ("", "pg_catalog") else token.text)
    return tuple(told)


def names(found: tuple[Token, ...]) -> frozenset[str]:
    """Columns that may be meant: every name that is called by nobody and is no keyword."""
    called = set(calls(found))
    return frozenset(
        token.text
        for token in found
        if token.kind == "name" or (token.kind == "word" and token.text not in KEYWORDS and token.text not in called)
    )


def of(text: str) -> tuple[Token, ...]:
    return tuple(tokens(text))


def is_one(found: tuple[Token, ...]) -> bool:
    """What is put into a statement as it stands says no more than its place does, and ends nothing there."""
    depth = 0
    for token in found:
        if token.kind == "unread":
            return False
        if token.kind == "mark":
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
            if depth < 0 or token.text == ";" or (token.text == "," and depth == 0):
                return False
    return bool(found) and depth == 0


def default_of(found: tuple[Token, ...]) -> Default | None:
    """None for DEFAULT NULL, which is as none."""
    text = spelled(found)
    told = [token for token in found if token.text not in ("(", ")")]
    if told and told[0].kind == "word" and told[0].text == "null" and (len(told) == 1 or told[1].text == "::"):
        return None
    return Default(text, volatility(found))


def volatility(found: tuple[Token, ...]) -> Volatility:
    """A function that is not known counts as volatile: its default rewrites the table."""
    called = {name for name in calls(found) if name not in KEYWORDS}
    if called - STABLE - CONSTANT - TOTAL:
        return "volatile"
    stable = any(token.text in STABLE for token in found if token.kind == "word")
    return "stable" if stable else "constant"


def passes_null(expression: str, columns: frozenset[str]) -> bool:
    """A CHECK holds wherever these columns are NULL: it names no other, no part of it sees that a value is NULL, and
    each of its conditions is of one of them, so that none is false."""
    found = of(expression)
    if len(found) > MOST or not names(found) <= columns:
        return False
    if any(token.text in NULL_IS_SEEN for token in found if token.kind in ("word", "mark")):
        return False
    try:
        return all(name in HANDED_ON or name in KEYWORDS for name in calls(found)) and _is_null(found)
    except (Unreadable, RecursionError):
        return False


def _is_null(found: tuple[Token, ...]) -> bool:
    conditions: list[list[Token]] = [[]]
    depth, between = 0, False
    for token in found:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0) if token.kind == "mark" else 0
        word = token.text if token.kind == "word" and depth == 0 else ""
        if word in ("and", "or") and not between:
            conditions.append([])
        elif word != "not":
            conditions[-1].append(token)
        between = word == "between" or (between and word != "and")
    return all(_condition(tuple(one)) for one in conditions)


def _condition(found: tuple[Token, ...]) -> bool:
    """What is compared names a column: NULL is compared with nothing, and is in no list."""
    if (inner := bare(found)) != found:
        return _is_null(inner)
    at = next((place for place, token in enumerate(found) if token.kind == "word" and token.text in LISTS), len(found))
    if at < len(found) and found[at].text in ("any", "some") and not _has_members(found[at + 1 :]):
        return False
    compared = found[:at]
    several = any(token.text in ("and", "or", "all", "array", ",") for token in compared if token.kind != "name")
    return not several and bool(names(compared))


def _has_members(found: tuple[Token, ...]) -> bool:
    return [token.text for token in found[:3]] == ["(", "array", "["] and found[3:4] != () and found[3].text != "]"


def holds_for(expression: str, column: str, value: str) -> bool:
    """Whether `column OPERATOR NUMBER` is true of a default that is a number; False where it is not that simple."""
    found = [token for token in of(expression) if token.text not in ("(", ")")]
    if len(found) != 3 or found[0].text != column or found[2].kind != "number":
        return False
    try:
        left, right = float(value.strip("'")), float(found[2].text)
    except ValueError:
        return False
    return {">=": left >= right, ">": left > right, "<=": left <= right, "<": left < right}.get(found[1].text, False)


def never_fails(expression: str) -> bool:
    """An index on it refuses no row: functions that are total, and no cast and no arithmetic."""
    found = of(expression)
    marks = {token.text for token in found if token.kind == "mark"}
    if marks & {"::", "/", "*", "+", "-", "%", "^"} or any(token.text == "cast" for token in found):
        return False
    total = TOTAL - {"to_tsvector", "date_trunc"} | {"left"} | KEYWORDS
    return all(name in total for name in calls(found))


def doubtful(text: str) -> str:
    """A function that is called and is none of PostgreSQL's that are known here; empty where there is none."""
    known = HARMLESS | KEYWORDS | {"nextval", "timeofday", "uuid_generate_v1", "uuidv7", "uuidv4", "row", "array"}
    return next((name for name in calls(of(text)) if name not in known), "")
