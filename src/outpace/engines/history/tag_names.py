"""What of a tag's name is shown: the version or the date in it, and the words of the trade around them."""

from __future__ import annotations

import re

_TRADE = r"(?:v|ver|version|rel|release|releases|prod|production|staging|deploy|deployed|deployment|stable|final)"
VERSION = re.compile(
    rf"(?:{_TRADE}[-_./]*)*\d[\d._-]*(?:[-_.+]*(?:rc|alpha|beta|a|b|c|dev|post|pre|final|hotfix|build|lts)[-_.]*\d*)*",
    re.IGNORECASE,
)


def shown(name: str) -> str:
    """The version or the date in a tag's name, with the words of the trade before and behind it: the rest may be
    somebody's name."""
    found = max((each[0] for each in VERSION.finditer(name[:200])), key=len, default="")
    return found.strip("-_./+") or "a tag without a version"
