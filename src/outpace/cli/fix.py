"""`outpace fix`: put the smallest safe upgrade on a branch of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

SHOWN = 6
EPILOG = """\
Base is HEAD: files are read as they are committed, and the working tree, index, stash, hooks and configuration are
never touched. What goes together is one commit on one branch; running it again changes nothing.
What it found and made is kept as facts, for `outpace clock` and `outpace respond`.

exit status: 0 every affected pin is fixed on a branch, or there was nothing to fix; 10 something is left

  outpace fix
  outpace fix CVE-2024-23334 --dry-run
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("advisory", nargs="?", metavar="ADVISORY", help="fix this one alone, by any of its ids")
    parser.add_argument("--all", action="store_true", help="fix everything that is exposed (the default)")
    parser.add_argument("--name", metavar="APP", help="which application, where outpace.toml declares several")
    parser.add_argument("--dry-run", action="store_true", help="plan and show, write nothing")
    parser.add_argument("--offline", action="store_true", help="do not fetch advisory data")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.app.alone import keep, of_fix
    from outpace.app.fix import plan_and_land
    from outpace.bootstrap.changing import fix_tools
    from outpace.formats import fix as formats
    from outpace.model.errors import NotFound, UsageError
    from outpace.model.times import now

    if args.all and args.advisory is not None:
        raise UsageError("ADVISORY and --all exclude one another", hint=f"outpace fix {args.advisory}")
    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        here.bring_advisories(offline=args.offline)
        tools = fix_tools(here.repository, here.source, door.report)
        view = plan_and_land(here.setup.fixable, tools=tools, advisory=args.advisory, dry_run=args.dry_run)
        if not view.is_known:
            raise NotFound(
                f"no advisory about a package that is here has the id {args.advisory}",
                hint=_instead(view.known_as_a_package) or "outpace match lists the ids",
            )
        if not args.dry_run:
            at = now()
            keep(
                lambda: here.facts,
                here.subject,
                lambda history: of_fix(view, here.world, history, now=at, report=door.report),
                now=at,
                warn=door.say,
            )
    door.emit(formats.answer(view) if door.form == "json" else formats.text(view))
    return 0 if view.done else 10


def _instead(advisories: tuple[str, ...]) -> str:
    """What to ask for where a package was named."""
    more = f" (or {', '.join(advisories[1:SHOWN])})" if advisories[1:] else ""
    return f"it is a package: fix one of its advisories, outpace fix {advisories[0]}{more}" if advisories else ""
