"""The re-match: what was to be fixed matches no more, and nothing that was safe became exposed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, TypeVar

from outpace.ecosystems.kinds import is_requirements
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import Component
from outpace.model.package import Package
from outpace.model.proof import CheckUndecided, Failed, Passed, Result

NAMED_AT_MOST = 4
Place: TypeAlias = tuple[str, Package]  # a file, and a package in it
Found = TypeVar("Found", Exposure, Doubt)


def fixed_by(base: Matched, change: Matched) -> tuple[str, ...]:
    """What matches on base and neither matches nor may match on the change; for a change that names nothing."""
    left = {name for found in (*change.exposures, *change.doubts) for name in found.vulnerability.ids}
    return tuple(
        dict.fromkeys(
            found.vulnerability.id for found in base.exposures if not left.intersection(found.vulnerability.ids)
        )
    )


def judge(base: Matched, change: Matched, fixes: tuple[str, ...], touched: frozenset[Place]) -> Result:
    """`touched` are the places where something moved. What is to be fixed must match there no more; a place that the
    change leaves alone is said, and is not held against it as long as the change fixes it somewhere. So is a line of a
    requirements file: one for old Pythons may stay where the other moves. A lock moves as a whole.
    """
    wanted = frozenset(fixes)
    still = [found for found in change.exposures if wanted & found.vulnerability.ids]
    gone = _gone(base, change)
    lines = {_line_of(found) for found in base.exposures if is_requirements(found.component.file)}
    for found in still:
        is_left_alone = _place_of(found) not in touched or _line_of(found) in lines
        if not (is_left_alone and gone & found.vulnerability.ids):
            return Failed(f"{found.vulnerability.id} still matches {_place(found.component)}")
    appeared = _new(change.exposures, known=base.exposures)
    if appeared:
        return Failed(f"newly exposed: {_listed(appeared)}")
    doubts = [found for found in change.doubts if wanted & found.vulnerability.ids]
    doubts += _new(change.doubts, known=(*base.exposures, *base.doubts))
    if doubts:
        first, why = doubts[0], doubts[0].unknown
        about = f"{first.vulnerability.id} affects {_place(first.component)}"
        return CheckUndecided(f"it cannot be said whether {about}: {why.why}", would_settle=why.would_settle)
    return _fixes_seen(base, change, fixes, still)


def _place_of(found: Exposure) -> Place:
    return found.component.file, found.component.package


def _line_of(found: Exposure) -> tuple[Place, str | None, str]:
    return _place_of(found), found.component.version, found.component.marker


def _gone(base: Matched, change: Matched) -> frozenset[str]:
    """Every name of what matched somewhere on base and matches there no more."""
    left = {(_line_of(found), name) for found in change.exposures for name in found.vulnerability.ids}
    return frozenset(
        name
        for found in base.exposures
        if not any((_line_of(found), each) in left for each in found.vulnerability.ids)
        for name in found.vulnerability.ids
    )


def _fixes_seen(base: Matched, change: Matched, fixes: tuple[str, ...], still: list[Exposure]) -> Result:
    matched = {name for found in base.exposures for name in found.vulnerability.ids}
    unseen = [name for name in fixes if name not in matched]
    if unseen:
        return CheckUndecided(
            f"base does not match {', '.join(unseen)}, so that it is fixed cannot be seen",
            would_settle="newer advisory data, or another --base",
        )
    rest = len({found.vulnerability.id for found in change.exposures} - {found.vulnerability.id for found in still})
    others = f"; {rest} other{'s' if rest > 1 else ''} still match{'' if rest > 1 else 'es'} as before" if rest else ""
    where = " where it moved" if still else ""
    gone = f"{', '.join(fixes)} no longer match{'es' if len(fixes) == 1 else ''}{where}; " if fixes else ""
    return Passed(f"{gone}nothing became exposed{others}{_left_alone(still)}")


def _left_alone(still: list[Exposure]) -> str:
    if not still:
        return ""
    first, *rest = still
    more = f" and {len(rest)} more pins" if rest else ""
    return f"; {first.vulnerability.id} still matches {_place(first.component)}{more}, which the change leaves alone"


def _new(found: Iterable[Found], *, known: Iterable[Exposure | Doubt]) -> list[Found]:
    """What has no counterpart on base: the same package in the same file under any alias of the same vulnerability."""
    before = {(old.component.package, old.component.file, name) for old in known for name in old.vulnerability.ids}
    return [
        new
        for new in found
        if not any((new.component.package, new.component.file, name) in before for name in new.vulnerability.ids)
    ]


def _place(component: Component) -> str:
    where = f" in {component.file}" if component.file else ""
    return f"{component.package.name} {component.version or component.specifier}{where}"


def _listed(found: list[Exposure]) -> str:
    words = [f"{_place(new.component)} by {new.vulnerability.id}" for new in found]
    rest = len(words) - NAMED_AT_MOST
    return ", ".join(words[:NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")
