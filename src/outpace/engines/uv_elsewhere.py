"""Requirements that name where they come from, `name @ URL`, where uv could not fetch them. Written for uv 0.13."""

from __future__ import annotations

import re

from msgspec import Struct

from outpace.ecosystems.pypi.versions import normalize_name
from outpace.engines.uv_words import NAME, must_build
from outpace.model.errors import Unreachable

LONGEST_WHY = 160

_FAILED = re.compile(
    rf"Failed to [a-z ]{{1,40}}`(?P<requirement>(?P<name>{NAME})(?:\[[^\]`]{{0,200}}\])? @ (?P<git>git\+)?"
    r"(?P<scheme>\w+)://(?:[^/@`\s]{0,500}@)?(?P<place>[^@#`\s]{1,2000})[^`\s]{0,2000})`"
)
_NOT_FETCHED = re.compile(r"Git operation failed|HTTP status|error sending request")
_GIT_SAYS = re.compile(r"--- stderr ?(?:fatal: )?(?:unable to access '[^']{0,2000}': )?(?P<why>.*)")
_STATUS = re.compile(r"HTTP status [a-z]+ error \((?P<why>[^)]{1,80})\)")
_WAITED = re.compile(r" after \d{1,9} ms")  # the same failure is told in the same words
_AFTERWARDS = re.compile(r"\.? (?:fatal|hint): |\. Please ")


class Elsewhere(Struct, frozen=True, kw_only=True):
    """`requirement` is as uv shows it, masked; `settles` is what must work before uv can fetch it."""

    name: str
    requirement: str
    why: str
    settles: str

    def __str__(self) -> str:
        return f"{self.requirement} could not be fetched ({self.why})"


def not_fetched(said: str) -> Elsewhere | None:
    """The requirement that stopped uv; None where it stopped at something else. `said` is masked, and one line."""
    found = _FAILED.search(said)
    if found is None or _NOT_FETCHED.search(said) is None or must_build(said) is not None:
        return None
    user = "git@" if found["scheme"] == "ssh" else ""  # its own is masked, and this is it nearly everywhere
    url = f"{found['scheme']}://{user}{found['place']}"
    return Elsewhere(
        name=normalize_name(found["name"]),
        requirement=found["requirement"],
        why=_why(said[found.end() :]),
        settles=f"git ls-remote {url}" if found["git"] else f"curl --head {url}",
    )


def _why(said: str) -> str:
    told = _GIT_SAYS.search(said) or _STATUS.search(said)
    text = told["why"] if told else said.rpartition("cause: ")[2].partition(" (os error")[0]
    text = _WAITED.sub("", _AFTERWARDS.split(text, maxsplit=1)[0]).strip(" .")
    return text[:1].lower() + text[1:LONGEST_WHY] if text else "uv does not say why"


def unreachable(found: Elsewhere, file: str) -> Unreachable:
    """For what resolves only as a whole."""
    return Unreachable(
        f"{found}, and {file} resolves only as a whole: without {found.name} nothing in it can be moved",
        hint=f"when `{found.settles}` works here, run it again; or take {found.name} out",
    )
