"""The releases of a uv.lock that have no wheel: where the lock is resolved, each gets one that says what it needs.

Nothing is ever installed from those wheels, and the lock does not keep them.
"""

from __future__ import annotations

from pathlib import Path

from outpace.engines import uv_words
from outpace.engines.source_needs import Needs, SourceNeeds
from outpace.engines.uv_lock_rows import archives_in, put_back
from outpace.engines.uv_unbuilt import write_wheel


class Archives:
    """Asked for when uv stops at one of them, and then for all at once."""

    def __init__(self, lock: bytes, folder: Path, needs: SourceNeeds) -> None:
        self._lock = lock
        self._folder = folder
        self._needs = needs
        self._told: dict[tuple[str, str], Needs] = {}

    @property
    def options(self) -> tuple[str, ...]:
        return ("--find-links", str(self._folder)) if self._told else ()

    def stand_in(self, said: str) -> bool:
        """Whether uv, which said this, may be asked again."""
        archives = tuple(archives_in(self._lock)) if uv_words.without_wheel(said) and not self._told else ()
        if not archives:
            return False
        self._folder.mkdir(exist_ok=True)
        self._told = self._needs.of(archives, self._lock)
        for (name, version), needs in self._told.items():
            write_wheel(self._folder, name, version, needs.lines)
        return True

    def put_back(self, lock: bytes) -> bytes | None:
        """With each of them as the index has it; None where that cannot be said."""
        return put_back(lock, self._lock, self._folder.name) if self._told else lock

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(
            f"{name} {version} has no wheel, and which versions it needs was not checked: {needs.why}"
            for (name, version), needs in sorted(self._told.items())
            if needs.why
        )
