"""A probe's result in an environment, with the moment and the probe that it is of."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from outpace.model.fact import digest_of
from outpace.model.probe import Probe, ProbeResult


class Probed(Struct, frozen=True, kw_only=True):
    """A result, when the exchange began, and of which probe."""

    result: ProbeResult
    at: datetime
    probe: str  # digest


def digest(probe: Probe) -> str:
    return digest_of("probe", probe)
