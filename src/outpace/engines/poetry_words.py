"""What Poetry's messages say: why there is no solution, and whose demand stands in the way. Written for 1.8 and 2.5."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from outpace.ecosystems.pypi.poetry_constraint import specifier_of
from outpace.ecosystems.pypi.versions import normalize_name
from outpace.engines import lock_words
from outpace.engines.lock_words import Demand
from outpace.remediation.ports import NeedsPython, Unsolvable

NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?(?:\[[^\]]{0,200}\])?"
OF = r"[^()]{1,300}"

NAMELESS = "non-package-mode"  # what Poetry calls a project without a name


def _term(group: str) -> str:
    return rf"(?P<{group}>{NAME})(?: \((?P<{group}_of>{OF})\))?"


_ASKS = re.compile(
    rf"{_term('parent')} (?:depends on|requires) (?:both )?{_term('child')}"
    rf"(?: and {_term('second')})?(?: which depends on {_term('third')})?"
)
_INCOMPATIBLE = re.compile(
    r"Incompatible constraints in requirements of (?P<project>\S{1,200})(?: \([^()]{0,100}\))?: "
    rf"(?P<terms>(?:{NAME} \([^()]{{1,300}}\)(?: |$|; ?[^;]{{0,200}})){{1,20}})"
)
_TERM = re.compile(rf"(?P<name>{NAME}) \((?P<of>[^()]{{1,300}})\)")
_PYTHON = re.compile(rf"- (?P<name>{NAME}) requires Python (?P<needs>[^-]{{1,200}}), so it will not be")
_HAVE = re.compile(r"supported Python range \((?P<have>[^()]{1,200})\)")
_NO_SOLUTION = re.compile(
    r"version solving failed|Incompatible constraints in requirements|[Uu]nable to find installation"
)
_PROGRESS = re.compile(r"(?:Resolving|Updating) dependencies(?:\.{3})? *|Skipping virtualenv creation[^.]{0,100}\. *")
_REPEATED = re.compile(r"^(.{10,300}?)(?: \1)+$")  # Poetry says of each demand that a path is missing
_FRAMES = re.compile(r" at /\S{0,500}\.py:\d{1,7} in .*")


def unsolvable(
    said: str, wanted: Mapping[str, str], locked: Mapping[str, str], project: str, asked: Mapping[str, tuple[str, ...]]
) -> Unsolvable | None:
    """None where Poetry failed otherwise. `said` is one line."""
    if _NO_SOLUTION.search(said) is None:
        return None
    told = lock_words.unsolvable(tuple(_demands(said, project)), wanted, locked, asked, _python(said, wanted))
    return told if told.blocker else replace(told, blocker=reason(said))


def reason(said: str) -> str:
    """The first words that tell something: no progress, and no source of Poetry's own."""
    text = _REPEATED.sub(r"\1", _FRAMES.sub("", _PROGRESS.sub("", said)).strip())
    return text[:300].strip() or "it said nothing"


def _demands(said: str, project: str) -> Iterator[Demand]:
    own = normalize_name(project)
    for found in _INCOMPATIBLE.finditer(said):
        for term in _TERM.finditer(found["terms"]):
            yield Demand(None, _name(term["name"]), _specifier(term["of"]))
    for found in _ASKS.finditer(said):
        parent, child = _name(found["parent"]), _name(found["child"])
        yield _demand(parent, child, found["child_of"], own)
        if found["second"]:
            yield _demand(parent, _name(found["second"]), found["second_of"], own)
        if found["third"]:
            yield _demand(_name(found["second"] or found["child"]), _name(found["third"]), found["third_of"], own)


def _demand(parent: str, child: str, constraint: str | None, own: str) -> Demand:
    return Demand(None if parent == own else parent, child, _specifier(constraint or ""))


def _specifier(constraint: str) -> str:
    """In PEP 440's words, in Poetry's own where it has none."""
    known = specifier_of(constraint)
    if known is None:
        return f" {constraint}"
    return lock_words.ordered(known)


def _name(text: str) -> str:
    return normalize_name(text.partition("[")[0])


def _python(said: str, wanted: Mapping[str, str]) -> NeedsPython | None:
    have = _HAVE.search(said)
    for found in _PYTHON.finditer(said):
        name = _name(found["name"])
        if have is not None and name in wanted:
            return NeedsPython(version=wanted[name], needs=found["needs"], have=have["have"])
    return None
