"""`outpace brief`: one page for whoever decides."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.assessment.assessment import Assessment

FORMATS = ("text", "json", "html", "pdf")
POSITIONS = ("new-mandate", "established", "continuity")
EPILOG = """\
One page: how long fixes take here, beside the attackers; where the time goes;
which path the repository is on, and why; what to change first, what that saves,
and when it is measured again; and what could not be seen.

--for says to whom it is handed: somebody with a new mandate to change things,
an established leader, or one who is asked for continuity. Order and wording
follow; no number does.

pdf is printed by Chromium or Chrome, where one is installed.

exit status: 0; 2 usage; 3 where the clone cannot be read, there is no advisory
data, or no browser for pdf

  outpace brief
  outpace brief --format html --output brief.html
  outpace brief --for new-mandate --format pdf --output brief.pdf
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    from outpace.cli.assess import clones

    parser.epilog = EPILOG
    parser.set_defaults(formats=FORMATS)
    clones(parser)
    parser.add_argument("--for", choices=POSITIONS, dest="position", help="the position of the reader")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.app.fleets import united
    from outpace.cli.assessing import assessed

    found = assessed(args, door)
    _emit(united(found.assessments) if found.is_fleet else found.assessments[0], args.position, door)
    return 0


def _emit(assessment: Assessment, position: str | None, door: Door) -> None:
    match door.form:
        case "json":
            from outpace.formats import assess_json

            door.emit(assess_json.answer(assessment, command="brief"))
        case "html" | "pdf":
            from outpace.formats.report.brief_page import page

            html = page(assessment, position=position)
            door.emit(html if door.form == "html" else _printed(html))
        case _:
            from outpace.formats.assess_text import text

            door.emit(text(assessment, more="the page: outpace brief --format html --output brief.html"))


def _printed(html: str) -> bytes:
    from outpace import bootstrap

    return bootstrap.printer().pdf(html)
