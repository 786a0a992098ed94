"""`outpace propose`: whoever is configured proposes, the machine proves, and what is proved is put on a branch."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli import testing
from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.bootstrap.judging import JudgePlace
    from outpace.proving.tasks import Task

EPILOG = """\
WHAT is as in `outpace task`. Proposers are asked in a fixed order, by cost and trust: templates, recorded answers, the
agent's command and the model of [proposers] in outpace.toml; without these, templates alone. (Upgrades are proposed by
`outpace respond` and `outpace fix`.) Each proposal climbs the ladder of its task in the sandbox; the first that is
proved is put on a branch outpace/TASK, and nothing is merged, pushed or deployed. What proposers may spend stands in
[proposers.budget], and is reserved before each call.

exit status: 0 proved, and on a branch; 10 nothing is proved; 2 usage, no such task or proposer; 3 a tool failed, or
nobody who is declared is there to be asked; 4 no sandbox, the budget
was spent before, or the branch is somebody else's or checked out

  outpace propose task-4f1e20c9aa
  outpace propose src/shop/prices.py::total --with template
  outpace propose PYSEC-2023-83 --with model --dry-run
"""
PROVED, NOTHING = 0, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("what", metavar="WHAT", help="a task, or what one is made of: outpace task --help")
    parser.add_argument(
        "--with", dest="only", metavar="NAME", help="ask this proposer alone: template, recorded, agent, model"
    )
    parser.add_argument("--attempts", type=int, metavar="N", help="at most so many (default: that of the budget)")
    parser.add_argument("--offline", action="store_true", help="ask nobody: templates and recorded answers alone")
    parser.add_argument(
        "--dry-run", action="store_true", help="print what would be sent to the model, and where to; ask nobody"
    )
    parser.add_argument("--before", metavar="REV", help="for a red test: a commit at which it was green")
    testing.arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.bootstrap.judging import judge_place
    from outpace.bootstrap.proposing import Wanted, check_asked, landed, left_out, proposed
    from outpace.bootstrap.tasks import task_of
    from outpace.formats import propose as formats
    from outpace.model.errors import UsageError

    if args.attempts is not None and args.attempts < 1:
        raise UsageError(f"--attempts {args.attempts} is no number of attempts", hint="--attempts 1, or more")
    wanted = Wanted(only=args.only, attempts=args.attempts, offline=args.offline)
    with judge_place(Path.cwd(), testing.asked(args), report=door.report) as here:
        task = task_of(here, args.what, before=args.before)
        if args.dry_run:
            return _dry_run(here, task, door)
        found = proposed(here, task, wanted)
        branch = landed(here, task, found.proved) if found.proved else ""
        unasked = left_out(here, wanted)
    check_asked(found)
    door.emit(formats.answer(found, branch) if door.form == "json" else formats.text(found, branch, unasked))
    return PROVED if found.proved else NOTHING


def _dry_run(here: JudgePlace, task: Task, door: Door) -> int:
    """The exact bytes, and where they would go; the rest to stderr."""
    from outpace.bootstrap.proposing import dry_run

    told = dry_run(here, task)
    door.say(f"to {told.destination}, at most {told.most_tokens:,} tokens; nothing was sent")
    for path in told.files:
        door.say(f"would send {path}")
    for path, why in told.held_back:
        door.say(f"would not send {path}: {why}")
    if told.redacted:
        door.say(f"{told.redacted} places that look like secrets are replaced")
    door.emit(told.request)
    return 0
