"""A secret that is named by a reference: a variable of the environment, or a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from outpace.model.errors import UsageError

LARGEST = 64 << 10


def secret_of(reference: str, environ: Mapping[str, str] = os.environ) -> str:
    """`env:NAME` or `file:PATH`, without the blanks around it. Raises UsageError, and never says what it is."""
    kind, _, name = reference.partition(":")
    match kind:
        case "env" if name:
            told = environ.get(name, "")
        case "file" if name:
            told = _content(Path(name).expanduser())
        case _:
            raise UsageError("a secret is given by a reference", hint="env:NAME or file:PATH")
    if not told.strip():
        raise UsageError(f"{reference} holds nothing", hint=f"put the secret into {name}")
    return told.strip()


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST).decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint="name a readable file: file:PATH") from error
