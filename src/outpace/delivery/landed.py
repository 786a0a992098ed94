"""Whether a change has arrived where the pipeline deploys from, also squashed or rebased."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from outpace.model.unknown import Unknown


class Tip(Struct, frozen=True, kw_only=True):
    """What was found out about a deploy branch; None where it was not asked or could not be answered."""

    branch: str
    revision: str | None  # None: there is no such branch
    is_ancestor: bool | None = None  # the change's revision is in its history
    same_patch: str | None = None  # a commit of its history since base with the change's patch-id
    rematch: tuple[str, ...] | Unknown = Unknown("the locks at the tip were not matched")  # ids still exposed there


class Landed(Struct, frozen=True, tag=True):
    revision: str  # the commit of the deploy branch that shows it
    how: str


class NotLanded(Struct, frozen=True, tag=True):
    why: str


Landing: TypeAlias = Landed | NotLanded | Unknown


def landing(fixes: tuple[str, ...], revision: str, tip: Tip) -> Landing:
    """Ancestry, then the same patch, then what the locks say. A merge that was reverted since has not landed."""
    if tip.revision is None:
        return NotLanded(f"there is no branch {tip.branch}")
    exposed = _exposed(fixes, tip.rematch)
    if exposed:
        return NotLanded(f"the locks at {tip.branch} are still exposed to {', '.join(exposed)}")
    if tip.is_ancestor:
        return Landed(revision, f"{tip.branch} contains it")
    if tip.same_patch:
        return Landed(tip.same_patch, f"{tip.branch} contains the same patch as {tip.same_patch[:12]}")
    match tip.rematch:
        case Unknown() as unknown:
            return unknown
        case _:
            return Landed(tip.revision, f"the locks at {tip.branch} no longer match")


def _exposed(fixes: tuple[str, ...], rematch: tuple[str, ...] | Unknown) -> tuple[str, ...]:
    return () if isinstance(rematch, Unknown) else tuple(one for one in fixes if one in rematch)
