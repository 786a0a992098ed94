"""Of which ecosystems an archive is the export, and its records set apart by ecosystem."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from outpace.engines.advisories.archive import Limits, Member, members, write_zip
from outpace.model.errors import DamagedData
from outpace.model.package import ECOSYSTEMS, PYPI


class _Package(Struct):
    ecosystem: str


class _Affected(Struct):
    package: _Package | None = None


class _Record(Struct):
    affected: list[_Affected] | None = None


_decoder = msgspec.json.Decoder(_Record)


class Exported(Struct, frozen=True, kw_only=True):
    """`ecosystems` are those of which the archive is the whole export; `mixed`: it holds more than one's records."""

    ecosystems: tuple[str, ...]
    mixed: bool


def exported(archive: Path, limits: Limits, *, source: str) -> Exported:
    """A record may name several ecosystems: only one that names no other shows that the archive is an export of it.

    So the few records about npm in the export of PyPI are not taken for all that is known of npm. Where no record names
    one ecosystem alone, all that are named count. Raises DamagedData where none that Outpace can order is named.
    """
    alone: set[str] = set()
    named: set[str] = set()
    count = 0
    for member in members(archive, limits):
        count += 1
        about = _named_in(member)
        named |= about
        alone |= about if len(about) == 1 else frozenset()
    if not named:
        return Exported(ecosystems=(PYPI,), mixed=False)  # compiling says what is wrong with the records
    found = tuple(each for each in ECOSYSTEMS if each in (alone & set(ECOSYSTEMS) or named))
    if not found:
        raise DamagedData(
            f"none of the {count} records in {source} names a package of {', '.join(ECOSYSTEMS)}",
            hint="name OSV's export for one of them with --from",
        )
    return Exported(ecosystems=found, mixed=len(found) > 1)


def _named_in(member: Member) -> frozenset[str]:
    """None for a record that cannot be read: compiling says so."""
    try:
        record = _decoder.decode(member.data)
    except (msgspec.DecodeError, RecursionError):
        return frozenset()
    return frozenset(each.package.ecosystem for each in record.affected or () if each.package is not None)


def set_apart(archive: Path, ecosystem: str, into: Path, limits: Limits) -> None:
    """The records that name the ecosystem; what cannot be read too, since it may be about it."""
    write_zip(into, _wanted(members(archive, limits), lambda about: not about or ecosystem in about, limits))


def _wanted(found: Iterable[Member], wanted: Callable[[frozenset[str]], bool], limits: Limits) -> Iterator[Member]:
    for member in found:
        if member.too_big:
            # Only that it is too big is to be seen again.
            yield Member(name=member.name, data=bytes(limits.record + 1))
        elif wanted(_named_in(member)):
            yield member
