"""`outpace record MILESTONE [ADVISORY]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from outpace.cli.door import Door

LARGEST_INVENTORY = 32 << 20

EPILOG = """\
MILESTONE is one of: known, landed, deployed, observed. Without an ADVISORY, `landed` and `deployed` speak of
everything that is open; `proved` and `verified` cannot be told, Outpace sees them itself.

  outpace record known CVE-2024-23334 --at 2024-01-30T09:00Z
  outpace record deployed --environment production --push
  pip list --format json | outpace record observed --inventory -
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("milestone", metavar="MILESTONE", help="known, landed, deployed or observed")
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
    parser.add_argument("--push", action="store_true", help="share it through refs/outpace/facts")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.record import Place, Telling, instant, record
    from outpace.formats.record import answer, text
    from outpace.model.times import now

    begun = now()
    at, note = instant(args.at, now=begun) if args.at else (None, "")
    inventory = None if args.inventory is None else _content(args.inventory)
    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        telling = Telling(
            milestone=args.milestone,
            advisory=args.advisory,
            at=at,
            environment=args.environment,
            inventory=inventory,
            by=args.by,
            revision=here.revision(args.revision or "HEAD"),
            branch=here.setup.application.branch,
        )
        names = tuple(environment.name for environment in here.setup.environments)
        place = Place(subject=here.subject, application=here.setup.application.name, environments=names)
        view = record(telling, place, here.facts, now=begun)
        if args.push:
            here.push()
    warnings = (note,) if note else ()
    door.emit(answer(view, warnings=warnings) if args.form == "json" else text(view, warnings=warnings))
    return 0


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
