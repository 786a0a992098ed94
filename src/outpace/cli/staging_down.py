"""`outpace staging down [NAME]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Its processes, its copies of databases and its files; also what a killed run left of it.

  outpace staging down
  outpace staging down review
  outpace staging down --all
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("called", nargs="?", default="staging", metavar="NAME", help="its name (staging)")
    parser.add_argument("--all", action="store_true", help="every one that is there")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.staged import down
    from outpace.bootstrap.edge import EdgePlace
    from outpace.bootstrap.staged import StagingGround
    from outpace.formats.staged import down_answer, down_text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        ground = StagingGround(place)
        with here.lease("outpace staging down"):
            gone = down(ground, ground.names() if args.all else (args.called,), report=door.report)
    name = place.application.name
    door.emit(down_answer(name, gone) if args.form == "json" else down_text(name, gone))
    return 0
