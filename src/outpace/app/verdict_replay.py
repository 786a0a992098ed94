"""Judge a rollout again from the trail that it left."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from outpace.delivery.rollout.trail import LONGEST_LINE, Replayed, replay
from outpace.model.errors import BadInput

LARGEST = 1 << 30
HINT = "name the trail that a rollout wrote"


def replayed(path: Path) -> Replayed:
    """Line by line, so that a trail of days fits into memory. Raises BadInput."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read: {_why(error)}", hint=HINT) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise BadInput(f"{path} is no file", hint=HINT)
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > LARGEST:
            raise BadInput(f"{path} is larger than {LARGEST >> 20} MiB, and no rollout's trail is", hint=HINT)
        return replay(_lines(file))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """None longer than what is refused anyhow."""
    while line := file.readline(LONGEST_LINE + 1):
        yield line


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return "there is no such file" if error.errno == errno.ENOENT else (error.strerror or str(error)).lower()
    return str(error)
