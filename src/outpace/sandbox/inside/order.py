"""What the launcher is told: one record, ended by the sender's shutdown."""

from __future__ import annotations

import marshal
import os

from .raw import socket


class Order:
    """Not a dataclass: to import those takes as long as all the rest of the launcher."""

    argv: tuple[str, ...]
    cwd: str
    env: dict[str, str]
    tier: str
    readable: tuple[str, ...]
    writable: tuple[str, ...]
    protected: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    network: str
    ports: tuple[int, ...]
    proxy_port: int
    memory: int
    processes: int
    seconds: float
    disk: int
    parent: int

    def __init__(self, told: dict[str, object]) -> None:
        self.__dict__.update(told)
        self.launcher = os.getpid()


def read_order(control: socket.socket) -> Order:
    parts: list[bytes] = []
    while part := control.recv(1 << 16):
        parts.append(part)
    return Order(marshal.loads(b"".join(parts)))  # noqa: S302 - from the process that started us
