"""Posts on disk."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Post:
    title: str
    text: str
    tags: frozenset = field(default=frozenset())


def parse(source):
    head, _, text = source.partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    tags = frozenset(filter(None, fields.get("tags", "").split(", ")))
    return Post(fields["title"], text.strip(), tags)


def found(folder):
    """The names of the posts of a folder."""
    return [entry.name for entry in os.scandir(folder) if entry.name.endswith(".md")]


def front(folder):
    """The post of the front page."""
    return found(folder)[0]


def newest(folder):
    return max(found(folder))


def publish(draft, folder):
    """Move a draft among the posts."""
    target = Path(folder) / Path(draft).name
    os.replace(draft, target)
    return target


def count_words(path):
    counted = subprocess.run(f"wc -w < {path}", shell=True, capture_output=True, text=True, check=False)
    return int(counted.stdout or 0)


def count_lines(path):
    counted = subprocess.run(["wc", "-l", str(path)], capture_output=True, text=True, check=True)
    return int(counted.stdout.split()[0])
