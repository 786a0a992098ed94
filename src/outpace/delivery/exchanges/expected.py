"""Which differences of a release are expected: those of the exploit's class, and those that somebody accepted once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import unquote, unquote_plus

from msgspec import Struct

from outpace.delivery.exchanges.answers import Difference
from outpace.delivery.exchanges.exchange import Request
from outpace.delivery.exchanges.routes import route
from outpace.model import probe
from outpace.model.times import Aware

MOST_ROUNDS = 4
_PLAIN = re.compile(r"[\w.,@ +-]*")


class Acceptance(Struct, frozen=True, kw_only=True):
    """One class of differences, once, for one pair of releases: `digest` is of all that."""

    digest: str
    reason: str
    by: str
    at: Aware

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError("a difference is accepted with a reason")


class DifferenceClass(Struct, frozen=True, kw_only=True):
    """The same difference in each answer of a route: of any value for a field of a document, of that very value for
    a status, a header or a text."""

    route: str
    place: str
    kind: str
    values: tuple[str, str] | None = None

    def digest(self, old_release: str, new_release: str) -> str:
        told = [old_release, new_release, self.route, self.place, self.kind, *(self.values or ())]
        return sha256("\0".join(told).encode("utf-8", "replace")).hexdigest()


def class_of(request: Request, difference: Difference) -> DifferenceClass:
    values = None if difference.place.startswith("$") else (difference.old, difference.new)
    return DifferenceClass(
        route=route(request.method, request.target), place=difference.place, kind=difference.kind, values=values
    )


def in_exploit_class(request: Request, probes: tuple[probe.Probe, ...]) -> bool:
    """The request is a probe's, however it is escaped, or has what a probe's has beside its benign twin; headers, too,
    that the probe has and its twin has not."""
    asked = _Shape.of(request.method, request.target, request.body)
    fields = {(name.lower(), value) for name, value in request.fields}
    for each in probes:
        exploit = _Shape.of(each.request.method, each.request.path, each.request.body)
        benign = _Shape.of(each.benign.method, each.benign.path, each.benign.body)
        headers = _headers(each.request) - _headers(each.benign)
        if not headers <= fields or (exploit.spelled == benign.spelled and not headers):
            continue
        if asked.spelled == exploit.spelled or (asked.odd == exploit.odd != benign.odd and exploit.is_odd):
            return True
    return False


def fixed(probes: Iterable[probe.Probe], before: frozenset[str], after: frozenset[str]) -> tuple[probe.Probe, ...]:
    """Those of advisories that the old release is exposed to, and the new one is not."""
    return tuple(each for each in probes if before & set(each.advisories) and not after & set(each.advisories))


def _headers(request: probe.Request) -> set[tuple[str, str]]:
    return {(name.lower(), value.strip()) for name, value in request.headers.items()}


class _Shape(Struct, frozen=True):
    spelled: tuple[str, str, str]
    odd: tuple[str, ...]  # where it begins, and what stands in it that an ordinary request has not
    is_odd: bool

    @classmethod
    def of(cls, method: str, target: str, body: str) -> _Shape:
        path, _, query = target.partition("?")
        pairs = [pair.partition("=") for pair in re.split("[&;]", query) if pair]
        path = _plain(path).replace("\\", "/")
        told = sorted((_plain(name), _plain(value)) for name, _, value in pairs)
        segments = path.split("/")
        marks = [_oddness(each) for each in segments]
        asked = [f"{name}={_oddness(value)}" for name, value in told]
        first = segments[1] if len(segments) > 1 else ""
        odd = (method.upper(), first, *sorted(set(marks) - {""}), *asked, _oddness(_plain(body)))
        spelled = (method.upper(), path + "?" + "&".join(f"{name}={value}" for name, value in told), _plain(body))
        return cls(spelled, odd, bool(set(marks) - {""}) or any(each[-1] != "=" for each in asked) or bool(odd[-1]))


def _oddness(text: str) -> str:
    """`..`, and the characters beside letters and digits, each once."""
    if re.fullmatch(r"\.+", text):
        return ".."
    if _PLAIN.fullmatch(text) and ".." not in text:
        return ""
    return ("../" if ".." in text else "") + "".join(sorted(set(re.sub(r"[\w ,@+-]", "", text))))


def _plain(text: str) -> str:
    for _ in range(MOST_ROUNDS):
        decoded = unquote_plus(text) if "%" in text else unquote(text)
        if decoded == text:
            break
        text = decoded
    return text
