"""How answers are made small and harmless: text of a repository or an advisory stays data, escaped and cut."""

from __future__ import annotations

import re
from collections import OrderedDict
from threading import Lock
from typing import cast

import msgspec

from outpace.formats.plain import printable
from outpace.model.errors import NotFound
from outpace.model.fact import digest_of

LARGEST = 5_600
"""Characters of one answer: some 1,400 tokens."""
CAPS = ((1200, 50), (500, 25), (300, 12), (160, 8), (100, 4), (60, 2))
"""Characters of a text and entries of a list: the first that fit are taken."""
WHOLE_TEXT, WHOLE_ANSWER = 50_000, 400_000
PAGE = 4_000
KEPT = 64
PREFIX = "answer-"

INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters and marks by Unicode's word that nobody sees: text can be hidden in them from who reads along."""


def visible(text: str) -> str:
    """No control, formatting or invisible character is left as it is."""
    return INVISIBLE.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", printable(text))


class Kept:
    """Whole answers of which only a part was given, the newest ones, so that the rest can be asked for."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def keep(self, text: str) -> str:
        """Its handle."""
        handle = f"{PREFIX}{digest_of(text)[:10]}"
        with self._lock:
            self._texts[handle] = text
            self._texts.move_to_end(handle)
            while len(self._texts) > KEPT:
                self._texts.popitem(last=False)
        return handle

    def page(self, handle: str) -> str:
        """`answer-...` or `answer-.../3`. Raises NotFound."""
        name, _, number = handle.partition("/")
        with self._lock:
            text = self._texts.get(name)
        at = (int(number) - 1 if number.isdecimal() and len(number) < 6 else 0) * PAGE
        if text is None or not 0 <= at < len(text):
            raise NotFound(f"there is no answer {handle} any more", hint="ask again for what it answered")
        last = at + PAGE >= len(text)
        page = {"part_of": name, "text": text[at : at + PAGE], "next": None if last else f"{name}/{at // PAGE + 2}"}
        return msgspec.json.encode(page).decode()


def answered(result: object, kept: Kept) -> str:
    """JSON within `LARGEST` characters. What does not fit is counted, and `whole` is the handle of all of it."""
    plain = msgspec.to_builtins(result)
    whole, _ = cut(plain, WHOLE_TEXT, len(CAPS) * WHOLE_ANSWER)
    handle = ""
    for text, entries in CAPS:
        value, left = cut(plain, text, entries)
        if left:
            handle = handle or kept.keep(_text(whole)[:WHOLE_ANSWER])
            value = {**cast("dict[str, object]", value), "left_out": left, "whole": handle}
        written = _text(value)
        if len(written) <= LARGEST:
            return written
    handle = handle or kept.keep(_text(whole)[:WHOLE_ANSWER])
    return _text({"left_out": {"characters": len(_text(whole))}, "whole": handle})


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def cut(value: object, text: int, entries: int) -> tuple[object, dict[str, int]]:
    """The same with every text made visible and at most so long, and every list at most so long; what was left out, by
    where it was."""
    left: dict[str, int] = {}
    return _cut(value, text, entries, "", left), left


def _cut(value: object, text: int, entries: int, at: str, left: dict[str, int]) -> object:
    match value:
        case str():
            shown = visible(value)
            if len(shown) <= text:
                return shown
            left[at] = len(shown) - text
            return f"{shown[:text]}[cut: {len(shown) - text} characters more]"
        case dict():
            rows = cast("dict[str, object]", value)
            return {name: _cut(each, text, entries, f"{at}.{name}".lstrip("."), left) for name, each in rows.items()}
        case list() | tuple():
            every = cast("list[object]", value)
            if len(every) > entries:
                left[at] = len(every) - entries
            return [_cut(each, text, entries, at, left) for each in every[:entries]]
        case _:
            return value
