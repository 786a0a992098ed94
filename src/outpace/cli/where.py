"""`outpace where`: name the environments on record that one advisory hits."""

from __future__ import annotations

import argparse

from outpace.cli.door import Door

EPILOG = """\
Of every application whose facts are kept on this machine, by the newest inventory of each environment that `observe`
saw or `record observed` told. It looks at nothing that runs now, and needs no repository.

exit status: 10 an affected release is held somewhere; 0 nowhere, so far as is on record; 2 no such advisory

  outpace where CVE-2023-29159
  outpace where PYSEC-2023-83 --format json
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("advisory", metavar="ADVISORY", help="an id or an alias")
    parser.add_argument("--offline", action="store_true", help="never fetch advisory data")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.advisories import ensure
    from outpace.app.everywhere import everywhere, fold
    from outpace.formats.where import answer, text
    from outpace.model.errors import NotFound
    from outpace.model.times import now

    places = bootstrap.places()
    source = bootstrap.advisory_store(places)
    ensure(source, lambda: bootstrap.advisory_feed(places), offline=args.offline, report=door.report)
    with bootstrap.record_of_this_machine(places) as (facts, holdings):
        fold(facts, holdings)
        view = everywhere(args.advisory, source=source, holdings=holdings, now=now())
    if not view.known:
        raise NotFound(
            f"the advisory data has no advisory {args.advisory}",
            hint="outpace advisories update brings what is newer",
        )
    door.emit(answer(view) if door.form == "json" else text(view))
    return 10 if view.affected else 0
