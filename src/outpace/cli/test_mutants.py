"""`outpace test mutants`: what a project's tests notice, and what they let pass."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli import testing
from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.app.test_mutants import How
    from outpace.bootstrap.testing import TestPlace
    from outpace.testing.mutants.targets import Chosen
    from outpace.testing.mutants.trial import Trial

FORMATS = ("text", "json", "html")
EPILOG = """\
Each mutant is one small change of the code, tried in a fork of its own by the tests that reach it. The files are
mutated as they lie here, edits included, in a copy; the project is not written to. Verdicts are kept: a second run
tries only what changed, and a run that was ended goes on. `outpace assess` tells of the last run over a whole
commit.

TARGET is a file, a folder or a module, with ::function behind it or not (default: the application without its tests)

exit status: 0 no survivor; 10 survivors, or unknown; 2 usage; 3 without an environment; 4 without a sandbox

  outpace test mutants
  outpace test mutants src/shop/prices.py::discount
  outpace test mutants --since main
  outpace test mutants --sample 200 --seed 7
  outpace test mutants --format html --output mutants.html
"""
NONE_LEFT, SURVIVORS = 0, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.set_defaults(formats=FORMATS)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="what is mutated")
    parser.add_argument("--since", metavar="BASE", help="only functions that changed since this commit or branch")
    parser.add_argument("--sample", type=_count, default=0, metavar="N", help="only N of them, drawn at random")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another sample (default: 1)")
    parser.add_argument("--repeat", action="store_true", help="run each kill twice, and once without its mutant")
    parser.add_argument(
        "--imports", action="store_true", help="also try what runs only on import, importing anew for each (slow)"
    )
    parser.add_argument("--fresh", action="store_true", help="try all of them again, whatever earlier runs said")
    testing.arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.app.test_mutants import How
    from outpace.bootstrap.testing import test_place
    from outpace.formats import test_mutants as formats
    from outpace.testing.mutants.score import score_of, survivors

    how = How(sample=args.sample, seed=args.seed, repeat=args.repeat, imports=args.imports)
    with test_place(Path.cwd(), testing.asked(args), report=door.report) as here:
        trial = _trial(args, here, how)
        name = here.application.name
        if not args.targets and args.since is None and trial.doubt is None:
            score = score_of(trial.tried)
            here.keep_strength(score.judged, score.killed, score.unreached, trial.sampled_of)
    match door.form:
        case "json":
            door.emit(formats.answer(trial))
        case "html":
            from outpace.formats.report import mutants_page

            door.emit(mutants_page.page(trial, name))
        case _:
            door.emit(formats.text(trial))
    return SURVIVORS if trial.doubt is not None or survivors(trial) else NONE_LEFT


def _trial(args: argparse.Namespace, here: TestPlace, how: How) -> Trial:
    from outpace.app.test_mutants import Nothing, Suite, try_mutants

    files = _files(args, here)
    suite = Suite(inside=here.inside(), root=str(here.tree), words=here.words, environment=here.built.digest)
    return try_mutants(suite, files, how, kept=Nothing() if args.fresh else here.verdicts)


def _files(args: argparse.Namespace, here: TestPlace) -> tuple[Chosen, ...]:
    from outpace.app import test_mutants as app

    files = testing.targets(here, args.targets, "mutants")
    if not args.since:
        return files
    base = _base(here, args.since)
    return app.since(
        files,
        lambda path: here.repository.read(base, path),
        lambda path: testing.content_in(here.tree, path) or b"",
    )


def _base(here: TestPlace, named: str) -> str:
    """Where what is here began to differ from it. Raises UsageError."""
    from outpace.model.errors import UsageError

    revision = here.repository.resolve(named)
    if revision is None:
        raise UsageError(f"there is no revision {named!r}", hint="name a branch, a tag or a commit: --since main")
    return here.repository.merge_base(revision, here.repository.head()) or revision


def _count(word: str) -> int:
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is no number of mutants")
    return number
