"""Whether what was seen of a case shows an exploit's effect, read as the victim would read it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from outpace.proving.ladder.cases import (
    RETURNED,
    TIMED_OUT,
    Activates,
    Connects,
    Creates,
    LeadsTo,
    Leaks,
    Oracle,
    Returns,
    Runs,
    Seen,
    TakesLong,
)

RUNS_URL = ("href", "src", "action", "formaction", "data", "xlink:href")
PICTURES = frozenset({"img", "audio", "video", "source", "track", "input"})
"""No browser runs what their `src` says."""
RUN_BY_THEMSELVES = frozenset({"script", "iframe", "object", "embed", "base", "meta"})
IGNORED_BY_BROWSERS = re.compile(r"[\t\n\r]")
AROUND_ADDRESSES = "".join(map(chr, range(0x21)))
"""What browsers leave out before and behind an address; no other blanks."""
HANDLER = re.compile(r"on[a-z]+")
SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def shown(oracle: Oracle, seen: Seen) -> str:  # noqa: PLR0911  one line an oracle
    """The effect in words; empty where there is none."""
    match oracle:
        case Leaks(text=text):
            return f"{text!r} comes back" if text in f"{seen.text}\n{seen.printed}\n{seen.message}" else ""
        case Creates(path=path):
            return f"{path} is there or changed afterwards" if path in seen.files else ""
        case Runs(program=program):
            return f"{program} is started" if program in seen.programs else ""
        case Connects():
            return "it connects" if seen.connected else ""
        case Returns(value=value):
            return f"it returns {value}" if seen.state == RETURNED and seen.whole == value else ""
        case LeadsTo(host=host):
            return f"the address leads to {host}" if seen.state == RETURNED and leads_to(seen.text) == host else ""
        case Activates():
            return activated(seen.text) if seen.state == RETURNED else ""
        case TakesLong(seconds=seconds):
            long = seen.state == TIMED_OUT or seen.cpu > seconds
            return f"it takes more than {seconds:g} s" if long else ""


def leads_to(address: str) -> str:
    """The host that a browser would go to, "" for its own: WHATWG URL, as far as the host goes."""
    text = IGNORED_BY_BROWSERS.sub("", address.strip(" \t\n\r\f\x00\x0b" + "".join(map(chr, range(1, 9)))))
    scheme = SCHEME.match(text)
    if scheme is not None:
        if scheme.group()[:-1].lower() not in ("http", "https", "ftp", "ws", "wss"):
            return ""
        rest = text[scheme.end() :].replace("\\", "/").lstrip("/")
    else:
        rest = text.replace("\\", "/")
        if not rest.startswith("//"):
            return ""
        rest = rest.lstrip("/")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    host = authority.rpartition("@")[2]
    return re.sub(r":\d*$", "", host).lower().rstrip(".")


def activated(text: str) -> str:
    """What a browser would run of it; empty where nothing."""
    page = _Page()
    page.feed(text)
    page.close()
    return page.found


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in RUN_BY_THEMSELVES:
            self.found = self.found or f"there is an element <{tag}>"
        for name, value in attrs:
            if HANDLER.fullmatch(name):
                self.found = self.found or f"there is a handler {name}"
            address = IGNORED_BY_BROWSERS.sub("", (value or "").strip(AROUND_ADDRESSES)).lower()
            runs = name in RUNS_URL and not (name == "src" and tag in PICTURES)
            if runs and address.startswith(("javascript:", "vbscript:", "data:text/html")):
                self.found = self.found or f"{name} runs a script"
