"""How amounts, days and set phrases are worded in the languages that letters are written in."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from typing import Mapping, Optional

LANGUAGE = os.environ.get("LETTERS_LANGUAGE", "en")
MARKS = {"en": (",", "."), "de": (".", ","), "fr": ("\u202f", ",")}
SIGNS = {"EUR": "\u20ac", "GBP": "\u00a3", "USD": "$"}
MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar M\u00e4rz April Mai Juni Juli August September Oktober November Dezember".split(),
    "fr": "janvier f\u00e9vrier mars avril mai juin juillet ao\u00fbt septembre octobre novembre d\u00e9cembre".split(),
}
PHRASES = {
    "en": {"greeting": "Dear {name},", "closing": "Yours sincerely", "due": "Please pay {amount:en} by {day}."},
    "de": {"greeting": "Guten Tag {name},", "closing": "Freundliche Gr\u00fc\u00dfe", "due": "Bitte zahlen Sie {amount:de} bis zum {day}."},
    "fr": {"greeting": "Bonjour {name},", "closing": "Cordialement", "due": "Merci de payer {amount:fr} avant le {day}."},
}


@dataclass(frozen=True)
class Money:
    """An amount. In a template its form is a language, perhaps with the number of decimals: ``{amount:de}``, ``{amount:en,0}``."""

    cents: int
    currency: str = "EUR"

    def __str__(self) -> str:
        return format(self, LANGUAGE)

    def __format__(self, form: str) -> str:
        language, _, decimals = (form or LANGUAGE).partition(",")
        if language not in MARKS or decimals not in ("", "0", "2"):
            raise ValueError(f"an amount has no form {form!r}")
        thousands, point = MARKS[language]
        whole, cents = divmod(abs(self.cents), 100)
        if decimals == "0":
            number = grouped(str(whole + (cents >= 50)), thousands)
        else:
            number = f"{grouped(str(whole), thousands)}{point}{cents:02}"
        sign = "-" if self.cents < 0 else ""
        symbol = SIGNS.get(self.currency, self.currency)
        if language == "en":
            return f"{sign}{symbol}{number}" if symbol != self.currency else f"{sign}{symbol} {number}"
        return f"{sign}{number}\u00a0{symbol}"


def grouped(digits: str, mark: str) -> str:
    """Put a mark between each three digits, from the right."""
    first = len(digits) % 3
    groups = [digits[:first]] if first else []
    groups += [digits[at : at + 3] for at in range(first, len(digits), 3)]
    return mark.join(groups)


def day(date: datetime.date, language: str = LANGUAGE) -> str:
    """Write a day out: ``1 May 2024``, ``1. Mai 2024``, ``1er mai 2024``."""
    number = str(date.day)
    if language == "de":
        number += "."
    elif language == "fr" and date.day == 1:
        number += "er"
    return f"{number} {MONTHS.get(language, MONTHS['en'])[date.month - 1]} {date.year}"


def counted(number: int, one: str, many: str) -> str:
    """Write a number with its noun: ``1 letter``, ``no letters``, ``2,500 letters``."""
    if number == 0:
        return f"no {many}"
    return f"{grouped(str(number), ',')} {one if number == 1 else many}"


def phrase(key: str, language: str, own: Optional[Mapping[str, str]] = None, **values: object) -> str:
    """Return a set phrase with its values, in the sender's own words where there are some.

    A language that has no phrases gets the English ones.
    """
    words = PHRASES.get(language, PHRASES["en"])[key]
    if own and own.get(key):
        words = own[key]
    return words.format(**values)
