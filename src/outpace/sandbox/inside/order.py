"""What the launcher is told: one JSON object, ended by the sender's shutdown."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Order:
    argv: tuple[str, ...]
    cwd: str
    env: dict[str, str]
    tier: Literal["full", "file-system"]
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    protected: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    network: Literal["none", "loopback", "proxy"]
    ports: tuple[int, ...]
    proxy_port: int
    memory: int
    processes: int
    seconds: float
    disk: int
    parent: int
    launcher: int = field(default_factory=os.getpid)


def read_order(control: socket.socket) -> Order:
    parts: list[bytes] = []
    while part := control.recv(1 << 16):
        parts.append(part)
    told = json.loads(b"".join(parts))
    return Order(**{name: _frozen(value) for name, value in told.items()})


def _frozen(value: object) -> object:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
