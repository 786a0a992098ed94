"""What foreign code may touch and use up."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

MIB = 1 << 20
GIB = 1 << 30


class NoNetwork(Struct, frozen=True, tag=True):
    """Nothing to talk to, not even itself."""


class Loopback(Struct, frozen=True, kw_only=True, tag=True):
    """A loopback of its own, for a server and its client in one call. The file-system tier has only the host's:
    there these `ports` alone can be listened on and connected to, and without any there is no network.
    """

    ports: tuple[int, ...] = ()


class Nowhere(Struct, frozen=True, tag=True):
    """A loopback of its own, and a route to every other address, at which nobody answers: packets may be sent, and a
    connection is refused at once. In the file-system tier there is no network.
    """


class Egress(Struct, frozen=True, tag=True):
    """Through a proxy in our process to these hosts alone: `host` (ports 80 and 443) or `host:port`."""

    hosts: tuple[str, ...]


Network: TypeAlias = NoNetwork | Loopback | Nowhere | Egress


class Box(Struct, frozen=True, kw_only=True):
    """Sizes in bytes. `disk` bounds the private temporary directory, every single file, and what the writable
    directories grow by; `protected` paths stay read-only though they lie in a writable directory. System directories
    (/usr, /lib, some of /etc) can always be read.
    """

    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    protected: tuple[Path, ...] = ()
    network: Network = NoNetwork()
    memory: int = 2 * GIB
    processes: int = 256
    seconds: float = 600
    disk: int = GIB
    env: tuple[tuple[str, str], ...] = ()
