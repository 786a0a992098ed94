"""Values that differ between any two answers and mean nothing: clocks that are right, ids that were just drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from outpace.model.times import from_timestamp, parse

AROUND = timedelta(hours=1)
SHORTEST = 10
"""Characters of a clock, in seconds since 1970; an id has more."""
_WORDS = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|[MTWFS][a-z]{2}, \d\d [JFMASOND][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"
    r"|[A-Za-z0-9_-]{20,}|[A-Za-z0-9_]+(?:\.\d+)?|\s+|[^\sA-Za-z0-9_]"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?=.*\d)[0-9a-f]{16,}|(?=.*\d)[0-9A-F]{16,}")
_OPAQUE = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_=-]{16,}")
_EPOCH = re.compile(r"(?P<s>\d{10})(?:\.\d{1,9})?|(?P<ms>\d{13})|(?P<us>\d{16})|(?P<ns>\d{19})")
_OF_ONE_SESSION = ("csrf", "xsrf", "nonce", "token", "session", "jwt")
_OF_ONE_ANSWER = frozenset(
    [
        "requestid", "traceid", "spanid", "correlationid", "traceparent", "csrf", "csrftoken", "csrfmiddlewaretoken",
        "xsrftoken", "nonce", "etag", "sessionid", "elapsed", "elapsedms", "durationms", "tookms", "took", "hostname",
        "pid", "uptime", "xrequestid", "xtraceid", "xcorrelationid", "cspnonce", "authenticitytoken",
    ]
)  # fmt: skip


def of_one_answer(name: str, value: object = "") -> bool:
    """Whatever stands there, it is of one answer, one session or one process."""
    bare = re.sub(r"[^a-z0-9]", "", name.lower())
    if bare in _OF_ONE_ANSWER:
        return not isinstance(value, (dict, list))
    return isinstance(value, str) and any(word in bare for word in _OF_ONE_SESSION)


def words(text: str) -> list[str]:
    return _WORDS.findall(text)


class Volatile:
    """`asked` is when; `given` says of an id whether the old release gave it anywhere: then it is none just drawn, and
    stands for another thing."""

    def __init__(self, asked: datetime, given: Callable[[str], bool] = lambda _: False) -> None:
        self.asked = asked
        self._given = given

    def alike(self, old: str, new: str) -> bool:
        """Word by word: the same, or both clocks around now, or both ids of one form."""
        if old == new:
            return True
        if self._pair(old, new):
            return True
        one, other = words(old), words(new)
        return len(one) == len(other) and all(
            self._pair(*pair) for pair in zip(one, other, strict=False) if pair[0] != pair[1]
        )

    def _pair(self, old: str, new: str) -> bool:
        for form in (_UUID, _HEX, _OPAQUE):
            if form.fullmatch(old) and form.fullmatch(new):
                return len(old) == len(new) and not self._given(new)
        before, after = _time(old), _time(new)
        return before is not None and after is not None and self._is_now(before) and self._is_now(after)

    def spelled(self, word: str) -> str:
        """A word of a text; one that may be of one answer goes by its form."""
        form = self.form(word)
        return f"<{form}>" if form else word

    def form(self, text: str) -> str:
        """A clock that is right, or a kind of id; empty for anything else."""
        if len(text) < SHORTEST:
            return ""
        at = _time(text)
        if at is not None and self._is_now(at):
            return "now"
        forms = {"uuid": _UUID, "hex": _HEX, "opaque": _OPAQUE}
        return next((name for name, form in forms.items() if form.fullmatch(text)), "")

    def _is_now(self, at: datetime) -> bool:
        return abs(at - self.asked) < AROUND


def _time(text: str) -> datetime | None:
    try:
        if found := _EPOCH.fullmatch(text):
            scale = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[found.lastgroup or "s"]
            return from_timestamp(int(found[found.lastgroup or "s"]) / scale)
        if text[:4].isdigit() and len(text) >= 16:
            return parse(text)
        if text.endswith("GMT"):
            at = parsedate_to_datetime(text)
            return at if at.tzinfo is not None else at.replace(tzinfo=UTC)  # "AM GMT", of which it takes no zone
    except (ValueError, OverflowError, OSError):
        pass
    return None


def ids(text: str) -> set[str]:
    long = {word for word in words(text) if len(word) >= SHORTEST}
    return {word for word in long if _UUID.fullmatch(word) or _HEX.fullmatch(word) or _OPAQUE.fullmatch(word)}
