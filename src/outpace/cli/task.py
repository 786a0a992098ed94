"""`outpace task`: what is asked for, within which limits, and by what it will be judged."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli import testing
from outpace.cli.door import Door

EPILOG = """\
A task is made of one of these:

  PATH::FUNCTION  a function, or a whole file: a test that notices what its
                  tests let pass
  PATH::TEST      a test that is red: the test, mended
                  (--before REV: where it was green)
  ADVISORY        one whose upgrade the suite refuted: code that works with it
  FILE.toml       one that somebody wrote: a code fix with its witness
                  (docs/tasks.md)

and is known by its id from then on; the beginning of that is enough. The brief is Markdown, for a person or an agent.
What is held out is not in it.

exit status: 0 printed; 2 usage, no such thing, or nothing to ask for; 3 a tool failed, or there is no environment or no
advisory data; 4 no sandbox

  outpace task src/shop/prices.py::total
  outpace task tests/test_prices.py::test_total --before main
  outpace task PYSEC-2023-83
  outpace task task-4f1e20c9aa
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("what", nargs="?", metavar="WHAT", help="see below; without it, the tasks that were given")
    parser.add_argument("--before", metavar="REV", help="for a red test: a commit at which it was green")
    testing.arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.app.judge import LADDERS
    from outpace.app.task_book import given
    from outpace.bootstrap.judging import judge_place
    from outpace.bootstrap.tasks import task_of
    from outpace.formats import task as formats

    with judge_place(Path.cwd(), testing.asked(args), report=door.report) as here:
        if args.what is None:
            tasks = tuple(given(here.history).values())
            door.emit(formats.listed(tasks) if door.form == "json" else formats.rows(tasks))
            return 0
        task = task_of(here, args.what, before=args.before)
    ladder = LADDERS[task.kind]
    door.emit(formats.answer(task, ladder) if door.form == "json" else formats.brief(task, ladder))
    return 0
