"""Which of three paths of adoption a repository is on: a verdict with evidence, never a score."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.assessment.evidence import Evidence, Question

Confidence: TypeAlias = Literal["high", "medium", "low"]


class TrueAdoption(Struct, frozen=True, tag=True, kw_only=True):
    """Fixes land within days, and freshness makes many advisories a non-event."""

    evidence: tuple[Evidence, ...]
    confidence: Confidence
    questions: tuple[Question, ...] = ()


class WateredDown(Struct, frozen=True, tag=True, kw_only=True):
    """The tools and ceremonies are there, and the outcome does not follow."""

    evidence: tuple[Evidence, ...]
    confidence: Confidence
    questions: tuple[Question, ...] = ()


class Stalled(Struct, frozen=True, tag=True, kw_only=True):
    """Begun, and then left: what was introduced went silent, and what is open grows."""

    evidence: tuple[Evidence, ...]
    confidence: Confidence
    questions: tuple[Question, ...] = ()


class UnknownPath(Struct, frozen=True, tag=True, kw_only=True):
    """Too little could be seen to say."""

    why: str
    evidence: tuple[Evidence, ...] = ()
    questions: tuple[Question, ...] = ()


Adoption: TypeAlias = TrueAdoption | WateredDown | Stalled | UnknownPath


def word_of(path: Adoption) -> Literal["true", "watered-down", "stalled", "unknown"]:
    match path:
        case TrueAdoption():
            return "true"
        case WateredDown():
            return "watered-down"
        case Stalled():
            return "stalled"
        case UnknownPath():
            return "unknown"
