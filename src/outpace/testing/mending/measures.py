"""Words of a parameter's name that say what its number or place means."""

from __future__ import annotations

import re

MEASURES: tuple[tuple[str, ...], ...] = (
    ("nanosecond", "nanoseconds", "nanos", "ns"), ("microsecond", "microseconds", "micros", "us"),
    ("millisecond", "milliseconds", "millis", "msec", "msecs", "ms"), ("second", "seconds", "sec", "secs", "s"),
    ("minute", "minutes", "mins"), ("hour", "hours", "hrs", "h"), ("day", "days"), ("week", "weeks"),
    ("month", "months"), ("year", "years"),
    ("bit", "bits"), ("byte", "bytes"), ("kb", "kilobytes"), ("kib",), ("mb", "megabytes"), ("mib",),
    ("gb", "gigabytes"), ("gib",), ("char", "chars", "character", "characters"), ("word", "words"),
    ("mm", "millimeters"), ("cm", "centimeters"), ("m", "meter", "meters"), ("km", "kilometers"),
    ("inch", "inches"), ("foot", "feet"), ("mile", "miles"), ("gram", "grams", "g"), ("kg", "kilograms"),
    ("pound", "pounds", "lbs"), ("pixel", "pixels", "px"), ("point", "points", "pt"), ("em",),
    ("degree", "degrees", "deg"), ("radian", "radians", "rad"), ("celsius",), ("fahrenheit",), ("kelvin",),
    ("cent", "cents"), ("euro", "euros"), ("dollar", "dollars"), ("percent", "percentage"), ("ratio", "fraction"),
    ("net",), ("gross",), ("utc",), ("local",),
)  # fmt: skip
"""One row for each, with its other spellings."""
OPPOSITES: tuple[tuple[str, ...], ...] = (
    ("width", "columns", "cols"), ("height", "rows"), ("depth",), ("length",), ("x",), ("y",), ("z",),
    ("lat", "latitude"), ("lon", "lng", "longitude"), ("min", "minimum", "low", "lower"),
    ("max", "maximum", "high", "upper"), ("start", "begin", "first", "from"), ("end", "stop", "last", "to"),
    ("before",), ("after",), ("left",), ("right",), ("top",), ("bottom",), ("include", "allow", "enable", "with"),
    ("exclude", "deny", "disable", "without", "no", "skip", "ignore"), ("src", "source"),
    ("dst", "dest", "destination", "target"), ("old",), ("new",), ("key",), ("value",),
)  # fmt: skip
"""The same, of words that say something only beside another one of them."""
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def measured_otherwise(old: str, new: str) -> bool:
    """Whether two names speak of other units, or of other sides of a thing."""
    if _kinds(old, MEASURES) != _kinds(new, MEASURES):
        return True
    was, now = _kinds(old, OPPOSITES), _kinds(new, OPPOSITES)
    return bool(was and now and was != now)


def _kinds(name: str, rows: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    words = {word.lower() for word in WORD.findall(name)}
    return frozenset(row[0] for row in rows if not words.isdisjoint(row))
