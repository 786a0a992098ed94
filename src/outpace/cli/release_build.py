"""`outpace release build`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
What the build command of [applications.edge.build] leaves is the application; the packages of the lock are its
environment. Both are read-only, named by the digest of every byte in them and of how they are started. The same
revision gives the release that is stored; uncommitted changes are no part of it.

exit status: 0 built, or stored already; 3 the build failed; 4 there is no sandbox

  outpace release build
  outpace release build v1.4.2 --name storefront
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("revision", metavar="REVISION", nargs="?", default="HEAD", help="a commit; HEAD by default")
    parser.add_argument("--anew", action="store_true", help="build it though it is stored; replaces what was changed")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.release import build
    from outpace.bootstrap import releasing
    from outpace.formats.release import build_answer, build_text

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        application = here.setup.application
        builder = releasing.release_builder(
            here.places, application, here.repository, report=door.report, environ=here.environ
        )
        store = releasing.release_store(here.places, application)
        view = build(builder, store, application, here.revision(args.revision), anew=args.anew)
    door.emit(build_answer(view) if door.form == "json" else build_text(view))
    return 0
