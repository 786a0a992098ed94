"""What tests of `app` set up alike."""

from __future__ import annotations

import pytest

from outpace.app import rollout, soaking


@pytest.fixture
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rollouts and soaks on an edge in memory, without their pauses."""
    for name in ("LOOK_EVERY", "LOOK_AT_USERS_EVERY", "SOAK_EVERY", "RATE_SECONDS"):
        monkeypatch.setattr(rollout, name, 0.001)
    monkeypatch.setattr(soaking, "PAUSE", 0.001)
