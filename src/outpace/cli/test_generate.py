"""`outpace test generate`: tests where there are none, from what the code does."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli import testing
from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.bootstrap.testing import TestPlace
    from outpace.testing.generation import Generation

EPILOG = """\
Functions and classes are called with many arguments, in forks in the sandbox, over a copy of the files. A test is kept
only if it kills a mutant or takes a branch that no other one does, those that are there included; it is asserted only
what is the same in another process, zone and time. What looks like a bug is listed, and asserted nowhere. The same seed
gives the same files.

TARGET is a file, a folder or a module, with ::function behind it or not (default: the application without its tests)

exit status: 0 done; 10 nothing could be generated; 2 usage; 3 without an environment; 4 without a sandbox

  outpace test generate src/shop/prices.py
  outpace test generate shop.prices --write
  outpace test generate src/shop/prices.py::discount --budget 20000 --seed 7
"""
DONE, NOTHING = 0, 10
BUDGET = 4000


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.set_defaults(begins_anew=True)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="what is tested")
    parser.add_argument("--write", action="store_true", help="write the files: all or none, never over another")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another search (default: 1)")
    parser.add_argument(
        "--budget",
        type=_count,
        default=BUDGET,
        metavar="N",
        help=f"programs tried in the search for one module (default: {BUDGET})",
    )
    testing.arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.bootstrap.testing import test_place
    from outpace.engines.test_sources import write_all
    from outpace.formats import test_generate as formats
    from outpace.testing.generation import Enough, Generated

    written: tuple[str, ...] = ()
    with test_place(Path.cwd(), testing.asked(args), report=door.report) as here:
        found = _found(args, here)
        files = [(each.path, each.text) for each in found if isinstance(each, Generated)]
        if args.write and files:
            written = write_all(here.root, files)
            _remember(here, found)
    door.emit(formats.answer(found, written) if door.form == "json" else formats.text(found, written))
    return DONE if any(isinstance(each, Generated | Enough) for each in found) else NOTHING


def _found(args: argparse.Namespace, here: TestPlace) -> tuple[Generation, ...]:
    from outpace.bootstrap.generating import generated

    files = testing.targets(here, args.targets, "generate")
    return generated(here, here.tree, here.repository.present(), files, seed=args.seed, budget=args.budget)


def _remember(here: TestPlace, found: tuple[Generation, ...]) -> None:
    """Beside the repository, not in it: what each test is kept for."""
    import msgspec

    from outpace.app.test_generate import provenance
    from outpace.model.fact import digest_of

    kept = provenance(found)
    for path, tests in kept.items():
        here.cache.put(digest_of("generated tests", str(here.root), path), msgspec.json.encode(tests))


def _count(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is no number of programs")
    return number
