"""What somebody does by hand where Outpace does not edit: one sentence, and the command."""

from __future__ import annotations

import posixpath
import shlex

from outpace.ecosystems.pypi.versions import parse
from outpace.remediation.plan import Blocked, Target

# Of each tool the command that moves one locked package and what it must move along.
TOOLS = {
    "poetry.lock": ("Poetry", ("poetry", "update", "--lock")),
    "Pipfile.lock": ("Pipenv", ("pipenv", "upgrade")),
    "pdm.lock": ("PDM", ("pdm", "update", "--no-sync")),
}


def not_pinned(target: Target) -> Blocked:
    return Blocked(
        blocker=f"{target.pin.package.name} is not pinned: what is installed is decided elsewhere",
        offer="pin it, or make a lock file, and fix that",
    )


def not_edited(target: Target) -> Blocked:
    """For files that only another tool writes, and for what no file pins."""
    pin = target.pin
    folder, name = posixpath.split(pin.file)
    if name in TOOLS:
        tool, words = TOOLS[name]
        where = f", in {folder}" if folder else ""
        return Blocked(
            blocker=f"{pin.file} is written by {tool} alone",
            offer=f"{shlex.join([*words, pin.package.name])}{where}{_reaching(target)}",
        )
    return Blocked(
        blocker=f"{pin.file or 'what is installed'} is not a file that Outpace edits",
        offer=f"change what it was made from{_reaching(target)}, and make it again",
    )


def _reaching(target: Target) -> str:
    """The lowest version that every one of the advisories calls fixed; nothing where one names none."""
    nearest = [parse(exposure.fixed.nearest or "") for exposure in target.exposures]
    known = [version for version in nearest if version is not None]
    return f", to {max(known)} or above" if known and len(known) == len(nearest) else ""
