"""A shelf of documents: text files below one folder that are read, listed and measured by name.

A name is what the web front end hands over: a path relative to the folder, with forward slashes, perhaps
percent-encoded (``meeting%20notes.txt``). The folder is looked up at each call, so that it can be moved while the
front end runs.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Dict, List, Optional
from urllib.parse import unquote

FOLDER = "docs"
SUFFIXES = (".txt", ".md", ".csv")
PREVIEW_LINES = 3


class NotFound(LookupError):
    """There is no document, or no folder, of this name."""


def read(name: str) -> str:
    """Return the text of a document."""
    path = os.path.join(FOLDER, unquote(name))
    if not os.path.isfile(path):
        raise NotFound(name)
    with open(path, encoding="utf-8") as file:
        return file.read()


def preview(name: str, lines: int = PREVIEW_LINES) -> List[str]:
    """Return the first lines of a document that are not blank, without reading all of it."""
    path = Path(FOLDER) / unquote(name)
    if not path.is_file():
        raise NotFound(name)
    found: List[str] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            if len(found) >= lines:
                break
            if line.strip():
                found.append(line.strip())
    return found


def size(name: str) -> int:
    """Return the number of bytes of a document."""
    path = os.path.join(FOLDER, unquote(name))
    if not os.path.isfile(path):
        raise NotFound(name)
    return os.stat(path).st_size


def listing(folder: str = "", suffix: Optional[str] = None) -> List[str]:
    """Return the names of the documents in a folder of the shelf, sorted, without those of its folders.

    With a suffix, only the names that end in it, in capitals or not; without one, all that have one of SUFFIXES.
    """
    path = os.path.join(FOLDER, unquote(folder))
    if not os.path.isdir(path):
        raise NotFound(folder)
    wanted = SUFFIXES if suffix is None else (suffix.lower(),)
    names = [entry.name for entry in os.scandir(path) if entry.is_file()]
    return sorted(each for each in names if each.lower().endswith(wanted))


def folders() -> List[str]:
    """Return the folders of the shelf that hold a document, the shelf itself as an empty name."""
    found = set()
    for where, _, files in os.walk(FOLDER):
        if any(each.lower().endswith(SUFFIXES) for each in files):
            inside = os.path.relpath(where, FOLDER)
            found.add("" if inside == "." else inside.replace(os.sep, "/"))
    return sorted(found)


def search(term: str) -> Dict[str, int]:
    """Return how often a term stands in each document that has it, capitals or not."""
    counts: Dict[str, int] = {}
    for folder in folders():
        for each in listing(folder):
            text = Path(FOLDER, folder, each).read_text(encoding="utf-8")
            number = text.lower().count(term.lower())
            if number:
                counts[f"{folder}/{each}" if folder else each] = number
    return counts


def digest(text: str) -> str:
    """Return what tells one text from another, whatever its line ends."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode("utf-8")).hexdigest()[:16]
