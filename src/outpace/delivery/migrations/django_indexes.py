"""Indexes and constraints of Django's models, with fields as columns."""

from __future__ import annotations

from typing import cast

from outpace.delivery.migrations.django_fields import NotDjangos, column_of
from outpace.delivery.migrations.django_state import Model
from outpace.delivery.migrations.python_values import Made, sequence
from outpace.delivery.migrations.sql_tokens import Token, words_of
from outpace.delivery.migrations.steps import Constraint, Index

LOOKUPS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "exact": "="}
TOTAL = words_of("Lower Upper Length Trim Coalesce MD5")
ALONE = words_of("F OrderBy desc asc Collate")
"""What is indexed is what they are given."""
METHODS = {"Index": "btree", "BTreeIndex": "btree"}
ELSEWHERE = "a condition that is not read"


def columns(model: Model, names: object) -> tuple[str, ...]:
    found: list[str] = []
    for one in sequence(names) or []:
        if not isinstance(one, str):
            raise NotDjangos("a field's name is computed when it runs")
        name = one.lstrip("-")
        field = model.fields.get(name)
        found.append(column_of(field, name) if field is not None else name)
    return tuple(found)


def unique_together(model: Model, names: tuple[str, ...]) -> Constraint:
    told = columns(model, names)
    return Constraint(name=f"{model.table}: {', '.join(told)}", kind="unique", columns=told)


def index_of(made: Made, model: Model) -> Index:
    if not made.path.startswith("django."):
        raise NotDjangos(f"{made.last or 'an index'} is no index of Django's own")
    fields = made.words.get("fields", ())
    name = made.words.get("name")
    told = columns(model, fields)
    written = tuple(_written(one, model) for one in made.args)
    return Index(
        name=name if isinstance(name, str) and name else f"{model.table}: {', '.join(told)}",
        table=model.table,
        columns=told,
        includes=columns(model, made.words.get("include", ())),
        expressions=written,
        method=METHODS.get(made.last, made.last),
        where=ELSEWHERE if made.words.get("condition") is not None else "",
    )


def _written(value: object, model: Model) -> str:
    """As SQL; what not every row may have a value of holds a cast."""
    match value:
        case str():
            return Token("name", columns(model, (value,))[0], 0).shown
        case bool() | int():
            return str(value)
        case Made(last=name, args=(first, *_)) if name in ALONE:
            return _written(first, model)
        case Made(last=name, args=args) if name in TOTAL and not value.words:
            return f"{name.lower()}({', '.join(_written(one, model) for one in args)})"
        case _:
            return "an expression ::"


def constraint_of(made: Made, model: Model, *, valid: bool = True) -> Constraint:
    told = made.words.get("name")
    name = told if isinstance(told, str) else ""
    distinct = made.words.get("nulls_distinct")
    if not made.path.startswith("django.") or not isinstance(distinct, bool | None):
        raise NotDjangos(f"{made.last or 'a constraint'} is not Django's own, or not told")
    match made.last:
        case "UniqueConstraint":
            fields = columns(model, made.words.get("fields", ()))
            held = columns(model, made.words.get("include", ()))
            return Constraint(
                name=name, kind="unique", columns=fields, includes=held, nulls_distinct=distinct is not False
            )
        case "CheckConstraint":
            expression, used = _condition(made.words.get("condition", made.words.get("check")), model)
            return Constraint(name=name, kind="check", columns=used, expression=expression, valid=valid)
        case "ExclusionConstraint":
            return Constraint(name=name, kind="exclude")
        case _:
            raise NotDjangos(f"{made.last or 'a constraint'} is no constraint of Django's own")


def _condition(value: object, model: Model) -> tuple[str, tuple[str, ...]]:
    """One comparison with a number; anything else is not read, and counts as one that refuses."""
    if not isinstance(value, Made) or value.last != "Q" or not value.path.startswith("django."):
        return ELSEWHERE, ()
    pairs = [*(sequence(one) for one in value.args), *([key, told] for key, told in value.words.items())]
    if len(pairs) != 1 or not pairs[0] or len(pairs[0]) != 2 or not isinstance(pairs[0][0], str):
        return ELSEWHERE, ()
    key, told = cast("list[object]", pairs[0])
    name, _, lookup = str(key).partition("__")
    if (lookup or "exact") not in LOOKUPS or not isinstance(told, int | float) or isinstance(told, bool):
        return ELSEWHERE, ()
    column = columns(model, (name,))[0]
    return f"{column} {LOOKUPS[lookup or 'exact']} {told}", (column,)
