"""Shifts and the plan that holds them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rota.settings import setting


@dataclass(frozen=True)
class Shift:
    person: str
    start: datetime
    end: datetime

    def __post_init__(self):
        if self.end <= self.start:
            raise ValueError("a shift ends after it starts")

    @property
    def hours(self):
        return (self.end - self.start) / timedelta(hours=1)

    def overlaps(self, other):
        return self.start < other.end and other.start < self.end

    @property
    def is_long(self):
        return self.hours > setting("longest_shift")


class Plan:
    def __init__(self, shifts=()):
        self._by_person = {}
        for shift in shifts:
            self.add(shift)

    def __repr__(self):
        return f"Plan(people={len(self._by_person)}, shifts={len(self)})"

    def __len__(self):
        return sum(len(shifts) for shifts in self._by_person.values())

    def add(self, shift):
        mine = self._by_person.setdefault(shift.person, [])
        if any(shift.overlaps(other) for other in mine):
            raise ValueError(f"{shift.person} already works then")
        mine.append(shift)

    def of(self, person):
        return sorted(self._by_person.get(person, []), key=lambda shift: shift.start)

    def hours(self, person):
        return sum(shift.hours for shift in self.of(person))
