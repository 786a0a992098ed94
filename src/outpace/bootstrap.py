"""The composition root, and the one reader of the environment: outpace.toml becomes engines and stories."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct


class Places(Struct, frozen=True, kw_only=True):
    """Where Outpace keeps what it knows (`state`) and what it may forget (`cache`)."""

    state: Path
    cache: Path


def places(environ: Mapping[str, str] = os.environ, *, configured: str | None = None) -> Places:
    """XDG's directories; `OUTPACE_STATE` and `state =` in outpace.toml point the facts elsewhere."""
    home = Path(environ.get("HOME", "~")).expanduser()
    state = environ.get("XDG_STATE_HOME") or str(home / ".local" / "state")
    cache = environ.get("XDG_CACHE_HOME") or str(home / ".cache")
    chosen = environ.get("OUTPACE_STATE") or configured
    return Places(
        state=Path(chosen).expanduser() if chosen else Path(state) / "outpace",
        cache=Path(cache) / "outpace",
    )
