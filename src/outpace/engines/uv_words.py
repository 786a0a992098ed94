"""What uv's messages say: why there is no solution, and which pin stands in the way. Written for uv 0.13."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from outpace.ecosystems.pypi.versions import normalize_name, parse
from outpace.engines.lock_words import bound_by_the_project
from outpace.engines.uv_copy import NO_BACKEND
from outpace.remediation.ports import NeedsPython

NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
SPEC = r"(?:(?:[<>=!~]=?|===)[^\s,;()]+(?:,(?=[<>=!~]))?)+"

_SPACE = re.compile(r"\s+")
_DEMAND = re.compile(
    rf"(?:your project|your workspace|you|(?:all versions of )?(?P<parent>{NAME})(?:\[[^\]]*\])?(?:{SPEC})?) "
    rf"(?:depends? on|requires?) (?P<child>{NAME})(?:\[[^\]]*\])?(?P<spec>{SPEC})"
)
_PYTHON = re.compile(
    rf"the requested Python version \((?P<have>[^)]+)\) does not satisfy Python(?P<needs>{SPEC}) "
    rf"and (?:you require )?(?P<name>{NAME})(?:\{{[^}}]*\}})?(?:==|>=)(?P<version>[^\s,]+)"
)
# Under a marker uv concludes at once, and names the demand instead of a release.
_PYTHON_UNDER_MARKER = re.compile(
    rf"the requested Python version \((?P<have>[^)]+)\) does not satisfy Python(?P<needs>{SPEC})"
    rf"(?: and the requested Python version \([^)]+\) does not satisfy Python{SPEC})?, "
    rf"we can conclude that (?P<name>{NAME})\{{[^}}]*\}}(?:==|>=)(?P<version>[^\s,]+) cannot be used"
)
_PRERELEASE = re.compile(rf"[Pp]re-releases are available for `?(?P<name>{NAME})`?")
_COOL_DOWN = re.compile(rf"`(?P<name>{NAME})` was filtered by `exclude-newer`[^.]*\.(?: The[^.]*version[^Z]*Z\.)?")
_BUILD = re.compile(
    rf"(?:{NAME}(?:\[[^\]]*\])?(?:{SPEC})? has no (?:usable )?wheels"
    r"|[^.:]*(?:[Bb]uilding source distributions[^.:]* is disabled"
    r"|does not appear to be a Python project)[^.:]*)"
)
_NO_PATH = re.compile(r"[Dd]istribution not found at: (?P<place>[^\s`]{1,2000})")
_WHEELS = re.compile(rf"Wheels are required for `(?P<name>{NAME})`")
_UNUSABLE = re.compile(rf"(?P<name>{NAME})==(?P<version>[^\s,]+) has no (?:usable )?wheels")
_PROJECT = re.compile(rf"Failed to build `(?P<name>{NAME})")
_CONNECTION = re.compile(
    r"error sending request|Failed to fetch|dns error|Could not connect|client error|timed out|"
    r"status (?:code )?5\d\d|lack of valid authentication|401 Unauthorized|403 Forbidden",
    re.IGNORECASE,
)
_NO_SOLUTION = re.compile(r"No solution found|requirements are unsatisfiable|has no matching|was not found in")


def flat(text: str) -> str:
    """One line, so that patterns need not know where uv breaks them."""
    return _SPACE.sub(" ", text).strip()


def is_no_solution(said: str) -> bool:
    return _NO_SOLUTION.search(said) is not None


def is_connection(said: str) -> bool:
    return _CONNECTION.search(said) is not None


def must_build(said: str) -> str | None:
    if NO_BACKEND in said:
        project = _PROJECT.search(said)
        return (
            f"{project['name'] if project else 'a project'} tells its dependencies only to a build, which is forbidden"
        )
    absent = _NO_PATH.search(said)
    if absent is not None:  # the place itself is that of a copy
        name = absent["place"].rstrip("/").rpartition("/")[2]
        return f"{name}, a path that the project names as a source, is not in the repository"
    found = _BUILD.search(said)
    return None if found is None else found.group().strip(" `,")


def without_wheel(said: str) -> tuple[str, str] | None:
    """(name, version) of what has archives of source alone, where builds are forbidden; "" for any version."""
    hint = _WHEELS.search(said)
    if hint is None:
        return None
    name = normalize_name(hint["name"])
    exact = (found for found in _UNUSABLE.finditer(said) if normalize_name(found["name"]) == name)
    return name, next((found["version"] for found in exact), "")


def is_prerelease_only(said: str, name: str) -> bool:
    return any(normalize_name(found["name"]) == name for found in _PRERELEASE.finditer(said))


def cool_down(said: str, name: str) -> str | None:
    for found in _COOL_DOWN.finditer(said):
        if normalize_name(found["name"]) == name:
            return found.group().replace("`", "").rstrip(".")
    return None


def python_of(said: str, names: Collection[str]) -> NeedsPython | None:
    """The lowest version of one of the packages that asks for a newer Python."""
    matches = (match for pattern in (_PYTHON, _PYTHON_UNDER_MARKER) for match in pattern.finditer(said))
    found = [match for match in matches if normalize_name(match["name"]) in names]
    known = [(version, match) for match in found if (version := parse(match["version"])) is not None]
    if not known:
        return None
    version, match = min(known, key=lambda pair: pair[0])
    return NeedsPython(version=str(version), needs=match["needs"], have=match["have"])


def blocker(
    said: str, wanted: Mapping[str, str], locked: Mapping[str, str], *, loose: Collection[str] = frozenset()
) -> str:
    """The pin that stands in the way of the wanted ones, with its version and the demand that it makes or breaks.
    `loose` are packages of which the project's own demand does not count."""
    demands = [found for found in _DEMAND.finditer(said) if not _is_ours(found, wanted)]
    for found in sorted(demands, key=lambda found: normalize_name(found["child"]) not in wanted):
        child = normalize_name(found["child"])
        demand = f"needs {child}{found['spec']}"
        if (hidden := cool_down(said, child)) is not None:
            asks = _pin(normalize_name(found["parent"]), {**locked, **wanted}) if found["parent"] else "the project"
            return f"{hidden} ({asks} {demand})"
        if found["parent"] is None:
            return f"the project itself ({demand})" if child in wanted or child not in locked else _pin(child, locked)
        parent = normalize_name(found["parent"])
        if parent in wanted and child in locked:
            return f"{_pin(child, locked)} ({parent} {wanted[parent]} {demand})"
        own = (each["spec"] for each in demands if not each["parent"] and normalize_name(each["child"]) == parent)
        return f"{_pin(parent, locked)} ({demand}){bound_by_the_project(parent, () if parent in loose else own)}"
    return _first_sentence(said)


def _pin(name: str, locked: Mapping[str, str]) -> str:
    return f"{name} {locked.get(name, '')}".strip()


def _is_ours(found: re.Match[str], wanted: Mapping[str, str]) -> bool:
    """The demand is the step itself, which uv treats as the project's; or it is on Python."""
    child = normalize_name(found["child"])
    return child == "python" or found["spec"] == f"=={wanted.get(child)}"


def spoken_of(said: str, names: Collection[str]) -> tuple[str, ...]:
    """Which of the packages the message names."""
    words = {normalize_name(word) for word in re.findall(NAME, said)}
    return tuple(sorted(words & set(names)))


def _first_sentence(said: str) -> str:
    text = re.sub(r"^.*?(?:cause|error): ", "", said)
    return re.split(r"(?<=[a-z]), we can conclude|\. ", text, maxsplit=1)[0][:300] or "the resolver found no solution"
