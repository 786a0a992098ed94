"""Gauges by name, and their summary."""

import os

GAUGES = {}


def gauge(name, value, gauges=None):
    gauges = GAUGES if gauges is None else gauges
    gauges[name] = value
    return gauges


def snapshot(gauges=None):
    return dict(sorted((GAUGES if gauges is None else gauges).items()))


def mean(values):
    if not values:
        raise ValueError("no values")
    return sum(values) / len(values)


def summary(gauges):
    """A bar for people, plain numbers for a build's log."""
    if "CI" in os.environ:
        return ", ".join(f"{name}={value}" for name, value in snapshot(gauges).items())
    return "\n".join(f"{name:<8}{'#' * value}" for name, value in snapshot(gauges).items())
