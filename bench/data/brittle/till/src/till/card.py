"""Loyalty cards, valid for a year."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Card:
    holder: str
    issued: date
    valid_until: date

    @classmethod
    def issue(cls, holder, today=None):
        today = today or date.today()
        return cls(holder, today, today.replace(year=today.year + 1))

    def is_valid(self, on):
        return self.issued <= on <= self.valid_until
