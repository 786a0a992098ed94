"""`outpace rollback`."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
By one rename, whatever is under way: a rollout that is being judged ends, and what was promoted or settled goes back to
the release before it, which is started first where it is no longer warm. A newer release that met no user yet ends with
the one that it was to follow.

exit status: 0 users are where they were before

  outpace rollback --why "orders are missing"
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument("--why", default="it was taken back by hand", help="one sentence, for whoever looks later")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.edge_deploys import keep
    from outpace.app.rollback import roll_back
    from outpace.bootstrap.edge import EdgePlace
    from outpace.formats.rollout import answer, text
    from outpace.model.times import now

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        outcome = roll_back(
            place.runtime,
            candidate=place.candidate_of,
            why=args.why,
            alone=partial(place.alone, "outpace rollback"),
            report=door.report,
            now=now(),
        )
        keep(here.facts, here.subject, outcome.rollout, place.edge.environment)
    name = place.application.name
    door.emit(answer(name, outcome, command="rollback") if args.form == "json" else text(name, outcome))
    return 0
