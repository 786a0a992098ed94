"""Makes a task of what was asked for, and keeps it."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec import structs

from outpace.model.errors import BadInput, NotFound, UsageError

if TYPE_CHECKING:
    from outpace.app.climb_runs import Tree
    from outpace.bootstrap.judging import JudgePlace
    from outpace.proving.tasks import Task
    from outpace.testing.mutants.targets import Chosen
    from outpace.testing.mutants.trial import Trial

LARGEST = 1 << 20
SHOWN, NAMED = 20, 5
LIKE_AN_ADVISORY = re.compile(r"GHSA(-\w{4}){3}|[A-Za-z][A-Za-z0-9]*-(?=.*\d)[\w.:-]+", re.IGNORECASE)
LIKE_AN_ID = re.compile(r"[0-9a-f]{4,10}")
MADE_OF = (
    "name a task (task-...), an advisory (PYSEC-2023-83), a function (PATH::FUNCTION), a red test (PATH::TEST), or a "
    "file that says a task (fix.toml): outpace task --help"
)


def task_of(here: JudgePlace, what: str, *, before: str | None = None) -> Task:
    """By its id, a file, an advisory, a test or a function. Raises NotFound, BadInput, UsageError."""
    from outpace.app.task_book import found, noted_task
    from outpace.bootstrap.red_tests import mend
    from outpace.model.times import now

    path, _, name = what.partition("::")
    is_code = bool(path) and (bool(name) or path.endswith(".py"))
    is_mend = is_code and is_test(path)
    if before is not None and not is_mend:
        raise UsageError(f"--before does not go with {what}", hint="it goes with a red test: PATH::TEST --before REV")
    if what.startswith("task-") or LIKE_AN_ID.fullmatch(what):
        return found(here.history, what)
    if what.endswith(".toml"):
        task = _from_file(here, Path(what))
    elif is_mend:
        task = mend(here, what, before)
    elif is_code:
        task = _test(here, what)
    elif LIKE_AN_ADVISORY.fullmatch(what):
        task = _upgrade(here, what)
    else:
        raise NotFound(f"nothing can be made a task of {what!r}", hint=MADE_OF)
    here.facts.add([noted_task(task).fact(here.subject, now())])
    return task


def is_test(path: str) -> bool:
    from outpace.testing.mutants.targets import TESTS

    place = PurePosixPath(path)
    in_tests = not TESTS.isdisjoint(part.lower() for part in place.parts[:-1])
    return in_tests or place.name.startswith("test_") or place.name.endswith("_test.py")


def placed(here: JudgePlace, path: str) -> str:
    """As the repository calls it, wherever it was named from: its root, the application, or the current directory."""
    known = frozenset(here.repository.paths(here.repository.head()))
    below = posixpath.normpath(posixpath.join(here.application.path, path))
    candidates = (posixpath.normpath(path), below, from_here(here, path))
    return next((each for each in candidates if each in known), candidates[0])


def from_here(here: JudgePlace, path: str) -> str:
    """The same file as the root calls it."""
    return Path(os.path.relpath(os.path.realpath(here.cwd / path), os.path.realpath(here.root))).as_posix()


def no_such_file(here: JudgePlace, path: str, behind: str = "") -> NotFound:
    """With what was perhaps meant."""
    head = here.repository.head()
    if not path.startswith(("/", "..")) and (here.root / path).is_file():
        return NotFound(
            f"{path} is not committed, and a task starts from a commit", hint=f"git add {path}, then git commit"
        )
    python = [each for each in here.repository.paths(head) if each.endswith(".py")]
    by_name = {PurePosixPath(each).name: each for each in reversed(python)}
    near = [by_name[each] for each in get_close_matches(PurePosixPath(path).name, by_name, 1, cutoff=0.75)]
    meant = f"did you mean {'::'.join((near[0], behind)) if behind else near[0]}? " if near else ""
    return NotFound(
        f"there is no {path} in {head[:12]}", hint=f"{meant}name a file as it lies in the repository, committed"
    )


def _from_file(here: JudgePlace, path: Path) -> Task:
    from outpace.app.task_book import from_file

    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise NotFound(
            f"{path} cannot be read: {error.strerror}", hint="name a file that says a task, as docs/tasks.md shows it"
        ) from error
    if len(content) > LARGEST:
        raise BadInput(f"{path} has more than {LARGEST >> 20} MiB", hint="docs/tasks.md shows what a task holds")
    task = from_file(content, str(path), here.repository.head())
    task = structs.replace(
        task,
        base=_commit(here, path, "base", task.base),
        before=_commit(here, path, "before", task.before) if task.before else "",
    )
    _check_subject(here, path, task)
    return task


def _commit(here: JudgePlace, path: Path, key: str, named: str) -> str:
    """Its full id, so that the task stays the same when a branch moves on."""
    found = here.repository.resolve(named)
    if found is None:
        raise BadInput(
            f"{path} is no task: {key} = {named!r} names no commit that is here",
            hint="git log --oneline names them" + ("" if key == "before" else "; without base, it is of HEAD"),
        )
    return found


def _check_subject(here: JudgePlace, path: Path, task: Task) -> None:
    """Of a test: functions that are there at its base; of a mend: a file that is."""
    for subject in task.subject:
        try:
            if task.kind == "test":
                _chosen(here, task.base, subject)
            elif here.repository.read(task.base, subject.partition("::")[0]) is None:
                raise no_such_file(here, subject.partition("::")[0])
        except NotFound as error:
            raise BadInput(f"{path} is no task: {error.message}", hint=error.hint) from error


def _upgrade(here: JudgePlace, advisory: str) -> Task:
    from outpace.app.task_book import for_upgrade

    ids = here.workplace.source.aliases([advisory]) | {advisory}
    change = next(iter(here.history.changes(ids)), None)
    if change is None and not here.workplace.source.named([advisory]):
        raise NotFound(f"the advisory data has no advisory {advisory}", hint=f"outpace advisories update, or {MADE_OF}")
    revision = change.revision if change else here.repository.head()
    return for_upgrade(here.history, advisory, ids, here.repository.paths(revision))


def _test(here: JudgePlace, what: str) -> Task:
    """Raises UsageError where nothing lives, since there is nothing to test."""
    from outpace.app.climb_tests import subjects_of
    from outpace.app.task_book import for_test

    head = here.repository.head()
    named, _, function = what.partition("::")
    path = placed(here, named)
    subject = f"{path}::{function}" if function else path
    functions = _chosen(here, head, subject).functions or ()
    here.report(f"trying mutants of {subject} with the tests that are there")
    trial = _tried(here, here.at(head), subjects_of(tuple(f"{path}::{each}" for each in functions) or (subject,)))
    evidence = tuple(_living(trial))
    if not trial.tried:
        raise UsageError(
            f"{subject} holds nothing that could be changed in a small way, so no gap can be told",
            hint="name a function that computes or decides something",
        )
    if not evidence:
        raise UsageError(
            f"the tests notice every mutant of {subject}: there is no gap to fill",
            hint="outpace test mutants shows where they notice less",
        )
    tests = _tests_folder(here, head)
    return for_test(path, function, base=head, evidence=evidence, tests=tests, functions=functions)


def _chosen(here: JudgePlace, revision: str, subject: str) -> Chosen:
    """A file, and what of it. Raises NotFound with a few of the functions that are there."""
    from outpace.inside.units import REMAINDER, units_of
    from outpace.testing.mutants.targets import NoSuchTarget, chosen
    from outpace.testing.sources import source_of

    path, _, function = subject.partition("::")
    content = here.repository.read(revision, path)
    if content is None:
        raise no_such_file(here, path, function)
    found = chosen([path], [subject], read=lambda _: source_of(content))
    if isinstance(found, NoSuchTarget):
        there = [each for each in units_of(source_of(content)) if each != REMAINDER]
        few = tuple(dict.fromkeys((*found.nearest, *there)))
        named = ", ".join(few[:NAMED]) + (f" and {len(few) - NAMED} more" if len(few) > NAMED else "")
        raise NotFound(
            f"there is no function or class with functions {function!r} in {path} at {revision[:12]}",
            hint=f"it has {named}: outpace task {path}::{few[0]}" if few else "it has no functions",
        )
    return found[0]


def _tried(here: JudgePlace, tree: Tree, chosen: tuple[Chosen, ...]) -> Trial:
    from outpace.app.test_mutants import How, Suite, try_mutants

    trial = try_mutants(Suite(inside=tree.inside, root=str(tree.root), words=here.words), chosen, How())
    if trial.doubt is not None:
        settled = trial.doubt.would_settle or "a suite that runs: outpace test run"
        raise BadInput(
            f"mutants could not be tried: {trial.doubt.why}",
            hint=f"{settled}; where there is no test yet, outpace test generate writes some",
        )
    return trial


def _living(trial: Trial) -> Iterator[str]:
    from outpace.testing.mutants.trial import Survived, Unreached

    alive = [each for each in trial.tried if isinstance(each.verdict, Survived | Unreached)]
    for each in alive[:SHOWN]:
        mutant = each.mutant
        how = "no test runs it" if isinstance(each.verdict, Unreached) else "no test notices it"
        yield f"{each.path}:{mutant.line} in {mutant.function}: {mutant.before} could be {mutant.after}, and {how}"
    if len(alive) > SHOWN:
        yield f"and {len(alive) - SHOWN} more"


def _tests_folder(here: JudgePlace, revision: str) -> str:
    """Where most tests lie."""
    from collections import Counter

    folders = Counter(
        path.rpartition("/")[0]
        for path in here.repository.paths(revision)
        if path.rpartition("/")[2].startswith("test_") and path.endswith(".py")
    )
    return folders.most_common(1)[0][0] or "tests" if folders else "tests"
