"""`outpace prove`: what a machine can say of a change, whoever made it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli import proof_options
from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.app.prove_runs import Tools
    from outpace.bootstrap import Workplace
    from outpace.model.proof import Proof

EPILOG = """\
Compares a revision with a base: whether its code can be read and what it can do that it could not, which packages
moved against what the change says, the advisories again, fresh environments from both locks, imports, the suite and a
declared probe, all in the sandbox on base and on change.
The working tree is neither read nor touched.
With --task, a change is judged by what the task asks: the files as they lie here, a branch, a diff, or - for one that
is read from the standard input. Nothing is applied.

exit status: 0 only if proved; 10 refuted or undecided; 2 usage; 3 without advisory data; 4 without a sandbox

  outpace prove
  outpace prove fix/starlette --base main
  outpace prove feature/sync --grant "uses the network" --untested
  outpace prove --task task-4f1e20c9aa my.diff
  outpace prove --format junit --output proof.xml
"""
PROVED, NOT_PROVED = 0, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.set_defaults(formats=("text", "json", "junit"))
    parser.add_argument(
        "revision",
        nargs="?",
        metavar="BRANCH | REVISION | DIFF",
        help="the change (default: HEAD, and with --task the files as they lie here)",
    )
    parser.add_argument("--task", metavar="ID", help="judge it by this task: outpace task lists them")
    parser.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="with --task: a Python that has the project's dependencies and pytest",
    )
    parser.add_argument("--base", metavar="REV", help="compare with this (default: where the change began)")
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument(
        "--select", action="store_true", help="run only the tests that depend on what changed, and say so in the proof"
    )
    parser.add_argument(
        "--untested", action="store_true", help="run the suite once more, to name what of the change no test takes"
    )
    proof_options.arguments(parser, "the change")


def run(args: argparse.Namespace, door: Door) -> int:
    if args.task is not None:
        from outpace.cli.prove_task import run_task

        return run_task(args, door)
    from outpace import bootstrap
    from outpace.formats import prove as formats
    from outpace.model.proof import Proved

    proof_options.check_powers(args.grant)
    with bootstrap.workplace(Path.cwd(), name=args.name, report=door.report) as here:
        proof = _proved(args, door, here)
        coverage = here.source.coverage()
    match args.form:
        case "json":
            door.emit(formats.answer(proof, coverage))
        case "junit":
            door.emit(formats.report(proof))
        case _:
            door.emit(formats.text(proof, coverage, untested=args.untested))
    return PROVED if isinstance(proof.conclusion, Proved) else NOT_PROVED


def _proved(args: argparse.Namespace, door: Door, here: Workplace) -> Proof:
    from outpace.app.alone import keep, known, of_prove
    from outpace.app.prove import prove
    from outpace.app.prove_question import purpose_of, question, recorded_change
    from outpace.model.times import now

    repository, application = here.repository, here.setup.application
    recorded = known(lambda: here.facts, here.subject)
    asked = question(repository, application, args.revision, args.base, recorded)
    change = recorded_change(recorded, asked)
    here.bring_advisories(offline=args.offline)
    proof = prove(
        application,
        asked.base,
        asked.revision,
        purpose=change,
        tools=_tools(args, door, here),
        probes=here.setup.probes,
    )
    purpose, at = purpose_of(repository, asked, change), now()
    keep(
        lambda: here.facts,
        here.subject,
        lambda history: of_prove(
            proof,
            purpose,
            here.world,
            history,
            merge_base=repository.merge_base,
            probes=here.setup.probes,
            now=at,
            report=door.report,
        ),
        now=at,
        warn=door.say,
    )
    return proof


def _tools(args: argparse.Namespace, door: Door, here: Workplace) -> Tools:
    from outpace.bootstrap.changing import proof_tools
    from outpace.bootstrap.proving import with_looks

    waived = args.unsafe_no_sandbox
    tools = proof_tools(here.places, here.repository, here.world.rematch, report=door.report, unsafe_no_sandbox=waived)
    return with_looks(
        tools,
        here,
        select=args.select,
        untested=args.untested,
        unsafe_no_sandbox=waived,
        granted=frozenset(args.grant),
    )
