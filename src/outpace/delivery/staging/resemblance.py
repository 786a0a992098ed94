"""What production has that staging lacks: one row for each thing that was measured on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias, TypeVar

from msgspec import Struct

from outpace.delivery.staging.schema import Schema
from outpace.model.unknown import Unknown

FEW = 5  # names in one row

Value = TypeVar("Value")


class Same(Struct, frozen=True, tag=True):
    pass


class Lacks(Struct, frozen=True, tag=True):
    what: str


Answer: TypeAlias = Same | Lacks | Unknown

NOT_MEASURED = Unknown("it was not measured")


class Side(Struct, frozen=True, kw_only=True):
    """One environment, as it was measured. Variables by their names, never their values."""

    release: str | Unknown = NOT_MEASURED  # its digest
    envoy: Mapping[str, str] | Unknown = NOT_MEASURED  # settings in front of the application, by name
    instances: int | Unknown = NOT_MEASURED
    variables: frozenset[str] | Unknown = NOT_MEASURED
    workers: frozenset[str] | Unknown = NOT_MEASURED
    tls: bool | Unknown = NOT_MEASURED
    cpus: float | Unknown = NOT_MEASURED  # that it may use
    memory: int | Unknown = NOT_MEASURED  # bytes that it may use
    databases: Mapping[str, Schema] | Unknown = NOT_MEASURED  # by the variable that names each


class Row(Struct, frozen=True, kw_only=True):
    about: str
    answer: Answer


class Resemblance(Struct, frozen=True, kw_only=True):
    rows: tuple[Row, ...]

    @property
    def same(self) -> int:
        return sum(isinstance(row.answer, Same) for row in self.rows)

    @property
    def unknown(self) -> int:
        return sum(isinstance(row.answer, Unknown) for row in self.rows)

    @property
    def figure(self) -> str:
        """One line. What is unknown counts as neither."""
        lacking = len(self.rows) - self.same - self.unknown
        told = [f"in {self.same} of {len(self.rows)} things that were compared"]
        told += [f"it lacks something in {lacking}"] if lacking else []
        told += [f"{self.unknown} {'is' if self.unknown == 1 else 'are'} unknown"] if self.unknown else []
        return "; ".join(told)


def resemblance(
    production: Side, staging: Side, *, routes: Mapping[str, int] | Unknown, replayed: Iterable[str]
) -> Resemblance:
    """`routes` are requests of production by route, `replayed` the routes that staging has answered."""
    rows = [
        _row("release", production.release, staging.release, lambda one, _: f"production runs {one[:12]}"),
        _row("settings of Envoy", production.envoy, staging.envoy, _settings),
        _row("instances", production.instances, staging.instances, _fewer("of {0} instances there are {1}")),
        _row("environment variables", production.variables, staging.variables, _missing),
        _row("workers", production.workers, staging.workers, _missing),
        _row("TLS", production.tls, staging.tls, lambda one, _: "TLS" if one else ""),
        _row("CPUs", production.cpus, staging.cpus, _fewer("of {0:g} CPUs it may use {1:g}")),
        _row("memory", production.memory, staging.memory, _fewer("of {0:,} bytes it may use {1:,}")),
        Row(about="routes in the traffic", answer=_routes(routes, frozenset(replayed))),
    ]
    return Resemblance(rows=(*rows, *_databases(production.databases, staging.databases)))


def _row(about: str, one: Value | Unknown, other: Value | Unknown, lacking: Callable[[Value, Value], str]) -> Row:
    if isinstance(one, Unknown):
        return Row(about=about, answer=Unknown(f"production: {one.why}", one.would_settle))
    if isinstance(other, Unknown):
        return Row(about=about, answer=Unknown(f"staging: {other.why}", other.would_settle))
    if one == other:
        return Row(about=about, answer=Same())
    what = lacking(one, other)
    return Row(about=about, answer=Lacks(what) if what else Same())


def _fewer(words: str) -> Callable[[float, float], str]:
    """Who has more lacks nothing."""

    def lacking(one: float, other: float) -> str:
        return words.format(one, other) if other < one else ""

    return lacking


def _missing(one: frozenset[str], other: frozenset[str]) -> str:
    return _few(sorted(one - other))


def _settings(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    return _few([f"{key} = {value}" for key, value in sorted(one.items()) if other.get(key) != value])


def _few(names: list[str]) -> str:
    return ", ".join(names[:FEW]) + (f" and {len(names) - FEW} more" if len(names) > FEW else "")


def _routes(routes: Mapping[str, int] | Unknown, replayed: frozenset[str]) -> Answer:
    if isinstance(routes, Unknown):
        return routes
    total = sum(routes.values())
    if not total:
        return Unknown("production has answered no request that was recorded", "outpace record, or wait for traffic")
    missing = sorted((route for route in routes if route not in replayed), key=lambda route: (-routes[route], route))
    if not missing:
        return Same()
    share = sum(routes[route] for route in missing) / total
    return Lacks(f"{len(missing)} of {len(routes)} were not asked here, {share:.0%} of requests: {_few(missing)}")


def _databases(one: Mapping[str, Schema] | Unknown, other: Mapping[str, Schema] | Unknown) -> Iterator[Row]:
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        yield _row("databases", one, other, lambda _one, _other: "")
        return
    for variable, schema in sorted(one.items()):
        copy = other.get(variable)
        if copy is None:
            yield Row(about=f"database in {variable}", answer=Lacks("the whole database"))
            continue
        yield from _database(variable, schema, copy)


def _database(variable: str, one: Schema, other: Schema) -> Iterator[Row]:
    ours = {table.name: table for table in other.tables}
    gone = [table.name for table in one.tables if table.name not in ours]
    fewer = [
        f"{table.name} has {ours[table.name].rows:,} of {table.rows:,} rows"
        for table in one.tables
        if table.name in ours and ours[table.name].rows < table.rows
    ]
    shape = _few(gone) or "the same columns, keys, indexes, views or triggers"
    yield _row(
        f"{variable}: schema", one.digest or _no_digest(), other.digest or _no_digest(), lambda _one, _other: shape
    )
    yield Row(about=f"{variable}: rows", answer=Lacks(_few(fewer)) if fewer else Same())
    size = f"of {one.bytes:,} bytes it has {other.bytes:,}"
    smaller = one.bytes and other.bytes < one.bytes // 2
    yield Row(about=f"{variable}: bytes", answer=Lacks(size) if smaller else Same())
    yield _row(f"{variable}: extensions", frozenset(one.extensions), frozenset(other.extensions), _missing)
    yield _row(f"{variable}: server", one.server, other.server, lambda a, b: f"{a}: it is {b}")
    if one.beside:
        yield Row(about=f"{variable}: beside the tables", answer=Lacks(_few(list(one.beside))))


def _no_digest() -> Unknown:
    return Unknown("its schema was not read")
