"""`outpace edge up`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
After a reboot, or after everything was ended, the last good release takes requests again. A rollout that a dead engine
left is brought to its end first. What is declared otherwise than it runs (variables, instances, workers, addresses) is
taken up, and no request is lost: new processes come beside the old ones, and stand in for them.

exit status: 0 the edge takes requests

  outpace edge up
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app import edge
    from outpace.bootstrap.edge import EdgePlace
    from outpace.formats.edge import answer, text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        with here.lease("outpace edge up"), place.alone("outpace edge up"):
            edge.up(place.runtime, place.rolling(), place.candidate_of, report=door.report)
        view = edge.compared(place.view(), place.candidate_of)
    door.emit(answer("edge up", view) if args.form == "json" else text(view))
    return 0
