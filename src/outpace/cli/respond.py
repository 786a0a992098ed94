"""`outpace respond [ADVISORY]`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.app.respond import View

DONE, ACTION_NEEDED = 0, 10

EPILOG = """\
Interrupted anywhere, it goes on when it is run again. When there is nothing to do, it says for whom it waits and
since when. Your working tree, index and checked-out branch are not touched.

exit status: 0 everything is closed; 10 something waits for somebody, or stopped

  outpace respond
  outpace respond CVE-2023-29159
  outpace respond --push

In CI, --push shares what was seen and done, so that every machine tells one
story.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("advisory", nargs="?", metavar="ADVISORY", help="this one alone, by any of its ids")
    shared_arguments(parser)


def shared_arguments(parser: argparse.ArgumentParser) -> None:
    """What `respond` and `watch` have in common."""
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument("--offline", action="store_true", help="never fetch advisory data")
    parser.add_argument("--push", action="store_true", help="take and share facts through refs/outpace/facts")
    parser.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run the suite unconfined where there is no sandbox; for a repository of your own only",
    )


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.formats.respond import answer, text

    view = once(args, door)
    door.emit(answer(view) if args.form == "json" else text(view))
    return DONE if view.outcome.done else ACTION_NEEDED


def once(args: argparse.Namespace, door: Door) -> View:
    """One run of the story, with the application's lease held."""
    from outpace import bootstrap
    from outpace.app.respond import respond
    from outpace.model.times import now

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        here.bring_advisories(offline=args.offline)
        with here.lease("outpace respond"):
            here.bring_branch()
            here.keep_rollout()
            if args.push:
                here.fetch()
            try:
                return respond(
                    here.setup,
                    subject=here.subject,
                    world=here.world,
                    hands=here.hands(unsafe_no_sandbox=args.unsafe_no_sandbox),
                    facts=here.facts,
                    report=door.report,
                    now=now(),
                    advisory=args.advisory,
                )
            finally:
                here.keep_rollout()
                if args.push:
                    here.push()
