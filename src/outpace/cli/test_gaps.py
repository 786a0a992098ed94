"""`outpace test gaps`: what the tests of changed functions let pass, and the tests that close it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli import testing
from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.app.test_gaps import Found
    from outpace.bootstrap.testing import TestPlace
    from outpace.testing.gaps.filling import FileEdit, Filling
    from outpace.testing.gaps.gaps import Changed

FORMATS = ("text", "json", "patch")
EPILOG = """\
Gaps are outcomes of conditions that no test takes, and small changes of the code that no test notices. First one
assertion is added to a test that already reaches such a change, else a test is added beside its relatives. Each is kept
only if it is red on what it was made for, green in ten random orders, and leaves nothing behind. Where no test comes
near enough, a search begins with what the tests call.

Without TARGET: the functions that changed since BASE (default: where this branch left the default one, else the last
commit). With TARGET and without --since: those, changed or not.

exit status: 0 no gap; 10 gaps, or unknown; 2 usage; 3 without an environment; 4 without a sandbox

  outpace test gaps
  outpace test gaps --since main --format patch | git apply
  outpace test gaps src/shop/prices.py::discount --write
"""
NO_GAPS, GAPS = 0, 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.set_defaults(formats=FORMATS)
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help="a file, a folder or a module, or one's ::function"
    )
    parser.add_argument("--since", metavar="BASE", help="functions that changed since this commit or branch")
    parser.add_argument("--write", action="store_true", help="write the edits: all of them, or none")
    parser.add_argument(
        "--executions",
        type=_count,
        default=4000,
        metavar="N",
        help="how many runs of a test may be spent on making tests, a search in proportion to them (default: 4000; 0: "
        "gaps are only listed)",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="try other inputs (default: 1)")
    testing.arguments(parser)


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.bootstrap.testing import test_place
    from outpace.engines.test_edits import write_edits
    from outpace.formats import test_gaps as formats
    from outpace.testing.gaps.filling import patch

    with test_place(Path.cwd(), testing.asked(args), report=door.report) as here:
        found, filling, edits = _found(args, here)
        if args.write:
            write_edits(here.root, edits)
    told = formats.Told(found=found, filling=filling, edits=edits, written=args.write)
    match door.form:
        case "json":
            door.emit(formats.answer(told))
        case "patch":
            door.emit(patch(edits))
        case _:
            door.emit(formats.text(told))
    return GAPS if found.gaps or found.unknown is not None else NO_GAPS


def _found(args: argparse.Namespace, here: TestPlace) -> tuple[Found, Filling, tuple[FileEdit, ...]]:
    from outpace.app import test_filling, test_judging
    from outpace.app.test_gaps import find
    from outpace.app.test_mutants import Suite

    def read(path: str) -> bytes:
        return (here.tree / path).read_bytes()

    changed, sources = _changed(args, here)
    suite = Suite(inside=here.inside(), root=str(here.tree), words=here.words)
    found = find(suite, changed, sources, kept=here.verdicts)
    asked = test_filling.Asked(executions=args.executions, seed=args.seed)
    filling = test_filling.fill(suite, found, asked)
    files = test_judging.Files(
        read=read, write=lambda path, content: _put(here.tree / path, content), report=here.report
    )
    filling = test_judging.judge(suite, found, filling, files, seed=args.seed)
    edits = tuple(test_filling.file_edits(filling.kept, read))
    return found, filling, edits


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _changed(args: argparse.Namespace, here: TestPlace) -> tuple[tuple[Changed, ...], dict[str, str]]:
    from outpace.app import test_mutants
    from outpace.app.test_gaps import changed_in
    from outpace.testing.sources import source_of

    def after(path: str) -> bytes:
        return testing.content_in(here.tree, path) or b""

    files = testing.targets(here, args.targets, "gaps")
    base = None if args.targets and not args.since else _base(args.since, here)

    def before(path: str) -> bytes | None:
        return here.repository.read(base, path) if base else after(path)

    chosen = test_mutants.since(files, before, after) if base else files
    changed = changed_in(chosen, before, after, here.repository.churn)
    return changed, {each.path: source_of(after(each.path)) for each in changed}


def _base(named: str | None, here: TestPlace) -> str:
    """Where what is here began to differ from it; without a name, from the default branch. Raises UsageError."""
    from outpace.model.errors import UsageError

    repository = here.repository
    head = repository.head()
    if named is not None:
        revision = repository.resolve(named)
        if revision is None:
            raise UsageError(f"there is no revision {named!r}", hint="name a branch, a tag or a commit: --since main")
        return repository.merge_base(revision, head) or revision
    default = repository.default_branch()
    resolved = next(filter(None, repository.resolved(f"origin/{default}", default)), None) if default else None
    return (repository.merge_base(resolved, head) if resolved else None) or head


def _count(word: str) -> int:
    number = int(word)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{number} is no number of executions")
    return number
