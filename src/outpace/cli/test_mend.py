"""`outpace test mend`: why a change turned tests red, and the edits where only the tests are behind."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli import testing
from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.testing.mending.mended import Mended

EPILOG = """\
Each test that was green at BASE and is red now gets a class: regression, mechanical, behavioral, brittle,
infrastructure or unknown, with the evidence. Edits are proposed only where a name, a place or a signature changed, and
only after proof; a regression is never mended. For behavioral and brittle tests an edit may be shown that is proved
alike; it is written for the tests that --accept names. Without --write nothing is written,
and what was red is red still.

exit status: 0 nothing red, or all mended and written; 10 tests that are red still, or unknown; 2 usage; 3 without an
environment or libcst; 4 without a sandbox

  outpace test mend
  outpace test mend main..HEAD
  outpace test mend v1.4 --write
  outpace test mend v1.4 --write --accept tests/test_shop.py::test_total
"""
ALL_MENDED, STILL_RED = 0, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument(
        "range",
        nargs="?",
        metavar="BASE[..HEAD]",
        help="two commits or branches (default: from where the default branch was left to the files as they lie here)",
    )
    parser.add_argument("--write", action="store_true", help="write the verified mechanical edits into the tests here")
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="TEST_ID",
        help="with --write: write also the edit proposed for this behavioral or brittle test (repeatable)",
    )
    testing.arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.app.test_mend import mend
    from outpace.bootstrap import mending
    from outpace.bootstrap.testing import test_place
    from outpace.formats import test_mend as formats
    from outpace.model.errors import UsageError
    from outpace.testing.mending.mended import is_settled, refusal

    if args.write and args.range and ".." in args.range:
        raise UsageError(
            "--write puts edits into the files as they lie here, which BASE..HEAD does not look at",
            hint="name the base alone: outpace test mend BASE --write",
        )
    if args.accept and not args.write:
        raise UsageError("--accept says which edits to write, and nothing is written", hint="add --write")
    edits = mending.edits()
    with test_place(Path.cwd(), testing.asked(args), report=door.report) as here:
        sides = mending.sides(here, args.range)
        told = mend(
            sides.suite, sides.change, sides.span, edits, base=sides.base, write=sides.write, accepted=args.accept
        )
        refused = refusal(told, args.accept) if told.unknown is None else ""
        if refused:
            raise UsageError(f"nothing was written: {refused}", hint="see what is proposed: outpace test mend")
        written = _written(told, here.root) if args.write else ()
    door.emit(formats.answer(told, written) if door.form == "json" else formats.text(told, written))
    return ALL_MENDED if is_settled(told, written) else STILL_RED


def _written(told: Mended, root: Path) -> tuple[str, ...]:
    """What has changed since it was read is left alone."""
    written: list[str] = []
    for file in told.files:
        place = root / file.path
        if not place.is_symlink() and place.read_bytes() == file.before.encode():
            place.write_bytes(file.after.encode())
            written.append(file.path)
    return tuple(written)
