"""Masked copies of declared databases for an environment that is there for seconds: shown, made, and gone again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct, structs

from outpace.delivery.staging.masks import Plan, plan
from outpace.delivery.staging.ports import Copier, Copy
from outpace.delivery.staging.schema import Schema
from outpace.model.edge import Data
from outpace.model.errors import BadConfiguration, Error, Unmasked, UsageError


class Source(Struct, frozen=True, kw_only=True):
    """A declared database within reach. `address` may hold a password, and is shown to nobody."""

    address: str
    copier: Copier
    variable_of: Callable[[str], str]  # the value of the application's variable, from a copy's address

    def __repr__(self) -> str:
        return f"Source({type(self.copier).__name__})"


class Reach(Protocol):
    """Resolves what is declared. Raises UsageError for a reference that holds nothing."""

    def __call__(self, data: Data) -> Source: ...


class Copied(Struct, frozen=True, kw_only=True):
    """One database. The schemas are of the source and of its copy, for what the copy lacks."""

    variable: str
    copy: Copy
    plan: Plan
    source: Schema
    copied: Schema


class Cost(Struct, frozen=True, kw_only=True):
    seconds: float
    cpu_seconds: float
    bytes: int
    rows: int


class Prepared(Struct, frozen=True, kw_only=True):
    """`variables` belong into the application's environment, and nowhere else: they may hold passwords."""

    name: str
    variables: dict[str, str]
    copies: tuple[Copied, ...]

    def __repr__(self) -> str:
        return f"Prepared(name={self.name!r}, variables={sorted(self.variables)})"

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(warning for each in self.copies for warning in each.plan.warnings)

    @property
    def cost(self) -> Cost:
        return Cost(
            seconds=round(sum(each.copy.seconds for each in self.copies), 3),
            cpu_seconds=round(sum(each.copy.cpu_seconds for each in self.copies), 3),
            bytes=sum(each.copy.bytes for each in self.copies),
            rows=sum(each.copy.rows for each in self.copies),
        )


class Shown(Struct, frozen=True, kw_only=True):
    """What a copy of one database would be. `refused` says why there would be none."""

    source: str  # as it is declared
    variable: str
    plan: Plan
    schema: Schema
    refused: str = ""
    hint: str = ""
    status: int = 0  # of the refusal


class View(Struct, frozen=True, kw_only=True):
    application: str
    databases: tuple[Shown, ...]


def prepare(
    data: tuple[Data, ...],
    *,
    name: str,
    reach: Reach,
    like: Prepared | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Prepared:
    """Copies called after `name`, all of them or none. Whoever is killed here finds them again with `discard`. `like`
    holds copies that nobody uses yet: they are copied as they are, so that both have the same rows and masks, whatever
    was written to the source meanwhile."""
    _distinct(data)
    copies, variables, made = list[Copied](), dict[str, str](), 0
    try:
        for number, each in enumerate(data):
            source = reach(each)
            _sweep(source.copier, report)
            if like is None:
                address, schema = source.address, source.copier.schema(source.address)
                masks = plan(each, schema)
            else:
                address, schema, masks = like.copies[number].copy.address, like.copies[number].source, Plan()
            for warning in masks.warnings:
                report(warning)
            copy = source.copier.copy(address, masks, _called(name, number))
            made += 1
            copied = source.copier.schema(copy.address)
            copies.append(Copied(variable=each.variable, copy=copy, plan=masks, source=schema, copied=copied))
            variables[each.variable] = source.variable_of(copy.address)
    except BaseException:
        _dropped(data[:made], name, reach, report)
        raise
    return Prepared(name=name, variables=variables, copies=tuple(copies))


def discard(data: tuple[Data, ...], *, name: str, reach: Reach, report: Callable[[str], None] = lambda _: None) -> None:
    """Drops the copies that `prepare` made under this name, and what dead makers left; may be called again. One that
    cannot be dropped keeps no other: its error is raised at the end.
    """
    failed = _dropped(data, name, reach, report)
    if failed is not None:
        raise failed


def _dropped(data: tuple[Data, ...], name: str, reach: Reach, report: Callable[[str], None]) -> Error | None:
    """The first error, which keeps no other copy."""
    failed: Error | None = None
    for number, each in enumerate(data):
        try:
            source = reach(each)
            source.copier.drop(_called(name, number))
            _sweep(source.copier, report)
        except Error as error:
            report(f"the copy for {each.variable} is still there: {error.message}")
            failed = failed or error
    return failed


def shown(application: str, data: tuple[Data, ...], *, reach: Reach) -> View:
    """Touches nothing: what would be masked, and what looks personal and would not be."""
    if not data:
        raise UsageError(
            f"{application} declares no database for staging",
            hint="add [[applications.edge.staging.data]] with a source and a variable to outpace.toml",
        )
    _distinct(data)
    return View(application=application, databases=tuple(_shown(each, reach(each)) for each in data))


def _shown(data: Data, source: Source) -> Shown:
    schema = source.copier.schema(source.address)
    known = Shown(source=data.source, variable=data.variable, plan=Plan(production=data.production), schema=schema)
    try:
        return structs.replace(known, plan=plan(data, schema))
    except (Unmasked, BadConfiguration) as error:
        bare = plan(structs.replace(data, masks=(), production=False), schema)
        return structs.replace(
            known,
            plan=structs.replace(bare, production=data.production),
            refused=error.message,
            hint=error.hint,
            status=error.exit_code,
        )


def _sweep(copier: Copier, report: Callable[[str], None]) -> None:
    for left in copier.leftovers():
        report(f"removing {left}, which a killed run left half made")
        copier.drop(left)


def _distinct(data: tuple[Data, ...]) -> None:
    names = [each.variable for each in data]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadConfiguration(
            f"more than one database is declared for {', '.join(twice)}", hint="give each a `variable` of its own"
        )


def _called(name: str, number: int) -> str:
    return f"{name}_{number}"
