"""`outpace replay`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door

EPILOG = """\
Each recorded request is sent to the old release, to the new one, and to the old one again: what differs between two
answers of the old release is noise, and is said. GET, HEAD and OPTIONS alone are sent, but with --unsafe-methods. In a
repository with an outpace.toml, `ignore` and `unordered` of [applications.edge.record] hold here, too.

A set of Python's has an order of its own in each process: name a second process of the old release in another --old, or
start what you compare with PYTHONHASHSEED=0. Without a second one it is said which differences are of order alone.

A difference that is meant is accepted by the beginning of its digest, for this pair of releases and this once.

exit status: 0 the releases answer alike, but for what is expected or accepted; 10 they differ, or nothing could be
compared; 2 it is no recording, or nothing differs that was accepted; 3 nothing answers at one of the addresses

  outpace replay recording.jsonl --old http://a:8001 --new http://a:8002
  outpace replay recording.jsonl --old http://a:8001 --new http://a:8002 \\
      --advisory PYSEC-2023-83
"""
SAME, ACTION_NEEDED = 0, 10
RATE = 50.0
MOST_OLD = 2


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("recording", type=Path, metavar="RECORDING", help="the file of recorded exchanges")
    parser.add_argument(
        "--old",
        required=True,
        metavar="URL",
        action="append",
        help="where the old release answers; given twice: and where another process of it does",
    )
    parser.add_argument("--new", required=True, metavar="URL", help="where the new release answers")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument(
        "--advisory",
        metavar="ID",
        help="what its probe in outpace.toml describes may differ, since the fix is meant to",
    )
    parser.add_argument(
        "--ignore", metavar="NAME", action="append", default=[], help="a field or a header to leave out"
    )
    parser.add_argument(
        "--unordered", metavar="NAME", action="append", default=[], help="a field whose lists have no order"
    )
    parser.add_argument(
        "--accept", metavar="DIGEST", action="append", default=[], help="a difference that is meant; needs --reason"
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help="why what is accepted is right")
    parser.add_argument("--old-release", metavar="DIGEST", default="", help="what the old release is called")
    parser.add_argument("--new-release", metavar="DIGEST", default="", help="what the new release is called")
    parser.add_argument("--rate", type=_rate, default=RATE, metavar="N", help="requests a second, in all (50)")
    parser.add_argument(
        "--unsafe-methods", action="store_true", help="send POST and the like too, to environments that are thrown away"
    )


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= 100_000:
        raise argparse.ArgumentTypeError(f"{text} is no rate")
    return rate


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.app.replay import Plan, insist_on_answers, known, probes_of, replayed
    from outpace.bootstrap.replaying import recording_at, replays, somebody
    from outpace.delivery.exchanges.expected import Acceptance
    from outpace.formats.replay import answer, text
    from outpace.model.errors import UsageError
    from outpace.model.times import now

    if args.accept and not args.reason.strip():
        raise UsageError("a difference is accepted with a reason", hint='--reason "why it is right"')
    if len(args.old) > MOST_OLD or (len(args.old) > 1 and args.unsafe_methods):
        raise UsageError(
            "another process of the old release is asked what changes nothing, and no third one is",
            hint="give --old twice without --unsafe-methods, or once",
        )
    old, *beside = args.old
    recording = recording_at(args.recording)
    ignore, unordered = known(None)
    probes = ()
    if args.advisory or args.name or Path("outpace.toml").is_file():
        from outpace import bootstrap

        with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
            ignore, unordered = known(here.setup.application)
            probes = probes_of(args.advisory, here.setup.probes) if args.advisory else ()
    at, by = now(), somebody()
    plan = Plan(
        old_url=old,
        new_url=args.new,
        beside=beside[0] if beside else "",
        ignore=(*ignore, *args.ignore),
        unordered=(*unordered, *args.unordered),
        expected=probes,
        accepted=tuple(Acceptance(digest=each, reason=args.reason, by=by, at=at) for each in args.accept),
        releases=(args.old_release or old, args.new_release or args.new),
        unsafe_methods=args.unsafe_methods,
        rate=args.rate,
    )
    view = replayed(recording, plan, replays(door.report))
    insist_on_answers(view.comparison)
    door.emit(answer(view) if args.form == "json" else text(view))
    return SAME if view.comparison.same else ACTION_NEEDED
