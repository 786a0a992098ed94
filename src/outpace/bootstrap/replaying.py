"""What replays a recording: the engine that sends and compares, and who accepts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.app.replay import Plan, Replays
    from outpace.delivery.exchanges.comparison import Comparison
    from outpace.delivery.exchanges.exchange import Recording


def recording_at(path: Path) -> Recording:
    """Raises BadInput, DamagedData."""
    from outpace.engines.exchange_files import read

    return read(path)


def replays(report: Callable[[str], None]) -> Replays:
    from outpace.engines.replaying import replay

    def sent(recording: Recording, plan: Plan) -> Comparison:
        return replay(
            recording,
            plan.old_url,
            plan.new_url,
            beside=plan.beside,
            ignore=plan.ignore,
            unordered=plan.unordered,
            expected=plan.expected,
            accepted=plan.accepted,
            releases=plan.releases,
            unsafe_methods=plan.unsafe_methods,
            rate=plan.rate,
            report=report,
        )

    return sent


def somebody(environ: Mapping[str, str] = os.environ) -> str:
    """Who runs this, as the system names them."""
    return next((environ[name] for name in ("LOGNAME", "USER") if environ.get(name)), "somebody")
