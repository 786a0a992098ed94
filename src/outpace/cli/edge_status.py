"""`outpace edge status`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

DONE, ACTION_NEEDED = 0, 10

EPILOG = """\
exit status: 0 the good release takes requests; 10 something is not as it should be

  outpace edge status
  outpace edge status --format json
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app import edge
    from outpace.bootstrap.edge import EdgePlace
    from outpace.formats.edge import answer, text, troubles

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        view = edge.compared(place.view(), place.candidate_of)
    door.emit(answer("edge status", view) if args.form == "json" else text(view))
    return ACTION_NEEDED if troubles(view) else DONE
