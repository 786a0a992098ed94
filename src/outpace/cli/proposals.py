"""`outpace proposals`: the ledger of what was proposed, by whom, and what became of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
For each proposer and kind of task: how many proposals reached and passed each rung, what a proved change cost (or that
it is not known), how many landed, and the share of those that is standing after thirty days, with n and interval.
Answers that were written by hand, recorded ones that were judged before, and attempts that never ended are counted
apart, and are in no share.

exit status: 0 printed; 2 usage, or no such task; 3 what is kept cannot be read

  outpace proposals
  outpace proposals task-4f1e20c9aa --format json
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("task", nargs="?", metavar="ID", help="of this task alone")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.proposal_ledger import ledger
    from outpace.app.task_book import found
    from outpace.bootstrap.standing import stands_on
    from outpace.formats import proposals as formats
    from outpace.model.times import now
    from outpace.stories.history import History

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        history = History(here.facts.of(here.subject))
        task = found(history, args.task).id if args.task is not None else None
        told = ledger(history, stands=stands_on(here), now=now(), task=task)
    door.emit(formats.answer(told) if door.form == "json" else formats.text(told))
    return 0
