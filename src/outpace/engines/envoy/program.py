"""Which Envoy is run: the one that the extra `edge` brings."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from outpace.model.errors import ToolMissing

VERSION = "1.40.0"
CONCURRENCY = 2
WHEELS = "Linux on x86-64 and ARM64 with glibc 2.31 or newer"


def envoy(environ: Mapping[str, str]) -> Path:
    """`OUTPACE_ENVOY` names another one. Raises ToolMissing, naming where there is a wheel."""
    chosen = environ.get("OUTPACE_ENVOY")
    if chosen:
        found = shutil.which(chosen, path=environ.get("PATH"))
        if found is None:
            raise ToolMissing(f"OUTPACE_ENVOY={chosen} is no program", hint="name Envoy's own file, or unset it")
        return Path(found)
    if sys.platform != "linux":
        raise ToolMissing(
            f"the edge runs on Linux only, and this is {sys.platform}",
            hint=f"run it on {WHEELS}; attached delivery works here",
        )
    specification = importlib.util.find_spec("envoy")
    for folder in (specification.submodule_search_locations or ()) if specification else ():
        path = Path(folder) / "_bin" / "envoy"
        if path.is_file() and os.access(path, os.X_OK):
            return path
    raise ToolMissing(
        f"Envoy is not installed, which the edge needs (this is {platform.machine()}, {_libc()})",
        hint=f'pip install "outpace[edge]", which has Envoy {VERSION} for {WHEELS}; or name one in OUTPACE_ENVOY',
    )


def _libc() -> str:
    name, version = platform.libc_ver()
    return f"{name} {version}".strip() or "no glibc"


def command(program: Path, *, concurrency: int = CONCURRENCY) -> tuple[str, ...]:
    """From the edge's folder. Hot restart shares memory by number: two edges of one host would meet in it."""
    return (
        str(program),
        *("--config-path", "bootstrap.json"),
        *("--concurrency", str(concurrency)),
        *("--log-level", "warn"),
        "--disable-hot-restart",
        *("--file-flush-min-size-kb", "0"),  # a line of the log of arms is there with what it tells of
    )
