"""An observer that sees what the test lays before it."""

from __future__ import annotations

from collections.abc import Mapping

from outpace.model.application import Application, Environment
from outpace.model.observation import NotRunning, Observation, Seen
from outpace.model.times import now


class FakeObserver:
    """Implements `delivery.ports.Observer`; keeps the last observation that it was given of each environment."""

    def __init__(self, sights: Mapping[str, Seen]) -> None:
        self.sights = dict(sights)
        self.given: dict[str, Observation | None] = {}

    def observe(
        self, application: Application, environment: Environment, last: Observation | None = None
    ) -> Observation:
        self.given[environment.name] = last
        seen = self.sights.get(environment.name, NotRunning("the test laid nothing there"))
        return Observation(application=application.name, environment=environment.name, at=now(), seen=seen)
