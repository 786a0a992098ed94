"""`outpace release collect`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
What stays: what a process of this host stands in, what a rollback would go to, what a rollout is about, what was built
or given out within the hour, and the newest `keep` of the others ([applications.edge]). Packages go with the last
release that stands on them. Whenever a rollout is settled, this is done by itself.

exit status: 0

  outpace release collect --dry-run
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and remove nothing")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.bootstrap import releasing
    from outpace.formats.release import collect_answer, collect_text
    from outpace.model.edge import Edge

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        application = here.setup.application
        folder, keep = releasing.edge_folder(here.places, application), (application.edge or Edge()).keep
        view = releasing.releases_collected(folder, application.name, keep=keep, dry_run=args.dry_run)
    door.emit(collect_answer(view) if door.form == "json" else collect_text(view))
    return 0
