"""Sends a probe's two requests to a declared address, and has the answers judged."""

from __future__ import annotations

from outpace.engines.http import exchange
from outpace.model.errors import EngineError, UsageError
from outpace.model.probe import SAFE_METHODS, Answer, NoResponse, Probe, ProbeResult, ProbeUndecided, Request, judged

TIMEOUT = 10.0


class Prober:
    """Implements `delivery.ports.Prober`. The exploit goes first: a twin that succeeds after it shows a live one."""

    def __init__(self, *, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout

    def probe(self, url: str, probe: Probe) -> ProbeResult:
        for request in (probe.request, probe.benign):
            if request.method.upper() not in SAFE_METHODS and not probe.unsafe_allow_write:
                return ProbeUndecided(f"{request.method} was not sent: it needs `unsafe_allow_write = true`")
        exploit = self._sent(url, probe.request)
        twin = self._sent(url, probe.benign)
        return judged(probe, exploit, {"": twin})

    def _sent(self, url: str, request: Request) -> Answer:
        try:
            return exchange(url, request, timeout=self.timeout)
        except (EngineError, UsageError) as error:
            return NoResponse(error.message)
