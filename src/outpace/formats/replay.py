"""How `outpace replay` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from outpace.app.replay import View
from outpace.delivery.exchanges.answers import Answer, Answered, Difference, Different, NotComparable, Same
from outpace.delivery.exchanges.comparison import Found, Replayed, Side
from outpace.ecosystems.secrets import masked
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import Hanging, printable, shortened

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN = 20
LONGEST_TARGET = 200
DIGEST_SHOWN = 12
PERHAPS_A_SET = "of order alone, which may be that of a set in its process"
SETTLES_A_SET = "a second process of the old release in another --old, or both started with PYTHONHASHSEED=0"


class DifferenceV1(Struct, frozen=True, kw_only=True):
    """`old` is empty for what was added, `new` for what is missing."""

    where: str
    kind: str
    old: str
    new: str


class AcceptanceV1(Struct, frozen=True, kw_only=True):
    reason: str
    by: str
    at: datetime


class FoundV1(Struct, frozen=True, kw_only=True):
    """One class of differences; `digest` is what accepts it."""

    digest: str
    route: str
    place: str
    exchanges: int
    example_request: str
    example: DifferenceV1
    accepted: AcceptanceV1 | None


class SideV1(Struct, frozen=True, kw_only=True):
    """`bad`: answers of 500 and above, and none."""

    url: str
    release: str
    requests: int
    bad: int


class ExchangeV1(Struct, frozen=True, kw_only=True):
    """Statuses are null where there was no answer."""

    request: str
    result: Literal["same", "different", "not comparable"]
    expected: bool
    old_status: int | None
    new_status: int | None
    differences: tuple[DifferenceV1, ...]
    why: str


class ReplayV1(Struct, frozen=True, kw_only=True):
    same: bool
    sentence: str
    recorded: int
    old: SideV1
    new: SideV1
    compared: int
    different: int
    expected: int
    not_comparable: int
    refused: int
    found: tuple[FoundV1, ...]
    noise: dict[str, int]
    skipped: dict[str, int]
    not_asked: dict[str, int]
    not_kept: dict[str, int]
    mix: dict[str, int]
    exchanges: tuple[ExchangeV1, ...]
    seconds: float


def answer(view: View) -> bytes:
    return encoded("replay", shown(view), unknown=unknowns(view), warnings=warnings(view))


def shown(view: View) -> ReplayV1:
    comparison = view.comparison
    return ReplayV1(
        same=comparison.same,
        sentence=comparison.sentence,
        recorded=len(view.recording.exchanges),
        old=_side(comparison.old, view.plan.old_url, view.plan.releases[0]),
        new=_side(comparison.new, view.plan.new_url, view.plan.releases[1]),
        compared=comparison.compared,
        different=comparison.different,
        expected=comparison.expected,
        not_comparable=comparison.not_comparable,
        refused=comparison.refused,
        found=tuple(_found(each) for each in comparison.found),
        noise=comparison.noise,
        skipped=comparison.skipped,
        not_asked=comparison.not_asked,
        not_kept=view.recording.not_kept,
        mix=view.mix,
        exchanges=tuple(_exchange(each) for each in comparison.replayed),
        seconds=round(comparison.seconds, 3),
    )


def _side(side: Side, url: str, release: str) -> SideV1:
    return SideV1(url=masked(url), release=masked(release), requests=side.requests, bad=side.bad)


def _found(found: Found) -> FoundV1:
    accepted = found.accepted
    return FoundV1(
        digest=found.digest,
        route=found.of.route,
        place=found.of.place,
        exchanges=found.count,
        example_request=f"{found.request.method} {found.request.target}",
        example=_difference(found.example),
        accepted=AcceptanceV1(reason=accepted.reason, by=accepted.by, at=accepted.at) if accepted else None,
    )


def _difference(difference: Difference) -> DifferenceV1:
    return DifferenceV1(where=difference.where, kind=difference.kind, old=difference.old, new=difference.new)


def _exchange(each: Replayed) -> ExchangeV1:
    differences: tuple[DifferenceV1, ...] = ()
    why = ""
    match each.result:
        case Same():
            result = "same"
        case Different(differences=found):
            result, differences = "different", tuple(_difference(one) for one in found)
        case NotComparable(why=reason):
            result, why = "not comparable", reason
    return ExchangeV1(
        request=f"{each.request.method} {each.request.target}",
        result=result,
        expected=each.expected,
        old_status=_status(each.old),
        new_status=_status(each.new),
        differences=differences,
        why=why,
    )


def _status(answer: Answer | None) -> int | None:
    return answer.status if isinstance(answer, Answered) else None


def unknowns(view: View) -> tuple[UnknownItem, ...]:
    """Each once."""
    not_compared = (
        UnknownItem(what=f"{each.request.method} {each.request.target}", why=each.result.why)
        for each in view.comparison.replayed
        if isinstance(each.result, NotComparable)
    )
    perhaps_sets = (
        UnknownItem(what=f"{each.of.route} {each.of.place}", why=PERHAPS_A_SET, would_settle=SETTLES_A_SET)
        for each in view.comparison.perhaps_sets
    )
    return tuple(dict.fromkeys((*not_compared, *perhaps_sets)))


def warnings(view: View) -> tuple[str, ...]:
    return ("the recording's last line is cut off, and was left out",) if view.recording.torn else ()


def _accepting(found: Sequence[Found]) -> str:
    return " ".join(f"--accept {each.digest[:DIGEST_SHOWN]}" for each in found)


def text(view: View) -> RenderableType:
    from rich.console import Group

    comparison = view.comparison
    parts: list[RenderableType] = [Hanging(printable(comparison.sentence), style="bold"), _sent(view)]
    stopping, accepted = comparison.stopping, [each for each in comparison.found if each.accepted]
    if stopping:
        parts += ["", f"Differences ({len(stopping)})"]
        for each in stopping[:SHOWN]:
            parts += _lines(each)
        if len(stopping) > SHOWN:
            parts.append(f"  and {len(stopping) - SHOWN} more, in --format json")
        if comparison.perhaps_sets:
            digests = ", ".join(each.digest[:DIGEST_SHOWN] for each in comparison.perhaps_sets[:SHOWN])
            parts.append(Hanging(f"{digests}: {PERHAPS_A_SET}; {SETTLES_A_SET}"))
        parts.append(Hanging(f'what is meant: {_accepting(stopping[:SHOWN])} --reason "..."', style="dim"))
    for each in accepted:
        told = f"accepted by {each.accepted.by}: {each.accepted.reason}" if each.accepted else ""
        parts += ["", *_lines(each), Hanging(printable(told), indent=4)]
    parts += _counts("Noise: where any two answers of the old release differ", comparison.noise)
    parts += _counts("Not compared", _reasons(view))
    parts += _counts("Not sent", comparison.skipped)
    parts += _counts("Not asked, since others of the route were not answered in time", comparison.not_asked)
    parts += _counts("Not kept when it was recorded", view.recording.not_kept)
    parts += ["", *warnings(view)] if view.recording.torn else []
    return Group(*parts)


def _sent(view: View) -> Hanging:
    comparison = view.comparison
    sides = [
        f"{masked(url)}: {side.requests} requests, {side.bad} bad"
        for url, side in ((view.plan.old_url, comparison.old), (view.plan.new_url, comparison.new))
    ]
    return Hanging(printable(f"{'; '.join(sides)}; {comparison.seconds:.1f} s"), style="dim")


def _lines(found: Found) -> list[RenderableType]:
    target = shortened(found.request.target, LONGEST_TARGET)
    return [
        Hanging(
            printable(f"{found.digest[:DIGEST_SHOWN]}  {found.count} x {found.of.route}  {found.of.place}"), indent=2
        ),
        Hanging(printable(f"{found.request.method} {target}: {found.example.readable}"), indent=4),
    ]


def _reasons(view: View) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in view.comparison.replayed:
        if isinstance(each.result, NotComparable):
            found[each.result.why] = found.get(each.result.why, 0) + 1
    return found


def _counts(title: str, counts: dict[str, int]) -> list[RenderableType]:
    if not counts:
        return []
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    lines = [
        Hanging(printable(f"{count} x {shortened(what, LONGEST_TARGET)}"), indent=2) for what, count in rows[:SHOWN]
    ]
    more = [f"  and {len(rows) - SHOWN} more, in --format json"] if len(rows) > SHOWN else []
    return ["", title, *lines, *more]
