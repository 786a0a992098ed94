"""How much a reviewer should fear a piece, by its kind and its size."""

from __future__ import annotations

from typing import Literal, TypeAlias

from outpace.delivery.splitting.pieces import Piece

Risk: TypeAlias = Literal["none", "low", "medium", "high"]
LARGE = 200
"""Lines beyond which a person finds hardly anything in review."""
LEVELS: tuple[Risk, ...] = ("none", "low", "medium", "high")


def risk(piece: Piece) -> Risk:
    """One level more where it is large and not mechanical."""
    if piece.breaks or piece.unknown:
        return "high"
    match piece.kind:
        case "documentation" | "tests":
            return "none"
        case "refactor":
            return "low"
        case "expand":
            level = 1
        case "change" | "flag" | "dependencies" | "contract":
            level = 2
    return LEVELS[min(level + (piece.lines > LARGE), 3)]
