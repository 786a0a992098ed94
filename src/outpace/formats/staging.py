"""How `outpace staging masks` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from outpace.app.staging import Shown, View
from outpace.delivery.staging.masks import Applied, Plan
from outpace.formats.advice import count
from outpace.formats.envelope import encoded
from outpace.formats.plain import Hanging, printable

if TYPE_CHECKING:
    from rich.console import RenderableType

WAYS = {
    "hash": "other letters or numbers, the same for the same value",
    "email": "an address that reaches nobody, the same for the same one",
    "blank": "nothing",
    "constant": "one value in every row",
    "shuffle": "the values of other rows",
}


class MaskedV1(Struct, frozen=True, kw_only=True):
    """`linked`: the declared column that it goes with, by a foreign key; empty: it is declared itself."""

    column: str
    by: str
    linked: str


class SuspectV1(Struct, frozen=True, kw_only=True):
    """A column that looks personal and has no mask."""

    column: str
    looks: str


class DatabaseV1(Struct, frozen=True, kw_only=True):
    """`refused` says why no copy would be made; empty: one would."""

    source: str
    variable: str
    server: str
    production: bool
    no_personal_data: str
    tables: int
    columns: int
    bytes: int
    masked: tuple[MaskedV1, ...]
    unmasked: tuple[SuspectV1, ...]
    refused: str
    hint: str


class StagingMasksV1(Struct, frozen=True, kw_only=True):
    application: str
    databases: tuple[DatabaseV1, ...]


def answer(view: View) -> bytes:
    result = StagingMasksV1(application=view.application, databases=tuple(map(_database, view.databases)))
    warnings = tuple(f"{each.variable}: {warning}" for each in view.databases for warning in each.plan.warnings)
    return encoded("staging masks", result, warnings=warnings)


def _database(shown: Shown) -> DatabaseV1:
    return DatabaseV1(
        source=shown.source,
        variable=shown.variable,
        server=shown.schema.server,
        production=shown.plan.production,
        no_personal_data=shown.plan.no_personal_data,
        tables=len(shown.schema.tables),
        columns=len(shown.schema.columns()),
        bytes=shown.schema.bytes,
        masked=tuple(MaskedV1(column=each.name, by=each.by, linked=each.linked) for each in shown.plan.masks),
        unmasked=tuple(SuspectV1(column=each.column, looks=each.looks) for each in shown.plan.suspects),
        refused=shown.refused,
        hint=shown.hint,
    )


def text(view: View) -> RenderableType:
    from rich.console import Group

    parts: list[RenderableType] = [Hanging(headline(view), style="bold")]
    for shown in view.databases:
        parts += ["", Hanging(_what(shown))]
        if shown.refused:
            parts += [Hanging(printable(f"refused: {shown.refused}"), indent=2)]
            parts += [Hanging(printable(shown.hint), indent=4)] if shown.hint else []
        parts += [Hanging(printable(line), indent=2) for line in _lines(shown.plan)]
    return Group(*parts)


def headline(view: View) -> str:
    """The answer in one line."""
    refused = [each.variable for each in view.databases if each.refused]
    if refused:
        return f"No copy would be made of {', '.join(map(printable, refused))}"
    unmasked = sum(len(each.plan.suspects) for each in view.databases)
    masked = sum(len(each.plan.masks) for each in view.databases)
    told = f"{count(masked, 'column')} would be masked"
    look = "looks" if unmasked == 1 else "look"
    return f"{told}, and {count(unmasked, 'column')} that {look} personal would not" if unmasked else told


def _what(shown: Shown) -> str:
    schema, kind = shown.schema, "production" if shown.plan.production else "not production"
    size = f"{count(len(schema.tables), 'table')}, {schema.bytes:,} bytes"
    return printable(f"{shown.variable}, from {shown.source}: {schema.server}, {kind}, {size}")


def _lines(plan: Plan) -> Iterator[str]:
    if plan.no_personal_data:
        yield f"declared to need no mask: {plan.no_personal_data}"
    for each in plan.masks:
        yield _masked(each)
    for warning in plan.warnings:
        yield f"! {warning}"


def _masked(applied: Applied) -> str:
    linked = f", with {applied.linked}" if applied.linked else ""
    return f"{applied.name}: {applied.by} ({WAYS[applied.by]}){linked}"
