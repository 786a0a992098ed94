"""`outpace advisories update|status`: bring advisory data, and say how old it is."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

ECOSYSTEMS = ("PyPI", "npm", "crates.io", "Go", "RubyGems")
"""As `model.package` has them, which is not imported for --help."""

EPILOG = """\
`update` asks OSV and CISA for what is newer, or reads the files that --from and --kev-from name, and then nothing
over the network. The data that is here stays in use until the new is whole.

PyPI's advisories are what all commands need; those of other ecosystems are for
`assess`, and are brought when they are named. Of a file, Outpace sees itself
which ecosystems it is an export of.

  outpace advisories update
  outpace advisories update --ecosystem npm --ecosystem crates.io
  outpace advisories update --from all.zip --kev-from kev.json
  outpace advisories status --format json
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument(
        "action", choices=("update", "status"), metavar="update|status", help="bring the data, or say what is here"
    )
    parser.add_argument(
        "--ecosystem",
        dest="ecosystems",
        action="append",
        choices=ECOSYSTEMS,
        metavar="NAME",
        help=f"whose advisories: {', '.join(ECOSYSTEMS)}; may be repeated; left out: PyPI, or all that a file holds",
    )
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="PATH",
        help="OSV's all.zip, a folder of OSV JSON files, or one JSON file; replaces the data of the ecosystems in it",
    )
    parser.add_argument("--kev-from", type=Path, metavar="FILE", help="CISA's known_exploited_vulnerabilities.json")
    parser.add_argument("--offline", action="store_true", help="never use the network")
    parser.add_argument(
        "--osv-url",
        metavar="URL",
        help="a mirror of OSV's PyPI/all.zip (or OUTPACE_OSV_URL); of others, beside PyPI's folder",
    )
    parser.add_argument("--kev-url", metavar="URL", help="a mirror of the KEV catalog (or OUTPACE_KEV_URL)")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app import advisories as app
    from outpace.formats import advisories as formats

    places = bootstrap.places()
    store = bootstrap.advisory_store(places)
    if args.action == "status":
        view = app.status(store)
        door.emit(formats.status_json(view) if door.form == "json" else formats.status_text(view))
        return 0
    feed = bootstrap.advisory_feed(places, osv_url=args.osv_url, kev_url=args.kev_url)
    updated = app.update(
        store,
        feed,
        advisories=args.source,
        kev=args.kev_from,
        offline=args.offline,
        report=door.report,
        ecosystems=tuple(dict.fromkeys(args.ecosystems or ())),
    )
    door.emit(formats.update_json(updated) if door.form == "json" else formats.update_text(updated))
    return 0 if updated.complete else 3
