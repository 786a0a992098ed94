"""`outpace test run`: a project's own tests in the sandbox: green, red or unknown, with facts."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli import testing
from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.app.test_run import Change, Tests, Times
    from outpace.app.test_select import Answer, Kept
    from outpace.bootstrap.testing import TestPlace
    from outpace.model.unknown import Unknown
    from outpace.testing.result.costs import Runs
    from outpace.testing.result.records import Result, Survivor

EPILOG = """\
The files are run as they lie here, edits included, in a copy; the project is not written to. A test that was red and
is green when it runs again stays red, and is shown as flaky.

exit status: 0 green; 10 red or unknown; 2 usage; 3 without an environment; 4 without a sandbox

  outpace test run
  outpace test run --since main --jobs 4 --junit results.xml
  outpace test run --select
  outpace test run --slow
  outpace test run --from-junit results.xml --format json
"""
GREEN, NOT_GREEN = 0, 10
MOST_JOBS = 64


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--select", action="store_true", help="run only the tests that the change needs")
    parser.add_argument(
        "--since", metavar="BASE", help="say which functions and outcomes that changed since BASE no test takes"
    )
    parser.add_argument(
        "--complete", action="store_true", help="also record each of these tests alone, so that later runs can select"
    )
    parser.add_argument("--mutants", action="store_true", help="with --since: try mutants of the changed functions")
    parser.add_argument("--again", action="store_true", help="run each red test once more, alone, to see flaky ones")
    parser.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="side by side in N processes")
    parser.add_argument("--slow", action="store_true", help="name the slowest tests, fixtures, sleeps, and their cost")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML there too")
    parser.add_argument(
        "--from-junit", type=Path, metavar="FILE", help="run nothing: judge what another runner reported"
    )
    testing.arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.cli.door import write_whole
    from outpace.formats import test_run, test_run_junit, test_run_v1
    from outpace.model import times
    from outpace.model.test_run import Green
    from outpace.testing.result.costs import costs

    result, runs = _reported(args) if args.from_junit else _ran(args, door)
    if args.junit:
        write_whole(args.junit, test_run_junit.document(result, at=times.now()))
    dear = costs(result, runs) if runs is not None else ()
    door.emit(test_run_v1.answer(result, dear, runs) if door.form == "json" else test_run.text(result, dear, runs))
    return GREEN if isinstance(result.run, Green) else NOT_GREEN


def _reported(args: argparse.Namespace) -> tuple[Result, None]:
    from outpace.app.test_report import judged
    from outpace.bootstrap.reports import junit_at

    return judged(junit_at(args.from_junit)), None


def _ran(args: argparse.Namespace, door: Door) -> tuple[Result, Runs | None]:
    import msgspec

    from outpace.app.test_run import How, run_tests
    from outpace.app.test_run_selected import with_misses
    from outpace.bootstrap.testing import test_place
    from outpace.model.unknown import Unknown
    from outpace.testing.result.records import Result

    with test_place(Path.cwd(), testing.asked(args), report=door.report) as here:
        change = _change(args, here)
        tests, how = _tests(here), How(jobs=args.jobs, again=args.again, slow=args.slow)
        kept, told = _selection(args, here)
        if isinstance(told, Unknown):
            return Result(run=told), None
        choice = told.decision if told is not None and args.select else None
        result = run_tests(tests, how, choice=choice, change=change, times=_times(here))
        if told is None and result.red and kept.map() is not None:
            told = _by_records(here, kept)
        if told is not None:
            result = with_misses(result, told, kept, tests, how, commit=here.repository.head())
        if args.mutants and change is not None:
            result = msgspec.structs.replace(result, survivors=_survivors(here, change))
        return result, _runs(here) if args.slow else None


def _tests(here: TestPlace) -> Tests:
    from outpace.app.test_run import Tests

    return Tests(inside=here.inside(), root=str(here.tree), words=here.words, below=here.application.path)


def _times(here: TestPlace) -> Times:
    from outpace.app.test_run import Times, times_key

    application, repository = here.application, here.repository
    roots = repository.root_commits(repository.head())
    return Times(results=here.cache, key=times_key(f"{application.path}:{application.name}", roots))


def _selection(args: argparse.Namespace, here: TestPlace) -> tuple[Kept, Answer | Unknown | None]:
    """Both asked for and recorded in one go; None where neither was asked for."""
    from outpace.app import test_select as app
    from outpace.cli import test_select as selecting
    from outpace.model import times

    kept = app.Kept(results=here.cache, key=selecting.key(here))
    if not args.select and not args.complete:
        return kept, None
    suite = selecting.suite(here, here.tree)
    return kept, app.select(suite, kept, now=times.now(), record=args.complete)


def _by_records(here: TestPlace, kept: Kept) -> Answer | None:
    """What selection would have said, asked only where a test is red."""
    from outpace.app import test_select as app
    from outpace.cli import test_select as selecting
    from outpace.model import times
    from outpace.model.unknown import Unknown

    told = app.select(selecting.suite(here, here.tree), kept, now=times.now())
    return None if isinstance(told, Unknown) else told


def _change(args: argparse.Namespace, here: TestPlace) -> Change | None:
    from outpace.app.test_run import Change
    from outpace.model.errors import UsageError

    if not args.since:
        if args.mutants:
            raise UsageError("--mutants needs to know what changed", hint="name what to compare with: --since main")
        return None
    base = testing.base_of(here, args.since)
    return Change(
        base=args.since,
        paths=testing.changed_since(here, base),
        before=lambda path: here.repository.read(base, path),
        after=lambda path: testing.content_in(here.tree, path),
    )


def _survivors(here: TestPlace, change: Change) -> tuple[Survivor, ...] | Unknown:
    from outpace.app import test_mutants as app
    from outpace.app.test_run import survivors_in

    files = testing.targets(here, (), "mutants")
    suite = app.Suite(inside=here.inside(), root=str(here.tree), words=here.words)
    narrowed = app.since(files, change.before, lambda path: change.after(path) or b"")
    return survivors_in(app.try_mutants(suite, narrowed, app.How(), kept=here.verdicts))


def _runs(here: TestPlace) -> Runs:
    """What landed in the year before the newest commit; unknown in a shallow clone."""
    from datetime import timedelta

    from outpace.testing.result.costs import runs_of

    repository = here.repository
    head = repository.head()
    year = repository.commit_time(head) - timedelta(days=365)
    roots = repository.root_commits(head)
    young = repository.shallow() or any(repository.commit_time(root) > year for root in roots)
    return runs_of(None if young else repository.landed(head, year))


def _jobs(word: str) -> int:
    number = int(word)
    if not 1 <= number <= MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{number} is no number of processes from 1 to {MOST_JOBS}")
    return number
