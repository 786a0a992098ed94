"""`outpace split`: a large change as a sequence of small ones."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli import proof_options
from outpace.cli.door import Door

PREFIX = "outpace/split/"
STEPS_AT_MOST = 12
EPILOG = """\
Refactoring comes before behavior, what is new before what uses it, a flag before its use, removals last; groups of
files that do not need each other are apart. Each step is a commit that was proved against the one before, and the last
has the very files of BRANCH. What cannot be apart is said, with why.
The working tree is neither read nor touched, and no branch is written without --land.

exit status: 0 every step is proved; 10 one is not, or nothing was proved; 2 there is nothing to split

  outpace split feature/checkout
  outpace split feature/checkout --dry-run
  outpace split feature/checkout --land
"""
ALL_PROVED, NOT_ALL_PROVED = 0, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("branch", metavar="BRANCH", help="what is to be split: a branch, or any revision")
    parser.add_argument("--onto", metavar="REV", help="what the branch left (default: the branch that is deployed)")
    parser.add_argument("--dry-run", action="store_true", help="propose, and prove nothing")
    parser.add_argument("--land", action="store_true", help="write the steps as a branch")
    parser.add_argument(
        "--branch-prefix", default=PREFIX, metavar="PREFIX", help=f"what its name begins with (default: {PREFIX})"
    )
    parser.add_argument(
        "--max-steps",
        type=int,
        default=STEPS_AT_MOST,
        metavar="N",
        help=f"no more than so many (default: {STEPS_AT_MOST})",
    )
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    proof_options.arguments(parser, "a step")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.split import asked_of, land, split
    from outpace.bootstrap.splitting import proposing_tools, proving_tools
    from outpace.formats import split as formats

    _check(args)
    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        application = here.setup.application
        tools = proposing_tools(here)
        asked = asked_of(tools.repository, application, args.branch, args.onto)
        if not args.dry_run:
            tools = proving_tools(
                here,
                granted=frozenset(args.grant),
                unsafe_no_sandbox=args.unsafe_no_sandbox,
                offline=args.offline,
            )
        view = split(application, asked, tools=tools, at_most=args.max_steps)
        if args.land and not view.refuted:
            view = land(view, tools.repository, args.branch_prefix)
    door.emit(formats.answer(view) if door.form == "json" else formats.text(view, asked_to_land=args.land))
    return ALL_PROVED if view.proved else NOT_ALL_PROVED


def _check(args: argparse.Namespace) -> None:
    from outpace.model.errors import UsageError

    proof_options.check_powers(args.grant)
    if args.dry_run and args.land:
        raise UsageError(
            "--dry-run and --land exclude one another", hint=f"outpace split {args.branch} --land proves first"
        )
    if args.max_steps < 1:
        raise UsageError(f"--max-steps {args.max_steps} leaves no step", hint="--max-steps 1, or more")
    if not args.branch_prefix:
        raise UsageError("without a prefix, the steps would have the name of the branch", hint="--branch-prefix step/")
