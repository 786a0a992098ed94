"""PostgreSQL's types: which change of a column's type every old statement survives, and which rewrites the table."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

ALIASES = {
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "int2": "smallint",
    "serial": "integer",
    "serial4": "integer",
    "bigserial": "bigint",
    "serial8": "bigint",
    "smallserial": "smallint",
    "character varying": "varchar",
    "char varying": "varchar",
    "character": "char",
    "bpchar": "char",
    "decimal": "numeric",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "bool": "boolean",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
    "bit varying": "varbit",
}
SERIALS = ("serial", "bigserial", "smallserial", "serial4", "serial8")
BITS = {"smallint": 15, "integer": 31, "bigint": 63}
FURTHER = "; "
"""What stands behind it in a type is read by nobody, and makes it another type."""
UNBOUNDED = frozenset("text varchar citext bytea json jsonb xml hstore tsvector varbit ltree".split())  # noqa: SIM905
LADDERS = (("smallint", "integer", "bigint"),)
_NUMBER = re.compile(r"\(*'?(?P<number>[-+]?\d{1,40}(?:\.\d{0,40})?(?:[eE][-+]?\d{1,3})?)'?\)*")
_TYPE = re.compile(r"(?P<name>[^()\[\]]+?)\s*(?:\((?P<words>[^()]*)\))?(?P<tail>[^()\[\]]*)(?P<array>(?:\[\d*\])*)")

Kind: TypeAlias = Literal["same", "wider", "narrower", "other", "not known"]


class Change(Struct, frozen=True):
    """What a change of type is for who wrote and read the old one; `rewrites` the whole table, locked."""

    kind: Kind
    rewrites: bool
    why: str


def spelled(text: str) -> str:
    """One spelling for each type."""
    found = _TYPE.fullmatch(" ".join(text.lower().replace("pg_catalog.", "").split()))
    if found is None:
        return text.strip().lower()
    name = f"{found['name'].strip()}{found['tail'].rstrip()}"
    words = ",".join(word.strip() for word in (found["words"] or "").split(",")) if found["words"] else ""
    return f"{ALIASES.get(name, name)}{f'({words})' if words else ''}{found['array'] or ''}"


def parts(kind: str) -> tuple[str, tuple[int, ...] | None]:
    """Name, and the numbers behind it; None where they are no numbers."""
    found = _TYPE.fullmatch(kind.partition(FURTHER)[0])
    if found is None or found["array"] or found["tail"]:
        return kind, ()
    words = [word for word in (found["words"] or "").split(",") if word]
    return found["name"], tuple(int(word) for word in words) if all(map(str.isdecimal, words)) else None


def change(before: str, after: str) -> Change:  # noqa: PLR0911  one a family
    """Both as `spelled` writes them; an empty one is not known."""
    if not before or not after:
        return Change("not known", rewrites=True, why="the type that the column had is not told by what was read")
    if before == after:
        return Change("same", rewrites=False, why="the type stays as it is")
    (old, olds), (new, news) = parts(before), parts(after)
    if olds is None or news is None:
        return Change("not known", rewrites=True, why=f"{before} or {after} cannot be read")
    other = Change("other", rewrites=True, why=f"{after} is written, compared and read in another way than {before}")
    if before.partition(FURTHER)[2] != after.partition(FURTHER)[2]:
        return other
    for ladder in LADDERS:
        if old in ladder and new in ladder and not olds and not news:
            if ladder.index(new) > ladder.index(old):
                return Change("wider", rewrites=True, why=f"every value of {before} is one of {after}")
            return Change("narrower", rewrites=True, why=f"{after} does not hold every value of {before}")
    if old in ("varchar", "text") and new in ("varchar", "text"):
        return _texts(before, after, olds if old == "varchar" else (), news if new == "varchar" else ())
    if old == new == "numeric":
        return _numerics(before, after, olds, news)
    return other


def _texts(before: str, after: str, olds: tuple[int, ...], news: tuple[int, ...]) -> Change:
    if not news or (olds and news[0] >= olds[0]):
        return Change("wider", rewrites=False, why=f"every text of {before} is one of {after}")
    return Change("narrower", rewrites=True, why=f"{after} refuses texts that {before} takes")


def _numerics(before: str, after: str, olds: tuple[int, ...], news: tuple[int, ...]) -> Change:
    """With another scale, what is written is rounded, and what is read is spelled, in another way."""
    scale_before, scale_after = (olds[1:] or (0,))[0], (news[1:] or (0,))[0]
    if olds and news and scale_after == scale_before and news[0] >= olds[0]:
        return Change("wider", rewrites=False, why=f"every number of {before} is one of {after}")
    return Change("narrower", rewrites=bool(news), why=f"{after} refuses, rounds or spells numbers unlike {before}")


def characters(kind: str) -> int | None:
    """At most, of what is not short by its type; None where there is no end to it, and 0 for all that is short."""
    name, numbers = parts(kind)
    if name in ("varchar", "char") and numbers:
        return numbers[0]
    return None if name.endswith("]") or name in UNBOUNDED else 0


def holds(kind: str, text: str) -> bool:
    """Whether a type takes a default that is a literal; True where that is not so simple."""
    name, numbers = parts(kind)
    number = _number(text)
    if name in BITS and number is not None:
        return -(1 << BITS[name]) <= round(number) < 1 << BITS[name]
    if name in ("varchar", "char") and numbers and text.startswith("'") and text.endswith("'"):
        return len(text[1:-1].replace("''", "'")) <= numbers[0]
    if name == "numeric" and numbers and number is not None:
        scale = (numbers[1:] or (0,))[0]
        return abs(round(number, scale)) < Fraction(10) ** (numbers[0] - scale)
    return True


def _number(text: str) -> Fraction | None:
    found = _NUMBER.fullmatch(text.replace(" ", "").replace("_", ""))
    return Fraction(found["number"]) if found else None
