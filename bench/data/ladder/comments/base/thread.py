"""The comments below an article: each with who wrote it and when, and the latest of them for the side of the page.

Names, homepages and pictures are what readers have put into their profiles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from blocks import FENCE, body
from inline import escape, plain

UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))
EXCERPT = 60


@dataclass(frozen=True)
class Author:
    """Somebody who writes comments; `homepage` and `picture` are addresses, or empty."""

    name: str
    homepage: str = ""
    picture: str = ""


@dataclass(frozen=True)
class Comment:
    """What somebody wrote; `posted` is in seconds."""

    number: int
    author: Author
    text: str
    posted: int = 0


def plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def ago(seconds: int) -> str:
    """How long ago that is, in the largest unit of which there is a whole one."""
    for size, word in UNITS:
        if seconds >= size:
            return plural(seconds // size, word) + " ago"
    return "just now"


def initials(name: str) -> str:
    """Two letters at most that stand for who has no picture: of the first and the last name."""
    words = [each for each in name.replace("-", " ").split() if each[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def excerpt(text: str, length: int = EXCERPT) -> str:
    """The begin of a comment as text: no marks, no code between fences, no quotations, and cut after a whole word."""
    kept, fenced = [], False
    for line in text.splitlines():
        if line.startswith(FENCE):
            fenced = not fenced
        elif not fenced and not line.startswith(">"):
            kept.append(line.removeprefix("- "))
    words = " ".join(plain("\n".join(kept)).split())
    if len(words) <= length:
        return words
    return words[: length + 1].rsplit(" ", 1)[0][:length].rstrip(".,;:") + "\u2026"


def portrait(author: Author) -> str:
    """The picture of somebody, or the initials."""
    if not author.picture:
        return f'<span class="initials">{escape(initials(author.name))}</span>'
    return f'<img class="portrait" src="{escape(author.picture)}" alt="{escape(author.name)}" loading="lazy">'


def byline(author: Author, seconds: int) -> str:
    """Who wrote it, and how long ago."""
    name = escape(author.name)
    if author.homepage:
        name = f'<a class="author" href="{escape(author.homepage)}" rel="nofollow ugc">{name}</a>'
    return f'<header>{portrait(author)} {name} <span class="when">{ago(seconds)}</span></header>'


def article(comment: Comment, now: int = 0) -> str:
    """One comment."""
    return f'<article id="c{comment.number}">{byline(comment.author, now - comment.posted)}\n{body(comment.text)}</article>'


def thread(comments: Iterable[Comment], now: int = 0) -> str:
    """All comments, the oldest first, and how many there are."""
    found = sorted(comments, key=lambda each: (each.posted, each.number))
    title = plural(len(found), "comment") if found else "No comments yet"
    return "\n".join([f"<h2>{title}</h2>", *(article(each, now) for each in found)])


def recent(comments: Iterable[Comment], most: int = 5) -> str:
    """The latest comments, the newest first, as a list of links whose titles tell how they begin."""
    latest = sorted(comments, key=lambda each: (each.posted, each.number), reverse=True)[:most]
    rows = [f'<li><a href="#c{each.number}" title="{escape(excerpt(each.text))}">{each.author.name}</a></li>' for each in latest]
    return '<ul class="recent">' + "".join(rows) + "</ul>"
