#!/usr/bin/env python3
"""A scripted agent, no model behind it: connects to each host:port given, directly and by its proxy, says where."""

from __future__ import annotations

import os
import socket
import sys
from urllib.parse import urlsplit


def directly(host: str, port: int) -> bool:
    with socket.create_connection((host, port), timeout=2):
        return True


def by_proxy(host: str, port: int) -> bool:
    proxy = urlsplit(os.environ["https_proxy"])
    with socket.create_connection((proxy.hostname or "", proxy.port or 0), timeout=2) as opened:
        opened.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode())
        return b" 200 " in opened.recv(100)


reached: list[str] = []
for place in sys.argv[1:]:
    name, _, number = place.rpartition(":")
    for way in (directly, by_proxy):
        try:
            if way(name, int(number)):
                reached.append(f"{place} {way.__name__}")
        except (OSError, KeyError):
            continue
print(reached)
