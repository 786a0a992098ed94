"""`outpace staging masks`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Reads the databases of [[applications.edge.staging.data]] and changes nothing. What looks personal is told from names of
columns and from a sample of values, of which none is shown.

exit status: 0 all that looks personal has a mask; 10 something has none; 4 a copy would be refused

  outpace staging masks
  outpace staging masks --format json
"""
ACTION_NEEDED = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.staging import shown
    from outpace.bootstrap.staging import databases
    from outpace.formats.staging import answer, text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        application = here.setup.application
        reach = databases(
            here.places.state / "staging", root=here.repository.root, report=door.report, environ=here.environ
        )
        view = shown(application.name, application.edge.staging.data if application.edge else (), reach=reach)
    door.emit(answer(view) if door.form == "json" else text(view))
    refused = max((each.status for each in view.databases), default=0)
    return refused or (ACTION_NEEDED if any(each.plan.suspects for each in view.databases) else 0)
