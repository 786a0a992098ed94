"""What AlterField does to a column, told from the field that was and the one that is to be."""

from __future__ import annotations

from collections.abc import Iterator

from outpace.delivery.migrations.django_fields import KEYS, NotDjangos, Read, own, read, type_of
from outpace.delivery.migrations.django_state import Model, State
from outpace.delivery.migrations.python_values import Made, Symbol
from outpace.delivery.migrations.sql_alter import numbered, numbered_otherwise
from outpace.delivery.migrations.sql_tokens import words_of
from outpace.delivery.migrations.steps import (
    AddConstraint,
    ChangeType,
    Column,
    Constraint,
    CreateIndex,
    DropConstraint,
    DropIndex,
    DropNotNull,
    RenameColumn,
    SetDefault,
    SetNotNull,
    Step,
)

IN_PROGRAM = words_of(
    "choices verbose_name help_text validators blank editable related_name related_query_name on_delete default "
    "error_messages limit_choices_to auto_now auto_now_add upload_to storage serialize auto_created db_comment "
    "db_tablespace to through swappable parent_link unique_for_date unique_for_month unique_for_year allow_files "
    "allow_folders path match recursive encoder decoder protocol unpack_ipv4 allow_unicode"
)
"""Options that no column has."""
OF_COLUMNS = words_of(
    "null max_length unique db_index db_column db_default db_collation primary_key max_digits decimal_places "
    "db_constraint base_field output_field expression db_persist size to_field db_table positional"
)


def steps(model: Model, name: str, before: Made, after: Made, state: State) -> Iterator[Step]:
    """Raises NotDjangos where a class or an option is not known."""
    apart = _apart(before, after)
    if before.path == after.path and apart <= IN_PROGRAM - {"to", "through"} and not _by_server(before, after):
        return
    if further := sorted(apart - IN_PROGRAM - OF_COLUMNS):
        raise NotDjangos(f"what {further[0]} does to the column is not read here")
    many = [one.last == "ManyToManyField" for one in (before, after)]
    if all(many):
        if _apart(before, after) & {"db_table", "to", "through", "positional"}:
            raise NotDjangos("a table between two models becomes another")
        return
    if any(many):
        raise NotDjangos("Django itself refuses this change")
    old, new = read(before, name, model, state), read(after, name, model, state)
    if old.column is None or new.column is None:
        raise NotDjangos("a field gains or loses its column")
    if old.collation != new.collation or old.column.primary != new.column.primary:
        raise NotDjangos("another collation or primary key changes more than the column")
    yield from _column(model, old.column, new.column)
    yield from _constraints(model, old, new, before, after)
    if old.column.primary and old.column.type != new.column.type:
        yield from _referring(model, old.column.type, after, state)


def _by_server(before: Made, after: Made) -> bool:
    """What becomes of rows that refer is told to the database, too."""
    told = (before.words.get("on_delete"), after.words.get("on_delete"))
    return any(isinstance(one, Symbol | Made) and one.last.startswith("DB_") for one in told)


def _apart(before: Made, after: Made) -> frozenset[str]:
    (more, old), (others, new) = _options(before), _options(after)
    if more != others:
        return frozenset({"positional"})
    return frozenset(key for key in {*old, *new} if old.get(key) != new.get(key))


def _options(field: Made) -> tuple[tuple[object, ...], dict[str, object]]:
    """By name, with those of a relation that stand in their place; and what else stands there."""
    places = ("to", "on_delete") if field.last in KEYS else ("to",) if field.last == "ManyToManyField" else ()
    return field.args[len(places) :], {**dict(zip(places, field.args, strict=False)), **field.words}


def _column(model: Model, old: Column, new: Column) -> Iterator[Step]:
    table = model.table
    if old.name != new.name:
        yield RenameColumn(table, old.name, new.name)
    if old.type != new.type or (not old.type and not new.type and old.references != new.references):
        yield ChangeType(table=table, column=new.name, to=new.type, before=old.type)
    if old.identity != new.identity:
        yield numbered(table, new.name) if new.identity else numbered_otherwise(table, new.name)
    if old.default != new.default:
        yield SetDefault(table, new.name, new.default)
    if old.nullable and not new.nullable:
        yield SetNotNull(table, new.name)
    elif new.nullable and not old.nullable:
        yield DropNotNull(table, new.name)


def _constraints(model: Model, old: Read, new: Read, before: Made, after: Made) -> Iterator[Step]:
    table = model.table
    there, wanted = _by_name(old), _by_name(new)
    for name in sorted(there.keys() - wanted.keys()):
        yield DropConstraint(table, name, there[name].kind)
    for name in sorted(wanted.keys() - there.keys()):
        yield AddConstraint(table, wanted[name])
    for name in sorted(wanted.keys() & there.keys()):
        if _other(there[name], wanted[name]) and before.last in KEYS and after.last in KEYS:
            yield DropConstraint(table, name, there[name].kind)
            yield AddConstraint(table, wanted[name])
    if old.index is not None and new.index is None:
        yield DropIndex(name=old.index.name, unique=False)
    elif new.index is not None and old.index is None:
        yield CreateIndex(index=new.index)


def _by_name(told: Read) -> dict[str, Constraint]:
    return {one.name: one for one in told.constraints}


def _other(old: Constraint, new: Constraint) -> bool:
    return (old.references, old.expression) != (new.references, new.expression)


def _referring(model: Model, before: str, after: Made, state: State) -> Iterator[Step]:
    """Columns of other tables that hold the key get its type, too."""
    to = type_of(after, None, state) if own(after) else ""
    for other, name, field in state.referring(model):
        if field.last in KEYS and other.made and (told := read(field, name, other, state)).column is not None:
            yield ChangeType(table=other.table, column=told.column.name, to=to, before=before)
