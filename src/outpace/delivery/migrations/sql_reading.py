"""SQL statements as steps: the part of the language in which schemas are changed; the rest is told as not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from outpace.delivery.migrations import expressions
from outpace.delivery.migrations.sql_alter import alter, opaque
from outpace.delivery.migrations.sql_columns import counted, ends, table_body
from outpace.delivery.migrations.sql_tokens import (
    Cursor,
    Statement,
    Token,
    Unreadable,
    cut,
    spelled,
    statements,
    words_of,
)
from outpace.delivery.migrations.sql_writes import truncate, write
from outpace.delivery.migrations.steps import (
    Breaking,
    CreateDomain,
    CreateIndex,
    CreateNamed,
    CreateTable,
    CreateTrigger,
    DropIndex,
    DropTable,
    Harmless,
    Index,
    Opaque,
    Placed,
    Step,
)

LARGEST = 1 << 20
SETTINGS = words_of(
    "lock_timeout statement_timeout idle_in_transaction_session_timeout client_encoding standard_conforming_strings "
    "client_min_messages maintenance_work_mem work_mem constraints timezone check_function_bodies row_security "
    "xmloption default_tablespace default_table_access_method"
)
EXTENSIONS = words_of(
    "uuid-ossp pgcrypto pg_trgm unaccent citext hstore btree_gin btree_gist bloom fuzzystrmatch pg_stat_statements "
    "postgis vector"
)
"""Those of which it is known that they leave statements alone that did without them."""
REPLACES = "what is replaced may be used by the running release, and does something else afterwards"


def steps_of(text: str, line: int = 0, *, maybe: bool = False) -> Iterator[Placed]:
    """`line` is what stands above the text in its file. Never raises."""
    if len(text) > LARGEST:
        yield Placed(Opaque("runs SQL", "it is too long to be read", "split it"), line + 1, maybe)
        return
    for statement in statements(text):
        for step in read(statement):
            yield Placed(step, line + statement.line, maybe)


def read(statement: Statement) -> Iterator[Step]:
    if any(token.kind == "unread" for token in statement.tokens):
        yield opaque(statement, "it cannot be cut into words, or is filled in when it runs")
        return
    cursor = Cursor(statement.tokens)
    try:
        found = list(_statement(cursor, statement))
        cursor.finish()
    except Unreadable as error:
        yield opaque(statement, f"it cannot be read: {error}")
        return
    yield from found


def _statement(cursor: Cursor, statement: Statement) -> Iterator[Step]:
    word = cursor.peek().text if cursor.peek().kind == "word" else ""
    match word:
        case "alter":
            cursor.take()
            yield from alter(cursor, statement)
        case "create":
            cursor.take()
            yield from _create(cursor, statement)
        case "drop":
            cursor.take()
            yield from _drop(cursor, statement)
        case "update" | "insert" | "delete":
            yield write(cursor, statement)
        case "truncate":
            yield from truncate(cursor)
        case _:
            yield from _small(cursor, statement, word)


def _small(cursor: Cursor, statement: Statement, word: str) -> Iterator[Step]:
    """Statements of which the first words say all."""
    rest = cursor.rest()
    second = rest[1].text if len(rest) > 1 else ""
    match word:
        case "begin" | "commit" | "end" | "start":
            if second == "prepared":
                yield opaque(statement, "what was prepared is not told here")
        case "set" | "reset":
            names = {token.text for token in rest[1:3]} - {"local", "session"}
            if "standard_conforming_strings" in names | {second} and "on" not in {token.text for token in rest}:
                yield opaque(statement, "quotes would mean something else from here on")
                return
            if second in SETTINGS or (second in ("local", "session") and names & SETTINGS):
                return
            yield opaque(statement, "what is set may change what the statements after it mean")
        case "comment":
            yield Harmless("writes a comment")
        case "grant" if "on" in _words(rest):
            yield Harmless("grants a privilege")
        case "revoke":
            why = "the running release may need the privilege"
            yield Breaking("takes a privilege away", why, "take it away once no release that needs it runs")
        case "analyze" | "vacuum":
            full = any(token.text in ("full", "freeze") for token in rest)
            yield opaque(statement, "it locks the table while it writes it anew") if full else Harmless(f"runs {word}")
        case "do":
            yield opaque(statement, "a block of procedural code may do anything")
        case _:
            yield opaque(statement, "what it does is not read here")


WRITING = frozenset({"delete", "update", "insert", "merge", "execute"})
WRITES = "the query that fills it writes, too"


def _create(cursor: Cursor, statement: Statement) -> Iterator[Step]:
    replaces = cursor.accept("or", "replace")
    if cursor.accept("unique", "index") or cursor.accept("index"):
        yield _index(cursor, unique=cursor.tokens[1].text == "unique")
        return
    temporary = bool(cursor.accept_any("temporary", "temp"))
    cursor.accept("unlogged")
    if cursor.accept("table"):
        if not temporary:
            yield _table(cursor, statement)
            return
        yield _temporary(cursor.rest(), statement)
        return
    materialized = cursor.accept("materialized")
    kind = cursor.accept_any(
        "view", "extension", "schema", "type", "sequence", "function", "procedure", "domain", "collation", "trigger",
        "policy", "rule", "statistics", "role", "aggregate", "cast", "operator",
    )  # fmt: skip
    if kind in ("trigger", "rule", "policy"):
        yield _acting(cursor, statement, kind)
    elif kind in ("cast", "operator", ""):
        yield opaque(statement, f"a {kind or 'thing of its kind'} changes what the running release's statements do")
    elif replaces:
        yield opaque(statement, REPLACES)
    else:
        cursor.accept("if", "not", "exists")
        yield _named(cursor, statement, f"materialized {kind}" if materialized else kind)
    cursor.rest()


def _temporary(rest: tuple[Token, ...], statement: Statement) -> Step:
    if _words(rest) & WRITING:
        return opaque(statement, WRITES)
    if "select" in _words(rest) and (doubt := doubtful(rest)):
        return opaque(statement, f"it calls {doubt}, which may do anything")
    return Harmless("makes a temporary table")


def _acting(cursor: Cursor, statement: Statement, kind: str) -> Step:
    tokens = cursor.rest()
    before = "to" if kind == "rule" else "on"
    at = next((place for place, token in enumerate(tokens) if token.kind == "word" and token.text == before), None)
    table = Cursor(tokens[at + 1 :]).name() if at is not None else ""
    return CreateTrigger(f"runs `{statement.words}`", kind, table)


def _named(cursor: Cursor, statement: Statement, kind: str) -> Step:  # noqa: PLR0911  one a kind
    name = cursor.name() if cursor.peek().kind in ("word", "name") else ""
    rest = cursor.rest()
    words = _words(rest)
    match kind:
        case "function" | "procedure" | "aggregate" if not _is_of_a_trigger(rest):
            why = f"the running release may call a {name} of PostgreSQL's, or of another schema, and would get this one"
            return opaque(statement, why)
        case "extension" if name not in EXTENSIONS or words - {"with", "schema", "public", "version"}:
            return opaque(statement, f"what {name} brings may take operators and functions of the running release over")
        case "schema" if "create" in words:
            return opaque(statement, "what is made in it is not read")
        case "type" if rest and [token.text for token in rest[:2]] not in (["as", "enum"], ["as", "("]):
            return opaque(statement, "such a type brings functions of its name")
        case "materialized view" if words & WRITING or doubtful(rest):
            return opaque(statement, WRITES if words & WRITING else f"it calls {doubtful(rest)}, which may do anything")
        case "domain":
            of = " ".join(token.text for token in rest[bool(rest and rest[0].text == "as") :][:1])
            return CreateDomain(name, refuses=bool(words & {"not", "check", "default"}), of=of)
        case "sequence" if "smallint" in words or ends(counted(rest)):
            return opaque(statement, "its numbers end, and so does each INSERT that takes one of them by a default")
        case "view" | "materialized view" | "sequence" | "type":
            return CreateNamed(kind, name)
        case _:
            return Harmless(f"makes the {kind} {name}".rstrip())


def _is_of_a_trigger(rest: tuple[Token, ...]) -> bool:
    """Nobody can call it but a trigger."""
    words = [token.text for token in rest[:4] if token.kind in ("word", "mark")]
    return words == ["(", ")", "returns", "trigger"]


def _table(cursor: Cursor, statement: Statement) -> Step:
    if_absent = cursor.accept("if", "not", "exists")
    name = cursor.name()
    if cursor.sees("partition") or cursor.sees("of"):
        cursor.rest()
        return opaque(statement, "a partition takes rows of a table that is in use")
    if cursor.accept("as"):
        return _filled(cursor, statement, name, if_absent=if_absent)
    columns, constraints = table_body(cursor.group())
    behind = cursor.rest()
    if any(token.text == "inherits" for token in behind if token.kind == "word"):
        return opaque(statement, "who reads the parent reads its rows, too")
    return CreateTable(table=name, columns=columns, constraints=constraints, if_absent=if_absent)


def _words(tokens: Sequence[Token]) -> set[str]:
    return {token.text for token in tokens if token.kind == "word"}


def _filled(cursor: Cursor, statement: Statement, name: str, *, if_absent: bool) -> Step:
    """Of a query, which may write as well: `WITH gone AS (DELETE ...)`, or a statement that was prepared."""
    rest = cursor.rest()
    if _words(rest) & WRITING:
        return opaque(statement, WRITES)
    if doubt := doubtful(rest):
        return opaque(statement, f"it calls {doubt}, which may do anything")
    return CreateTable(table=name, if_absent=if_absent, filled=True)


def doubtful(found: tuple[Token, ...]) -> str:
    """What is called and may have an effect."""
    called = [name for name in expressions.calls(found) if name not in expressions.HARMLESS]
    return ", ".join(dict.fromkeys(called))


def _index(cursor: Cursor, *, unique: bool) -> Step:
    concurrently = cursor.accept("concurrently")
    cursor.accept("if", "not", "exists")
    name = "" if cursor.sees("on") else cursor.name()
    cursor.expect("on")
    cursor.accept("only")
    table = cursor.name()
    method = cursor.part() if cursor.accept("using") else "btree"
    columns: list[str] = []
    written: list[str] = []
    for part in cut(cursor.group()):
        if part and all(token.kind in ("word", "name") for token in part):
            columns.append(next(iter(part)).text)
        else:
            written.append(spelled(part))
    includes = cursor.names() if cursor.accept("include") else ()
    distinct = not cursor.accept("nulls", "not", "distinct")
    if cursor.accept("with"):
        cursor.group()
    if cursor.accept("tablespace"):
        cursor.part()
    where = spelled(cursor.rest()[1:]) if cursor.sees("where") else ""
    name = name or f"{table}_{'_'.join(columns)}_{method}"
    index = Index(
        name=name, table=table, columns=tuple(columns), includes=includes, expressions=tuple(written), method=method,
        unique=unique, where=where, nulls_distinct=distinct,
    )  # fmt: skip
    return CreateIndex(index=index, concurrently=concurrently)


def _drop(cursor: Cursor, statement: Statement) -> Iterator[Step]:
    materialized = cursor.accept("materialized")
    kind = cursor.part()
    concurrently = kind == "index" and cursor.accept("concurrently")
    cursor.accept("if", "exists")
    if kind in ("trigger", "policy", "rule", "function", "procedure", "aggregate", "owned", "cast", "operator"):
        yield opaque(statement, f"whether the running release needs that {kind} is not told by a migration")
        cursor.rest()
        return
    while True:
        name = cursor.name()
        yield _dropped(f"materialized {kind}" if materialized else kind, name, concurrently=concurrently)
        if not cursor.accept(","):
            break
    cursor.accept_any("cascade", "restrict")


def _dropped(kind: str, name: str, *, concurrently: bool) -> Step:
    makers: dict[str, Callable[[], Step]] = {
        "table": lambda: DropTable(name),
        "index": lambda: DropIndex(name=name, concurrently=concurrently),
    }
    if kind in makers:
        return makers[kind]()
    if kind == "statistics":
        return Harmless(f"drops the statistics {name}")
    return Breaking(
        f"drops the {kind} {name}",
        "the running release may use it",
        "drop it in a later change, once no release that uses it runs",
        "" if "view" in kind else f"what the {kind} {name} holds",
    )
