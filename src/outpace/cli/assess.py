"""`outpace assess`: where the hours go, why, and what to change first."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.assessment.assessment import Assessment

FORMATS = ("text", "json", "csv", "html")
EPILOG = """\
Reads the history of git clones, and nothing else: no token, no account, no
network but for advisory data where there is none here, and with --release-dates
the package index that uv or pip would ask. Bare clones do. Nobody's name is
read or written.

--format html is the report, csv the episodes, json everything. Several clones,
or --repos, make a page that ranks them; each is kept, so that a run that was
ended goes on where it stopped.

What cannot be seen from a clone is listed as unknown, with what would settle it.

exit status: 0; 2 usage; 3 where a single clone cannot be read, there is no
advisory data, or no index is known that --release-dates could ask

  outpace assess
  outpace assess --format html --output report.html
  outpace assess ../shop ../stock ../site --format html --output fleet.html
  outpace assess --as-of 2024-06-30
  outpace assess --release-dates
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.set_defaults(formats=FORMATS)
    clones(parser)


def clones(parser: argparse.ArgumentParser) -> None:
    """What `assess` and `brief` share."""
    parser.add_argument("path", nargs="*", type=Path, metavar="DIR", help="git clones (default: the one that is here)")
    parser.add_argument("--repos", type=Path, metavar="FILE", help="a file that names one clone on each line")
    parser.add_argument("--branch", metavar="NAME", help="another branch than the clone's default one")
    parser.add_argument("--as-of", metavar="TIME", help="the day of the question, such as 2024-06-30 (default: now)")
    parser.add_argument("--jobs", type=int, metavar="N", help="clones at a time (default: one for each processor)")
    asks = "ask the package index when fixes came out, of the packages that were affected"
    parser.add_argument("--release-dates", action="store_true", help=asks)
    parser.add_argument("--offline", action="store_true", help="never use the network")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.cli.assessing import assessed

    found = assessed(args, door)
    if found.is_fleet:
        _emit_fleet(found.assessments, found.failed, door)
    else:
        _emit(found.assessments[0], door)
    return 0


def _emit(assessment: Assessment, door: Door) -> None:
    from outpace.formats import assess_json

    match door.form:
        case "json":
            door.emit(assess_json.answer(assessment))
        case "csv":
            door.emit(assess_json.episodes_table([assessment]))
        case "html":
            from outpace.formats.report.assess_page import page

            door.emit(page(assessment))
        case _:
            from outpace.formats.assess_text import text

            door.emit(text(assessment, more="all of it: outpace assess --format html --output report.html"))


def _emit_fleet(assessments: tuple[Assessment, ...], failed: tuple[tuple[str, str], ...], door: Door) -> None:
    from outpace.formats import assess_json

    match door.form:
        case "json":
            door.emit(assess_json.fleet(assessments, failed))
        case "csv":
            door.emit(assess_json.episodes_table(assessments, failed))
        case "html":
            from outpace.formats.report.fleet_page import page

            door.emit(page(assessments, failed))
        case _:
            from outpace.formats.assess_text import fleet

            door.emit(fleet(assessments, failed))
