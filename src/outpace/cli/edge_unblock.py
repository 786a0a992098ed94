"""`outpace edge unblock`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door
from outpace.cli.edge_shape import shape_arguments

EPILOG = """\
By the same words that it was put up with.

  outpace edge unblock --path /admin
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    shape_arguments(parser)
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.bootstrap.edge import EdgePlace
    from outpace.cli.edge_shape import shape_of
    from outpace.formats.edge import answer, text
    from outpace.model.errors import NotFound

    what = shape_of(args)
    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        if not place.stopgaps.unblock(what):
            raise NotFound("nothing of that shape is blocked", hint="outpace edge status shows what is")
        view = place.view()
    door.emit(answer("edge unblock", view) if args.form == "json" else text(view))
    return 0
