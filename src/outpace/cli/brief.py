"""`outpace brief`: one page for whoever decides."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.assessment.assessment import Assessment
    from outpace.assessment.clock import Waterfall
    from outpace.formats.report.brief_page import Position

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
    assessment = united(found.assessments, found.failed) if found.is_fleet else found.assessments[0]
    live = None if found.is_fleet or args.as_of is not None else _live(Path(assessment.root))
    _emit(assessment, args.position, live, door)
    return 0


def _live(root: Path) -> Waterfall | None:
    """Of what `respond` works on in this clone, or worked on last; nothing where it never ran, or cannot run."""
    from outpace import bootstrap
    from outpace.app.clock import clock
    from outpace.model.errors import Error
    from outpace.model.times import now

    try:
        with bootstrap.workplace(root, name=None, report=lambda _: None) as here:
            application = here.setup.application.name
            view = clock(here.facts, subject=here.subject, application=application, now=now())
    except Error:
        return None
    return view.exposures[0].waterfall if view.exposures else None


def _emit(assessment: Assessment, position: Position | None, live: Waterfall | None, door: Door) -> None:
    match door.form:
        case "json":
            from outpace.formats import assess_json

            door.emit(assess_json.answer(assessment, command="brief"))
        case "html":
            from outpace.formats.report.brief_page import page

            door.emit(page(assessment, position=position, live=live))
        case "pdf":
            from outpace import bootstrap
            from outpace.bootstrap.assessing import paper
            from outpace.formats.report.brief_page import page

            html = page(assessment, position=position, live=live, paper=paper())
            door.emit(bootstrap.printer().pdf(html))
        case _:
            from outpace.formats.assess_text import text

            door.emit(text(assessment, more="the page: outpace brief --format html --output brief.html"))
