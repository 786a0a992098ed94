"""How `outpace migrations` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from outpace.app.migrations import View
from outpace.delivery.migrations.judged import (
    Back,
    BackNotKnown,
    Contract,
    Expand,
    Gone,
    Judged,
    Lock,
    LosesNew,
    Standing,
    Whole,
)
from outpace.delivery.migrations.road import STAGES, Go, Refuse
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import Hanging, printable
from outpace.model.unknown import Unknown
from outpace.model.words import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

SHORT = 12


class LockV1(Struct, frozen=True, kw_only=True):
    """The strongest lock that PostgreSQL takes of a table in use; `mode` is empty where it takes none."""

    mode: str
    table: str
    long: bool
    why: str


class StepV1(Struct, frozen=True, kw_only=True):
    """`road` is how a contract gets there in steps that can be taken back; `would_settle` is for what is unknown."""

    migration: str
    path: str
    line: int
    what: str
    kind: Literal["expand", "contract", "unknown"]
    why: str
    road: str
    would_settle: str
    cautions: tuple[str, ...]
    taken_back: Literal["whole", "loses new data", "loses data", "not known"]
    lost: str
    lock: LockV1
    may_be_left_out: bool


class PlanV1(Struct, frozen=True, kw_only=True):
    goes: bool
    why: str
    named: tuple[str, ...]
    would_allow: str
    waits: tuple[str, ...]


class MigrationsV1(Struct, frozen=True, kw_only=True):
    application: str
    base: str
    head: str
    order: tuple[str, ...]
    steps: tuple[StepV1, ...]
    said: tuple[str, ...]
    plan: PlanV1


def answer(view: View) -> bytes:
    result = MigrationsV1(
        application=view.application,
        base=view.base,
        head=view.head,
        order=view.road.order,
        steps=tuple(_step(one) for one in view.road.steps),
        said=view.road.said,
        plan=_plan(view),
    )
    unknown = tuple(
        UnknownItem(what=name, why=one.why, would_settle=one.would_settle) for name, one in view.road.unsettled
    )
    return encoded("migrations", result, unknown=(*unknown, *_unknown(view)))


def _unknown(view: View) -> Iterator[UnknownItem]:
    for one in view.road.unknown:
        if isinstance(one.standing, Unknown):
            what = f"{one.path}:{one.line}: {one.said.words}"
            yield UnknownItem(what=what, why=one.standing.why, would_settle=one.standing.would_settle)


def _step(one: Judged) -> StepV1:
    standing = one.standing
    taken_back, lost = _back(one.said.back)
    return StepV1(
        migration=one.migration,
        path=one.path,
        line=one.line,
        what=one.said.words,
        kind=kind(standing),
        why=standing.why,
        road=standing.road if isinstance(standing, Contract) else "",
        would_settle=standing.would_settle if isinstance(standing, Unknown) else "",
        cautions=standing.cautions if isinstance(standing, Expand) else (),
        taken_back=taken_back,
        lost=lost,
        lock=_lock(one.said.lock),
        may_be_left_out=one.maybe,
    )


def kind(standing: Standing) -> Literal["expand", "contract", "unknown"]:
    match standing:
        case Expand():
            return "expand"
        case Contract():
            return "contract"
        case Unknown():
            return "unknown"


def _back(back: Back) -> tuple[Literal["whole", "loses new data", "loses data", "not known"], str]:
    match back:
        case Whole():
            return "whole", ""
        case LosesNew(what=what):
            return "loses new data", what
        case Gone(what=what):
            return "loses data", what
        case BackNotKnown():
            return "not known", ""


def _lock(lock: Lock) -> LockV1:
    return LockV1(mode=lock.mode, table=lock.table, long=lock.long, why=lock.why)


def _plan(view: View) -> PlanV1:
    match view.plan:
        case Go(waits=waits, in_spite_of=named):
            return PlanV1(goes=True, why=STAGES, named=named, would_allow="", waits=waits)
        case Refuse(why=why, named=named, would_allow=allow):
            return PlanV1(goes=False, why=why, named=named, would_allow=allow, waits=())


def headline(view: View) -> str:
    """The answer in one line."""
    road = view.road
    if not road.steps and not road.unsettled:
        return (
            "no new migration" if not road.order else f"{counted(len(road.order), 'new migration')}, with nothing to do"
        )
    told = [
        f"{len(found)} {name}"
        for found, name in ((road.expand, "expand"), (road.contract, "contract"), (road.unknown, "unknown"))
        if found
    ]
    if road.unsettled:
        told.append(f"{len(road.unsettled)} not told by what is new")
    return f"{counted(len(road.order), 'new migration')}: {', '.join(told)}"


def text(view: View) -> RenderableType:
    from rich.console import Group

    road = view.road
    where = f"{view.application}, {view.base[:SHORT]}..{view.head[:SHORT]}"
    parts: list[RenderableType] = [Hanging(headline(view), style="bold"), Hanging(printable(where), style="dim")]
    for name in road.order:
        steps = [one for one in road.steps if one.migration == name]
        parts += ["", Hanging(printable(name))]
        if not steps:
            parts.append(Hanging("nothing to do", indent=2))
        for one in steps:
            parts += [Hanging(printable(line), indent=2 + 2 * bool(place)) for place, line in enumerate(_lines(one))]
    for name, unknown in road.unsettled:
        settles = f"; {unknown.would_settle}" if unknown.would_settle else ""
        parts += ["", Hanging(printable(f"{name}: unknown: {unknown.why}{settles}"))]
    if road.said:
        parts += ["", *(Hanging(printable(line)) for line in road.said)]
    return Group(*parts, *_ending(view))


def _ending(view: View) -> list[RenderableType]:
    if not view.road.steps and not view.road.unsettled:
        return []
    match view.plan:
        case Go():
            return ["", Hanging(f"the road: {STAGES}")]
        case Refuse(would_allow=allow):
            return ["", Hanging(f"the road: {STAGES}"), Hanging(f"a rollout of these is refused without {allow}")]


def _lines(one: Judged) -> Iterator[str]:
    standing = one.standing
    yield f"{kind(standing)}: {one.said.words} ({one.path.rpartition('/')[2]}:{one.line})"
    yield f"{standing.why}{'; it may be left out' if one.maybe else ''}"
    match standing:
        case Contract(road=road):
            yield f"instead: {road}"
        case Unknown(would_settle=settles) if settles:
            yield f"what would settle it: {settles}"
        case Expand(cautions=cautions):
            yield from (f"beware: {caution}" for caution in cautions)
        case _:
            pass
    lock = one.said.lock
    if lock.long:
        yield f"lock: {lock.mode} on {lock.table}, for long: {lock.why}"
    if isinstance(one.said.back, Gone):
        yield f"taken back: only a backup has {one.said.back.what}"
