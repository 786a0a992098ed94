"""How plans and branches are shown: text, and the public JSON of `outpace fix`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from outpace.app.fix import AlreadyThere, Created, FixView, Landed, NotWritten
from outpace.formats import doubts
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import Hanging, printable
from outpace.model.change import Move
from outpace.remediation.plan import Blocked, Fixed, NoFix, Outcome, Plan, PrereleaseOnly, Proposal

if TYPE_CHECKING:
    from rich.console import RenderableType

Result = Literal["fixed", "blocked", "no_fix", "prerelease_only"]
LandingWord = Literal["created", "already there", "not written"]


class MoveV1(Struct, frozen=True, kw_only=True):
    """`before` is null where the package is new, `after` where it goes."""

    name: str
    before: str | None
    after: str | None
    file: str
    marker: str


class PlanV1(Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One affected pin. `moves` is the whole difference of the branch that fixes it; `offer` needs a decision."""

    name: str
    from_: str
    to: str | None
    result: Result
    file: str
    line: int | None
    marker: str
    advisories: tuple[str, ...]
    branch: str | None
    moves: tuple[MoveV1, ...]
    blocker: str
    offer: str
    caveats: tuple[str, ...]


class ReleasedV1(Struct, frozen=True, kw_only=True):
    release: str
    at: datetime


class ChangeV1(Struct, frozen=True, kw_only=True):
    """`revision` is null where nothing was written."""

    branch: str
    landing: LandingWord
    base: str
    revision: str | None
    fixes: tuple[str, ...]
    files: tuple[str, ...]
    moves: tuple[MoveV1, ...]
    caveats: tuple[str, ...]
    released: tuple[ReleasedV1, ...]


class ExceptionV1(Struct, frozen=True, kw_only=True):
    """A release that passes the project's own cool-down; `expires` is null where the cool-down is a fixed date."""

    name: str
    version: str
    advisories: tuple[str, ...]
    reason: str
    expires: datetime | None


class FixV1(Struct, frozen=True, kw_only=True):
    application: str
    base: str
    plans: tuple[PlanV1, ...]
    changes: tuple[ChangeV1, ...]
    exceptions: tuple[ExceptionV1, ...]
    ignored: tuple[str, ...]  # uncommitted changes: base is HEAD


def answer(view: FixView) -> bytes:
    return encoded("fix", result(view), coverage=view.coverage, unknown=_unknown(view), warnings=_warnings(view))


def result(view: FixView) -> FixV1:
    branches = {landed.change.moves: landed.change.branch for landed in view.landed}
    return FixV1(
        application=view.application,
        base=view.base,
        plans=tuple(_plan(plan, branches) for plan in view.plans),
        changes=tuple(_change(landed) for landed in view.landed),
        exceptions=tuple(
            ExceptionV1(
                name=each.package.name,
                version=each.version,
                advisories=each.advisories,
                reason=each.reason,
                expires=each.expires,
            )
            for each in view.exceptions
        ),
        ignored=view.dirty,
    )


def _plan(plan: Plan, branches: dict[tuple[Move, ...], str]) -> PlanV1:
    pin, outcome = plan.target.pin, plan.outcome
    proposal = _proposal(outcome)
    return PlanV1(
        name=pin.package.name,
        from_=pin.version,
        to=outcome.version if isinstance(outcome, Fixed) else None,
        result=_word(outcome),
        file=pin.file,
        line=pin.line,
        marker=pin.marker,
        advisories=plan.target.ids,
        branch=branches.get(proposal.moves) if proposal else None,
        moves=tuple(_move(move) for move in proposal.moves) if proposal else (),
        blocker=_blocker(outcome),
        offer=outcome.offer if isinstance(outcome, Blocked | PrereleaseOnly) else "",
        caveats=(*outcome.caveats, *outcome.proposal.caveats) if isinstance(outcome, Fixed) else (),
    )


def _proposal(outcome: Outcome) -> Proposal | None:
    return outcome.proposal if isinstance(outcome, Fixed) else None


def _word(outcome: Outcome) -> Result:
    match outcome:
        case Fixed():
            return "fixed"
        case Blocked():
            return "blocked"
        case NoFix():
            return "no_fix"
        case PrereleaseOnly():
            return "prerelease_only"


def _blocker(outcome: Outcome) -> str:
    match outcome:
        case Fixed() | Blocked():
            return outcome.blocker
        case NoFix(why=why):
            return why
        case PrereleaseOnly():
            return "only a pre-release is free of known advisories"


def _move(move: Move) -> MoveV1:
    return MoveV1(name=move.package.name, before=move.before, after=move.after, file=move.file, marker=move.marker)


def _change(landed: Landed) -> ChangeV1:
    change = landed.change
    return ChangeV1(
        branch=change.branch,
        landing=_landing(landed),
        base=change.base,
        revision=change.revision or None,
        fixes=change.fixes,
        files=landed.files,
        moves=tuple(_move(move) for move in change.moves),
        caveats=change.caveats,
        released=tuple(ReleasedV1(release=name, at=at) for name, at in change.released),
    )


def _landing(landed: Landed) -> LandingWord:
    match landed.landing:
        case Created():
            return "created"
        case AlreadyThere():
            return "already there"
        case NotWritten():
            return "not written"


def _unknown(view: FixView) -> tuple[UnknownItem, ...]:
    unread = (UnknownItem(what=each.file, why=each.why) for each in view.matched.inventory.unread)
    return (*doubts.items(view.matched.doubts), *unread)


def _unknown_lines(view: FixView) -> Iterator[str]:
    yield from doubts.lines(view.matched.doubts)
    yield from (f"{each.file}: {each.why}" for each in view.matched.inventory.unread)


def _warnings(view: FixView) -> tuple[str, ...]:
    if not view.dirty:
        return ()
    shown = ", ".join(view.dirty[:5]) + (" ..." if len(view.dirty) > 5 else "")
    return (f"uncommitted changes are ignored: {shown}",)


def text(view: FixView) -> RenderableType:
    """The answer, a line for each pin, a block for each branch, and what is not known."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Hanging(_first_line(view), style="bold")]
    for plan in view.plans:
        parts += [Text(""), *_plan_block(plan)]
    for landed in view.landed:
        parts += [Text(""), *_branch_block(landed)]
    told = [*_warnings(view), *(f"exception: {each.reason}; {_until(each.expires)}" for each in view.exceptions)]
    told += [f"unknown: {line}" for line in _unknown_lines(view)]
    parts += [Text(""), *(Hanging(printable(line)) for line in told)] if told else []
    return Group(*parts, Text(""), Hanging(_data_line(view), style="dim"))


def _plan_block(plan: Plan) -> list[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    pin = plan.target.pin
    place = pin.file + (f" ({pin.marker})" if pin.marker else "")
    head = Text.assemble((pin.package.name, "bold"), f" {printable(_step(plan))}  {printable(place)}")
    lines = [", ".join(plan.target.ids), *_plan_lines(plan.outcome)]
    return [Padding.indent(head, 2), *(Hanging(printable(line), indent=4, style="dim") for line in lines)]


def _first_line(view: FixView) -> str:
    asked = printable(view.asked or "")
    if not view.is_known:
        return f"no advisory about a package that is here has the id {asked}: nothing to fix"
    if not view.plans and not view.matched.inventory.files:
        return f"it is unknown what is exposed: there is no lock file at {view.base[:12]}"
    if not view.plans:
        return f"nothing is exposed{f' to {asked}' if asked else ''}, as far as it is known: there is nothing to fix"
    fixed = sum(isinstance(plan.outcome, Fixed) for plan in view.plans)
    pins = _pins(fixed, len(view.plans), f" exposed to {asked}" if asked else "")
    if not fixed:
        return f"{pins} can be fixed by an upgrade; nothing was written"
    one = fixed == 1
    if any(isinstance(landed.landing, NotWritten) for landed in view.landed):
        return f"{pins} could be fixed on {_branches(view.landed)}; nothing was written"
    return f"{pins} {'is' if one else 'are'} fixed on {_branches(view.landed)}"


def _pins(fixed: int, every: int, exposed: str) -> str:
    """`the exposed pin`, `both pins exposed to CVE-1`, `1 of 3 exposed pins`, `none of 2 exposed pins`."""
    noun = f"pin{exposed}" if exposed else "exposed pin"
    nouns = f"pins{exposed}" if exposed else "exposed pins"
    match fixed, every:
        case 1, 1:
            return f"the {noun}"
        case 0, 1:
            return f"no {noun}"
        case 0, _:
            return f"none of {every} {nouns}"
        case _ if fixed == every:
            return f"both {nouns}" if every == 2 else f"all {every} {nouns}"
        case _:
            return f"{fixed} of {every} {nouns}"


def _branches(landed: tuple[Landed, ...]) -> str:
    counted = f"{len(landed)} branch{'' if len(landed) == 1 else 'es'}"
    before = sum(isinstance(each.landing, AlreadyThere) for each in landed)
    if not before:
        return counted
    if before == len(landed):
        return f"{counted} that {'was' if before == 1 else 'were'} there already"
    return f"{counted}, {before} of which {'was' if before == 1 else 'were'} there already"


def _step(plan: Plan) -> str:
    outcome = plan.outcome
    return (
        f"{plan.target.pin.version} → {outcome.version or '(gone)'}"
        if isinstance(outcome, Fixed)
        else (f"{plan.target.pin.version}: {_word(outcome).replace('_', ' ')}")
    )


def _plan_lines(outcome: Outcome) -> tuple[str, ...]:
    match outcome:
        case Fixed():
            return (*((f"held back by {outcome.blocker}",) if outcome.blocker else ()), *outcome.caveats)
        case Blocked():
            return (outcome.blocker, *((f"offer: {outcome.offer}",) if outcome.offer else ()))
        case NoFix():
            return (outcome.why,)
        case PrereleaseOnly():
            return (f"only a pre-release helps: {outcome.offer}; that is your decision",)


def _branch_block(landed: Landed) -> list[RenderableType]:
    from rich.padding import Padding
    from rich.text import Text

    change = landed.change
    revision = f" at {change.revision[:12]}" if change.revision else ""
    head = Text.assemble((change.branch, "bold"), f"{revision} ({_landing(landed)})")
    lines = [f"{m.package.name} {m.before or '(new)'} → {m.after or '(gone)'}  {m.file}" for m in change.moves]
    lines += [f"note: {caveat}" for caveat in change.caveats]
    return [Padding.indent(head, 2), *(Hanging(printable(line), indent=4) for line in lines)]


def _until(expires: datetime | None) -> str:
    return f"needed until {expires:%Y-%m-%d}" if expires else "needed as long as your date stands"


def _data_line(view: FixView) -> str:
    coverage = view.coverage
    if coverage is None:
        return "advisory data: none"
    upto = f"{coverage.cutoff:%Y-%m-%d}" if coverage.cutoff else "an unknown day"
    return f"{coverage.records:,} {coverage.ecosystem} advisories up to {upto}; base {view.base[:12]}"
