"""`outpace staging list`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.staged import seen
    from outpace.bootstrap.edge import EdgePlace
    from outpace.bootstrap.staged import StagingGround
    from outpace.formats.staged import list_answer, list_text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        view = seen(StagingGround(place), place.application.name)
    door.emit(list_answer(view) if args.form == "json" else list_text(view))
    return 0
