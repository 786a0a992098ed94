"""CVSS base scores by the published formulas: v2, v3.0, v3.1 and v4.0. Temporal and environmental metrics are not used.

https://www.first.org/cvss: v2/guide, v3.0/specification-document, v3.1/specification-document.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from outpace.matching.cvss_v4 import base_score_v4
from outpace.model.advisory import Rating, Scored, Severity, VectorOnly
from outpace.model.unknown import Unknown

LONGEST_VECTOR = 400

_V3_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "UI": {"N": 0.85, "R": 0.62},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_V3_PRIVILEGES: Mapping[str, Mapping[str, float]] = {
    "U": {"N": 0.85, "L": 0.62, "H": 0.27},
    "C": {"N": 0.85, "L": 0.68, "H": 0.5},
}
_V2_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "AV": {"L": 0.395, "A": 0.646, "N": 1.0},
    "AC": {"H": 0.35, "M": 0.61, "L": 0.71},
    "Au": {"M": 0.45, "S": 0.56, "N": 0.704},
    "C": {"N": 0.0, "P": 0.275, "C": 0.66},
    "I": {"N": 0.0, "P": 0.275, "C": 0.66},
    "A": {"N": 0.0, "P": 0.275, "C": 0.66},
}


def severity_of(ratings: Iterable[Rating]) -> Severity:
    """The newest standard's score; among several of one standard the highest. Else a vector, else unknown."""
    vectors = [rating.score for rating in ratings]
    scored = [
        (edition, score, vector) for vector in vectors if (found := base_score(vector)) for edition, score in [found]
    ]
    if scored:
        edition, score, vector = max(scored)
        return Scored(score=score, rating=word_for(score, edition), vector=vector)
    if vectors:
        return VectorOnly(vector=vectors[0])
    return Unknown("the records give none")


def base_score(vector: str) -> tuple[str, float] | None:
    """The edition and its base score; None where the vector is not one that a standard defines."""
    if len(vector) > LONGEST_VECTOR:
        return None
    found = re.match(r"CVSS:(3\.0|3\.1|4\.0)/", vector)
    edition = found[1] if found else "2.0"
    metrics = _metrics(vector[found.end() :] if found else vector.strip("()"))
    if metrics is None:
        return None
    try:
        match edition:
            case "4.0":
                return edition, base_score_v4(metrics)
            case "2.0":
                return edition, _v2(metrics)
            case _:
                return edition, _v3(metrics, edition)
    except KeyError:
        return None


def word_for(score: float, edition: str) -> str:
    """The standard's qualitative scale; v2 has none of its own, so NVD's."""
    if score == 0 and edition != "2.0":
        return "none"
    if score < 4.0:
        return "low"
    if score < 7.0:
        return "medium"
    if score < 9.0 or edition == "2.0":
        return "high"
    return "critical"


def _metrics(text: str) -> dict[str, str] | None:
    """None where a metric is repeated or has no value."""
    pairs = [part.partition(":") for part in text.rstrip("/").split("/")]
    found = {name: value for name, _, value in pairs}
    if len(found) != len(pairs) or not all(value for _, _, value in pairs):
        return None
    return found


def _v3(metrics: Mapping[str, str], edition: str) -> float:
    weight = {name: table[metrics[name]] for name, table in _V3_WEIGHTS.items()}
    scope = metrics["S"]
    privileges = _V3_PRIVILEGES[scope][metrics["PR"]]
    base = 1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"])
    impact = 6.42 * base if scope == "U" else 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15
    if impact <= 0:
        return 0.0
    exploitability = 8.22 * weight["AV"] * weight["AC"] * privileges * weight["UI"]
    total = impact + exploitability if scope == "U" else 1.08 * (impact + exploitability)
    return _round_up(min(total, 10.0), edition)


def _round_up(value: float, edition: str) -> float:
    """v3.1's appendix A avoids floating point; v3.0 takes the next tenth as it is."""
    if edition == "3.0":
        return math.ceil(value * 10) / 10
    whole = round(value * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (whole // 10_000 + 1) / 10


def _v2(metrics: Mapping[str, str]) -> float:
    """Exact, because the guide's rounding to one decimal must not depend on binary fractions."""
    weight = {name: Fraction(str(table[metrics[name]])) for name, table in _V2_WEIGHTS.items()}
    impact = Fraction("10.41") * (1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"]))
    exploitability = 20 * weight["AV"] * weight["AC"] * weight["Au"]
    factor = Fraction("1.176") if impact else Fraction(0)
    score = (Fraction("0.6") * impact + Fraction("0.4") * exploitability - Fraction("1.5")) * factor
    return max(0.0, math.floor(score * 10 + Fraction(1, 2)) / 10)
