"""`outpace match`: show what is exposed here."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Reads uv.lock, pylock.toml, poetry.lock, pdm.lock, Pipfile.lock, requirements
and constraints files under PATH. Without PATH, and with no lock here, it goes
up to the nearest directory of the repository that has one, and says which.

What could not be determined is listed as unknown, and what could not be read
as not understood; neither counts as safe.

exit status: 10 exposed, or of a file nothing at all could be read (with --strict also if anything is unknown or
unread); 0 otherwise; 2 if there is nothing to read; 3 without advisory data

  outpace match
  outpace match --environment .venv
  outpace match --format json --output exposures.json
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        metavar="PATH",
        help="a directory or one file (default: here, or the nearest one above with a lock)",
    )
    parser.add_argument("--environment", type=Path, metavar="DIR", help="what is installed in a virtual environment")
    parser.add_argument("--pid", type=int, metavar="PID", help="what a running process loads")
    parser.add_argument("--strict", action="store_true", help="anything unknown or unread counts as exposed")
    parser.add_argument("--offline", action="store_true", help="never use the network")


def run(args: argparse.Namespace, door: Door) -> int:
    from msgspec import structs

    from outpace import bootstrap
    from outpace.app import match as app
    from outpace.app.advisories import ensure
    from outpace.formats import match as formats
    from outpace.model.errors import UsageError
    from outpace.model.times import now

    if sum(way is not None for way in (args.path, args.environment, args.pid)) > 1:
        raise UsageError("PATH, --environment and --pid exclude one another", hint="run the command once for each")
    places = bootstrap.places()
    source = bootstrap.advisory_store(places)
    ensure(source, bootstrap.advisory_feed(places), offline=args.offline, report=door.report)
    if args.environment is not None:
        view = app.match_inventory(bootstrap.environment_inventory(args.environment), source, now=now())
    elif args.pid is not None:
        view = app.match_inventory(bootstrap.process_inventory(args.pid), source, now=now())
    else:
        found = bootstrap.files_at(args.path)
        view = app.match_files(found.files, source, now=now(), paths=found.paths)
        view = structs.replace(view, root=str(found.root), above=found.above)
    door.emit(formats.answer(view) if door.form == "json" else formats.text(view))
    return 10 if app.needs_action(view.answer, strict=args.strict) else 0
