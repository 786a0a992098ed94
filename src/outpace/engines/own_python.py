"""An environment that the user has made: the project's `.venv`, or the Python that was named."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import msgspec

from outpace import sandbox
from outpace.engines.dependents import distributions
from outpace.model.errors import NotFound
from outpace.model.fact import digest_of
from outpace.proving.ports import Built

DESCRIBE = "import sys, json; print(json.dumps([sys.base_prefix, sys.version, sys.implementation.name]))"
USUAL = (".venv", "venv", "env")
LARGEST_RECORD = 32 << 20


def found(root: Path, environ: Mapping[str, str]) -> Path | None:
    """The Python of the project's own environment: what is active and lies in the project, else one of the usual."""
    active = environ.get("VIRTUAL_ENV", "")
    places = [Path(active)] if active and Path(active).is_relative_to(root) else []
    for place in (*places, *(root / name for name in USUAL)):
        if (place / "pyvenv.cfg").is_file() and (place / "bin" / "python").exists():
            return place / "bin" / "python"
    return None


def described(python: Path, roots: tuple[str, ...]) -> Built:
    """Nothing is installed into it, and nothing of it runs outside the sandbox but the interpreter. Raises NotFound."""
    if not python.exists():
        raise NotFound(f"there is no Python at {python}", hint="name a Python program: --python .venv/bin/python")
    done = sandbox.run([str(python), "-I", "-S", "-c", DESCRIBE], timeout=timedelta(seconds=30), accept=None)
    try:
        prefix, version, _ = msgspec.json.decode(done.stdout, type=tuple[str, str, str])
    except msgspec.DecodeError:
        hint = "name a Python program: --python .venv/bin/python"
        raise NotFound(f"{python} does not answer as a Python does", hint=hint) from None
    place = python.parent.parent.absolute()
    own = place if (place / "pyvenv.cfg").is_file() else Path(prefix)
    return Built(
        path=str(own),
        digest=_digest(own, version),
        python=version.split()[0],
        readable=(prefix, str(python.resolve().parent.parent)),
        roots=roots,
        cached=True,
    )


def _digest(own: Path, version: str) -> str:
    """Of what is installed there, by each distribution's RECORD."""
    records = sorted((place.name, _hash(place / "RECORD")) for _, place in distributions(own))
    return digest_of("own", str(own), version, records)


def _hash(record: Path) -> str:
    if record.is_symlink() or not record.is_file() or record.stat().st_size > LARGEST_RECORD:
        return ""
    return hashlib.sha256(record.read_bytes()).hexdigest()
