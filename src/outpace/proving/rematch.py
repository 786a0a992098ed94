"""The re-match: what was to be fixed matches no more, and nothing that was safe became exposed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import Component
from outpace.model.proof import CheckUndecided, Failed, Passed, Result

NAMED_AT_MOST = 4
Found = TypeVar("Found", Exposure, Doubt)


def fixed_by(base: Matched, change: Matched) -> tuple[str, ...]:
    """What matches on base and neither matches nor may match on the change; for a change that names nothing."""
    left = {name for found in (*change.exposures, *change.doubts) for name in found.vulnerability.ids}
    return tuple(
        dict.fromkeys(
            found.vulnerability.id for found in base.exposures if not left.intersection(found.vulnerability.ids)
        )
    )


def judge(base: Matched, change: Matched, fixes: tuple[str, ...]) -> Result:
    wanted = frozenset(fixes)
    still = [found for found in change.exposures if wanted & found.vulnerability.ids]
    if still:
        return Failed(f"{still[0].vulnerability.id} still matches {_place(still[0].component)}")
    appeared = _new(change.exposures, known=base.exposures)
    if appeared:
        return Failed(f"newly exposed: {_listed(appeared)}")
    doubts = [found for found in change.doubts if wanted & found.vulnerability.ids]
    doubts += _new(change.doubts, known=(*base.exposures, *base.doubts))
    if doubts:
        first, why = doubts[0], doubts[0].unknown
        about = f"{first.vulnerability.id} affects {_place(first.component)}"
        return CheckUndecided(f"it cannot be said whether {about}: {why.why}", would_settle=why.would_settle)
    return _fixes_seen(base, change, fixes)


def _fixes_seen(base: Matched, change: Matched, fixes: tuple[str, ...]) -> Result:
    matched = {name for found in base.exposures for name in found.vulnerability.ids}
    unseen = [name for name in fixes if name not in matched]
    if unseen:
        return CheckUndecided(
            f"base does not match {', '.join(unseen)}, so that it is fixed cannot be seen",
            would_settle="newer advisory data, or another --base",
        )
    rest = len({found.vulnerability.id for found in change.exposures})
    others = f"; {rest} other{'s' if rest > 1 else ''} still match{'' if rest > 1 else 'es'} as before" if rest else ""
    gone = f"{', '.join(fixes)} no longer match{'es' if len(fixes) == 1 else ''}; " if fixes else ""
    return Passed(f"{gone}nothing became exposed{others}")


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
