"""Ports: which are free, which answer."""

from __future__ import annotations

import errno
import random
import socket
from collections.abc import Collection, Sequence
from http.client import HTTPConnection, HTTPException

from outpace.model.errors import ToolFailed

LOOPBACK = "127.0.0.1"
PORTS = range(20_000, 30_000)
"""Below those that Linux gives to outgoing connections, so that a port stays free while its process is started anew."""
TRIES = 200
SECONDS = 2.0
BODY = 1 << 16
FIRST_SERVER_ERROR = 500


def free_port(taken: Collection[int]) -> int:
    for _ in range(TRIES):
        port = random.choice(PORTS)  # noqa: S311
        if port not in taken and is_free(port):
            return port
    raise ToolFailed(
        f"no port from {PORTS.start} to {PORTS.stop - 1} is free on loopback", hint="end what holds them: ss -ltnp"
    )


def is_free(port: int, host: str = LOOPBACK) -> bool:
    return _refusal(host, port) == 0


def ensure_free(addresses: Sequence[str]) -> None:
    """Raises ToolFailed naming the address that cannot be listened on."""
    for address in addresses:
        host, port = parts(address)
        match _refusal(host, port):
            case 0:
                continue
            case errno.EADDRINUSE:
                raise ToolFailed(
                    f"{address} is taken by another program",
                    hint=f"end it (ss -ltnp sport = :{port}), or change `listen`",
                )
            case number:
                raise ToolFailed(
                    f"{address} cannot be listened on: {errno.errorcode.get(number, number)}", hint="change `listen`"
                )


def parts(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _refusal(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno or errno.EINVAL
    return 0


def all_answer(addresses: Sequence[str]) -> bool:
    return all(_connects(*parts(each)) for each in addresses)


def _connects(host: str, port: int) -> bool:
    reached = {"0.0.0.0": LOOPBACK, "::": "::1", "": LOOPBACK}.get(host, host)  # noqa: S104
    try:
        socket.create_connection((reached, port), timeout=SECONDS).close()
    except OSError:
        return False
    return True


def answers(port: int, path: str) -> str:
    """Empty where a GET is answered below 500; why not, else."""
    connection = HTTPConnection(LOOPBACK, port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        status = response.status
        response.read(BODY)  # else the application sees its client hang up
    except (OSError, HTTPException) as error:
        return f"GET {path} on port {port} was not answered ({said_of(error)})"
    finally:
        connection.close()
    return "" if status < FIRST_SERVER_ERROR else f"GET {path} on port {port} was answered {status}"


def said_of(error: Exception) -> str:
    """In a few words."""
    if isinstance(error, TimeoutError):
        return "timed out"
    said = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return said.lower()
