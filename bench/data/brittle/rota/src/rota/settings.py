"""Settings that an office may change."""

DEFAULTS = {"week_starts": "monday", "longest_shift": 10}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def setting(name):
    return DEFAULTS[name]


def change(name, value):
    if name not in DEFAULTS:
        raise KeyError(name)
    DEFAULTS[name] = value
