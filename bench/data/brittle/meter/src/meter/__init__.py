"""Counters, gauges and where they are sent."""
