"""Is this version affected? OSV's evaluation with PEP 440's order, and the versions that a record names as fixed.

https://ossf.github.io/osv-schema/#evaluation. A record that contradicts itself, or a range that cannot be ordered, is
*unknown* unless something else in the record decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct
from packaging.version import Version

from outpace.ecosystems.osv.spans import Fixed, LastAffected, Ordered, Span, ordered
from outpace.ecosystems.pypi.versions import Interval, alike, allowed, parse
from outpace.model.advisory import Affected, Fix
from outpace.model.unknown import Unknown

GIT = "GIT"


class AffectedBy(Struct, frozen=True, tag=True):
    """`caveats` say where the record had to be read with care."""

    caveats: tuple[str, ...] = ()


class NotAffected(Struct, frozen=True, tag=True):
    pass


Evaluation: TypeAlias = AffectedBy | NotAffected | Unknown


def evaluate(version: str, affected: Iterable[Affected]) -> Evaluation:
    """The answer of all entries together; they must already be those of the package in question."""
    return united(_entry(version, parse(version), entry) for entry in affected)


def evaluate_specifier(specifier: str, affected: Iterable[Affected]) -> Evaluation:
    """Decided only where every version that the specifier allows has the same answer."""
    interval = allowed(specifier)
    if interval is None:
        return Unknown(f"no version is pinned, and what {specifier or 'the line'} allows cannot be told", _pin_it(None))
    entries = tuple(affected)
    answer = united(_entry_over(interval, entry) for entry in entries)
    if answer != STRADDLES:
        return answer
    return Unknown(
        f"no version is pinned: {specifier or 'any version'} allows affected and fixed versions",
        _pin_it(fix_above(specifier, entries).nearest),
    )


STRADDLES = Unknown("some of the versions are affected")


def _pin_it(fixed: str | None) -> str:
    return f"pin it with =={f' (fixed in {fixed})' if fixed else ''}, or read a lock file or the environment"


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


def _entry(text: str, version: Version | None, entry: Affected) -> Evaluation:
    ranges = [ordered(one) for one in entry.ranges if one.type != GIT]
    if _listed(text, version, entry.versions):
        return AffectedBy((*_denied(version, ranges), *_fix_is_listed(version, ranges, entry), *_local(version)))
    if not ranges and not entry.versions:
        return _says_nothing(entry)
    answer = united(_range(text, version, one) for one in ranges)
    if version is None or not isinstance(answer, AffectedBy):
        return answer
    return AffectedBy(
        (*answer.caveats, *_left_out(version, ranges, entry), *_fix_is_listed(version, ranges, entry)),
    )


def _says_nothing(entry: Affected) -> Unknown:
    if entry.ranges:
        return Unknown(
            "the record gives only commits of a repository, and no versions", "a record with versions, or the commit"
        )
    return Unknown("the record names the package but no version of it", "a record with versions")


def _listed(text: str, version: Version | None, versions: Sequence[str]) -> bool:
    """By PEP 440 equality, by text where that is not possible; a local build counts as the version it is built from."""
    if text in versions:
        return True
    if version is None:
        return False
    public = version if version.local is None else Version(version.public)
    near = alike(versions, text, str(public))
    return any(each is not None and each in (version, public) for each in map(parse, near))


def _local(version: Version | None) -> tuple[str, ...]:
    if version is None or version.local is None:
        return ()
    return (f"{version} is a local build of {version.public}; whether it carries a patch of its own is not known",)


def _denied(version: Version | None, ranges: Sequence[Ordered]) -> tuple[str, ...]:
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


def _left_out(version: Version, ranges: Sequence[Ordered], entry: Affected) -> tuple[str, ...]:
    """The ranges hold the version, and the list leaves it out. A list knows no release that came after it was made."""
    listed = [each for each in map(parse, entry.versions) if each is not None]
    if not listed or (version > max(listed) and any(not span.closings for span in _holding(version, ranges))):
        return ()
    return (f"the record's range holds {version}, and its list of affected versions leaves it out",)


def _fix_is_listed(version: Version | None, ranges: Sequence[Ordered], entry: Affected) -> tuple[str, ...]:
    if version is None or not entry.versions:
        return ()
    ends = [end for span in _holding(version, ranges) for end in span.closings if isinstance(end, Fixed)]
    named = [end.text for end in ends if _listed(end.text, end.version, entry.versions)]
    return tuple(f"the record names {text} as fixed and also lists it as affected" for text in named[:1])


def _holding(version: Version, ranges: Sequence[Ordered]) -> list[Span]:
    return [span for one in ranges if one.within_limits(version) for span in one.spans if _covers(span, version)]


def _range(text: str, version: Version | None, one: Ordered) -> Evaluation:
    if one.is_everything:
        return AffectedBy(_local(version))
    if version is None:
        return Unknown(f"{text} is no version that PEP 440 can order", "a version in PEP 440's form")
    if one.unordered:
        return Unknown(f"the record's {one.unordered[0]} is no version that PEP 440 can order", "a corrected record")
    if not one.within_limits(version):
        return NotAffected()
    answer = united(_span(version, span) for span in one.spans)
    if isinstance(answer, NotAffected) and any(orphan.covers(version) for orphan in one.orphans):
        return Unknown(
            f"the record contradicts itself: it ends at {one.orphans[0].text} but does not say where it began",
            "a corrected record",
        )
    return answer


def _span(version: Version, span: Span) -> Evaluation:
    if not span.starts_by(version):
        return NotAffected()
    covering = [closing for closing in span.closings if closing.covers(version)]
    if len(covering) == len(span.closings):
        return AffectedBy(_local(version))
    if covering:
        ends = " and ".join(closing.text for closing in span.closings[:4])
        return Unknown(f"the record contradicts itself: one range ends at {ends}", "a corrected record")
    return NotAffected()


def _entry_over(interval: Interval, entry: Affected) -> Evaluation:
    ranges = [ordered(one) for one in entry.ranges if one.type != GIT]
    if not ranges and not entry.versions:
        return _says_nothing(entry)
    answers = [_range_over(interval, one) for one in ranges]
    if any(isinstance(answer, AffectedBy) for answer in answers):
        return AffectedBy(("no version is pinned; every version that is allowed is affected",))
    listed = (parse(each) for each in entry.versions)
    if any(isinstance(answer, Unknown) for answer in answers) or any(
        each and _inside(each, interval) for each in listed
    ):
        return STRADDLES
    return NotAffected()


def _inside(version: Version, interval: Interval) -> bool:
    above = interval.low is None or version >= interval.low
    return above and (interval.high is None or version < interval.high)


def _range_over(interval: Interval, one: Ordered) -> Evaluation:
    if one.is_everything:
        return AffectedBy()
    if one.unordered or one.orphans or one.limits:
        return STRADDLES
    return united(_span_over(interval, span) for span in one.spans)


def _span_over(interval: Interval, span: Span) -> Evaluation:
    if interval.high is not None and span.low is not None and interval.high <= span.low:
        return NotAffected()
    if interval.low is not None and span.closings and not any(each.covers(interval.low) for each in span.closings):
        return NotAffected()
    begins = span.low is None or (interval.low is not None and span.low <= interval.low)
    if begins and all(_reaches(closing, interval) for closing in span.closings):
        return AffectedBy()
    return STRADDLES


def _reaches(closing: Fixed | LastAffected, interval: Interval) -> bool:
    return interval.high is not None and interval.high <= closing.version


def fix_above(specifier: str, affected: Sequence[Affected]) -> Fix:
    """What fixes a demand whose every version is affected: counted from the lowest that it allows."""
    interval = allowed(specifier)
    return Fix() if interval is None else fix_of(str(interval.low or Version("0")), affected)


def fix_of(version: str, affected: Sequence[Affected]) -> Fix:
    """The fixed versions above, by all entries together (of one record, or of every live record of a vulnerability)."""
    at = parse(version)
    if at is None:
        return Fix()
    ranges = [ordered(one) for entry in affected for one in entry.ranges if one.type != GIT]
    inside = [span for one in ranges if one.within_limits(at) for span in one.spans if _covers(span, at)]
    ends = [max(span.closings, key=lambda closing: closing.version) for span in inside if span.closings]
    closes = [end for end in ends if isinstance(end, Fixed)]
    above = {
        closing
        for one in ranges
        for closing in (*(each for span in one.spans for each in span.closings), *one.orphans)
        if isinstance(closing, Fixed) and closing.version > at
    }
    safe = sorted((end for end in above if _is_safe(end, affected)), key=lambda end: end.version)
    branch = max(closes, key=lambda end: end.version, default=None) if len(closes) == len(inside) else None
    last = max(ends, key=lambda end: end.version, default=None)
    return Fix(
        same_branch=branch.text if branch is not None and branch in safe else None,
        nearest=safe[0].text if safe else None,
        assumed=any(isinstance(end, LastAffected) for end in ends),
        after=last.text if isinstance(last, LastAffected) and len(ends) == len(inside) else None,
    )


def _is_safe(end: Fixed, affected: Sequence[Affected]) -> bool:
    return isinstance(evaluate(end.text, affected), NotAffected)


def _covers(span: Span, version: Version) -> bool:
    return span.starts_by(version) and all(closing.covers(version) for closing in span.closings)
