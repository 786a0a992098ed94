"""How `outpace staging compare` is shown: text, and its public JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from outpace.app.staged import SideBySide
from outpace.delivery.staging.resemblance import Resemblance
from outpace.formats import replay
from outpace.formats.envelope import encoded
from outpace.formats.plain import Hanging, printable
from outpace.formats.staged import ResemblesV1, lacking, of_copies, resembling

if TYPE_CHECKING:
    from rich.console import RenderableType

    from outpace.app.replay import View


class StagingCompareV1(Struct, frozen=True, kw_only=True):
    """`left`: why the old release cannot go on with what the new one leaves; empty: it can, or there is no database of
    their own to try it on. `seconds`, `cpu_s` and `bytes` are of both environments together."""

    application: str
    same: bool
    left: str
    seconds: float
    cpu_s: float
    bytes: int
    resemblance: tuple[ResemblesV1, ...]
    replay: replay.ReplayV1


def answer(application: str, view: View, found: SideBySide, resemblance: Resemblance, left: str) -> bytes:
    result = StagingCompareV1(
        application=application,
        same=view.comparison.same and not left,
        left=left,
        seconds=round(found.seconds, 3),
        cpu_s=found.cpu_s,
        bytes=_bytes(found),
        resemblance=resembling(resemblance),
        replay=replay.shown(view),
    )
    return encoded("staging compare", result, unknown=replay.unknowns(view), warnings=replay.warnings(view))


def text(view: View, found: SideBySide, resemblance: Resemblance, left: str) -> RenderableType:
    from rich.console import Group

    copied = f", {of_copies(_bytes(found))}" if _bytes(found) else ""
    parts: list[RenderableType] = [replay.text(view), ""]
    parts += [Hanging(printable(left), style="bold"), ""] if left else []
    parts += [f"Cost: {found.seconds:.1f} s, {found.cpu_s:.1f} s of CPU{copied}", *lacking(resemblance)]
    return Group(*parts)


def _bytes(found: SideBySide) -> int:
    return sum(stage.copies.bytes for stage in found.stages)
