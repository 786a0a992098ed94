"""What delivery needs from the world."""

from __future__ import annotations

from typing import Protocol

from outpace.model.application import Application, Environment
from outpace.model.observation import Observation
from outpace.model.probe import Probe, ProbeResult


class Observer(Protocol):
    """Sees what runs. Changes nothing; what cannot be seen is in the answer, not an exception."""

    def observe(
        self, application: Application, environment: Environment, last: Observation | None = None
    ) -> Observation:
        """`last` is the last observation of it: a version in doubt is the one that it saw in the same process."""
        ...


class Prober(Protocol):
    """Sends a declared probe to a declared environment."""

    def probe(self, url: str, probe: Probe) -> ProbeResult: ...
