"""A release stands up: its processes run, the proxy knows them, and all that comes is sent to them."""

from __future__ import annotations

from outpace.app.rollout_parts import Candidate
from outpace.delivery.edge.ports import Runtime
from outpace.delivery.edge.traffic import Traffic


def stood_up(edge: Runtime, candidate: Candidate) -> str:
    """At an edge that is up. Why it does not run, and then nothing was moved; else empty."""
    edge.start(candidate.program, candidate.instances)
    ill = edge.healthy(candidate.release, candidate.start_s)
    if ill:
        return ill
    edge.admit()
    edge.route(Traffic(baseline=candidate.release))
    edge.work(candidate.release, candidate.workers)
    return ""
