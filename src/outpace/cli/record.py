"""`outpace record MILESTONE [ADVISORY]`, and taking it back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.app.record import Place
    from outpace.bootstrap import Workplace

LARGEST_INVENTORY = 32 << 20

EPILOG = """\
MILESTONE is one of: known, landed, deployed, observed. Without an ADVISORY,
`landed` and `deployed` speak of everything that is open; `proved` and
`verified` cannot be told, Outpace sees them itself.

A revision must exist, and what landed must be on the deploy branch. What was
told by mistake is taken back with --retract and the key that --list shows.

  outpace record known CVE-2024-23334 --at 2024-01-30T09:00Z
  outpace record deployed --environment production --push
  pip list --format json | outpace record observed --inventory -
  outpace record --retract 1f0c99a2d4e8 --push
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("milestone", metavar="MILESTONE", nargs="?", help="known, landed, deployed or observed")
    parser.add_argument("advisory", metavar="ADVISORY", nargs="?", help="an id or an alias; left out: all that is open")
    parser.add_argument("--at", metavar="TIME", help="when it was, ISO 8601 with an offset; left out: now")
    parser.add_argument("--environment", metavar="NAME", help="where, for `deployed` and `observed`")
    parser.add_argument(
        "--inventory",
        metavar="FILE",
        help="what was seen: CycloneDX JSON, `pip list --format json` or requirement lines; - is standard input",
    )
    parser.add_argument("--revision", metavar="REV", help="what landed or was deployed; left out: HEAD")
    parser.add_argument("--by", metavar="WHO", default="", help="who says so")
    parser.add_argument(
        "--retract", metavar="FACT", help="take back what was told; FACT is its key, or the begin of it"
    )
    parser.add_argument("--list", action="store_true", dest="only_list", help="show what was told, with its keys")
    parser.add_argument("--push", action="store_true", help="share it through refs/outpace/facts")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.record import Place

    _check(args)
    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        names = tuple(environment.name for environment in here.setup.environments)
        place = Place(subject=here.subject, application=here.setup.application.name, environments=names)
        if args.only_list:
            shown = _listed(args, place, here)
        elif args.retract is not None:
            shown = _retracted(args, place, here)
        else:
            shown = _recorded(args, place, here)
        if args.push:
            here.push()
    door.emit(shown)
    return 0


def _check(args: argparse.Namespace) -> None:
    from outpace.model.errors import UsageError

    ways = [args.milestone is not None, args.retract is not None, args.only_list]
    if sum(ways) > 1:
        raise UsageError("a MILESTONE, --retract and --list exclude one another", hint="run the command once for each")
    if not any(ways):
        raise UsageError(
            "nothing says what happened", hint="outpace record MILESTONE, one of known, landed, deployed, observed"
        )


def _listed(args: argparse.Namespace, place: Place, here: Workplace) -> bytes | str:
    from outpace.app.retract import told
    from outpace.formats.record import list_answer, list_text

    view = told(place, here.facts)
    return list_answer(view) if args.form == "json" else list_text(view)


def _retracted(args: argparse.Namespace, place: Place, here: Workplace) -> bytes | str:
    from outpace.app.retract import retract
    from outpace.formats.record import retract_answer, retract_text
    from outpace.model.times import now

    view = retract(args.retract, place, here.facts, by=args.by, now=now())
    return retract_answer(view) if args.form == "json" else retract_text(view)


def _recorded(args: argparse.Namespace, place: Place, here: Workplace) -> bytes | str:
    from outpace.app.record import Telling, instant, record
    from outpace.app.told_revisions import check_is_no_revision, seen
    from outpace.formats.record import answer, text
    from outpace.model.times import now

    begun = now()
    at, note = instant(args.at, now=begun) if args.at else (None, "")
    inventory = None if args.inventory is None else _content(args.inventory)
    application = here.setup.application
    check_is_no_revision(args.advisory, here.repository)
    revision = here.revision(args.revision or "HEAD")
    telling = Telling(
        milestone=args.milestone,
        advisory=args.advisory,
        at=at,
        environment=args.environment,
        inventory=inventory,
        inventory_file="standard input" if args.inventory == "-" else args.inventory or "",
        by=args.by,
        revision=revision,
        branch=application.branch,
        committed=here.repository.commit_time(revision),
        revision_seen=seen(application, here.repository, revision),
        exposed=_exposed(args.milestone, revision, here),
    )
    view = record(telling, place, here.facts, now=begun)
    warnings = (note,) if note else ()
    return answer(view, warnings=warnings) if args.form == "json" else text(view, warnings=warnings)


def _exposed(milestone: str, revision: str, here: Workplace) -> frozenset[str]:
    """Nothing is fetched for this: without advisory data here, what is told is taken as it is."""
    from outpace.model.errors import NoAdvisories

    if milestone not in ("landed", "deployed"):
        return frozenset()
    try:
        exposures = here.world.matched(revision).exposures
    except NoAdvisories:
        return frozenset()
    return frozenset(identity for exposure in exposures for identity in exposure.vulnerability.ids)


def _content(name: str) -> bytes:
    from outpace.model.errors import BadInput

    try:
        if name == "-":
            content = sys.stdin.buffer.read(LARGEST_INVENTORY + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(LARGEST_INVENTORY + 1)
    except OSError as error:
        raise BadInput(f"cannot read {name}: {error.strerror}", hint="name a file in --inventory") from error
    if len(content) > LARGEST_INVENTORY:
        raise BadInput(f"{name} is larger than {LARGEST_INVENTORY >> 20} MiB", hint="give the inventory alone")
    return content
