"""`outpace rollout [REVISION]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

DONE, ACTION_NEEDED = 0, 10

EPILOG = """\
Builds the release of a revision, starts it beside the one that runs, and sends users to it as fast as the evidence
allows. It takes itself back when it is worse; interrupted, killed or cut off, it is taken back within four seconds.
When it is promoted, the command ends, and a judge of its own goes on through the soak.

exit status: 0 promoted, settled, or running already; 10 rolled back

  outpace rollout
  outpace rollout HEAD~1 --soak
  outpace rollout --urgency exploited
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("revision", nargs="?", metavar="REVISION", help="without it, the deploy branch's tip")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument("--soak", action="store_true", help="stay and judge until it is settled, and not only promoted")
    parser.add_argument("--explain", action="store_true", help="show how the judge's numbers follow from the risk")
    parser.add_argument(
        "--urgency",
        choices=("routine", "known", "exploited"),
        default="routine",
        help="what waiting costs: a routine change, a known exposure, or one that is exploited",
    )
    parser.add_argument(
        "--accept", metavar="DIGEST", action="append", default=[], help="a difference of replay that is meant"
    )
    parser.add_argument(
        "--accept-irreversible", metavar="WHY", default="", help="why a migration that cannot be taken back may go"
    )
    parser.add_argument("--reason", metavar="WHY", default="", help="why what is accepted is right")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.attached import tip_of
    from outpace.app.edge_deploys import keep
    from outpace.app.rollout_parts import AlreadyGood, RolledBack
    from outpace.bootstrap.comparing import accepted
    from outpace.bootstrap.edge import EdgePlace
    from outpace.formats.rollout import answer, text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        place.accepted = accepted(args.accept, args.reason)
        place.irreversible = args.accept_irreversible
        place.explain = args.explain
        revision = here.revision(args.revision) if args.revision else tip_of(place.application, here.repository)
        with here.lease("outpace rollout"):
            outcome = place.rolled(place.candidate(place.release(revision)), args.urgency, soak=args.soak)
            if not isinstance(outcome, AlreadyGood):
                keep(here.facts, here.subject, outcome.rollout, place.edge.environment)
    name = place.application.name
    door.emit(answer(name, outcome) if args.form == "json" else text(name, outcome))
    return ACTION_NEEDED if isinstance(outcome, RolledBack) else DONE
