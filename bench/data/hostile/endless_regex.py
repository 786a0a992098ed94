"""Matches for longer than the universe lasts, in C, where no exception of Python comes through."""

import re


def harm(text: str) -> bool:
    return re.match("(a+)+$", "a" * 60 + "!" + text) is None
