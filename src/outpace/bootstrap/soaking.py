"""The engine that stands behind every other of an edge: it needs its folder, and neither the repository nor them."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.bootstrap.edge import EdgePlace

MODULE = "outpace.cli.standing_judge"


def declare(place: EdgePlace) -> None:
    """The watchdog starts it with a rollout, behind whose engine it waits."""
    from outpace.engines.envoy import holding
    from outpace.pipelines.configuration import seconds_of

    edge = place.edge
    soak = holding.Soak(
        settings=place.runtime.settings,
        risk=edge.risk,
        soak_s=float(seconds_of(edge.soak)),
        drain_s=place.drain_s,
        start_s=place.start_s,
        application=place.application.name,
        keep=edge.keep,
        facts=str(place.here.facts.path),
        subject=place.here.subject,
        environment=edge.environment,
    )
    holding.declare(place.folder, MODULE, soak)


def judge(folder: Path, is_asked: Callable[[], bool], report: Callable[[str], None]) -> None:
    """Waits until the engine of a rollout ends. Judges what it promoted, until that is settled or back, or until it
    `is_asked` to end; what it left unfinished is taken back and tidied up."""
    from outpace.app.edge_deploys import keep
    from outpace.app.judging import Judges
    from outpace.app.rollout import Rolling
    from outpace.app.soaking import soaked
    from outpace.bootstrap.releasing import releases_collected
    from outpace.delivery.edge.standing import OVER
    from outpace.engines.envoy import holding
    from outpace.engines.envoy.runtime import Runtime
    from outpace.engines.envoy.trails import trails_in
    from outpace.store.facts import Facts

    with holding.judging(folder, is_asked) as is_its_turn:
        if not is_its_turn:
            return
        told = holding.declared(folder)
        runtime = Runtime(folder, told.settings, os.environ)
        judges = Judges(
            told.risk,
            urgency="routine",
            exposed_hours=0.0,
            soak_s=told.soak_s,
            trails=trails_in(folder, report),
            report=report,
        )
        rolling = Rolling(runtime, judges=judges, report=report, drain_s=told.drain_s)
        rollout = runtime.kept_rollout()
        if rollout is not None and rollout.stage == "promoted":
            report(f"judging {rollout.id}")
            if runtime.place.uncounted_s() is None:  # it is no outage that it starts
                runtime.awaited(rollout.candidate, told.start_s)
            soaked(runtime, rolling, rollout, drain_s=told.drain_s, report=report, is_asked=is_asked)
        else:
            rolling.ends.tidied(runtime.standing())
        rollout = runtime.kept_rollout()
    if rollout is not None and rollout.stage in OVER:
        with closing(Facts(Path(told.facts))) as facts:
            keep(facts, told.subject, rollout, told.environment)
    if rollout is not None and rollout.stage == "settled":
        gone = releases_collected(folder, told.application, keep=told.keep).gone
        report(f"releases that nothing needs are gone: {len(gone)}")
