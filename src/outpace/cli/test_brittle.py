"""`outpace test brittle`: tests that another order, clock, zone, locale, folder, seed or wording turns."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli import testing
from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.app.test_brittle import Suite
    from outpace.bootstrap.testing import TestPlace
    from outpace.testing.brittle.records import Kind
    from outpace.testing.ports import Inside

FORMATS = ("text", "json", "sarif")
EPILOG = """\
Each finding names the smallest condition that turns the test, and the command that shows it with pytest alone.
A test that differs between two plain runs is flaky, and no condition is blamed for it.

exit status: 0 nothing found; 10 findings, flaky tests or unknown; 2 usage; 3 without an environment; 4 without a
sandbox

  outpace test brittle
  outpace test brittle tests/test_shop.py::test_price --kinds order,alone,twice
  outpace test brittle --format sarif --output brittle.sarif
"""
NOTHING, SOMETHING = 0, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.set_defaults(formats=FORMATS)
    parser.add_argument(
        "tests", nargs="*", metavar="TEST", help="only these, named as pytest names them (default: all)"
    )
    parser.add_argument("--kinds", metavar="KIND,...", help="only these kinds of provocation (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="of orders and values (default: 1)")
    parser.add_argument(
        "--budget", type=int, default=20, metavar="N", help="runs of the suite that searching may cost (default: 20)"
    )
    testing.arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.app.test_brittle import Asked, provoked
    from outpace.bootstrap.testing import test_place
    from outpace.formats import test_brittle as formats
    from outpace.formats import test_brittle_sarif as sarif
    from outpace.model import times
    from outpace.model.unknown import Unknown

    asked = Asked(kinds=_kinds(args.kinds), tests=tuple(args.tests), seed=args.seed, times=args.budget)
    now = times.now()
    with test_place(Path.cwd(), testing.asked(args), report=door.report) as here:
        told = provoked(_suite(here), asked, now=now)
    match door.form:
        case "json":
            door.emit(formats.answer(told))
        case "sarif":
            door.emit(sarif.document(told, at=now))
        case _:
            door.emit(formats.text(told))
    if isinstance(told, Unknown) or told.findings or told.flaky or told.doubts:
        return SOMETHING
    return NOTHING


def _suite(here: TestPlace) -> Suite:
    from outpace.app.test_brittle import Suite

    def inside() -> tuple[Inside, str]:
        tree = here.another_tree()
        return here.inside(tree), str(tree)

    env = dict(here.application.test_env)
    return Suite(inside=inside, words=here.words, env=env, temporary=here.own_folders)


def _kinds(words: str | None) -> tuple[Kind, ...]:
    """Raises UsageError for one that there is not."""
    from outpace.model.errors import UsageError
    from outpace.testing.brittle.records import KINDS

    if words is None:
        return KINDS
    asked = [word.strip() for word in words.split(",") if word.strip()]
    wrong = next((word for word in asked if word not in KINDS), None)
    if wrong is not None or not asked:
        raise UsageError(f"there is no kind {wrong or words!r}", hint=f"the kinds are {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in asked)
