"""Survival curves, intervals, thresholds: numbers in, numbers out."""
