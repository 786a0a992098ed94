"""Places, read from a table."""

import csv
from dataclasses import dataclass
from pathlib import Path

INDEX = {}


@dataclass(frozen=True)
class Place:
    name: str
    country: str
    lat: float
    lon: float

    def __str__(self):
        return f"{self.name} ({self.country})"


def read(path="data/places.csv"):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [Place(row["name"], row["country"], float(row["lat"]), float(row["lon"])) for row in rows]


def packaged():
    return read(Path(__file__).parents[2] / "data" / "places.csv")


def load(places):
    INDEX.update({place.name: place for place in places})
    return len(INDEX)


def lookup(name, index=None):
    return (INDEX if index is None else index).get(name)
