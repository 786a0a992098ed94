"""Distances, and how they are written where one lives."""

import locale
import math


def kilometers(one, other):
    lat1, lon1, lat2, lon2 = map(math.radians, (one.lat, one.lon, other.lat, other.lon))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(half))


def localized(km):
    before = locale.setlocale(locale.LC_NUMERIC)
    locale.setlocale(locale.LC_NUMERIC, "")
    try:
        return locale.format_string("%.1f km", km, grouping=True)
    finally:
        locale.setlocale(locale.LC_NUMERIC, before)


def plain(km):
    return f"{km:.1f} km"
