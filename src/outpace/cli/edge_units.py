"""`outpace edge units`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
One unit for each part: the one that keeps Envoy, the one that keeps the processes of releases, and the watchdog. None
of them ends what it started when it is started again.

  outpace edge units
  outpace edge units --into /etc/systemd/system
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="write each as a file there")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.bootstrap.edge import EdgePlace
    from outpace.formats.edge import units_answer, units_text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        units = EdgePlace(here).units(args.into)
    door.emit(units_answer(units, args.into) if args.form == "json" else units_text(units, args.into))
    return 0
