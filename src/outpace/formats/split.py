"""How the steps of a change are shown: text, and their public JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from outpace.app.split import Found, NotProved, Step, View
from outpace.delivery.splitting.pieces import Gone, Kind, Partly, Whole
from outpace.delivery.splitting.risk import Risk
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import Hanging, printable
from outpace.model.proof import Proved, Refuted, Undecided
from outpace.model.words import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

SHORT = 12
FILES_SHOWN = 6
HELD_SHOWN = 5
PARTS_SHOWN = 4

StateWord = Literal["proved", "refuted", "undecided", "not proved"]


class FoundV1(Struct, frozen=True, kw_only=True):
    """`reason` is the first failed check, or what is missing."""

    state: StateWord
    reason: str = ""
    would_settle: str = ""


class FileV1(Struct, frozen=True, kw_only=True):
    """`whole` says that the file is as the branch has it from this step on."""

    path: str
    lines: int
    whole: bool
    gone: bool


class StepV1(Struct, frozen=True, kw_only=True):
    """`revision` is a commit that no branch points at before the steps are landed. `same_syntax`: each file of Python
    was parsed before and after, to the same. `breaks` are migrations beside which the release before this step does not
    go on."""

    number: int
    kind: Kind
    title: str
    why: str
    revision: str
    lines: int
    risk: Risk
    files: tuple[FileV1, ...]
    same_syntax: bool
    breaks: tuple[str, ...]
    proof: FoundV1


class HeldV1(Struct, frozen=True, kw_only=True):
    """Changes that cannot be apart."""

    what: tuple[str, ...]
    why: str


class JoinedV1(Struct, frozen=True, kw_only=True):
    """Two steps that were proposed, and that a proof did not let be apart."""

    one: str
    other: str
    why: str


class SplitV1(Struct, frozen=True, kw_only=True):
    """`landed` is null where no branch was written."""

    branch: str
    base: str
    revision: str
    steps: tuple[StepV1, ...]
    whole: FoundV1
    held: tuple[HeldV1, ...]
    joined: tuple[JoinedV1, ...]
    landed: str | None


def answer(view: View) -> bytes:
    result = SplitV1(
        branch=view.asked.branch,
        base=view.asked.base,
        revision=view.asked.revision,
        steps=tuple(_step(number, step) for number, step in enumerate(view.steps, 1)),
        whole=_found(view.whole),
        held=tuple(HeldV1(what=each.what, why=each.why) for each in view.held),
        joined=tuple(JoinedV1(one=each.one, other=each.other, why=each.why) for each in view.joined),
        landed=view.landed or None,
    )
    unknown = (item for number, step in enumerate(view.steps, 1) for item in _unknown(number, step))
    return encoded("split", result, unknown=tuple(unknown), warnings=view.asked.notes)


def _unknown(number: int, step: Step) -> Iterator[UnknownItem]:
    if isinstance(step.found, Undecided):
        yield UnknownItem(what=f"step {number}", why=step.found.missing, would_settle=step.found.would_settle)
    for path in step.piece.unknown:
        what = f"whether the release before step {number} goes on beside {path}"
        yield UnknownItem(what=what, why="it cannot be told by reading", would_settle=_asks(step))


def _step(number: int, step: Step) -> StepV1:
    files = tuple(
        FileV1(
            path=edit.path,
            lines=edit.lines,
            whole=isinstance(edit.state, Whole),
            gone=isinstance(edit.state, Gone),
        )
        for edit in step.piece.edits
    )
    return StepV1(
        number=number,
        kind=step.piece.kind,
        title=step.piece.title,
        why=step.piece.why,
        revision=step.revision,
        lines=step.piece.lines,
        risk=step.risk,
        files=files,
        same_syntax=step.piece.same_syntax,
        breaks=step.piece.breaks,
        proof=_found(step.found),
    )


def _found(found: Found) -> FoundV1:
    match found:
        case Proved():
            return FoundV1(state="proved")
        case Refuted(reason):
            return FoundV1(state="refuted", reason=reason)
        case Undecided(missing, would_settle):
            return FoundV1(state="undecided", reason=missing, would_settle=would_settle)
        case NotProved():
            return FoundV1(state="not proved")


def headline(view: View) -> str:
    """The answer in one line."""
    lines = sum(step.piece.lines for step in view.steps)
    largest = max(step.piece.lines for step in view.steps)
    size = f"{counted(lines, 'line')} of {printable(view.asked.branch)}"
    if len(view.steps) == 1:
        return f"{size} are one step: no part stands alone{_proved(view)}"
    return f"{size} are {len(view.steps)} steps, the largest of {counted(largest, 'line')}{_proved(view)}"


def _proved(view: View) -> str:
    if all(isinstance(step.found, NotProved) for step in view.steps):
        return "; not proved"
    done = sum(isinstance(step.found, Proved) for step in view.steps)
    if done == len(view.steps):
        return "; each is proved"
    return f"; {done} of {len(view.steps)} {'is' if done == 1 else 'are'} proved"


def text(view: View, *, asked_to_land: bool = False) -> RenderableType:
    from rich.console import Group

    parts: list[RenderableType] = [Hanging(headline(view), style="bold")]
    parts += [Hanging(printable(note), style="dim") for note in view.asked.notes]
    for number, step in enumerate(view.steps, 1):
        parts += ["", *_shown(number, step)]
    if view.joined:
        parts += ["", "Proposed as two steps, and one now"]
        parts += [Hanging(printable(f"{j.one}, and {j.other}: {j.why}"), indent=2) for j in view.joined]
    if view.held:
        parts += ["", "Cannot be apart"]
        parts += [Hanging(printable(_held(each.what, each.why)), indent=2) for each in view.held[:HELD_SHOWN]]
        if view.held[HELD_SHOWN:]:
            parts.append(f"  and {counted(len(view.held) - HELD_SHOWN, 'further group')}, in --format json")
    return Group(*parts, *_end(view, asked_to_land=asked_to_land))


def _end(view: View, *, asked_to_land: bool) -> list[RenderableType]:
    lines: list[str] = []
    if len(view.steps) > 1 and not isinstance(view.whole, NotProved | Proved):
        lines.append(f"The branch as a whole is {_words(view.whole)}")
    lines.append(f"The last step has the very files of {view.asked.branch}.")
    if view.landed:
        lines.append(f"On the branch {view.landed}{'' if view.is_new else ', which was there already'}.")
    elif asked_to_land:
        lines.append("No branch was written, since a step is refuted.")
    return ["", *(Hanging(printable(line)) for line in lines)]


def _held(what: tuple[str, ...], why: str) -> str:
    more = f" and {len(what) - PARTS_SHOWN} more" if what[PARTS_SHOWN:] else ""
    return f"{', '.join(what[:PARTS_SHOWN])}{more}: {why}"


def _shown(number: int, step: Step) -> list[RenderableType]:
    """Title, why, what was found, and its files."""
    piece = step.piece
    size = f"{counted(len(piece.edits), 'file')}, {counted(piece.lines, 'line')}, risk {step.risk}"
    files = [
        Hanging(printable(f"{edit.path}  {edit.lines}{_part(edit.state)}"), indent=4)
        for edit in piece.edits[:FILES_SHOWN]
    ]
    if piece.edits[FILES_SHOWN:]:
        files.append(Hanging(f"and {len(piece.edits) - FILES_SHOWN} more", indent=4))
    return [
        Hanging(printable(f"{number}. {piece.title}")),
        Hanging(printable(f"{size}; {piece.kind}: {piece.why}"), indent=3, style="dim"),
        Hanging(printable(f"{step.revision[:SHORT]} {_words(step.found)}{_syntax(step)}"), indent=3),
        *(Hanging(printable(line), indent=3) for line in _breaking(step)),
        *files,
    ]


def _breaking(step: Step) -> Iterator[str]:
    for path in step.piece.unknown:
        yield f"! whether the release before goes on beside {path} is not known: {_asks(step)} says why"
    if not step.piece.breaks:
        return
    told = f"! the release before does not go on beside {', '.join(step.piece.breaks)}"
    if {edit.path for edit in step.piece.edits} <= {*step.piece.breaks}:
        yield f"{told}: let what comes before this step go out and settle first"
    else:
        yield f"{told}, and code goes with it: what is dropped belongs into a later release of its own"


def _asks(step: Step) -> str:
    revision = step.revision[:SHORT]
    return f"outpace migrations {revision}^..{revision}"


def _syntax(step: Step) -> str:
    return "; the syntax of each file is as before" if step.piece.same_syntax else ""


def _part(state: Whole | Partly | Gone) -> str:
    match state:
        case Whole():
            return ""
        case Partly():
            return "  in part"
        case Gone():
            return "  gone"


def _words(found: Found) -> str:
    match found:
        case Proved():
            return "proved"
        case Refuted(reason):
            return f"refuted: {reason}"
        case Undecided(missing, would_settle):
            return f"undecided: {missing}" + (f" (would settle it: {would_settle})" if would_settle else "")
        case NotProved():
            return "not proved"
