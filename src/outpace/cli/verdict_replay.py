"""`outpace verdict replay`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
A rollout leaves a trail: its budget, each look at the counters, and what the judge said. The judge is asked again with
the same looks, and must say the same, bit for bit. A last line that is torn, since the writer was killed, is left out.

exit status: 0 the verdicts follow from what was seen; 10 they do not, or it was written by rules of another version;
2 it is no trail

  outpace verdict replay rollout.jsonl
  outpace verdict replay rollout.jsonl --format json
"""
EQUAL, ACTION_NEEDED = 0, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("trail", type=Path, metavar="FILE", help="the trail of a rollout")


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.app.verdict_replay import replayed
    from outpace.formats.verdict_replay import answer, text

    told = replayed(args.trail)
    door.emit(answer(told) if args.form == "json" else text(told))
    return EQUAL if told.is_judged and not told.differs else ACTION_NEEDED
