"""`outpace test run`: a project's own tests in the sandbox: green, red or unknown."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli import testing
from outpace.cli.door import Door

EPILOG = """\
The files are run as they lie here, edits included, in a copy; the project is not written to.

exit status: 0 green; 10 red or unknown; 2 usage; 3 without an environment; 4 without a sandbox

  outpace test run
  outpace test run --python .venv/bin/python --format json
"""
GREEN, NOT_GREEN = 0, 10
SECONDS = 1800.0


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    testing.arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.app.test_run import run_tests
    from outpace.bootstrap.testing import test_place
    from outpace.formats import test_run as formats
    from outpace.model.test_run import Green

    with test_place(Path.cwd(), testing.asked(args), report=door.report) as here:
        result = run_tests(here.inside(), here.words, seconds=SECONDS)
    door.emit(formats.answer(result) if door.form == "json" else formats.text(result))
    return GREEN if isinstance(result, Green) else NOT_GREEN
