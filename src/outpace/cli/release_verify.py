"""`outpace release verify`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Reads every file of it again, the packages too, and names the first that differs.

exit status: 0 it is what it was; 10 it is not; 2 no such release

  outpace release verify 6eb261a1
"""
DIFFERS = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("digest", metavar="DIGEST", help="eight or more of its digits")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.release import verify
    from outpace.bootstrap import releasing
    from outpace.formats.release import verify_answer, verify_text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        store = releasing.release_store(here.places, here.setup.application)
        view = verify(store, args.digest)
    door.emit(verify_answer(view) if door.form == "json" else verify_text(view))
    return DIFFERS if view.differs else 0
