"""SQLAlchemy's columns, types, defaults and constraints, as PostgreSQL gets them."""

from __future__ import annotations

from collections.abc import Callable

from outpace.delivery.migrations import column_types as types
from outpace.delivery.migrations import expressions
from outpace.delivery.migrations.python_values import Made, NotKnown, Symbol, sequence, within
from outpace.delivery.migrations.sql_columns import ENDS_A_DEFAULT, ends, until
from outpace.delivery.migrations.sql_tokens import Cursor, Token, quoted, words_of
from outpace.delivery.migrations.steps import Column, Constraint, Default

PLAIN = {
    "text": "text",
    "unicodetext": "text",
    "integer": "integer",
    "int": "integer",
    "biginteger": "bigint",
    "bigint": "bigint",
    "smallinteger": "smallint",
    "smallint": "smallint",
    "boolean": "boolean",
    "date": "date",
    "double": "double precision",
    "double_precision": "double precision",
    "real": "real",
    "largebinary": "bytea",
    "bytea": "bytea",
    "json": "json",
    "jsonb": "jsonb",
    "uuid": "uuid",
    "inet": "inet",
    "cidr": "cidr",
    "interval": "interval",
    "tsvector": "tsvector",
    "hstore": "hstore",
    "citext": "citext",
}
OF_TYPES = ("sqlmodel.", "geoalchemy2.", "pgvector.", "sqlalchemy_utils.", "citext.")
"""Packages that are known to bring types, and no more."""
CONSTRAINTS = frozenset(
    {"UniqueConstraint", "PrimaryKeyConstraint", "ForeignKeyConstraint", "ExcludeConstraint", "DDL"}
)
BEHIND_A_COLUMN = frozenset({"ForeignKey", "CheckConstraint", "Computed", "Identity", "Sequence"})
PLACES = {
    **dict.fromkeys(("string", "unicode", "varchar", "char", "autostring"), ("length",)),
    **dict.fromkeys(("numeric", "decimal"), ("precision", "scale")),
    **dict.fromkeys(("datetime", "timestamp", "time"), ("timezone",)),
    "float": ("precision",),
    "array": ("item_type",),
}
"""Options of types that are told by their place."""
OPTIONS = {"timezone": False, "native_enum": True, "native_uuid": True, "native": True, "inherit_schema": False}
"""As they are where nothing is said."""
IN_PROGRAM = words_of(
    "asdecimal decimal_return_scale none_as_null astext_type text_type as_uuid as_tuple dimensions zero_indexes "
    "create_type create_constraint validate_strings values_callable metadata sort_key_function omit_aliases"
)
"""Options that no column of PostgreSQL has."""
TYPES = frozenset({*PLAIN, *PLACES})
BY_THE_SERVER = words_of("FetchedValue Computed Identity")
"""What stands where a default does, and is none."""
TEXTS = words_of("text DDL literal_column")
CONDITIONS = words_of("CheckConstraint Computed create_check_constraint")
WRITTEN = words_of(
    "text sqltext condition match length fields postgresql_ops postgresql_with postgresql_partition_by "
    "postgresql_on_commit postgresql_where"
)
"""Words whose texts SQLAlchemy writes into a statement without quotes, as it does those of what stands above."""
DROPPED_KINDS = {"foreignkey": "foreign key", "unique": "unique", "check": "check", "primary": "primary key"}


class NotTold(ValueError):
    """What a migration needs to say, and computes when it runs."""


def text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Made) and value.last in ("quoted_name", "conv") and value.args and _sqlalchemys(value):
        return text(value.args[0])
    raise NotTold("a name is computed when it runs")


def texts(value: object) -> tuple[str, ...]:
    items = sequence(value)
    if items is None:
        return (text(value),)
    return tuple(text(one) for one in items)


def flag(value: object) -> bool:
    if isinstance(value, Symbol | Made | NotKnown):
        raise NotTold("an option is computed when it runs")
    return bool(value)


def sql_of(value: object) -> str | None:
    """What `sa.text` and its like hold; None where it is built by SQLAlchemy."""
    match value:
        case str():
            return value
        case Made(args=(first, *_)) if value.path in (".bindparams", ".execution_options") or (
            value.last in TEXTS and _sqlalchemys(value)
        ):
            return sql_of(first)
        case _:
            return None


def expression(told: str) -> tuple[Token, ...]:
    found = expressions.of(told)
    if not expressions.is_one(found):
        raise NotTold("a text is more than one expression")
    return found


def hold(value: object) -> None:
    """Each text that SQLAlchemy writes into the statement as it is: raises NotTold where one is more than it seems."""
    for made in (one for one in within(value) if isinstance(one, Made)):
        if made.last in TEXTS and _sqlalchemys(made) and sql_of(made) is None:
            raise NotTold("a text is computed when it runs")
        written = made.last in TEXTS | CONDITIONS or made.last.lower() in TYPES
        given = [*(made.args if written else ()), *(made.words[key] for key in WRITTEN & made.words.keys())]
        for told in (each for one in given for each in (*within(one), *(sequence(one) or ()))):
            if isinstance(told, str):
                expression(told)


def _sqlalchemys(value: Symbol | Made) -> bool:
    return value.path.startswith("sqlalchemy.")


def type_of(value: object) -> str:
    """Empty where it is no type of SQLAlchemy's own, or is computed. What is not read here of its options stands behind
    it as it is, so that it is the same as no other type."""
    path = value.path if isinstance(value, Symbol | Made) else ""
    args, words = (value.args, value.words) if isinstance(value, Made) else ((), {})
    name = path.rpartition(".")[2].lower()
    if not path.startswith("sqlalchemy.") and path != "sqlmodel.sql.sqltypes.AutoString":
        return ""
    places = (*PLACES.get(name, ()), *("further",) * len(args))
    given = {**dict(zip(places, args if name != "enum" else (), strict=False)), **words}
    told = {key: one for key, one in given.items() if one not in (None, OPTIONS.get(key)) and key not in IN_PROGRAM}
    if any(isinstance(one, Symbol | Made | NotKnown) for key, one in told.items() if key != "item_type"):
        return ""
    base, read = _based(name, told)
    behind = " ".join(f"{key} {one}" for key, one in sorted(told.items()) if key not in (*read, "name"))
    return f"{base}{types.FURTHER}{behind}" if base and behind else base


def _based(name: str, told: dict[str, object]) -> tuple[str, tuple[str, ...]]:  # noqa: PLR0911  one a kind
    """And which options it says."""
    match name:
        case "string" | "unicode" | "varchar" | "autostring":
            return f"varchar({told['length']})" if "length" in told else "varchar", ("length",)
        case "char":
            return f"char({told.get('length', 1)})", ("length",)
        case "numeric" | "decimal":
            numbers = ",".join(str(told[one]) for one in ("precision", "scale") if one in told)
            return types.spelled(f"numeric({numbers})".replace("()", "")), ("precision", "scale")
        case "float":
            return "real" if told.get("precision", 53) in range(25) else "double precision", ("precision",)
        case "datetime" | "timestamp" | "time":
            kind = "time" if name == "time" else "timestamp"
            whole = ("precision",) if told.get("precision") == 6 else ()
            return f"{kind} with{'' if told.get('timezone') is True else 'out'} time zone", ("timezone", *whole)
        case "array":
            inner = type_of(told.get("item_type"))
            return f"{inner}[]" if inner else "", ("item_type",)
        case "enum":
            named = told.get("name")
            return named if isinstance(named, str) else "", ("length",)
        case _:
            return PLAIN.get(name, ""), ()


def default_of(value: object) -> Default | None:
    """Of `server_default`."""
    match value:
        case None | False:
            return None
        case str():
            return Default(quoted(value))
        case Made(path=path, args=args) if (
            ".func." in path
            and _sqlalchemys(value)
            and not any(isinstance(one, Made | Symbol | NotKnown) for one in args)
        ):
            return expressions.default_of(expression(f"{value.last}()"))
        case Made(path=path) if path.endswith((".true", ".false", ".null")):
            return None if path.endswith("null") else Default(value.last)
        case Made() if value.last in BY_THE_SERVER and _sqlalchemys(value):
            return None
        case _:
            told = sql_of(value)
            if told is None:
                raise NotTold("a default is computed when it runs")
            cursor = Cursor(expression(told))
            default = expressions.default_of(until(cursor, ENDS_A_DEFAULT))
            if not cursor.ended:
                raise NotTold(f"{cursor.peek().text} stands behind a default")
            return default


def _part(value: object, *, new_table: bool) -> bool:
    """Whether it is known what stands behind a column's name; of a new table, a class from elsewhere is its type."""
    if value is None or not isinstance(value, Symbol | Made):
        return value is None
    name = value.path.rpartition(".")[2]
    if name == "DOMAIN":
        return new_table  # whether it refuses NULL is told elsewhere
    if _sqlalchemys(value) or value.path.startswith(OF_TYPES):
        return name in BEHIND_A_COLUMN or name not in CONSTRAINTS
    return new_table and name[:1].isupper()


def column_of(value: object, *, new_table: bool = False) -> tuple[Column, tuple[bool, bool]]:
    """And whether it is to have an index, and one that is unique."""
    if not isinstance(value, Made) or value.last != "Column" or not _sqlalchemys(value) or not value.args:
        raise NotTold("a column is made elsewhere")
    name, *rest = value.args
    words = value.words
    if "**" in words or not all(_part(one, new_table=new_table) for one in (*rest, words.get("type_"))):
        raise NotTold("what stands behind a column is made elsewhere")
    kinds = [one for one in rest if type_of(one)] or [words.get("type_")]
    primary = flag(words.get("primary_key", False))
    made = [one for one in rest if isinstance(one, Made)]
    serial = (
        primary and type_of(kinds[0]) in ("integer", "bigint", "smallint") and words.get("autoincrement") is not False
    )
    keys = [one for one in made if one.last == "ForeignKey"]
    told = [one for one in (*made, words.get("server_default")) if isinstance(one, Made)]
    computed = [one for one in told if one.last == "Computed"]
    default = default_of(words.get("server_default"))
    identity = next((one for one in told if one.last == "Identity"), None)
    column = Column(
        name=text(name),
        type=type_of(kinds[0]),
        nullable=flag(words.get("nullable", not primary)),
        default=Default("nextval", "volatile") if serial and default is None else default,
        generated=bool(computed),
        computed=(sql_of(computed[0].args[0]) or "") if computed and computed[0].args else "",
        identity="" if identity is None else "always" if identity.words.get("always") is True else "by default",
        ends=identity is not None and _ends(identity),
        unique=flag(words.get("unique", False)) and not flag(words.get("index", False)),
        primary=primary,
        references=_referred(keys[0].args) if keys else "",
        on_delete=_on_delete(keys[0].words.get("ondelete")) if keys else "",
        program_default="default" in words,
        checks=tuple(sql_of(one.args[0]) or "" for one in made if one.last == "CheckConstraint" and one.args),
    )
    indexed = flag(words.get("index", False))
    return column, (indexed, indexed and flag(words.get("unique", False)))


def _ends(identity: Made) -> bool:
    return len(identity.args) > 1 or "**" in identity.words or ends(identity.words)


def _referred(args: tuple[object, ...]) -> str:
    told = args[0] if args else ""
    return told.rpartition(".")[0] if isinstance(told, str) else "another table"


def constraint_of(value: Made) -> Constraint | None:
    """Of those that stand in `create_table`."""
    name = value.words.get("name")
    told = name if isinstance(name, str) else text(name) if isinstance(name, Made) else ""
    makers: dict[str, Callable[[], Constraint]] = {
        "PrimaryKeyConstraint": lambda: Constraint(name=told, kind="primary key", columns=texts(list(value.args))),
        "UniqueConstraint": lambda: unique(told, list(value.args), value.words),
        "CheckConstraint": lambda: check(told, value.args[0]),
        "ForeignKeyConstraint": lambda: foreign_key(
            told, value.args[0], _referred(tuple(sequence(value.args[1]) or ())), value.words
        ),
    }
    maker = makers.get(value.last)
    return maker() if maker else None


def check(name: str, condition: object, *, valid: bool = True) -> Constraint:
    told = sql_of(condition)
    found = expression(told) if told is not None else ()
    columns = tuple(sorted(expressions.names(found)))
    shown = " ".join(token.shown for token in found) or "a condition that SQLAlchemy builds"
    return Constraint(name=name, kind="check", columns=columns, expression=shown, valid=valid)


def unique(name: str, columns: object, words: dict[str, object]) -> Constraint:
    distinct = not flag(words.get("postgresql_nulls_not_distinct", False))
    includes = texts(words.get("postgresql_include") or ())
    return Constraint(name=name, kind="unique", columns=texts(columns), includes=includes, nulls_distinct=distinct)


def foreign_key(name: str, columns: object, to: str, words: dict[str, object]) -> Constraint:
    return Constraint(
        name=name,
        kind="foreign key",
        columns=texts(columns),
        references=to,
        on_delete=_on_delete(words.get("ondelete")),
        valid=words.get("postgresql_not_valid") is not True,
    )


def _on_delete(value: object) -> str:
    """Empty where nothing happens to rows that refer."""
    told = value.lower() if isinstance(value, str) else "" if value is None else "not told"
    return "" if told in ("no action", "restrict") else told
