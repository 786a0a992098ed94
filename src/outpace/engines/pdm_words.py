"""What PDM's messages say: why there is no solution, and whose demand stands in the way. Written for 2.22 and 2.29."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from outpace.ecosystems.pypi.versions import normalize_name
from outpace.engines import lock_words
from outpace.engines.lock_words import Demand
from outpace.remediation.ports import NeedsPython, Unsolvable

NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?"
SPEC = r"(?:[<>=!~]=?|===)[^\s()]{1,300}"

_DEMAND = re.compile(
    rf"(?P<child>{NAME})(?:\[[^\]]{{0,200}}\])?(?P<spec>{SPEC})?(?: ?; [^()]{{1,300}})? "
    rf"\(from (?:<Candidate )?(?P<parent>{NAME})(?:\[[^\]]{{0,200}}\])?(?:@(?P<version>[^\s()<>]{{1,100}}))?"
)
_HAVE = re.compile(r"range of the project's `requires-python`: (?P<have>[^\s`]{1,100}?)\.? ")
_NO_SOLUTION = re.compile(r"Unable to find a resolution")
_ERROR = re.compile(r"\[(?P<kind>[A-Za-z]{1,60})\]: (?P<what>.{1,300}?)(?= WARNING: |$)")
_SPEAKS_OF_IT = re.compile(r" ?(?:WARNING: Add '-v' to see|See \S{1,500} for detailed debug log)")
PROJECT = "project"


def unsolvable(
    said: str, wanted: Mapping[str, str], locked: Mapping[str, str], asked: Mapping[str, tuple[str, ...]]
) -> Unsolvable | None:
    """None where PDM failed otherwise. `said` is one line."""
    if _NO_SOLUTION.search(said) is None:
        return None
    told = lock_words.unsolvable(tuple(_demands(said)), wanted, locked, asked, _python(said, wanted))
    return told if told.blocker else replace(told, blocker=reason(said))


def reason(said: str) -> str:
    """The error that ended it, else the first words."""
    told = _ERROR.search(said)
    text = f"{told['kind']}: {told['what']}" if told is not None else _SPEAKS_OF_IT.split(said, maxsplit=1)[0]
    return text[:300].strip() or "it said nothing"


def _demands(said: str) -> Iterator[Demand]:
    for found in _DEMAND.finditer(said):
        parent = normalize_name(found["parent"])
        is_project = parent == PROJECT and found["version"] is None
        specifier = lock_words.ordered(found["spec"] or "")
        yield Demand(None if is_project else parent, normalize_name(found["child"]), specifier)


def _python(said: str, wanted: Mapping[str, str]) -> NeedsPython | None:
    have = _HAVE.search(said)
    for found in _DEMAND.finditer(said) if have is not None else ():
        name = normalize_name(found["parent"])
        if have is not None and normalize_name(found["child"]) == "python" and name in wanted:
            return NeedsPython(version=wanted[name], needs=found["spec"] or "", have=have["have"])
    return None
