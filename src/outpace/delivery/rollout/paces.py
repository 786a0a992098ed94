"""How many requests come."""

from __future__ import annotations

from math import exp

REMEMBERED = 20.0  # seconds over which rates are taken
LOOKED = 0.1  # seconds between two looks, about: those that see nothing are left out


class Pace:
    """Requests a second, lately."""

    def __init__(self, rate: float = 0.0) -> None:
        self._seconds = REMEMBERED if rate else 0.0
        self._requests = rate * self._seconds
        self._at: float | None = None

    def add(self, at: float, requests: int) -> None:
        passed = 0.0 if self._at is None else at - self._at
        fading = exp(-passed / REMEMBERED)
        self._requests = self._requests * fading + requests
        self._seconds = self._seconds * fading + passed
        self._at = at

    def wake(self, at: float) -> None:
        """What was before a long silence says nothing of how many come now."""
        self._requests, self._seconds = 0.0, 0.0
        self._at = at - LOOKED

    @property
    def rate(self) -> float:
        return self._requests / self._seconds if self._seconds > 0 else 0.0
