"""CVSS v4.0 base score: the MacroVector's score, lowered by how far the vector lies below its highest one.

https://www.first.org/cvss/v4-0/specification-document, section 8. Scores and distances are those of FIRST's reference
calculator (BSD-2-Clause, Copyright (c) 2023 FIRST.ORG, Inc., Red Hat, and contributors; cvss_v4.LICENSE lies beside).
A base score leaves threat and environment undefined: EQ5 is 0, EQ4 is 1 or 2, EQ6 follows from EQ3, and the security
requirements are as high as can be. Worked out in tenths and exactly, so that a tie rounds up as the standard wants.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

Metrics = Mapping[str, str]

_LEVELS = {  # each letter lies one step, a tenth, below the one before it
    "AV": "NALP",
    "PR": "NLH",
    "UI": "NPA",
    "AC": "LH",
    "AT": "NP",
    **dict.fromkeys(("VC", "VI", "VA", "SC", "SI", "SA"), "HLN"),
}
Names = tuple[str, ...]
_EQ1: Names = ("AV", "PR", "UI")
_EQ2: Names = ("AC", "AT")
_EQ3: Names = ("VC", "VI", "VA")
_EQ4: Names = ("SC", "SI", "SA")

_HIGHEST: dict[
    Names, tuple[tuple[str, ...], ...]
] = {  # by equivalence class and level: the metrics of the highest vectors
    _EQ1: (("NNN",), ("ANN", "NLN", "NNP"), ("PNN", "ALP")),
    _EQ2: (("LN",), ("HN", "LP")),
    _EQ3: (("HHH",), ("LHH", "HLH"), ("LLL",)),
    _EQ4: ((), ("HHH",), ("LLL",)),
}
_DEPTH: dict[Names, tuple[int, ...]] = {_EQ1: (1, 4, 5), _EQ2: (1, 2), _EQ3: (7, 8, 10), _EQ4: (6, 5, 4)}

_SCORES = {  # keys read EQ1 EQ2 EQ3 EQ4 EQ6
    "00010": "10.0",
    "00011": "9.6",
    "00020": "9.3",
    "00021": "9.0",
    "00110": "9.3",
    "00111": "9.2",
    "00120": "8.8",
    "00121": "8.0",
    "00211": "7.9",
    "00221": "6.9",
    "01010": "9.5",
    "01011": "9.1",
    "01020": "9.2",
    "01021": "8.1",
    "01110": "9.2",
    "01111": "8.2",
    "01120": "8.4",
    "01121": "7.0",
    "01211": "7.1",
    "01221": "6.3",
    "10010": "9.4",
    "10011": "8.9",
    "10020": "8.7",
    "10021": "7.5",
    "10110": "8.6",
    "10111": "7.6",
    "10120": "7.2",
    "10121": "5.7",
    "10211": "6.5",
    "10221": "5.3",
    "11010": "9.0",
    "11011": "7.7",
    "11020": "7.7",
    "11021": "6.6",
    "11110": "7.4",
    "11111": "5.9",
    "11120": "6.1",
    "11121": "5.2",
    "11211": "5.8",
    "11221": "2.3",
    "20010": "8.6",
    "20011": "7.4",
    "20020": "7.0",
    "20021": "5.4",
    "20110": "7.2",
    "20111": "5.7",
    "20120": "5.3",
    "20121": "3.6",
    "20211": "4.7",
    "20221": "2.4",
    "21010": "7.3",
    "21011": "5.5",
    "21020": "5.4",
    "21021": "4.3",
    "21110": "6.1",
    "21111": "5.1",
    "21120": "4.6",
    "21121": "1.8",
    "21211": "2.4",
    "21221": "1.0",
}


def base_score_v4(metrics: Metrics) -> float:
    """Raises KeyError where a mandatory metric is missing or has a value that it cannot have."""
    for name, levels in _LEVELS.items():
        if metrics[name] not in levels or len(metrics[name]) != 1:
            raise KeyError(name)
    if all(metrics[name] == "N" for name in (*_EQ3, *_EQ4)):
        return 0.0
    levels = _macro_vector(metrics)
    value = _score(*levels)
    assert value is not None
    lowered = [Fraction(0)]  # EQ5 always has a level below, and the vector always is at its top
    for at, names in enumerate((_EQ1, _EQ2, _EQ3, _EQ4)):
        lower = _next_lower(levels, at)
        if lower is not None:
            lowered.append((value - lower) * _distance(metrics, names, levels[at]) / _DEPTH[names][levels[at]])
    exact = value - sum(lowered) / len(lowered)
    return math.floor(min(max(exact, Fraction(0)), Fraction(10)) * 10 + Fraction(1, 2)) / 10


Levels = tuple[int, int, int, int]


def _macro_vector(metrics: Metrics) -> Levels:
    free = [metrics["AV"] == "N", metrics["PR"] == "N", metrics["UI"] == "N"]
    eq1 = 0 if all(free) else 1 if any(free) and metrics["AV"] != "P" else 2
    eq2 = 0 if metrics["AC"] == "L" and metrics["AT"] == "N" else 1
    high = [metrics[name] == "H" for name in _EQ3]
    eq3 = 0 if high[0] and high[1] else 1 if any(high) else 2
    eq4 = 1 if any(metrics[name] == "H" for name in _EQ4) else 2
    return eq1, eq2, eq3, eq4


def _score(eq1: int, eq2: int, eq3: int, eq4: int, eq6: int | None = None) -> Fraction | None:
    if eq6 is None:
        eq6 = 1 if eq3 == 2 else 0
    text = _SCORES.get(f"{eq1}{eq2}{eq3}{eq4}{eq6}")
    return None if text is None else Fraction(text)


def _next_lower(levels: Levels, at: int) -> Fraction | None:
    """EQ3 and EQ6 move together; where two paths lead down, the one with the higher score counts."""
    eq1, eq2, eq3, eq4 = levels
    match at:
        case 0:
            return _score(eq1 + 1, eq2, eq3, eq4)
        case 1:
            return _score(eq1, eq2 + 1, eq3, eq4)
        case 2:
            ways = [_score(eq1, eq2, eq3, eq4, 1), _score(eq1, eq2, 1, eq4, 0)] if eq3 == 0 else []
            ways += [_score(eq1, eq2, eq3, eq4, 1)] if eq3 == 1 else []
            return max((way for way in ways if way is not None), default=None)
        case _:
            return _score(eq1, eq2, eq3, eq4 + 1)


def _distance(metrics: Metrics, names: Names, level: int) -> int:
    """Steps below the first highest vector that no metric exceeds."""
    for highest in _HIGHEST[names][level]:
        steps = [
            _LEVELS[name].index(metrics[name]) - _LEVELS[name].index(top)
            for name, top in zip(names, highest, strict=True)
        ]
        if min(steps) >= 0:
            return sum(steps)
    raise AssertionError(f"no highest vector of level {level} holds {names}")
