"""`outpace clock [ADVISORY]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Without an ADVISORY it shows what is open, or the last exposure where none is.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("advisory", metavar="ADVISORY", nargs="?", help="an id or an alias")
    parser.add_argument("--all", action="store_true", dest="everything", help="closed exposures too")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.clock import clock
    from outpace.formats.clock import answer, text
    from outpace.model.times import now

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        view = clock(
            here.facts,
            subject=here.subject,
            application=here.setup.application.name,
            now=now(),
            environments=tuple(environment.name for environment in here.setup.environments),
            advisory=args.advisory,
            everything=args.everything,
            deadlines=here.setup.configuration.deadlines,
            source=here.source,
        )
    door.emit(answer(view) if args.form == "json" else text(view))
    return 0
