"""`outpace staging up [REVISION]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
The same release that production would get, behind the same proxy, with masked copies of the declared databases. What
production has and it lacks is shown. Copies that would hold personal data without a mask are refused. One that is up
stays as it is, with what was written to it, until outpace staging down.

exit status: 0 it is up; 2 one of that name is up already; 3 it did not become healthy; 4 its data may not be copied

  outpace staging up
  outpace staging up HEAD --as review
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("revision", nargs="?", metavar="REVISION", help="without it, the deploy branch's tip")
    parser.add_argument("--as", dest="called", default="staging", metavar="NAME", help="its name (staging)")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.attached import tip_of
    from outpace.app.staged import Up, up
    from outpace.bootstrap.edge import EdgePlace
    from outpace.bootstrap.staged import StagingGround
    from outpace.formats.staged import up_answer, up_text
    from outpace.model.times import now

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        ground = StagingGround(place)
        revision = here.revision(args.revision) if args.revision else tip_of(place.application, here.repository)
        with here.lease("outpace staging up"):
            stage = up(ground, args.called, lambda: place.release(revision).digest, report=door.report, now=now)
        view = Up(application=place.application.name, stage=stage, resemblance=ground.resemblance(stage))
    door.emit(up_answer(view) if args.form == "json" else up_text(view))
    return 0
