"""The deadlines that hold where a command looks: of the repository around it, with what is on record there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from outpace import bootstrap
from outpace.app.deadlines import Record, of_match, record_of
from outpace.model.application import Configuration
from outpace.model.deadline import Assessed
from outpace.model.errors import Error
from outpace.model.exposure import Matched
from outpace.model.package import Package
from outpace.model.unknown import Unknown
from outpace.pipelines.configuration import FILE, decode


def due_around(place: Path, matched: Matched, *, now: datetime) -> dict[tuple[str, Package], Assessed]:
    """By id and package; empty where none is declared. Raises BadConfiguration, BadInput."""
    top = next((each for each in (place, *place.parents) if (each / ".git").exists()), place)
    declared = bootstrap.files_at(top).files.look_up(FILE)
    configuration = Configuration() if declared is None else decode(declared.decode("utf-8", "replace"))
    if not configuration.deadlines or not matched.exposures:
        return {}
    return of_match(matched, configuration.deadlines, _record(top, configuration), now=now)


def _record(top: Path, configuration: Configuration) -> Record | Unknown:
    """Of the one application in the repository at `top`. Nothing is written."""
    if not (top / ".git").exists():
        return Record()
    if len(configuration.applications) > 1:
        why = "several applications are declared here, each with a clock of its own"
        return Unknown(why, "outpace clock --name APPLICATION")
    try:
        with bootstrap.workplace(top, name=None, report=_unsaid) as here:
            if not (here.places.state / "facts.sqlite").exists():
                return Record()
            environments = [environment.name for environment in here.setup.environments]
            return record_of(here.facts.of(here.subject), environments)
    except Error as error:
        return Unknown(error.message, error.hint)


def _unsaid(_: str) -> None:
    """A match speaks of what is exposed; the commands that write say the rest."""
