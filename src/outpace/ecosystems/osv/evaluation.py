"""Is this version affected? OSV's evaluation, by the order of the package's ecosystem.

https://ossf.github.io/osv-schema/#evaluation. A record that contradicts itself, or a range that cannot be ordered, is
*unknown* unless something else in the record decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct

from outpace.ecosystems.orders import NO_ORDER, Comparable, Order, order_of, order_of_semver, release_of
from outpace.ecosystems.osv.spans import Fixed, Ordered, Span, ordered
from outpace.model.advisory import Affected
from outpace.model.unknown import Unknown

GIT = "GIT"
SEMVER_RANGE = "SEMVER"


class AffectedBy(Struct, frozen=True, tag=True):
    """`caveats` say where the record had to be read with care."""

    caveats: tuple[str, ...] = ()


class NotAffected(Struct, frozen=True, tag=True):
    pass


Evaluation: TypeAlias = AffectedBy | NotAffected | Unknown


def evaluate(version: str, affected: Iterable[Affected]) -> Evaluation:
    """The answer of all entries together; they must already be those of the package in question."""
    return united(_entry(version, entry) for entry in affected)


def united(answers: Iterable[Evaluation]) -> Evaluation:
    """Affected if anything says so; else unknown if anything is; else not affected."""
    caveats: list[str] = []
    unknown: Unknown | None = None
    found = False
    for answer in answers:
        match answer:
            case AffectedBy():
                found = True
                caveats += answer.caveats
            case Unknown():
                unknown = unknown or answer
            case NotAffected():
                pass
    if found:
        return AffectedBy(tuple(dict.fromkeys(caveats)))
    return unknown or NotAffected()


def order_for(entry: Affected) -> Order:
    """The ecosystem's own; where there is none here, SemVer for an entry that speaks of it throughout."""
    order = order_of(entry.package.ecosystem)
    if order is NO_ORDER and entry.ranges and all(one.type in (GIT, SEMVER_RANGE) for one in entry.ranges):
        return order_of_semver()
    return order


def ranges_of(entry: Affected, order: Order) -> list[Ordered]:
    """What the entry says of versions; commits are none."""
    return [ordered(one, order) for one in entry.ranges if one.type != GIT]


def _entry(text: str, entry: Affected) -> Evaluation:
    order = order_for(entry)
    version = order.parse(text)
    ranges = ranges_of(entry, order)
    if _listed(text, version, entry.versions, order):
        return AffectedBy(
            (*_denied(version, ranges), *_fix_is_listed(version, ranges, entry.versions, order), *_local(version))
        )
    if not ranges and not entry.versions:
        return says_nothing(entry)
    answer = united(_range(text, version, one) for one in ranges)
    if version is None or not isinstance(answer, AffectedBy):
        return answer
    return AffectedBy(
        (
            *answer.caveats,
            *_left_out(version, ranges, entry.versions, order),
            *_fix_is_listed(version, ranges, entry.versions, order),
        ),
    )


def says_nothing(entry: Affected) -> Unknown:
    if entry.ranges:
        return Unknown(
            "the record gives only commits of a repository, and no versions", "a record with versions, or the commit"
        )
    return Unknown("the record names the package but no version of it", "a record with versions")


def _listed(text: str, version: Comparable | None, versions: Sequence[str], order: Order) -> bool:
    """As the order takes versions for equal, by text where it cannot; a local build counts as what it is built from."""
    if text in versions:
        return True
    if version is None or not versions:
        return False
    release = release_of(version)
    near = order.alike(versions, text) if release is version else order.alike(versions, text, str(release))
    return any(each is not None and each in (version, release) for each in map(order.parse, near))


def _local(version: Comparable | None) -> tuple[str, ...]:
    if version is None or (release := release_of(version)) == version:
        return ()
    return (f"{version} is a local build of {release}; whether it carries a patch of its own is not known",)


def _denied(version: Comparable | None, ranges: Sequence[Ordered]) -> tuple[str, ...]:
    """The list names the version, and the ranges do not hold it."""
    if version is None or not ranges:
        return ()
    over = [
        closing.text
        for one in ranges
        for span in one.spans[-1:]
        for closing in span.closings
        if isinstance(closing, Fixed) and not closing.covers(version)
    ]
    if over:
        return (f"the record lists {version} as affected and also names {over[0]} as fixed",)
    if isinstance(united(_range(str(version), version, one) for one in ranges), NotAffected):
        return (f"the record lists {version} as affected, and its own ranges do not hold it",)
    return ()


def _left_out(version: Comparable, ranges: Sequence[Ordered], versions: Sequence[str], order: Order) -> tuple[str, ...]:
    """The ranges hold the version, and the list leaves it out. A list knows no release that came after it was made."""
    listed = [each for each in map(order.parse, versions) if each is not None]
    if not listed or (version > max(listed) and any(not span.closings for span in holding(version, ranges))):
        return ()
    return (f"the record's range holds {version}, and its list of affected versions leaves it out",)


def _fix_is_listed(
    version: Comparable | None, ranges: Sequence[Ordered], versions: Sequence[str], order: Order
) -> tuple[str, ...]:
    if version is None or not versions:
        return ()
    ends = [end for span in holding(version, ranges) for end in span.closings if isinstance(end, Fixed)]
    named = [end.text for end in ends if _listed(end.text, end.version, versions, order)]
    return tuple(f"the record names {text} as fixed and also lists it as affected" for text in named[:1])


def holding(version: Comparable, ranges: Iterable[Ordered]) -> list[Span]:
    """Every span that the version lies in."""
    return [span for one in ranges if one.within_limits(version) for span in one.spans if span.holds(version)]


def _range(text: str, version: Comparable | None, one: Ordered) -> Evaluation:
    if one.is_everything:
        return AffectedBy(_local(version))
    if version is None:
        return Unknown(f"{text} is no version that {one.order.name} can order", f"a version in {one.order.name}'s form")
    if one.unordered:
        return Unknown(
            f"the record's {one.unordered[0]} is no version that {one.order.name} can order", "a corrected record"
        )
    if not one.within_limits(version):
        return NotAffected()
    answer = united(_span(version, span) for span in one.spans)
    if isinstance(answer, NotAffected) and any(orphan.covers(version) for orphan in one.orphans):
        return Unknown(
            f"the record contradicts itself: it ends at {one.orphans[0].text} but does not say where it began",
            "a corrected record",
        )
    return answer


def _span(version: Comparable, span: Span) -> Evaluation:
    if not span.starts_by(version):
        return NotAffected()
    covering = [closing for closing in span.closings if closing.covers(version)]
    if len(covering) == len(span.closings):
        return AffectedBy(_local(version))
    if covering:
        ends = " and ".join(closing.text for closing in span.closings[:4])
        return Unknown(f"the record contradicts itself: one range ends at {ends}", "a corrected record")
    return NotAffected()
