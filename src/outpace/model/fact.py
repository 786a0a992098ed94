"""One line of the append-only memory."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import msgspec
from msgspec import Struct


class Fact(Struct, frozen=True, kw_only=True):
    """Unique on (kind, version, subject, digest): writing one twice is writing it once."""

    kind: str
    version: int = 1
    subject: str  # what it speaks of: an application's identity
    digest: str  # of what it was computed from
    at: datetime
    source: str
    body: msgspec.Raw = msgspec.Raw(b"{}")


def digest_of(*parts: object) -> str:
    """A stable sha256 over JSON values and records; the same parts give the same digest on every machine."""
    return hashlib.sha256(_encoded(parts)).hexdigest()


def _encoded(parts: tuple[object, ...]) -> bytes:
    """Names of files that are no UTF-8 hold halves of a pair, which JSON has not: what they give is UTF-8 for nobody
    else, so that no other parts give the same."""
    try:
        return msgspec.json.encode(parts, order="sorted")
    except UnicodeEncodeError:
        plain = msgspec.to_builtins(parts, order="sorted", str_keys=True)
        return json.dumps(plain, ensure_ascii=False).encode("utf-8", "surrogatepass")


def key_of(fact: Fact) -> str:
    """Its natural key in one word, the same on every machine."""
    return digest_of(fact.kind, fact.version, fact.subject, fact.digest)


SHARED = "shared through "
FIRST_COUNTS = frozenset({"known", "matched", "landed"})  # kinds of which the first sight counts, whoever had it


def is_shared(fact: Fact) -> bool:
    """Whether it came from another machine; whatever brings facts in marks them so."""
    return fact.source.startswith(SHARED)
