"""A stall for each test."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cheats.stall import Stall


@pytest.fixture
def stall(tmp_path: Path) -> Iterator[Stall]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Stall(tmp_path, port)
    yield made
    made.close()
