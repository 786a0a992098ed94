"""How Outpace's own edge builds, runs and exposes an application: `[applications.edge]` of outpace.toml."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.model.probe import SAFE_METHODS, Request, Sign

Urgency: TypeAlias = Literal["routine", "known", "exploited"]

ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[0-9a-zA-Z.-]+):\d{1,5}")
LAST_PORT = 65_535
REFERENCE = ("env:", "file:")
NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


def _parts(address: str) -> tuple[IPv4Address | IPv6Address, int]:
    """Raises ValueError for a name, which is none of a host's own addresses."""
    host, _, port = address.rpartition(":")
    number = ip_address(host.removeprefix("[").removesuffix("]"))
    mapped = number.ipv4_mapped if isinstance(number, IPv6Address) else None
    return mapped or number, int(port)


def _can_be_listened_at(address: str) -> bool:
    try:
        _, port = _parts(address)
    except ValueError:
        return False
    return bool(ADDRESS.fullmatch(address)) and 0 < port <= LAST_PORT


def is_same_address(one: str, other: str) -> bool:
    """Whether only one of them can be listened at: also where one is every address of the host."""
    (host, port), (its, its_port) = _parts(one), _parts(other)
    are_alike = host.version == its.version
    return port == its_port and are_alike and (host == its or host.is_unspecified or its.is_unspecified)


class Build(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What yields the tree that runs. Without a command it is the application's own files."""

    command: tuple[str, ...] = ()  # run in the sandbox, in a copy of the revision, from the application's path
    tree: str = "."  # what of the copy is the application, from the application's path
    environment: Literal["locked", "none"] = "locked"  # Python packages of the lock, or none: another language
    egress: tuple[str, ...] = ()  # hosts that the command may reach; empty: none


class Tls(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """PEM files, read again when either is replaced by a rename."""

    certificate: str
    key: str


class Worker(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A process without a port, such as a queue's consumer: of one release at a time."""

    name: str
    command: tuple[str, ...]
    stop: str = "30s"  # how long it may finish its job after SIGTERM

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"a worker's `name` is {self.name!r}, and should be lower case letters, digits and -")
        if not self.command:
            raise ValueError(f"the worker {self.name} has no `command`")


class Signal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Counters of the application's own, in Prometheus's text format: read of every instance, never through Envoy."""

    path: str  # such as /metrics
    bad: str  # a counter's name: how often it went wrong
    total: str  # a counter's name: how often it was tried


class Check(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A synthetic request that may be sent to a candidate at any time, and what its answer must show."""

    name: str
    request: Request
    success: Sign

    def __post_init__(self) -> None:
        if self.request.method.upper() not in SAFE_METHODS:
            raise ValueError(f"the check {self.name} uses {self.request.method}: only safe methods are repeated")


class Risk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rollout may cost, from which the judge's numbers follow (docs/edge.md shows the arithmetic)."""

    bad_responses: int = 20  # that a failing release may cost users before it is gone
    tolerated: float = 0.01  # a rate of bad responses at which a release is not worth taking back
    needless_rollbacks: float = 0.001  # how many of good releases may be taken back
    wrong_promotions: float = 0.01  # how many of releases worse than tolerated may be promoted
    hour_exposed: float = 10.0  # bad responses that an hour of a known exposure is worth
    exploited: float = 20.0  # times as much where the advisory is known to be exploited


class Redact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a recorded exchange never reaches the disk, beside what is always redacted."""

    headers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  # of JSON bodies, forms and queries, at any depth
    patterns: tuple[str, ...] = ()  # regular expressions, in any text
    keep: tuple[str, ...] = ()  # fields and headers whose values are nobody's, and stay as they were


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bounded sample of exchanges."""

    share: float = 0.05  # of requests
    exchanges: int = 500  # at most that many are kept, the newest
    body_bytes: int = 65_536  # a longer body is not kept, and its exchange is not replayed
    redact: Redact = Redact()
    ignore: tuple[str, ...] = ()  # fields and headers that differ between any two answers
    unordered: tuple[str, ...] = ()  # fields whose lists have no order


class Mask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One column of personal data, and what stands for it in a copy."""

    column: str  # table.column
    by: Literal["hash", "blank", "constant", "email", "shuffle"] = "hash"
    value: str = ""  # for `constant`


class Data(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A database that staging gets a copy of."""

    source: str  # sqlite:PATH, or a reference (env:NAME, file:PATH) to a postgresql:// address
    variable: str  # of the application's environment: holds the copy's path or address
    into: str = ""  # a reference to an address whose role may create databases; empty: the source's own
    most_bytes: int = 20 << 30  # of the source: a larger one is not copied
    production: bool = True  # real people's data: it is copied with masks only
    masks: tuple[Mask, ...] = ()
    no_personal_data: str = ""  # the reason why none needs a mask


class Staging(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An environment that is there for seconds."""

    data: tuple[Data, ...] = ()
    variables: dict[str, str] = {}  # instead of production's
    shared: tuple[str, ...] = ()  # variables through which it may reach what is production's


class Edge(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`run` and `ready` of the application start and gate it; `{port}` is filled in."""

    listen: tuple[str, ...] = ("127.0.0.1:8080",)
    instances: int = 1  # processes of a release
    environment: str = "production"  # the [[environments]] that it is
    build: Build = Build()
    variables: dict[str, str] = {}  # of its processes; env:NAME and file:PATH are references
    workers: tuple[Worker, ...] = ()
    migrate: tuple[str, ...] = ()  # brings the database's schema to the release's, before the rollout
    migrations: str = ""  # where they lie, from the application's path; empty: looked for
    tls: Tls | None = None
    start_within: str = "60s"
    drain: str = "10s"  # how long requests that are under way may take once traffic has moved
    soak: str = "1h"  # how long the judge goes on after promotion, with the old release warm
    keep: int = 3  # releases that are kept beside those that run and what rollback needs
    risk: Risk = Risk()
    signal: Signal | None = None
    checks: tuple[Check, ...] = ()
    mirror: float = 1.0  # share of safe requests that are mirrored before users are sent; 0: none
    trusted_hops: int = 0  # proxies before this edge whose word on a client's address is taken
    record: Record | None = None
    staging: Staging = Staging()

    def __post_init__(self) -> None:
        for address in self.listen:
            if not _can_be_listened_at(address):
                raise ValueError(f"`listen` holds {address!r}, and should hold addresses with a port: 127.0.0.1:8080")
        if not self.listen:
            raise ValueError("`listen` of [applications.edge] is empty: where are requests to be taken?")
        if self.instances < 1:
            raise ValueError(f"`instances` is {self.instances}, and should be 1 or more")


ALL: tuple[type[Struct], ...] = (*(Edge, Build, Tls, Worker, Signal, Check, Risk, Record, Redact, Staging, Data, Mask),)
"""Every part of `[applications.edge]`."""
