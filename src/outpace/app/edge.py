"""The edge of an application: up, down, and what stands there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from outpace.app.edge_settings import differences
from outpace.app.rollout import Rolling
from outpace.app.rollout_parts import Candidate
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.standing import OVER, Standing
from outpace.delivery.edge.traffic import Block
from outpace.model.release import Digest


class View(Struct, frozen=True, kw_only=True):
    application: str
    listen: tuple[str, ...]
    folder: str
    at: datetime
    standing: Standing
    differs: tuple[str, ...] = ()  # what runs was started with other settings than these

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Those that stand."""
        traffic = self.standing.traffic
        return traffic.blocked_at(self.at) if traffic is not None else ()


def compared(view: View, candidate: Callable[[Digest], Candidate]) -> View:
    """What runs, with what is declared now."""
    good = view.standing.good
    if good is None or not view.standing.envoy:
        return view
    return replace(view, differs=differences(view.standing, candidate(good.release)))


def up(
    edge: Runtime,
    rolling: Rolling,
    candidate: Callable[[Digest], Candidate],
    *,
    report: Callable[[str], None],
) -> Standing:
    """The last good release takes requests, as it is declared now: also after a reboot, or after everything was ended.
    What runs otherwise goes on until those that stand in for it are healthy."""
    edge.up()
    standing = rolling.tidied(edge.standing())
    if standing.good is None:
        report("no release runs here yet: outpace rollout")
        return standing
    if standing.rollout is None or standing.rollout.stage in OVER:
        rolling.ensure_runs(candidate(standing.good.release))
    return edge.standing()
