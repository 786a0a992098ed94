"""`outpace release list`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Newest first. `runs`: a process of this host stands in it; `needed`: a rollback would go to it, or a rollout is about
it.

exit status: 0

  outpace release list
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.release import listed
    from outpace.bootstrap import releasing
    from outpace.formats.release import list_answer, list_text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        application = here.setup.application
        store = releasing.release_store(here.places, application)
        running, needed = releasing.releases_running(store), releasing.releases_needed(store)
        view = listed(store, application, store.root, running=running, needed=needed)
    door.emit(list_answer(view) if door.form == "json" else list_text(view))
    return 0
