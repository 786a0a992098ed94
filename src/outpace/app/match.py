"""What is exposed: in the files of a tree, in an environment, in a process."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from outpace.ecosystems.files import Files
from outpace.ecosystems.read import read
from outpace.matching.match import match
from outpace.matching.ports import AdvisorySource
from outpace.model.advisory import Vulnerability
from outpace.model.deadline import Assessed
from outpace.model.errors import BadInput
from outpace.model.exposure import Matched
from outpace.model.inventory import Inventory
from outpace.model.package import Package


class Exposed(Struct, frozen=True, tag=True):
    """At least one component is affected."""


class Clean(Struct, frozen=True, tag=True):
    """Everything that was found was read, and nothing of it is affected, so far as the data reaches."""


class Doubtful(Struct, frozen=True, tag=True):
    """Nothing is known to be affected, and something is unknown or was not understood in part."""


class Unreadable(Struct, frozen=True, tag=True):
    """Nothing is known to be affected, and of these files nothing at all could be read: that is no clean answer."""

    files: tuple[str, ...]


Answer: TypeAlias = Exposed | Clean | Doubtful | Unreadable


class View(Struct, frozen=True, kw_only=True):
    matched: Matched
    answer: Answer
    at: datetime
    root: str = ""  # the directory that the files are named from; empty: none were read
    above: str = ""  # the same as seen from here, where it is not here
    due: dict[tuple[str, Package], Assessed] = {}  # by id and package; empty: no deadline is declared

    def due_of(self, found: Vulnerability) -> Assessed | None:
        return self.due.get((found.id, found.package))


def match_files(files: Files, source: AdvisorySource, *, now: datetime, paths: tuple[str, ...] | None = None) -> View:
    return match_inventory(inventory_of(files, paths=paths), source, now=now)


def inventory_of(files: Files, *, paths: tuple[str, ...] | None = None) -> Inventory:
    """Every lock of the tree, or only those paths. Raises BadInput where there is none: that is not "clean"."""
    inventory = read(files.paths() if paths is None else paths, files.look_up)
    if not inventory.files:
        raise BadInput(
            "there is no lock file, no requirements file and no project file here, so what is installed is unknown",
            hint="make a lock (uv lock), name a file, or read what is installed: outpace match --environment .venv",
        )
    return inventory


def seen(inventory: Inventory) -> Inventory:
    """What an environment or a process holds. Raises BadInput where that is nothing at all: that is not "clean"."""
    if inventory.components or inventory.unread or inventory.uncovered:
        return inventory
    raise BadInput(
        f"no distribution was found in {inventory.source}, so there is nothing to judge",
        hint="name the environment that the application runs in, or the process itself: outpace match --pid PID",
    )


def match_inventory(inventory: Inventory, source: AdvisorySource, *, now: datetime) -> View:
    matched = match(inventory, source, now=now)
    return View(matched=matched, answer=answer_of(matched), at=now)


def answer_of(matched: Matched) -> Answer:
    inventory = matched.inventory
    if matched.exposures:
        return Exposed()
    if inventory.silent:
        return Unreadable(inventory.silent)
    if matched.doubts or inventory.unread or inventory.uncovered:
        return Doubtful()
    return Clean()


def needs_action(answer: Answer, *, strict: bool) -> bool:
    match answer:
        case Exposed() | Unreadable():
            return True
        case Doubtful():
            return strict
        case Clean():
            return False
