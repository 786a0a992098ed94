"""What stands within a line of a comment: code, emphasis, links, bare addresses and mentions.

    `code`   *stressed*   **strong**   [label](address)   [label](address "title")   [label](<address with spaces>)
    https://example.org/a   @name

All else is text. What comes back is HTML that goes into the page as it is.
"""

from __future__ import annotations

import html
import re
from urllib.parse import quote

PEOPLE = "/people/"
TRAILING = ".,;:!?'\""
_TOKEN = re.compile(
    r"""
    `(?P<code>[^`\n]+)`
  | \[(?P<label>[^\[\]\n]+)\]\(
        (?P<target><[^<>]*>|(?:[^\s()<>]|\([^\s()<>]*\))+)
        (?:\s+"(?P<title>[^\n]*?)")?
    \s*\)
  | \*\*(?P<strong>[^\s*](?:[^*\n]*[^\s*])?)\*\*
  | \*(?P<stressed>[^\s*](?:[^*\n]*[^\s*])?)\*
  | (?P<bare>\bhttps?://[^\s<>]+)
  | (?<![\w./])@(?P<who>\w{2,30})
    """,
    re.VERBOSE | re.IGNORECASE,
)


def escape(text: str) -> str:
    """Text as it is written in HTML."""
    return html.escape(text, quote=False)


def address(target: str) -> str:
    """Where a link goes to: http, https, mailto and ftp, or relative to the page. Empty: nowhere.

    Many addresses are copied out of the source of a page, where `&` is written `&amp;`.
    """
    if target.startswith("javascript:"):
        return ""
    return html.unescape(target.strip())


def link(label: str, target: str, title: str = "") -> str:
    """A link with this label, which is HTML; the label alone where the address leads nowhere."""
    where = address(target)
    if not where:
        return label
    more = f' title="{title}"' if title else ""
    return f'<a href="{escape(where)}"{more} rel="nofollow ugc">{label}</a>'


def shown(url: str, length: int = 40) -> str:
    """An address as it is read: without its scheme, and not longer than that."""
    short = re.sub(r"^https?://(www\.)?", "", url, flags=re.IGNORECASE).rstrip("/")
    return short if len(short) <= length else short[: length - 1] + "\u2026"


def bare(url: str) -> str:
    """A link for an address that stands in the text; the punctuation after it is no part of it."""
    found = url.rstrip(TRAILING)
    if found.endswith(")") and found.count("(") < found.count(")"):
        found = found[:-1].rstrip(TRAILING)
    return f'<a href="{escape(found)}" rel="nofollow ugc">{escape(shown(found))}</a>{escape(url[len(found):])}'


def mention(name: str) -> str:
    """A link to the page of somebody who is spoken to."""
    return f'<a class="mention" href="{PEOPLE}{quote(name.lower())}">@{escape(name)}</a>'


def inline(text: str, links: bool = True) -> str:
    """The HTML of some lines of text. There are no links within the label of a link."""
    parts, at = [], 0
    for token in _TOKEN.finditer(text):
        parts.append(escape(text[at : token.start()]))
        at = token.end()
        sort = token.lastgroup if token.lastgroup != "title" else "target"
        if sort == "code":
            parts.append(f"<code>{escape(token['code'])}</code>")
        elif sort == "strong":
            parts.append(f"<strong>{inline(token['strong'], links)}</strong>")
        elif sort == "stressed":
            parts.append(f"<em>{inline(token['stressed'], links)}</em>")
        elif not links:
            parts.append(escape(token[0]))
        elif sort == "target":
            parts.append(link(inline(token["label"], False), token["target"].strip("<>"), token["title"] or ""))
        elif sort == "bare":
            parts.append(bare(token["bare"]))
        else:
            parts.append(mention(token["who"]))
    return "".join(parts) + escape(text[at:])


def plain(text: str) -> str:
    """The same lines as text alone, without their marks."""
    return _TOKEN.sub(lambda found: next((found[each] for each in ("code", "label", "strong", "stressed") if found[each]), found[0]), text)
