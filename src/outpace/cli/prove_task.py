"""`outpace prove --task`: any change, from anybody, judged by what a task asks for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.app.judge import Candidate
    from outpace.bootstrap.judging import JudgePlace
    from outpace.proving.tasks import Task

PROVED, NOT_PROVED = 0, 10
MOST = 50
LARGEST = 5 << 20
ONLY_WITHOUT = ("select", "untested", "base", "grant")


def run_task(args: argparse.Namespace, door: Door) -> int:
    from outpace.app.task_book import Way, check_attempts, found
    from outpace.bootstrap.judging import judge_place
    from outpace.bootstrap.testing import Asked
    from outpace.bootstrap.verdict import judged
    from outpace.formats import prove as formats
    from outpace.model.errors import UsageError
    from outpace.model.proof import Proved

    wrong = next((name for name in ONLY_WITHOUT if getattr(args, name)), None)
    if wrong is not None:
        raise UsageError(
            f"--{wrong} does not go with --task", hint="the task says what is compared, what runs and what is granted"
        )
    asked = Asked(name=args.name, python=args.python, unsafe_no_sandbox=args.unsafe_no_sandbox)
    with judge_place(Path.cwd(), asked, report=door.report) as here:
        task = found(here.history, args.task)
        candidate = _candidate(here, task, args.revision)
        check_attempts(here.history, task, candidate.digest, most=MOST)
        proof = judged(here, task, candidate, Way(), revision=lambda _: here.repository.resolve(candidate.name) or "")
    match door.form:
        case "json":
            door.emit(formats.answer(proof, None))
        case "junit":
            door.emit(formats.report(proof))
        case _:
            door.emit(formats.text(proof, None))
    return PROVED if isinstance(proof.conclusion, Proved) else NOT_PROVED


def _candidate(here: JudgePlace, task: Task, named: str | None) -> Candidate:
    """Raises NotFound, BadInput."""
    from outpace.app.judge import Candidate
    from outpace.model.errors import NotFound
    from outpace.model.fact import digest_of

    if named is None:
        patch = here.from_working_tree(task)
        return Candidate(patch=patch, name=f"files-{digest_of('patch', patch)[:6]}")
    if named == "-" or Path(named).is_file():
        diff = sys.stdin.buffer.read(LARGEST) if named == "-" else _read(Path(named))
        patch = here.from_diff(task, diff, "the diff on the standard input" if named == "-" else named)
        return Candidate(patch=patch, name=f"diff-{digest_of('patch', patch)[:7]}")
    revision = here.repository.resolve(named)
    if revision is None:
        raise NotFound(
            f"there is no file, branch or revision {named!r}",
            hint="name a diff, a branch, or nothing: the files as they lie here",
        )
    return Candidate(patch=here.from_revision(task, revision), name=revision)


def _read(path: Path) -> bytes:
    from outpace.model.errors import BadInput

    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}", hint="name a diff that can be read") from error
