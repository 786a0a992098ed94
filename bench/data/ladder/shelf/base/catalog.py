"""What the front end shows of a document: a title, a size that people read, how long it takes to read."""

from __future__ import annotations

import re
from typing import Dict, List

import shelf

WORDS_A_MINUTE = 200
UNITS = ("bytes", "kB", "MB", "GB")
SMALL_WORDS = {"a", "an", "and", "of", "the", "to"}


def human_size(number: int) -> str:
    """Return a number of bytes as people write it: `999 bytes`, `1.5 kB`."""
    if number == 1:
        return "1 byte"
    amount = float(number)
    for unit in UNITS:
        if amount < 1000 or unit == UNITS[-1]:
            break
        amount /= 1000
    return f"{number} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"


def reading_time(text: str) -> int:
    """Return the minutes that a text takes, at least one where there is a word."""
    words = len(text.split())
    return -(-words // WORDS_A_MINUTE)


def title(name: str, text: str) -> str:
    """Return the first heading of a document, or what its name says."""
    for line in text.splitlines():
        heading = re.match(r"#{1,3}\s+(.+)", line)
        if heading:
            return heading.group(1).strip()
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    words = re.split(r"[-_ ]+", stem)
    return " ".join(
        word if index and word in SMALL_WORDS else word[:1].upper() + word[1:] for index, word in enumerate(words)
    )


def slug(text: str, longest: int = 40) -> str:
    """Return a text as a part of an address, cut between words where it is too long."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    while len(words) > 1 and len("-".join(words)) > longest:
        words.pop()
    return "-".join(words)[:longest]


def cards(folder: str = "") -> List[Dict[str, object]]:
    """Return what the front end shows of each document in a folder."""
    found: List[Dict[str, object]] = []
    for each in shelf.listing(folder):
        name = f"{folder}/{each}" if folder else each
        text = shelf.read(name.replace("%", "%25"))
        found.append({"name": name, "title": title(name, text), "minutes": reading_time(text)})
    return found
