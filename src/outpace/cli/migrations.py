"""`outpace migrations`."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Reads Alembic's and Django's migrations and numbered files of SQL that HEAD has and BASE has not, and says of each step
whether the release that runs goes on beside it (expand), breaks or loses data (contract), or that it cannot be told
(unknown). Nothing is imported or run, and no database is asked. BASE is where the deploy branch was left. What
packages bring is read at the gate of a rollout alone; those that moved are named.

exit status: 0 nothing new, or everything expands; 10 something contracts or is unknown

  outpace migrations
  outpace migrations v1.4..HEAD
  outpace migrations main..HEAD --format json
"""
EXPANDS, ACTION_NEEDED = 0, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("span", nargs="?", metavar="BASE..HEAD", help="two revisions; what runs is the first of them")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.locks import inventory_at
    from outpace.app.migrations import migrations, span
    from outpace.formats.migrations import answer, text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        application = here.setup.application
        base, head = span(args.span, application, here.repository)
        inventory = partial(inventory_at, here.repository, application)
        view = migrations(application, base, head, here.tree_of, inventory=inventory)
    door.emit(answer(view) if args.form == "json" else text(view))
    return EXPANDS if view.road.safe else ACTION_NEEDED
