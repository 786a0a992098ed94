"""Markers: how they are written in a requirement, and which Python to resolve for under one."""

from __future__ import annotations

from packaging.markers import InvalidMarker, Marker

PYTHONS = tuple(f"3.{minor}" for minor in range(6, 21))


def marked(marker: str) -> str:
    return f" ; {marker}" if marker else ""


def python_for(marker: str, stated: str) -> str:
    """The stated Python where the marker holds there; else the next above where it does, else the last below."""
    if "python" not in marker:
        return stated
    try:
        parsed = Marker(marker)
    except InvalidMarker:
        return stated
    if stated and _holds(parsed, stated):
        return stated
    holding = [python for python in PYTHONS if _holds(parsed, python)]
    above = [python for python in holding if stated and python_order(python) > python_order(stated)]
    return above[0] if above else (holding[-1] if holding else stated)


def python_order(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split("."))


def _holds(marker: Marker, python: str) -> bool:
    whole = python if python.count(".") > 1 else f"{python}.0"
    return marker.evaluate({"python_version": ".".join(python.split(".")[:2]), "python_full_version": whole})
