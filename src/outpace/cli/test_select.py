"""`outpace test select`: the tests that a change needs, each with its reason, or all of them, and why."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli import testing
from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.app.test_select import Answer, Suite
    from outpace.bootstrap.testing import TestPlace

EPILOG = """\
Each test is compared with its record: functions, modules, files (absent ones and listings too), environment,
distributions and children that it depended on when it was green. What has no whole record is selected.

exit status: 0 decided; 10 unknown; 2 usage; 3 without an environment; 4 without a sandbox

  outpace test select --record
  outpace test select --since main --record
  outpace test select --why tests/test_shop.py::test_price
"""
DECIDED, UNKNOWN = 0, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument(
        "--since", metavar="BASE", help="record BASE where nothing is recorded yet, and list what changed since"
    )
    parser.add_argument("--record", action="store_true", help="record the tests that have no whole record")
    parser.add_argument(
        "--why", metavar="TEST", help="say what selected a test, or prove that nothing it depends on changed"
    )
    parser.add_argument(
        "--explained",
        metavar="REASON",
        help="why tests turned red without having been selected; until this is said, everything runs",
    )
    testing.arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.app import test_select as app
    from outpace.bootstrap.testing import test_place
    from outpace.formats import test_select as formats
    from outpace.model import times
    from outpace.model.unknown import Unknown

    with test_place(Path.cwd(), testing.asked(args), report=door.report) as here:
        kept = app.Kept(results=here.cache, key=key(here))
        if args.explained:
            app.explain(kept, args.explained)
        told = app.select(
            suite(here, here.tree),
            kept,
            now=times.now(),
            record=args.record,
            base=(lambda: _suite_of(here, args.since)) if args.since else None,
            since=_changed(here, args.since),
        )
    why = _named(told, args.why) if args.why and not isinstance(told, Unknown) else ()
    door.emit(formats.answer(told, why) if door.form == "json" else formats.text(told, why))
    return UNKNOWN if isinstance(told, Unknown) or told.unknown is not None else DECIDED


def key(here: TestPlace) -> str:
    from outpace.app.test_select import key_of

    head = here.repository.head()
    return key_of(f"{here.application.path}:{here.application.name}", here.repository.root_commits(head))


def suite(here: TestPlace, tree: Path, revision: str | None = None) -> Suite:
    from outpace.app.test_select import Suite

    commit = revision or here.repository.head()
    tags = here.repository.tags_at(commit)
    release = tags[0] if tags and not here.repository.dirty() else ""
    return Suite(inside=here.inside(tree), root=str(tree), words=here.words, commit=commit, release=release)


def _suite_of(here: TestPlace, base: str) -> Suite:
    revision = _resolved(here, base)
    return suite(here, here.tree_of(revision), revision)


def _resolved(here: TestPlace, base: str) -> str:
    from outpace.model.errors import UsageError

    revision = here.repository.resolve(base)
    if revision is None:
        raise UsageError(f"there is no revision {base!r}", hint="name a branch, a tag or a commit: --since main")
    return revision


def _changed(here: TestPlace, base: str | None) -> frozenset[str] | None:
    if base is None:
        return None
    changed = here.repository.changed(_resolved(here, base), here.repository.head())
    return frozenset({*(path for _, path in changed), *here.repository.dirty()})


def _named(told: Answer, word: str) -> tuple[str, ...]:
    """The test of that name, else those whose name holds it. Raises UsageError where there is none."""
    from outpace.model.errors import UsageError

    found = tuple(test for test in told.world.tests if word == test) or tuple(
        test for test in told.world.tests if word in test
    )
    if not found:
        raise UsageError(f"there is no test {word!r}", hint="name one as pytest does: tests/test_shop.py::test_price")
    return found
