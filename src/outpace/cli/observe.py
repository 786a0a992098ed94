"""`outpace observe`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Looks where [[environments]] in outpace.toml says. A version counts only if its process must have loaded it: where files
changed after the start, it is the one last seen in that process, else unknown.

exit status: 0 seen, and not exposed; 10 exposed, or in doubt until a restart; 3 nothing that could be read runs

  outpace observe
  outpace observe --environment production --push
"""
SEEN, NOT_SEEN, ACTION_NEEDED = 0, 3, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument("--environment", metavar="NAME", help="look at this one only")
    parser.add_argument("--offline", action="store_true", help="never fetch advisory data")
    parser.add_argument("--push", action="store_true", help="share what was seen through refs/outpace/facts")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.observe import chosen, observe
    from outpace.formats.observe import answer, text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        environments = chosen(here.setup.environments, args.environment)
        here.bring_advisories(offline=args.offline)
        view = observe(
            here.setup.application,
            environments,
            subject=here.subject,
            observer=here.observer,
            rematch=here.world.rematch,
            facts=here.facts,
            report=door.report,
        )
        if args.push:
            here.push()
    door.emit(answer(view) if args.form == "json" else text(view))
    if any(one.exposed or one.doubted for one in view.sightings):
        return ACTION_NEEDED
    return SEEN if all(one.seen for one in view.sightings) else NOT_SEEN
