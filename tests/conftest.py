"""No test is decided by how busy the machine is: Hypothesis has no deadline, and may draw slowly."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.postgres import postgres_server

__all__ = ["postgres_server"]

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
