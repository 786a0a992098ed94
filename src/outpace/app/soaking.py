"""The judge that stands: from a promotion until the release is settled, or back."""

from __future__ import annotations

import time
from collections.abc import Callable

from outpace.app.rollout import Rolling
from outpace.delivery.edge.ports import Runtime
from outpace.model.errors import DiskFull, Refused, Unreachable

PAUSE = 1.0


def soaked(
    edge: Runtime, rolling: Rolling, *, drain_s: float, is_asked: Callable[[], bool], report: Callable[[str], None]
) -> None:
    """Until the soak is over, or it `is_asked` to leave it to another engine. Moves nothing but what is promoted."""
    while not is_asked():
        rollout = edge.standing().rollout
        if rollout is None or rollout.stage != "promoted":
            return
        report(f"judging {rollout.id}")
        try:
            rolling.soaked(rollout, drain_s, is_asked)
            return
        except Refused as error:  # by hand or by the watchdog, and whoever did it left the tidying
            report(error.message)
            rolling.tidied(edge.standing())
            return
        except DiskFull as error:
            rolling.back(rollout, error.message, drain_s)
            return
        except Unreachable as error:  # the watchdog starts the proxy again; of one in doubt the lease lapses
            report(error.message)
            time.sleep(PAUSE)
