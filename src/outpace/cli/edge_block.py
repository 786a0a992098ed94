"""`outpace edge block`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door
from outpace.cli.edge_shape import shape_arguments

EPILOG = """\
A path is blocked with everything below it, however it is spelled; GET takes HEAD with it. It stands from the moment of
one rename, over rollouts and their way back, and ends by itself.

  outpace edge block --path /admin --for 2h --why "CVE-2021-1 is exploited"
  outpace edge block --method POST --path /upload
  outpace edge block --header user-agent --contains 'jndi:'
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    shape_arguments(parser)
    parser.add_argument("--for", dest="time", default="1d", metavar="TIME", help="how long it stands at most (1d)")
    parser.add_argument("--why", default="by hand", help="one sentence, for whoever looks later")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from datetime import timedelta

    from outpace import bootstrap
    from outpace.bootstrap.edge import EdgePlace
    from outpace.cli.edge_shape import shape_of
    from outpace.delivery.edge.traffic import Block
    from outpace.formats.edge import answer, text
    from outpace.model.errors import UsageError
    from outpace.model.times import now
    from outpace.pipelines.configuration import seconds_of

    what = shape_of(args)
    try:
        time = timedelta(seconds=seconds_of(args.time))
    except ValueError as error:
        raise UsageError(str(error), hint="outpace edge block --path /admin --for 2h") from error
    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        place.stopgaps.block(Block(what=what, until=now() + time, why=args.why))
        view = place.view()
    door.emit(answer("edge block", view) if args.form == "json" else text(view))
    return 0
