"""Text made fit to leave this machine: secrets become placeholders, and what cannot be seen is written out."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from statistics import median

PLACEHOLDER = re.compile(r"\[\[redacted-\d+\]\]")
WRITTEN_OUT = re.compile(r"\\u\{[0-9a-f]{1,6}\}")

_SHORTEST = 20
_LONGEST_LOOKED_AT = 4096
_ENTROPY = 3.2  # bits a character; English words of this length have about 3, random hexadecimal digits 3.6
_ENTROPY_OF_DIGITS = 2.8
_DIGITS = 3
_HUMAN = 2.6  # letters of the usual syllable of a name in code; of random text it has one or two

# What issuers begin their tokens with, so that scanners find them. Each takes time in proportion to the text.
_KNOWN = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?!-----END)[\s\S]){0,16000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?"
    r"|\b(?:gh[opsur]_[A-Za-z0-9]{16,255}|github_pat_\w{16,255}|gl(?:pat|ptt|dt|rt|cbt|soat|ft)-[\w-]{16,255}"
    r"|pypi-[\w-]{16,1000}|npm_[A-Za-z0-9]{20,100}|(?:AKIA|ASIA|AGPA|AROA|AIDA)[0-9A-Z]{16}"
    r"|sk-[A-Za-z0-9_-]{16,300}|(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,200}|xox[a-z]-[\w-]{10,300}"
    r"|xapp-[\w-]{10,300}|AIza[\w-]{30,60}|ya29\.[\w.-]{20,500}|hf_[A-Za-z0-9]{20,100}|hvs\.[\w-]{20,300}"
    r"|SG\.[\w-]{16,100}\.[\w-]{16,100}|dop_v1_[0-9a-f]{32,100}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,100}"
    r"|eyJ[\w-]{8,4000}\.[\w-]{8,8000}(?:\.[\w-]{0,4000})?)"
)
_IN_URL = re.compile(r"(?<=://)[^\s/@:'\"<>]{0,200}:[^\s/@'\"<>]{1,500}(?=@)")
_CALLED_SO = re.compile(
    r"(?i)(?:password|passwd|passphrase|secret|token|api_?-?key|credential|private_?key|authorization)\w{0,40}"
    r"[\"']?\]?\s{0,8}(?::\s{0,4}\w{1,40}\s{0,4})?(?:[=:]|=>)\s{0,8}[rbuf]{0,2}([\"'])(?P<value>[^\"'\s]{6,500})\1"
)
_BARE = re.compile(
    r"(?im)^[ \t]*(?:export[ \t]+)?[A-Z0-9_.-]{0,60}(?:password|passwd|secret|token|api_?key)[ \t]*[=:][ \t]*"
    r"(?P<value>[^\s\"'()\[\]{},;]{8,500})[ \t]*$"
)
_AFTER_BEARER = re.compile(r"(?i)\b(?:bearer|basic)[ \t]+(?P<value>(?=\D{0,100}\d)[\w.+/=-]{12,2000})")
_RUN = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
_OF_ONE_CASE = re.compile(r"[0-9a-z]{20,}|[0-9A-Z]{20,}")
_HEXADECIMAL = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_SYLLABLE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

_CONTROL_TOKEN = re.compile(
    r"<(?=[|\uff5c][^<>\s]{1,64}[|\uff5c]>)|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\])"
    r"|<(?=/?s>|<?/?SYS>|(?:start|end)_of_turn>|/?(?:bos|eos|unk|pad)>)"
)
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\ue000-\uf8ff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]|\r(?!\n)"
)


class Redactor:
    """The same secret gets the same number everywhere in one request, so that the text keeps its sense."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    @property
    def count(self) -> int:
        return len(self._numbers)

    def fit(self, text: str) -> str:
        """Written out first: a character that nobody sees would hide a secret from what looks for its shape."""
        return self._without_secrets(written_out(text))

    def _without_secrets(self, text: str) -> str:
        done: list[str] = []
        at = 0
        for start, end in _joined(sorted(_secrets(text))):
            number = self._numbers.setdefault(text[start:end], len(self._numbers) + 1)
            done += [text[at:start], f"[[redacted-{number}]]"]
            at = end
        return "".join(done) + text[at:]


def written_out(text: str) -> str:
    """Characters that are not seen, and what some models take for the end of a turn, as `\\u{200b}`."""
    return _CONTROL_TOKEN.sub(_written, _UNSEEN.sub(_written, text))


def _written(found: re.Match[str]) -> str:
    return f"\\u{{{ord(found[0]):x}}}"


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    for found in _KNOWN.finditer(text):
        yield found.span()
    for found in _IN_URL.finditer(text):
        yield found.span()
    for pattern in (_CALLED_SO, _BARE, _AFTER_BEARER):
        for found in pattern.finditer(text):
            if not PLACEHOLDER.fullmatch(found["value"]):
                yield found.span("value")
    for found in _RUN.finditer(text):
        if looks_random(found[0]):
            yield found.span()


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those that overlap are one."""
    held: tuple[int, int] | None = None
    for start, end in spans:
        if held is not None and start < held[1]:
            held = (held[0], max(held[1], end))
            continue
        if held is not None:
            yield held
        held = (start, end)
    if held is not None:
        yield held


def looks_random(run: str) -> bool:
    """Names in code are made of syllables, paths of names; keys are of neither."""
    kinds = sum(any(test(each) for each in run) for test in (str.islower, str.isupper, str.isdigit))
    if kinds < 2 or len(run) < _SHORTEST:
        return False
    looked_at = run[:_LONGEST_LOOKED_AT]
    if _HEXADECIMAL.fullmatch(run):
        return entropy(looked_at) >= _ENTROPY_OF_DIGITS
    if _OF_ONE_CASE.fullmatch(run) and sum(map(str.isdigit, looked_at)) >= _DIGITS:
        return entropy(looked_at) >= _ENTROPY
    usual = median(map(len, _SYLLABLE.findall(looked_at)))
    return entropy(looked_at) >= _ENTROPY and usual < _HUMAN


def entropy(text: str) -> float:
    """Bits a character, by how often each occurs in it."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def has_unseen(text: str) -> bool:
    return _UNSEEN.search(text) is not None
