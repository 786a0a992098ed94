"""`outpace match`: show what is exposed here."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.app.match import View
    from outpace.bootstrap import Reading
    from outpace.formats.pin_edits import Judge, LookUp
    from outpace.matching.ports import AdvisorySource
    from outpace.model.inventory import Component, Inventory

FORMATS = ("text", "json", "sarif", "cyclonedx-vex", "openvex", "cyclonedx", "csv", "markdown")
EPILOG = """\
Reads uv.lock, pylock.toml, poetry.lock, pdm.lock, Pipfile.lock, requirements
and constraints files under PATH. Without PATH, and with no lock here, it goes
up to the nearest directory of the repository that has one, and says which.

--format sarif is for code scanning, markdown for a pull request, csv for a
spreadsheet, cyclonedx-vex and openvex tell others what is affected, and
cyclonedx is the bill of materials. It changes no exit status.

What could not be determined is listed as unknown, and what could not be read
as not understood; neither counts as safe.

exit status: 10 exposed, or of a file nothing at all could be read (with --strict also if anything is unknown or
unread); 0 otherwise; 2 if there is nothing to read; 3 without advisory data

  outpace match
  outpace match --environment .venv
  outpace match --format json --output exposures.json
  outpace match --format sarif --output outpace.sarif
  outpace match --environment .venv --format cyclonedx
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.set_defaults(formats=FORMATS)
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        metavar="PATH",
        help="a directory or one file (default: here, or the nearest one above with a lock)",
    )
    parser.add_argument("--environment", type=Path, metavar="DIR", help="what is installed in a virtual environment")
    parser.add_argument("--pid", type=int, metavar="PID", help="what a running process loads")
    parser.add_argument("--strict", action="store_true", help="anything unknown or unread counts as exposed")
    parser.add_argument("--offline", action="store_true", help="never use the network")


def run(args: argparse.Namespace, door: Door) -> int:
    from msgspec import structs

    from outpace import bootstrap
    from outpace.app import match as app
    from outpace.app.advisories import ensure
    from outpace.model.errors import UsageError
    from outpace.model.times import now

    if sum(way is not None for way in (args.path, args.environment, args.pid)) > 1:
        raise UsageError("PATH, --environment and --pid exclude one another", hint="run the command once for each")
    inventory, reading = _found(args)  # before advisories are asked for: there may be nothing to match
    places = bootstrap.places()
    source = bootstrap.advisory_store(places)
    ensure(source, lambda: bootstrap.advisory_feed(places), offline=args.offline, report=door.report)
    view = app.match_inventory(inventory, source, now=now())
    look_up: LookUp = _nothing
    if reading is not None:
        view = structs.replace(view, root=str(reading.root), above=reading.above)
        look_up = reading.files.look_up
    view = _with_deadlines(view, door)
    _emit(view, door, look_up, lambda component: _unaffected(component, source))
    return 10 if app.needs_action(view.answer, strict=args.strict) else 0


def _found(args: argparse.Namespace) -> tuple[Inventory, Reading | None]:
    """What is to be matched, and the files that it was read from."""
    from outpace import bootstrap
    from outpace.app.match import inventory_of, seen

    if args.environment is not None:
        return seen(bootstrap.environment_inventory(args.environment)), None
    if args.pid is not None:
        return seen(bootstrap.process_inventory(args.pid)), None
    reading = bootstrap.files_at(args.path)
    return inventory_of(reading.files, paths=reading.paths), reading


def _with_deadlines(view: View, door: Door) -> View:
    """Where outpace.toml declares some. One that cannot be read does not keep anybody from the answer."""
    from msgspec import structs

    from outpace.model.errors import Error

    place = Path(view.root) if view.root else Path.cwd()
    if not any((each / "outpace.toml").exists() for each in (place, *place.parents)):
        return view
    from outpace.cli.deadlines import due_around

    try:
        return structs.replace(view, due=due_around(place, view.matched, now=view.at))
    except Error as error:
        door.say("no deadline is shown, since outpace.toml cannot be read")
        door.fail(error)
        return view


def _nothing(_: str) -> bytes | None:
    return None


def _unaffected(component: Component, source: AdvisorySource) -> bool:
    """Whether nothing affects it, and nothing may."""
    from outpace.app.match import match_inventory
    from outpace.model.inventory import Inventory
    from outpace.model.times import now

    matched = match_inventory(Inventory(source="a fix", components=(component,)), source, now=now()).matched
    return not (matched.exposures or matched.doubts)


def _emit(view: View, door: Door, look_up: LookUp, unaffected: Judge) -> None:
    """Imports only what writes the form that is asked for."""
    match door.form:
        case "json":
            from outpace.formats import match

            door.emit(match.answer(view))
        case "sarif":
            _emit_sarif(view, door, look_up, unaffected)
        case "openvex":
            _emit_openvex(view, door)
        case "cyclonedx-vex":
            from outpace.formats import cyclonedx

            door.emit(cyclonedx.vex(view))
        case "cyclonedx":
            from outpace.formats import cyclonedx

            door.emit(cyclonedx.sbom(view))
        case "csv":
            from outpace.formats import csv_table

            door.emit(csv_table.document(view))
        case "markdown":
            from outpace.formats import markdown

            door.emit(markdown.document(view))
        case _:
            from outpace.formats.match_text import text

            door.emit(text(view))


def _emit_sarif(view: View, door: Door, look_up: LookUp, unaffected: Judge) -> None:
    from outpace.formats import sarif

    written = sarif.document(view, folder=_in_repository(view.root), look_up=look_up, unaffected=unaffected)
    if written.left_out:
        door.say(f"{written.left_out:,} results, the least severe, are left out: GitHub rejects a larger file")
    door.emit(written.document)


def _emit_openvex(view: View, door: Door) -> None:
    from outpace.formats import openvex

    content = openvex.document(view)
    if content is None:
        kept = f"; {door.output} is left as it was" if door.output is not None and door.output.exists() else ""
        door.say(f"nothing is exposed or unknown, and OpenVEX has no document without a statement{kept}")
    else:
        door.emit(content)


def _in_repository(root: str) -> str:
    """The folder that the files are named from, as the repository names it: what GitHub shows starts at its root."""
    here = Path(root)
    top = next((place for place in (here, *here.parents) if root and (place / ".git").exists()), here)
    return "" if top == here else f"{here.relative_to(top).as_posix()}/"
