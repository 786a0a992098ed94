"""`outpace edge record`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Secrets and personal data are replaced before anything is written (docs/replay.md says by which rules). The newest
exchanges are kept, as many as [applications.edge.record] says. Until it is ended, or for a time:

  outpace edge record
  outpace edge record --for 10m
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--for", dest="time", metavar="TIME", help="90s, 10m or 1h; without it, until it is ended")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.bootstrap.edge import EdgePlace
    from outpace.formats.edge import recorded_answer, recorded_text
    from outpace.model.errors import NotFound, UsageError
    from outpace.pipelines.configuration import seconds_of

    try:
        seconds = float(seconds_of(args.time)) if args.time else None
    except ValueError as error:
        raise UsageError(str(error), hint="outpace edge record --for 10m") from error
    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        if not place.runtime.standing().envoy:
            raise NotFound("the edge is down, so nothing comes that could be recorded", hint="outpace edge up")
        kept = place.record(seconds)
    door.emit(recorded_answer(kept, place.recorded) if args.form == "json" else recorded_text(kept, place.recorded))
    return 0
