"""Whether two values of an application's variables may lead to one place: by their spelling, and nobody is asked."""

from __future__ import annotations

import posixpath
import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import product
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

FAMILIES = {
    "postgres": "postgresql", "postgis": "postgresql", "psql": "postgresql", "pgsql": "postgresql",
    "timescaledb": "postgresql", "mysql2": "mysql", "mariadb": "mysql", "rediss": "redis", "valkey": "redis",
    "valkeys": "redis", "amqps": "amqp", "https": "http",
}  # fmt: skip
"""Other names of a scheme."""
PORTS = {"postgresql": "5432", "mysql": "3306", "redis": "6379", "mongodb": "27017", "amqp": "5672", "http": "80"}
SECURED = {"5671": "5672", "443": "80"}
"""One service with TLS and without."""
ANY = "any"
POOLERS = frozenset({"6432", "6543", ANY})
"""Ports of what stands before a server at another port."""
NAMED = frozenset({"postgresql", "mysql", "redis", "mongodb", "amqp"})
"""Families in which each name on a server is a place of its own."""
HERE = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback", "host.docker.internal"})
HOSTS = ("host", "hostaddr", "server")
SOCKETS = ("unix_socket", "unix_sock", "socket")
SOCKET_SCHEMES = ("unix", "redis+socket")
DATABASES = ("dbname", "database", "db")
OF_LIBPQ = frozenset({"hostaddr", "dbname", "service", "sslmode"})

URL = re.compile(r"(?:jdbc:)?(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
PAIR = re.compile(r"\b(\w+)\s*=\s*('[^']*'|[^\s;]*)")
SERVER = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>\d*))?")
NUMBERS = re.compile(r"\d[\da-fx.]*")
"""An address of old, such as 127.1 or 0x7f000001, beside what merely looks like one."""
FILE = re.compile(
    r"sqlite3?(?:\+\w+)?:(?:///)?(?P<path>[^?#]+)|(?P<plain>[^?#:]+\.(?:sqlite3?|db)|\.{0,2}/[^?#]*)", re.IGNORECASE
)


class Place(Struct, frozen=True, kw_only=True):
    """Any of its hosts at any of its ports. `family` and `name` are empty where they are not told; where a file says
    the rest, it may be any host."""

    family: str
    hosts: frozenset[str]
    ports: frozenset[str]
    name: str = ""
    by_file: bool = False


def may_be_one(one: str, other: str) -> bool:
    """Two names are two hosts, unless one begins like the other; a name and a number may be one."""
    one, other = one.strip(), other.strip()
    paths = [found["path"] or found["plain"] if (found := FILE.fullmatch(each)) else "" for each in (one, other)]
    if one == other or all(paths):
        return one == other or _is_one_path(paths[0], paths[1])
    near, far = _place(one), _place(other)
    family = near.family or far.family
    if family != (far.family or family):
        return False
    if family in NAMED and near.name and far.name and near.name != far.name:
        return False
    if near.by_file or far.by_file:
        return True
    hosts = any(_is_one_host(*pair) for pair in product(near.hosts, far.hosts))
    return hosts and _is_one_port(_ports(near, family), _ports(far, family))


def _is_one_path(one: str, other: str) -> bool:
    """A path from somewhere may be the end of another."""
    near, far = (posixpath.normpath(unquote(path)).casefold().split("/") for path in (one, other))
    if near[0] == far[0] == "":
        return near == far
    ends = [[part for part in path if part not in ("", "..")] for path in (near, far)]
    shorter = min(map(len, ends))
    return ends[0][-shorter:] == ends[1][-shorter:]


def _place(text: str) -> Place:
    """An address, pairs as libpq takes them, or servers alone."""
    if url := URL.fullmatch(text):
        scheme = url["scheme"].lower()
        where, _, query = url["rest"].partition("#")[0].partition("?")
        authority, _, name = where.partition(";")[0].partition("/")
        told = {key.lower(): value for key, value in parse_qsl(query)}
        if scheme in SOCKET_SCHEMES:
            authority, name, told = "", "", {"socket": where, **told}
        if scheme.endswith("+srv"):
            told["service"] = authority
        bare = scheme.partition("+")[0]
        return _told(FAMILIES.get(bare, bare) if bare != "unix" else "", unquote(authority), unquote(name), told)
    if pairs := PAIR.findall(text):
        told = {key.lower(): value.strip("'") for key, value in pairs}
        return _told("postgresql" if told.keys() & OF_LIBPQ else "", "", "", told)
    authority, _, name = (text, "", "") if text.startswith("/") else text.partition("/")
    return _told("", authority, name, {})


def _told(family: str, authority: str, name: str, told: dict[str, str]) -> Place:
    """What parameters say stands in the place of the address."""
    servers = [_server(each) for each in authority.rpartition("@")[2].split(",")]
    hosts = [_server(each)[0] for key in (*HOSTS, *SOCKETS) if told.get(key) for each in told[key].split(",")]
    ports = told["port"].split(",") if told.get("port") else [port for _, port in servers]
    if any(told.get(key) for key in SOCKETS):
        ports = [ANY]
    name = next((told[key] for key in DATABASES if told.get(key)), name)
    return Place(
        family=family,
        hosts=frozenset(hosts or [host for host, _ in servers]),
        ports=frozenset(port.lstrip("0") for port in ports),
        name=name.strip("/").casefold(),
        by_file=bool(told.get("service")),
    )


def _server(text: str) -> tuple[str, str]:
    """Host and port; a host that begins with a slash is a socket."""
    found = None if text.startswith("/") else SERVER.fullmatch(text.strip())
    host, port = (text.strip(), "") if found is None else (found["host"], found["port"] or "")
    return host.strip("[]").rstrip(".").casefold(), port


def _ports(place: Place, family: str) -> frozenset[str]:
    return frozenset(SECURED.get(port, port) or PORTS.get(family, ANY) for port in place.ports)


def _is_one_port(near: frozenset[str], far: frozenset[str]) -> bool:
    return bool(near & far) or bool((near | far) & POOLERS)


def _is_one_host(one: str, other: str) -> bool:
    near, far = _number(one), _number(other)
    if near is not None and far is not None:
        return near == far
    if near is not None or far is not None or NUMBERS.fullmatch(one) or NUMBERS.fullmatch(other):
        return True
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _number(host: str) -> IPv4Address | IPv6Address | str | None:
    """None of a name. This host is one by each of its ways: loopback, a socket, every address, or nothing said."""
    if host in HERE or host.endswith(".localhost") or host.startswith("/"):
        return "here"
    try:
        number = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    if isinstance(number, IPv6Address):
        number = number.ipv4_mapped or number
    return "here" if number.is_loopback or number.is_unspecified else number
