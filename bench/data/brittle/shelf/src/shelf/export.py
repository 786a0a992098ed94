"""Lists for people and for other programs."""

import csv
import io
import tempfile
from pathlib import Path


def write_csv(rows, path=None):
    """Never over a list that is there already."""
    path = path or Path(tempfile.gettempdir()) / "shelf-export.csv"
    with open(path, "x", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [tuple(row) for row in csv.reader(file)]


def count_rows(path):
    return sum(1 for _ in open(path, encoding="utf-8"))


def print_labels(titles, device):
    """Write one label a line to a device of bytes."""
    text = io.TextIOWrapper(device, write_through=True)
    for title in titles:
        print(title[:20], file=text)
    text.detach()
    return device
