"""Which columns of a database are masked in a copy, and how: declared masks held against what is really there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.delivery.staging.masking import BLANKS, HASHED, LETTERS, SHORTEST_EMAIL, STAYS_UNIQUE, email_parts, is_json
from outpace.delivery.staging.personal import identifying, looks_personal
from outpace.delivery.staging.schema import Column, Schema, Table
from outpace.model.edge import Data, Mask
from outpace.model.errors import BadConfiguration, Unmasked

By: TypeAlias = Literal["hash", "blank", "constant", "email", "shuffle"]

FOLLOWS = frozenset({"hash", "email"})
"""What gives linked columns the same values."""
MANY = 1000  # times as many masks as there could be pairs of rows, where masks must be unique
CLOSE, CLOSER = 0.6, 0.8


class Applied(Struct, frozen=True, kw_only=True):
    """One column that is masked. `value` None is NULL."""

    table: str
    column: Column
    by: By
    value: str | None = None
    linked: str = ""  # the declared column that it goes with

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column.name}"


class Suspect(Struct, frozen=True, kw_only=True):
    """A column that has no mask and looks as if it needed one."""

    column: str
    looks: str


class Plan(Struct, frozen=True, kw_only=True):
    production: bool = False
    no_personal_data: str = ""
    masks: tuple[Applied, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    shuffled: tuple[str, ...] = ()

    def of(self, table: str) -> dict[str, Applied]:
        """By the name of the column."""
        return {each.column.name: each for each in self.masks if each.table == table}

    @property
    def tables(self) -> frozenset[str]:
        return frozenset(each.table for each in self.masks)

    @property
    def warnings(self) -> tuple[str, ...]:
        unmasked = (f"{each.column} looks like {each.looks}, and has no mask" for each in self.suspects)
        shuffled = (f"{name} is shuffled: its values are in the copy, in other rows" for name in self.shuffled)
        return (*unmasked, *shuffled)


def plan(data: Data, schema: Schema) -> Plan:
    """Raises Unmasked where personal data would be copied as it is, BadConfiguration for a mask that cannot be."""
    if data.production and not data.masks and not data.no_personal_data.strip():
        looking = ", ".join(each.column for each in _suspects(schema, frozenset()))
        raise Unmasked(
            f"the database in {data.variable} is production's, and neither `masks` nor `no_personal_data` is declared",
            hint=f"these look personal: {looking}" if looking else "outpace staging masks shows what is in it",
        )
    columns = schema.columns()
    declared = {_found(mask.column, columns): mask for mask in data.masks}
    if len(declared) < len(data.masks):
        twice = sorted({mask.column for mask in data.masks if sum(m.column == mask.column for m in data.masks) > 1})
        raise BadConfiguration(f"more than one mask is declared for {', '.join(twice)}", hint="leave one of them")
    applied = tuple(_applied(declared, schema))
    masked = frozenset(each.name for each in applied)
    return Plan(
        production=data.production,
        no_personal_data=data.no_personal_data,
        masks=applied,
        suspects=(*_suspects(schema, masked), *_words(applied, columns)),
        shuffled=tuple(each.name for each in applied if each.by == "shuffle"),
    )


def _found(name: str, columns: Mapping[str, tuple[Table, Column]]) -> str:
    """A schema that changed since is no reason to copy what was to be masked."""
    if name in columns:
        return name
    folded = [known for known in columns if known.lower() == name.lower()]
    if len(folded) == 1:
        return folded[0]
    near = folded or _near(name, columns)
    told = f"did you mean {' or '.join(near)}?" if near else "a mask names a column as table.column"
    raise Unmasked(f"a mask is declared for {name}, and there is no such column", hint=told)


def _near(name: str, columns: Mapping[str, tuple[Table, Column]]) -> list[str]:
    """In the table that is named, else in tables that are named nearly so, else columns of that name."""
    table, _, column = name.rpartition(".")
    inside = {known.rpartition(".")[2]: known for known in columns if known.rpartition(".")[0] == table}
    if inside:
        return [inside[each] for each in get_close_matches(column, inside, n=3, cutoff=CLOSE)]
    near = get_close_matches(name, columns, n=3, cutoff=CLOSER)
    return near or sorted(known for known in columns if known.rpartition(".")[2] == column)[:3]


def _applied(declared: Mapping[str, Mask], schema: Schema) -> Iterator[Applied]:
    columns, groups = schema.columns(), _groups(schema)
    for name, mask in sorted(declared.items()):
        if columns[name][1].generated:
            raise BadConfiguration(f"{name} is made from other columns", hint="mask those that it is made from")
        group = groups.get(name, frozenset({name}))
        others = sorted(group - {name})
        if others and mask.by not in FOLLOWS:
            raise BadConfiguration(
                f"{name} is linked with {', '.join(others)}, and {mask.by} would part them",
                hint='linked columns are masked together: by = "hash"',
            )
        for other in others:
            if other in declared and (declared[other].by, declared[other].value) != (mask.by, mask.value):
                raise BadConfiguration(
                    f"{name} is linked with {other}, and they have different masks", hint="give both the same"
                )
        narrowest = _narrowest([columns[each][1] for each in group])
        for each in (name, *(other for other in others if other not in declared)):
            table, column = columns[each]
            if not column.generated:
                linked = "" if each == name else name
                yield _one(mask, table, _like(column, narrowest), linked=linked)


def _narrowest(group: list[Column]) -> Column:
    """What all of them can hold."""
    limits = [column.limit for column in group if column.limit is not None]
    return Column(
        name="",
        kind=group[0].kind,
        limit=min(limits, default=None),
        bits=min(column.bits for column in group),
        ignores_case=any(column.ignores_case for column in group),
        shapes=tuple(sorted(set[str]().union(*(column.shapes for column in group)))),
    )


def _like(column: Column, narrowest: Column) -> Column:
    return Column(
        name=column.name,
        kind=column.kind,
        declared=column.declared,
        array=column.array,
        bits=narrowest.bits,
        limit=narrowest.limit,
        ignores_case=narrowest.ignores_case,
        nullable=column.nullable,
        unique=column.unique,
        unique_with_others=column.unique_with_others,
        shapes=column.shapes,
    )


def _one(mask: Mask, table: Table, column: Column, *, linked: str) -> Applied:
    name, value = f"{table.name}.{column.name}", None
    why = ""
    match mask.by:
        case "hash":
            why = _no_hash(table, column)
        case "email":
            why = _no_email(table, column)
        case "blank":
            why, value = _blank(column)
        case "constant":
            value = mask.value
            why = _no_constant(column, value)
        case "shuffle":
            why = _no_shuffle(table, column)
    if why:
        raise BadConfiguration(f"{name} cannot be masked by {mask.by}: {why}", hint=_instead(column))
    return Applied(table=table.name, column=column, by=mask.by, value=value, linked=linked)


def _no_hash(table: Table, column: Column) -> str:
    if column.kind not in HASHED:
        return f"there is no such mask for {column.declared or column.kind}"
    if not column.unique and not column.unique_with_others:
        return ""
    if column.kind not in STAYS_UNIQUE:
        return f"its values are unique, and masks of {column.declared or column.kind} are not"
    return _too_few(table, min(column.limit or LETTERS, LETTERS)) if column.kind == "text" else ""


def _too_few(table: Table, letters: int) -> str:
    enough = 16**letters > max(table.rows, 1) ** 2 * MANY
    return "" if enough else f"its values are unique, and {letters} letters are too few for {table.rows:,} rows"


def _no_email(table: Table, column: Column) -> str:
    if column.kind not in {"text", "any"} or is_json(column):
        return f"an address is text, and it holds {'JSON' if is_json(column) else column.declared or column.kind}"
    if column.limit is not None and column.limit < SHORTEST_EMAIL:
        return f"it holds {column.limit} characters, and an address takes {SHORTEST_EMAIL}"
    return _too_few(table, email_parts(column)[0]) if column.unique or column.unique_with_others else ""


def _blank(column: Column) -> tuple[str, str | None]:
    if column.nullable:
        return "", None
    if column.unique or column.unique_with_others:
        return "its values are unique", None
    if column.array:
        return "", "{}"
    if column.kind not in BLANKS:
        return f"it must hold something, and {column.declared or column.kind} has no blank", None
    return "", BLANKS[column.kind]


def _no_constant(column: Column, value: str) -> str:
    if column.unique or column.unique_with_others:
        return "its values are unique"
    if column.limit is not None and len(value) > column.limit:
        return f"it holds {column.limit} characters, and the value has {len(value)}"
    return ""


def _no_shuffle(table: Table, column: Column) -> str:
    if column.unique_with_others:
        return "it is unique together with other columns, which another order would not keep"
    known = identifying(table, column)
    return f"each value is {known}, which names or opens in any row" if known else ""


def _instead(column: Column) -> str:
    ways = [by for by, fits in (("hash", column.kind in HASHED), ("blank", column.nullable)) if fits]
    return f"it may be masked by {' or '.join([*ways, 'constant'])}, unless they break one of its rules"


def _groups(schema: Schema) -> dict[str, frozenset[str]]:
    """Each linked column with all that it is linked with, over any number of steps."""
    groups: dict[str, frozenset[str]] = {}
    for link in schema.links:
        one = groups.get(link.column, frozenset({link.column})) | groups.get(link.of, frozenset({link.of}))
        groups.update(dict.fromkeys(one, one))
    return groups


def _suspects(schema: Schema, masked: frozenset[str]) -> tuple[Suspect, ...]:
    found = (
        (f"{table.name}.{column.name}", looks_personal(table, column))
        for table in schema.tables
        for column in table.columns
    )
    return tuple(Suspect(column=name, looks=looks) for name, looks in found if looks and name not in masked)


def _words(applied: tuple[Applied, ...], columns: Mapping[str, tuple[Table, Column]]) -> Iterator[Suspect]:
    """Those that a trigger took from columns that have a mask."""
    tables = {each.table for each in applied}
    names = {each.name for each in applied}
    for name, (table, column) in sorted(columns.items()):
        if column.kind == "words" and not column.generated and table.name in tables and name not in names:
            yield Suspect(column=name, looks="words of other columns")
