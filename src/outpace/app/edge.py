"""The edge of an application: up, down, and what stands there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

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

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Those that stand."""
        traffic = self.standing.traffic
        return traffic.blocked_at(self.at) if traffic is not None else ()


def up(
    edge: Runtime,
    rolling: Rolling,
    candidate: Callable[[Digest], Candidate],
    *,
    report: Callable[[str], None],
) -> Standing:
    """After a reboot, or after everything was ended: the last good release takes requests again."""
    edge.up()
    standing = rolling.tidied(edge.standing())
    if standing.good is None:
        report("no release runs here yet: outpace rollout")
        return standing
    if standing.rollout is None or standing.rollout.stage in OVER:
        rolling.ensure_runs(candidate(standing.good.release))
    return edge.standing()
