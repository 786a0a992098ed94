"""Whether a page is what it should be: balanced, closed to requests, without script, its links and ids whole."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

VOID = {"br", "hr", "link", "meta", "img", "input"}
NOT_IN_PARAGRAPHS = {"div", "p", "ul", "ol", "table", "section", "details", "h1", "h2", "h3", "dl"}
LOADS = {
    "script",
    "img",
    "iframe",
    "object",
    "embed",
    "link",
    "base",
    "form",
    "video",
    "audio",
    "source",
    "image",
    "use",
}


class Page(HTMLParser):
    """Reads a page strictly: each opened element is closed, in its order; attributes are there once."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.popovers: list[str] = []
        self.attributes: Counter[str] = Counter()
        self.text: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has {name} twice" for name, count in Counter(names).items() if count > 1]
        self.attributes.update(names)
        given = dict(attrs)
        if identity := given.get("id"):
            self.ids[identity] += 1
        if "href" in given:
            self.links.append(given["href"] or "")
        if "popovertarget" in given:
            self.popovers.append(given["popovertarget"] or "")
        if "p" in self.open and tag in NOT_IN_PARAGRAPHS:
            self.faults.append(f"<{tag}> stands in a <p>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        elif self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)


def faults(text: str) -> list[str]:
    """Empty: it is well-formed, and asks for nothing."""
    page = Page(text)
    found = list(page.faults)
    found += [f"id {identity} stands {count} times" for identity, count in page.ids.items() if count > 1]
    found += [f"{tag} loads something" for tag in LOADS & page.tags.keys()]
    found += [f"attribute {name}" for name in page.attributes if name.startswith("on") or name in {"style", "src"}]
    found += [f"link to nothing: {link}" for link in page.links if link.startswith("#") and link[1:] not in page.ids]
    found += [f"link elsewhere: {link}" for link in page.links if not link.startswith(("#", "https://"))]
    found += [f"no definition: {name}" for name in page.popovers if name not in page.ids]
    found += [f"obeyed character {ord(c):04X}" for c in set(re.findall("[\x00-\x08\u202a-\u202e\u2066-\u2069]", text))]
    return found


def words(text: str) -> str:
    """What a reader sees, and what is said in place of a picture."""
    said = re.findall(r'aria-label="([^"]*)"', text)
    return " ".join([*Page(text).text, *said])


def numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:[.,:-]\d+)*%?", words(text)))
