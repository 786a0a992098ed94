"""Django's fields as columns of PostgreSQL, with the indexes and constraints that stand behind them."""

from __future__ import annotations

from msgspec import Struct

from outpace.delivery.migrations import column_types as types
from outpace.delivery.migrations.django_state import Model, State
from outpace.delivery.migrations.python_values import Made, NotKnown, Symbol
from outpace.delivery.migrations.sql_tokens import quoted
from outpace.delivery.migrations.steps import Column, Constraint, Default, Index

PLAIN = {
    "AutoField": "integer",
    "BigAutoField": "bigint",
    "SmallAutoField": "smallint",
    "BigIntegerField": "bigint",
    "BinaryField": "bytea",
    "BooleanField": "boolean",
    "NullBooleanField": "boolean",
    "DateField": "date",
    "DateTimeField": "timestamp with time zone",
    "DurationField": "interval",
    "FloatField": "double precision",
    "GenericIPAddressField": "inet",
    "IPAddressField": "inet",
    "IntegerField": "integer",
    "JSONField": "jsonb",
    "PositiveBigIntegerField": "bigint",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "smallint",
    "SmallIntegerField": "smallint",
    "TextField": "text",
    "TimeField": "time without time zone",
    "UUIDField": "uuid",
    "HStoreField": "hstore",
    "SearchVectorField": "tsvector",
    "CITextField": "citext",
    "CICharField": "citext",
    "CIEmailField": "citext",
    "IntegerRangeField": "int4range",
    "BigIntegerRangeField": "int8range",
    "DecimalRangeField": "numrange",
    "DateTimeRangeField": "tstzrange",
    "DateRangeField": "daterange",
    "PointField": "geometry",
    "PolygonField": "geometry",
    "MultiPolygonField": "geometry",
    "GeometryField": "geometry",
    "LineStringField": "geometry",
}
LENGTHS = {
    "CharField": None,
    "CommaSeparatedIntegerField": None,
    "EmailField": 254,
    "SlugField": 50,
    "URLField": 200,
    "FileField": 100,
    "ImageField": 100,
    "FilePathField": 100,
}
AUTO = ("AutoField", "BigAutoField", "SmallAutoField")
KEYS = ("ForeignKey", "OneToOneField")
TEXTS = (*LENGTHS, "TextField", "BinaryField", "CITextField", "CICharField", "CIEmailField")
NOW = ("django.db.models.functions.Now", "django.db.models.functions.datetime.Now")
COLUMNLESS = ("GenericForeignKey", "GenericRelation")


class Read(Struct, frozen=True, kw_only=True):
    """`column` None: the field has none. Indexes and constraints are called by what they are for."""

    column: Column | None = None
    index: Index | None = None
    constraints: tuple[Constraint, ...] = ()
    collation: str = ""


class NotDjangos(ValueError):
    """A field whose column its own class decides, or whose options are computed."""


def own(field: Made) -> bool:
    """Of Django itself, so that what it makes is known."""
    known = field.last in PLAIN or field.last in LENGTHS or field.last in KEYS or field.last in COLUMNLESS
    return field.path.startswith("django.") and (
        known or field.last in ("DecimalField", "ArrayField", "ManyToManyField", "GeneratedField", "OrderWrt")
    )


def option(field: Made, name: str, otherwise: object = None) -> object:
    told = field.words.get(name, otherwise)
    if isinstance(told, Symbol | Made | NotKnown):
        raise NotDjangos(f"{name} is computed when it runs")
    return told


def read(field: Made, name: str, model: Model, state: State) -> Read:
    """Raises NotDjangos."""
    if not own(field):
        raise NotDjangos(f"{field.last} is no field of Django's own, so that its column is not known")
    if field.last in COLUMNLESS:
        return Read()
    column_name = column_of(field, name)
    table = model.table
    key = field.last in KEYS
    unique = bool(option(field, "unique", field.last == "OneToOneField"))
    primary = bool(option(field, "primary_key", otherwise=False))
    nullable = not primary and (bool(option(field, "null", otherwise=False)) or field.last == "NullBooleanField")
    target = state.target(model.app, field, model.name) if key else None
    positive = field.last.startswith("Positive")
    check = f"{column_name} >= 0" if positive else ""
    constraints = [_check(table, column_name, check)] if check else []
    references = ""
    if key and option(field, "db_constraint", otherwise=True):
        references = target.table if target else "another table"
        name_fk = f"{table}.{column_name} refers"
        constraints.append(Constraint(name=name_fk, kind="foreign key", columns=(column_name,), references=references))
    if unique and not primary:
        constraints.append(Constraint(name=f"{table}.{column_name} unique", kind="unique", columns=(column_name,)))
    column = Column(
        name=column_name,
        type=type_of(field, target, state),
        nullable=nullable or field.last == "GeneratedField",
        default=_db_default(field.words.get("db_default")),
        generated=field.last == "GeneratedField",
        identity="by default" if field.last in AUTO else "",
        unique=unique and not primary,
        primary=primary,
        references=references,
        checks=(check,) if check else (),
        program_default=has_default(field),
    )
    indexed = bool(option(field, "db_index", key or field.last == "SlugField")) and not unique and not primary
    index = Index(name=f"{table}.{column_name} index", table=table, columns=(column_name,)) if indexed else None
    return Read(
        column=column, index=index, constraints=tuple(constraints), collation=str(field.words.get("db_collation", ""))
    )


def _check(table: str, column: str, check: str) -> Constraint:
    return Constraint(name=f"{table}.{column} check", kind="check", columns=(column,), expression=check)


def column_of(field: Made, name: str) -> str:
    told = field.words.get("db_column")
    if isinstance(told, str) and told:
        return told
    return f"{name}_id" if field.last in KEYS else name


def has_default(field: Made) -> bool:
    words = field.words
    blank = bool(words.get("blank")) and field.last in TEXTS
    return "default" in words or blank or bool(words.get("auto_now")) or bool(words.get("auto_now_add"))


def type_of(field: Made, target: Model | None, state: State) -> str:
    name = field.last
    if name in LENGTHS:
        length = option(field, "max_length", LENGTHS[name])
        return f"varchar({length})" if length is not None else "varchar"
    if name == "DecimalField":
        return types.spelled(f"numeric({option(field, 'max_digits')},{option(field, 'decimal_places')})")
    if name in KEYS:
        return _key_type(target, state)
    if name == "ArrayField":
        inner = field.words.get("base_field", field.args[0] if field.args else None)
        told = type_of(inner, None, state) if isinstance(inner, Made) and own(inner) else ""
        return f"{told}[]" if told else ""
    if name == "GeneratedField":
        inner = field.words.get("output_field")
        return type_of(inner, None, state) if isinstance(inner, Made) and own(inner) else ""
    return PLAIN.get(name, "")


def _key_type(target: Model | None, state: State, depth: int = 0) -> str:
    """That of the other side's primary key; empty where it is not known."""
    if target is None or depth > 5:
        return ""
    found = next((one for one in target.fields.values() if one.words.get("primary_key") is True), None)
    if found is None or not own(found):
        return ""
    if found.last in KEYS:
        return _key_type(state.target(target.app, found, target.name), state, depth + 1)
    return type_of(found, None, state)


def _db_default(value: object) -> Default | None:
    match value:
        case None:
            return None
        case bool():
            return Default("true" if value else "false")
        case int() | float():
            return Default(str(value))
        case str():
            return Default(quoted(value))
        case Made(args=(first,)) if value.last == "Value" and value.path.startswith("django."):
            return _db_default(first)
        case Made(path=path) if path in NOW:
            return Default("statement_timestamp()", "stable")
        case _:
            raise NotDjangos("db_default is computed, by what is not read here")
