"""Who is on duty: a rotation with swaps and absences."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any


class Uncovered(Exception):
    """Nobody can take that day."""


class Roster:
    def __init__(self, people: Iterable[str], start: date, days_each: int = 7) -> None:
        self.people = list(people)
        self.start = start
        self.days_each = days_each
        self.swaps: dict[date, str] = {}
        self.absent: dict[str, set[date]] = {}

    def swap(self, day: date, person: str) -> None:
        if person not in self.people:
            raise KeyError(person)
        self.swaps[day] = person

    def away(self, person: str, first: date, last: date) -> None:
        """Both days included."""
        days = (last - first).days + 1
        self.absent.setdefault(person, set()).update(first + timedelta(days=n) for n in range(days))

    def on_duty(self, day: date) -> str:
        """A swap goes before the rotation; whoever is away is replaced by the next in the rotation."""
        if day in self.swaps:
            return self.swaps[day]
        turn = (day - self.start).days // self.days_each
        for offset in range(len(self.people)):
            person = self.people[(turn + offset) % len(self.people)]
            if day not in self.absent.get(person, set()):
                return person
        raise Uncovered(f"nobody is left for {day}")

    def load(self, first: date, last: date) -> dict[str, int]:
        """Days on duty of everybody, also of those with none, busiest first, then by name."""
        counts = dict.fromkeys(self.people, 0)
        for number in range((last - first).days + 1):
            counts[self.on_duty(first + timedelta(days=number))] += 1
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def to_json(self) -> str:
        swaps = {day.isoformat(): person for day, person in sorted(self.swaps.items())}
        return json.dumps({"people": self.people, "start": self.start.isoformat(), "swaps": swaps})

    @classmethod
    def from_json(cls, text: str) -> Roster:
        document: Mapping[str, Any] = json.loads(text)
        roster = cls(document["people"], date.fromisoformat(document["start"]))
        for day, person in document["swaps"].items():
            roster.swap(date.fromisoformat(day), person)
        return roster
