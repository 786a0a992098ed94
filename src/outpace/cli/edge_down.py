"""`outpace edge down`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Nobody is served any more. What stood is known: outpace edge up brings it back. While a rollout is under way it is
refused: end that first, or go back with outpace rollback.

  outpace edge down
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.bootstrap.edge import EdgePlace
    from outpace.formats.edge import answer, down_text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        with here.lease("outpace edge down"), place.alone("outpace edge down"):
            place.runtime.down()
        view = place.view()
    door.emit(answer("edge down", view) if args.form == "json" else down_text(view))
    return 0
