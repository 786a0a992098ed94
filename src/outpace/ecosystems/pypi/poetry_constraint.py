"""Poetry's own spelling of versions (`^1.2`, `~1.2`, `1.2`, `1.*`) as PEP 440 specifiers."""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from outpace.ecosystems.pypi.versions import parse

LONGEST = 500

_PART = re.compile(r"(\^|~=|~|===?|!=|<=|>=|<|>|)\s*([^\s,<>=!~^|]+)")
_REST = re.compile(r"[\s,]*")


def specifier_of(constraint: str) -> str | None:
    """None where PEP 440 has no word for it: alternatives (`||`), or what is no constraint."""
    text = constraint.strip()
    if text in ("", "*"):
        return ""
    if len(text) > LONGEST or "|" in text:
        return None
    parts: list[str] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        part = None if found is None else _part(found[1], found[2])
        if found is None or part is None:
            return None
        parts.append(part)
        rest = _REST.match(text, found.end())
        at = found.end() if rest is None else rest.end()
    try:
        return str(SpecifierSet(",".join(each for each in parts if each)))
    except InvalidSpecifier:
        return None


def _part(operator: str, text: str) -> str | None:
    if text == "*":
        return "" if operator in ("", "==") else None
    star = text.endswith(".*")
    version = parse(text.removesuffix(".*"))
    if version is None:
        return None
    if operator in ("^", "~"):
        return f">={version},<{_above(version, operator)}"
    return f"{operator or '=='}{version}{'.*' if star else ''}"


def _above(version: Version, operator: str) -> str:
    """`^` keeps the first part that is not zero; `~` keeps the first two, or the one that there is."""
    release = version.release
    if operator == "~":
        kept = min(2, len(release))
    else:
        kept = next((at + 1 for at, part in enumerate(release) if part), len(release))
    raised = (*release[: kept - 1], release[kept - 1] + 1)
    epoch = f"{version.epoch}!" if version.epoch else ""
    return epoch + ".".join(map(str, raised))
