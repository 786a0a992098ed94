"""What somebody does by hand where Outpace does not edit: one sentence, and the command."""

from __future__ import annotations

import posixpath
import shlex

from outpace.ecosystems.kinds import is_conda_environment, is_conda_lock, is_declaration
from outpace.ecosystems.pypi.versions import parse
from outpace.remediation.plan import Blocked, Target

# Of each tool the command that moves one locked package and what it must move along.
TOOLS = {
    "poetry.lock": ("Poetry", ("poetry", "update", "--lock")),
    "pdm.lock": ("PDM", ("pdm", "update", "--no-sync")),
}


IN_PIPFILE = "it writes the demand into the Pipfile too"  # Pipenv 2026.10.3: with --lock-only nothing moves


def not_pinned(target: Target) -> Blocked:
    """Where every version that is allowed is affected."""
    pin = target.pin
    at_least = _nearest(target)
    return Blocked(
        blocker=f"{pin.package.name} is not pinned: what is installed is decided elsewhere",
        offer=f"allow {pin.package.name} {at_least} or above in {pin.file}, and make a lock file"
        if at_least
        else "pin it, or make a lock file, and fix that",
    )


def not_run(target: Target, said: str, offer: str = "") -> Blocked:
    """For a file whose own program was tried first; `said` tells which version of it, and how it ended."""
    by_hand = not_edited(target)
    return Blocked(blocker=f"{by_hand.blocker}: {said}", offer=offer or by_hand.offer)


def not_edited(target: Target) -> Blocked:
    """For files that only another tool writes, and for what no file pins."""
    pin = target.pin
    folder, name = posixpath.split(pin.file)
    where = f", in {folder}" if folder else ""
    if name == "Pipfile.lock":
        return Blocked(
            blocker=f"{pin.file} is written by Pipenv alone", offer=f"{_pipenv(target)}{where}; {IN_PIPFILE}"
        )
    if name in TOOLS:
        tool, words = TOOLS[name]
        return Blocked(
            blocker=f"{pin.file} is written by {tool} alone",
            offer=f"{shlex.join([*words, pin.package.name])}{where}{_reaching(target)}",
        )
    if is_conda_lock(pin.file):
        words = ("conda-lock", "lock", "--lockfile", pin.file, "--update", pin.package.name)
        return Blocked(
            blocker=f"{pin.file} is written by conda-lock alone", offer=f"{shlex.join(words)}{_reaching(target)}"
        )
    if is_conda_environment(pin.file) or is_declaration(pin.file):
        return Blocked(
            blocker=f"Outpace does not edit {pin.file}",
            offer=f"change {pin.package.name} in it{_reaching(target)}; with a lock file Outpace does it",
        )
    return Blocked(
        blocker=f"{pin.file or 'what is installed'} is not a file that Outpace edits",
        offer=f"change what it was made from{_reaching(target)}, and make it again",
    )


def _pipenv(target: Target) -> str:
    """One command for each section of the Pipfile that brings the package."""
    nearest = _nearest(target)
    demand = f"{target.pin.package.name}{f'>={nearest}' if nearest else ''}"
    sections = sorted({exposure.component.groups for exposure in target.exposures})
    options: dict[tuple[str, ...], tuple[str, ...]] = {(): (), ("dev",): ("--dev",)}
    words = [("pipenv", "upgrade", *options.get(each, ("--categories", *each)), demand) for each in sections]
    return " and ".join(shlex.join(each) for each in words)


def _reaching(target: Target) -> str:
    nearest = _nearest(target)
    return f", to {nearest} or above" if nearest else ""


def _nearest(target: Target) -> str:
    """The lowest version that every one of the advisories calls fixed; empty where one names none."""
    nearest = [parse(exposure.fixed.nearest or "") for exposure in target.exposures]
    known = [version for version in nearest if version is not None]
    return str(max(known)) if known and len(known) == len(nearest) else ""
