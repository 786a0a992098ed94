"""Values that differ between any two answers and mean nothing: clocks that are right, ids that were just drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
_HEX = re.compile(r"(?=.*\d)(?:(?=.*[a-f])[0-9a-f]{16,}|(?=.*[A-F])[0-9A-F]{16,})")
"""Of digits alone it may be an account, a card or an amount."""
_OPAQUE = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_=-]{16,}")
_FORMS = {"uuid": _UUID, "hex": _HEX, "opaque": _OPAQUE}
_EPOCH = re.compile(r"(?P<s>\d{10})(?:\.\d{1,9})?|(?P<ms>\d{13})|(?P<us>\d{16})|(?P<ns>\d{19})")
_SNOWFLAKE = re.compile(r"\d{17,19}")
_SNOWFLAKES = ((22, 1_288_834_974_657), (22, 1_420_070_400_000), (22, 0), (16, 0))
"""Bits behind a clock of milliseconds, and when it began: Twitter's, Discord's, that of 1970, Mastodon's."""
_OF_ONE_ANSWER = frozenset(
    [
        "requestid", "traceid", "spanid", "correlationid", "traceparent", "csrf", "csrftoken", "csrfmiddlewaretoken",
        "xsrftoken", "nonce", "etag", "sessionid", "elapsed", "elapsedms", "durationms", "tookms", "took", "hostname",
        "pid", "uptime", "xrequestid", "xtraceid", "xcorrelationid", "cspnonce", "authenticitytoken",
    ]
)  # fmt: skip
_OF_ONE_SESSION = re.compile(r".*(?:csrf|xsrf|nonce|(?<!page)(?<!next)token|session|jwt)(?:id|key)?")
"""Not the token of a next page, which one release gives again and again."""
_WORDED = re.compile(r"[A-Z]?[a-z]{2,20}+(?:(?:[-_.:][A-Z]?|[A-Z])[a-z]{2,20}+)*+(?:[-_.:]?\d+)?")
_DRAWN = re.compile(
    r"(?=[^A-Za-z]*+[A-Za-z])(?=\D*+\d|(?=[^a-z]*+[a-z])[^A-Z]*+[A-Z]|.{24})[\w+/=.:~%!$|-]{8,}", re.ASCII
)


def of_one_answer(name: str, value: object) -> bool:
    """By the name, whatever stands there is of one answer or one process; or what does is a token that was drawn, and
    the name that of a session's."""
    if value == "" or isinstance(value, (dict, list)):
        return False
    bare = re.sub(r"[^a-z0-9]", "", name.lower())
    if bare in _OF_ONE_ANSWER:
        return True
    return isinstance(value, str) and _OF_ONE_SESSION.fullmatch(bare) is not None and _is_drawn(value)


def _is_drawn(value: str) -> bool:
    """`a3Bc9fQ2kLm4`; not `guestUser`, `read-only` or `customer-17`."""
    return _DRAWN.fullmatch(value) is not None and _WORDED.fullmatch(value) is None


def words(text: str) -> list[str]:
    return _WORDS.findall(text)


class Volatile:
    """`asked` is when; `given` says of an id whether the old release gave it anywhere: then it is none just drawn, and
    stands for another thing."""

    def __init__(self, asked: datetime, given: Callable[[str], bool] = lambda _: False) -> None:
        self.asked = asked
        self._given = given

    def alike(self, old: str, new: str) -> bool:
        return self.drawn(old, new) is not None

    def drawn(self, old: str, new: str) -> tuple[str, ...] | None:
        """Word by word the same, or both clocks around now, or both ids of one form; None where they are not. Otherwise
        the new one's ids that are taken for drawn, until the old release gives one of them for another thing."""
        whole = self._drawn(old, new)
        if whole is not None:
            return whole
        one, other = words(old), words(new)
        found = list(map(self._drawn, one, other)) if len(one) == len(other) else [None]
        return None if None in found else tuple(each for ids in found for each in ids or ())

    def _drawn(self, old: str, new: str) -> tuple[str, ...] | None:
        if old == new:
            return ()
        forms = (form for form in _FORMS.values() if form.fullmatch(old) and form.fullmatch(new))
        of_one_form = next(forms, None) is not None and len(old) == len(new)
        if not (of_one_form or (self._is_now(old) and self._is_now(new))):
            return None
        return None if self._given(new) else (new,) if is_id(new) else ()

    def spelled(self, word: str) -> str:
        """A word of a text; one that may be of one answer goes by its form."""
        form = self.form(word)
        return f"<{form}>" if form else word

    def form(self, text: str) -> str:
        """A clock that is right, or a kind of id; empty for anything else."""
        if len(text) < SHORTEST:
            return ""
        if self._is_now(text):
            return "now"
        return next((name for name, form in _FORMS.items() if form.fullmatch(text)), "")

    def is_over(self, clock: str) -> bool:
        return any(at < self.asked - timedelta(minutes=1) for at in _times(clock))

    def _is_now(self, text: str) -> bool:
        return any(abs(at - self.asked) < AROUND for at in _times(text))


def _times(text: str) -> Iterator[datetime]:
    """What it says if it is a clock."""
    try:
        if found := _EPOCH.fullmatch(text):
            scale = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[found.lastgroup or "s"]
            yield from_timestamp(int(found[found.lastgroup or "s"]) / scale)
        if _SNOWFLAKE.fullmatch(text):
            yield from (from_timestamp(((int(text) >> behind) + began) / 1_000) for behind, began in _SNOWFLAKES)
        elif text[:4].isdigit() and len(text) >= 16:
            yield parse(text)
        elif text.endswith("GMT"):
            at = parsedate_to_datetime(text)
            yield at if at.tzinfo is not None else at.replace(tzinfo=UTC)  # "AM GMT", of which it takes no zone
    except (ValueError, OverflowError, OSError):
        return


def ids(text: str) -> set[str]:
    return {word for word in words(text) if len(word) >= SHORTEST and is_id(word)}


def is_id(word: str) -> bool:
    return any(form.fullmatch(word) for form in (*_FORMS.values(), _SNOWFLAKE))
