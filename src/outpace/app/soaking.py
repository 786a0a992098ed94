"""A soak: from a promotion until the release is settled, or back. No command needs to be there for it."""

from __future__ import annotations

import time
from collections.abc import Callable

from outpace.app.rollout import Rolling
from outpace.app.rollout_parts import Outcome, RolledBack
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.standing import Rollout
from outpace.delivery.edge.traffic import WHOLE, Traffic
from outpace.model.errors import DamagedData, EngineError, Refused, Unreachable
from outpace.model.release import SHORT

PAUSE = 1.0


def soaked(
    edge: Runtime,
    rolling: Rolling,
    rollout: Rollout,
    *,
    drain_s: float,
    report: Callable[[str], None],
    is_asked: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Until it is over, or it `is_asked` to leave it to another engine. Moves nothing but this promoted rollout."""
    while True:
        try:
            told = edge.ensure_routed(_promoted(rollout))
            if told:
                report(told)
            return rolling.soaked(rollout, drain_s, is_asked)
        except KeyboardInterrupt:
            report(f"{rollout.candidate[:SHORT]} stays promoted, and is judged on by a process of its own")
            raise
        except Refused as error:  # taken back by hand or by the watchdog, who left the tidying
            report(error.message)
            found = rolling.ends.tidied(edge.standing()).rollout or rollout
            return RolledBack(found, found.why)
        except Unreachable as error:  # the watchdog starts the proxy again
            standing = edge.kept_rollout()
            if is_asked() and (standing is None or not standing.armed):
                raise
            report(error.message)
            time.sleep(PAUSE)
        except DamagedData:  # nobody can tell how things stand, and so neither what to go back to
            raise
        except EngineError as error:
            return rolling.ends.back(rolling.ends.current(rollout), error.message, drain_s, cut_off=not edge.restless())


def _promoted(rollout: Rollout) -> Traffic:
    """Where users are sent, where nothing says so any more; while they are compared, that is nobody new."""
    weight = 0 if rollout.armed else WHOLE
    return Traffic(baseline=rollout.baseline, candidate=rollout.candidate, weight=weight)
