"""`outpace staging compare [REVISION]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

SAME, ACTION_NEEDED = 0, 10

EPILOG = """\
Two environments come up, one with the good release and one with the other, each with copies of its own; what was
recorded is asked of both; and they are gone. What the fix of an advisory is meant to change may differ, by its probe.
With copies of databases it is asked once more, of the old release on what the new one left there: a rollback would be
none if it could not go on with that.

exit status: 0 they answer alike, but for what is expected or accepted; 10 they differ, or nothing could be compared, or
the old release cannot go on with what the new one leaves

  outpace staging compare
  outpace staging compare HEAD --accept 3f9c2a7e --reason "totals have tax now"
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("revision", nargs="?", metavar="REVISION", help="without it, the deploy branch's tip")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument(
        "--accept", metavar="DIGEST", action="append", default=[], help="a difference that is meant; needs --reason"
    )
    parser.add_argument("--reason", metavar="WHY", default="", help="why what is accepted is right")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.attached import tip_of
    from outpace.bootstrap.comparing import accepted, on_copies
    from outpace.bootstrap.edge import EdgePlace
    from outpace.formats.staging_compare import answer, text
    from outpace.model.errors import NotFound

    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        place = EdgePlace(here)
        meant = accepted(args.accept, args.reason)
        recording, good = place.recording(), place.runtime.standing().good
        if good is None:
            raise NotFound("no release is good yet, so there is none to compare with", hint="outpace rollout")
        if recording is None:
            raise NotFound("no exchanges were recorded yet", hint="outpace edge record, while users are there")
        revision = here.revision(args.revision) if args.revision else tip_of(place.application, here.repository)
        with here.lease("outpace staging compare"):
            new = place.release(revision).digest
            exposed = place.exposed(revision)
            found = on_copies(place, recording, good.release, new, exposed=exposed, accepted=meant)
    told = (found.view, found.side_by_side, found.resemblance, found.left)
    door.emit(answer(place.application.name, *told) if args.form == "json" else text(*told))
    return SAME if found.view.comparison.same and not found.left else ACTION_NEEDED
