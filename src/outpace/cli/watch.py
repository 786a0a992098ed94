"""`outpace watch`."""

from __future__ import annotations

import argparse
import time

from outpace.cli.door import Door
from outpace.cli.respond import once, shared_arguments

EPILOG = """\
Runs `respond` again and again; one JSON object a line with --format json. An error of one round is told, and the next
round comes. Stop it with an interrupt: nothing is lost.

exit status: 0 after --rounds; 2 usage; 130 interrupted

  outpace watch --every 15m
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.set_defaults(advisory=None)
    parser.add_argument("--every", metavar="TIME", help="90s, 15m, 1h, 7d (default: watch_every of outpace.toml)")
    parser.add_argument("--rounds", type=int, metavar="N", help="stop after so many (default: never)")
    shared_arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.formats.respond import answer, text
    from outpace.model.errors import EngineError, Refused, UsageError

    if args.rounds is not None and args.rounds < 1:
        raise UsageError(f"{args.rounds} rounds are none", hint="outpace watch --rounds 1, or leave it out")
    every = _seconds(args)
    done = 0
    while True:
        try:
            view = once(args, door)
            door.emit(answer(view, indent=0) if args.form == "json" else text(view))
        except (EngineError, Refused) as error:
            door.fail(error)
        done += 1
        if args.rounds is not None and done >= args.rounds:
            return 0
        door.report(f"looking again in {every} s")
        time.sleep(every)


def _seconds(args: argparse.Namespace) -> int:
    from pathlib import Path

    from outpace import bootstrap
    from outpace.model.errors import UsageError
    from outpace.pipelines.configuration import seconds_of

    if args.every is not None:
        try:
            return seconds_of(args.every)
        except ValueError as error:
            raise UsageError(str(error), hint="outpace watch --every 15m") from error
    with bootstrap.workplace(Path.cwd(), name=args.name, report=door_silent) as here:
        return seconds_of(here.setup.configuration.watch_every)


def door_silent(_: str) -> None:
    pass
