"""What a release did since the last look: Envoy's counters of its cluster, and what its processes say and use."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from msgspec import Struct

from outpace.delivery.edge.standing import Instance
from outpace.delivery.edge.traffic import upstream_name
from outpace.engines.envoy.admin import Admin
from outpace.engines.envoy.routes import NAME, SAFE_ROUTE
from outpace.engines.envoy.sockets import LOOPBACK
from outpace.model.edge import Signal
from outpace.model.errors import ToolFailed
from outpace.model.release import Digest

ORIGINS = {"users": "external", "mirrored": "internal"}
"""Envoy counts apart what it mirrors: that is a request of its own."""
COUNTED = ("upstream_rq_completed", "upstream_rq_5xx")
WAITING = ("upstream_rq_active", "upstream_rq_pending_active")
TRIED = (
    *("upstream_rq_total", "upstream_rq_pending_active", "upstream_rq_pending_failure_eject", "upstream_rq_cancelled"),
    *("upstream_rq_pending_overflow", "upstream_cx_none_healthy"),
)
"""One of these for each try of a request, whether or not it had a connection."""
AGAIN = "upstream_rq_retry"
BROKEN, LEFT = "upstream_cx_protocol_error", "upstream_cx_destroy_remote_with_active_rq"
"""Both for an answer that its release cuts off in its body, and for nothing else: the first counts any bytes that are
no HTTP as well, the second any connection that a release closes before it has answered."""
HEALTHY = "membership_healthy"
OF_ALL = (*dict.fromkeys((*WAITING, *TRIED, AGAIN, BROKEN, LEFT, HEALTHY)),)
"""Of users' requests and mirrored ones together."""
OF_ROUTE = f"vhost.{NAME}.route.{SAFE_ROUTE}"
"""What users were answered to requests of which there are copies: while these are mirrored, by the baseline alone."""
PATTERN = (
    rf"^(cluster\.release-[0-9a-f]+\.((external|internal)\.({'|'.join(COUNTED)})|{'|'.join(OF_ALL)})"
    rf"|{re.escape(OF_ROUTE)}\.({'|'.join(COUNTED)}))$"
)
LATENCY = rf"^(cluster\.release-[0-9a-f]+|{re.escape(OF_ROUTE)})\.upstream_rq_time$"
OK = 200
SIGNAL_LIMIT = 1 << 20
PAGE = os.sysconf("SC_PAGE_SIZE")


class CountersBeganAnew(ToolFailed):
    """Envoy was started again, and what it counted is lost."""


class Counted(Struct, frozen=True, kw_only=True):
    """Since Envoy `began`. `buckets`: milliseconds that answers took at most, and how many, of users' requests and
    mirrored ones together. `copied`: users' requests, of whatever release, that may have copies."""

    began: str = ""
    requests: int = 0
    errors: int = 0
    mirrored: int = 0
    mirrored_errors: int = 0
    started: int = 0
    broken: int = 0
    left: int = 0
    waiting: int = 0  # under way at the moment: of no difference, what `since` gives; nor of the next
    is_down: bool = False  # none of its processes is healthy
    buckets: tuple[tuple[float, int], ...] = ()
    copied: int = 0
    copied_errors: int = 0
    copied_buckets: tuple[tuple[float, int], ...] = ()

    def since(self, before: Counted) -> Counted:
        """Raises CountersBeganAnew."""
        falling = ("requests", "errors", "mirrored", "mirrored_errors")
        is_another = before.began not in ("", self.began)
        if is_another or any(getattr(self, name) < getattr(before, name) for name in falling):
            raise CountersBeganAnew("Envoy was started again, and what it counted is lost", hint="outpace edge status")
        return Counted(
            requests=self.requests - before.requests,
            errors=self.errors - before.errors,
            mirrored=self.mirrored - before.mirrored,
            mirrored_errors=self.mirrored_errors - before.mirrored_errors,
            started=max(self.started - before.started, 0),
            broken=max(self.broken - before.broken, 0),
            left=max(self.left - before.left, 0),
            waiting=self.waiting,
            is_down=self.is_down,
            buckets=_grown(self.buckets, before.buckets),
            copied=max(self.copied - before.copied, 0),
            copied_errors=max(self.copied_errors - before.copied_errors, 0),
            copied_buckets=_grown(self.copied_buckets, before.copied_buckets),
        )

    def cut(self) -> int:
        """At least so many answers, of those to users and to copies together, were cut off in their body: one of 5xx
        may have been as well."""
        return max(min(self.broken, self.left) - self.errors - self.mirrored_errors, 0)


def _grown(now: Iterable[tuple[float, int]], before: Iterable[tuple[float, int]]) -> tuple[tuple[float, int], ...]:
    old = dict(before)
    grown = ((upper, count - old.get(upper, 0)) for upper, count in now)
    return tuple((upper, count) for upper, count in grown if count > 0)


class Kept(Struct, frozen=True, kw_only=True):
    """Where counting stopped, for whoever goes on with a rollout. `began`: seconds since the machine was started; `at`:
    since then. `salt`: of the keys of clients."""

    rollout: str
    boot: str
    began: float
    at: float = 0.0
    arms: tuple[Counted, ...] = ()
    salt: bytes = b""


def counted(admin: Admin, releases: Sequence[Digest]) -> tuple[Counted, ...]:
    """One request for all counters and one for latencies. Raises Unreachable."""
    began = admin.began()
    counters, latencies = admin.counters(PATTERN), admin.latencies(LATENCY)
    copied = [counters.get(f"{OF_ROUTE}.{name}", 0) for name in COUNTED]
    copied_buckets = tuple((each.upper, each.count) for each in latencies.get(f"{OF_ROUTE}.upstream_rq_time", ()))
    found: list[Counted] = []
    for release in releases:
        prefix = f"cluster.{upstream_name(release)}"
        users, mirrored = (
            [counters.get(f"{prefix}.{origin}.{name}", 0) for name in COUNTED] for origin in ORIGINS.values()
        )
        of = {name: counters.get(f"{prefix}.{name}", 0) for name in OF_ALL}
        buckets = latencies.get(f"{prefix}.upstream_rq_time", ())
        found.append(
            Counted(
                began=began,
                requests=users[0],
                errors=users[1],
                mirrored=mirrored[0],
                mirrored_errors=mirrored[1],
                started=max(sum(of[name] for name in TRIED) - of[AGAIN], 0),
                broken=of[BROKEN],
                left=of[LEFT],
                waiting=sum(of[name] for name in WAITING),
                is_down=not of[HEALTHY],
                buckets=tuple((each.upper, each.count) for each in buckets),
                copied=copied[0],
                copied_errors=copied[1],
                copied_buckets=copied_buckets,
            )
        )
    return tuple(found)


def signal(instances: Sequence[Instance], wanted: Signal) -> tuple[int, int] | None:
    """How often it went wrong and how often it was tried, of all processes together; None where one did not say, or no
    number."""
    bad = total = 0.0
    for each in instances:
        text = _read(each.port, wanted.path)
        if text is None:
            return None
        bad += _sum(text, wanted.bad)
        total += _sum(text, wanted.total)
    return (int(bad), int(total)) if math.isfinite(bad) and math.isfinite(total) else None


def _read(port: int, path: str) -> str | None:
    connection = HTTPConnection(LOOPBACK, port, timeout=0.5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.read(SIGNAL_LIMIT).decode("utf-8", "replace") if response.status == OK else None
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _sum(text: str, name: str) -> float:
    """Over all labels. A line is `name{labels} value`."""
    found = 0.0
    for line in text.splitlines():
        if line.startswith(name) and line[len(name) : len(name) + 1] in ("{", " "):
            try:
                found += float(line.rpartition("}")[2].split()[0] if "{" in line else line.split()[1])
            except (ValueError, IndexError):
                continue
    return found


def used(instances: Sequence[Instance]) -> tuple[int, int]:
    """Bytes of memory and open files, of the processes and of what they started in their groups."""
    groups = {each.pid for each in instances if each.pid}
    memory = files = 0
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            fields = Path(entry.path, "stat").read_bytes().rpartition(b")")[2].split()
            if int(fields[2]) in groups:
                memory += int(Path(entry.path, "statm").read_text().split()[1]) * PAGE
                files += len(os.listdir(f"{entry.path}/fd"))  # noqa: PTH208
        except (OSError, ValueError, IndexError):
            continue
    return memory, files
