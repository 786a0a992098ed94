"""Which route a request asks for, told from its path: segments that name one of many things become a word for them."""

from __future__ import annotations

import re

MOST_SEGMENTS = 40
LONGEST = 60
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?=.*\d)[0-9a-fA-F]{8,}")
_OPAQUE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_-]{20,}")
_NUMBERED = re.compile(r"(?!v\d{1,2}$)(?:[A-Za-z]{1,3}\d+|[A-Za-z]{1,10}[-_]\d+)", re.ASCII)
_NAME = re.compile(r"[\w.\[\]-]{1,40}", re.ASCII)


def route(method: str, target: str) -> str:
    """`GET /orders/{n}?page`: names of a query are sorted, its values left out."""
    path, _, query = target.partition("?")
    segments = [_segment(each) for each in path.split("/")[:MOST_SEGMENTS]]
    names = {pair.partition("=")[0] for pair in query.split("&") if pair}
    told = sorted(name if _NAME.fullmatch(name) else "{name}" for name in names)[:MOST_SEGMENTS]
    return f"{method} {'/'.join(segments)}{'?' if told else ''}{'&'.join(told)}"


def _segment(segment: str) -> str:
    if segment.isascii() and segment.isdigit():
        return "{n}"
    if "redacted-" in segment:
        return "{redacted}"
    if (
        _UUID.fullmatch(segment)
        or _HEX.fullmatch(segment)
        or _OPAQUE.fullmatch(segment)
        or _NUMBERED.fullmatch(segment)
    ):
        return "{id}"
    if len(segment) > LONGEST:
        return "{long}"
    return segment
