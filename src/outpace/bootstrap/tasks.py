"""Makes a task of what was asked for, and keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.model.errors import BadInput, NotFound, UsageError

if TYPE_CHECKING:
    from outpace.app.climb_runs import Tree
    from outpace.bootstrap.judging import JudgePlace
    from outpace.proving.tasks import Task
    from outpace.testing.mutants.targets import Chosen
    from outpace.testing.mutants.trial import Trial

LARGEST = 1 << 20
SHOWN = 20


def task_of(here: JudgePlace, what: str, *, before: str | None = None) -> Task:
    """By its id, a file, an advisory, a test or a function. Raises NotFound, BadInput, UsageError."""
    from outpace.app.task_book import found, noted_task
    from outpace.model.times import now

    if what.startswith("task-"):
        return found(here.history, what)
    if what.endswith(".toml"):
        task = _from_file(here, Path(what))
    elif "::" in what or what.endswith(".py"):
        path = what.partition("::")[0]
        task = _mend(here, what, before) if _is_test(path) else _test(here, what)
    else:
        task = _upgrade(here, what)
    here.facts.add([noted_task(task).fact(here.subject, now())])
    return task


def _is_test(path: str) -> bool:
    from outpace.testing.mutants.targets import product

    return not product((path,))


def _from_file(here: JudgePlace, path: Path) -> Task:
    from outpace.app.task_book import from_file

    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}", hint="name a file that says a task") from error
    if len(content) > LARGEST:
        raise BadInput(f"{path} has more than {LARGEST >> 20} MiB", hint="docs/tasks.md shows what a task holds")
    return from_file(content, str(path), here.repository.head())


def _upgrade(here: JudgePlace, advisory: str) -> Task:
    from outpace.app.task_book import for_upgrade

    ids = here.workplace.source.aliases([advisory]) | {advisory}
    change = next(iter(here.history.changes(ids)), None)
    revision = change.revision if change else here.repository.head()
    return for_upgrade(here.history, advisory, ids, here.repository.paths(revision))


def _test(here: JudgePlace, what: str) -> Task:
    """Raises UsageError where nothing lives, since there is nothing to test."""
    from outpace.app.climb_tests import subjects_of
    from outpace.app.task_book import for_test

    head = here.repository.head()
    path, _, function = what.partition("::")
    if here.repository.read(head, path) is None:
        raise NotFound(f"there is no {path} in {head[:12]}", hint="name a file that is committed: PATH::FUNCTION")
    chosen = subjects_of((what,))
    here.report(f"trying mutants of {what} with the tests that are there")
    trial = _tried(here, here.at(head), chosen)
    evidence = tuple(_living(trial))
    if not evidence:
        raise UsageError(
            f"the tests notice every mutant of {what}: there is no gap to fill",
            hint="outpace test mutants shows where they notice less",
        )
    return for_test(path, function, base=head, evidence=evidence, tests=_tests_folder(here, head))


def _tried(here: JudgePlace, tree: Tree, chosen: tuple[Chosen, ...]) -> Trial:
    from outpace.app.test_mutants import How, Suite, try_mutants

    trial = try_mutants(Suite(inside=tree.inside, root=str(tree.root), words=here.words), chosen, How())
    if trial.doubt is not None:
        raise BadInput(
            f"mutants could not be tried: {trial.doubt.why}", hint=trial.doubt.would_settle or "outpace test run"
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


def _mend(here: JudgePlace, test: str, before: str | None) -> Task:
    """Raises UsageError where it is not red, or was not green before."""
    from outpace.app.climb_runs import outcomes
    from outpace.app.task_book import for_mend
    from outpace.model.unknown import Unknown
    from outpace.testing.told import GREEN

    if "::" not in test:
        raise UsageError(f"{test} names no test", hint="outpace test run names them: PATH::TEST")
    head = here.repository.head()
    was = _before(here, before, head)
    said: list[str] = []
    for revision in (was, head):
        found = outcomes(here.at(revision), here.words, [test])
        if isinstance(found, Unknown):
            raise BadInput(f"the tests of {revision[:12]} did not run: {found.why}", hint="outpace test run")
        outcome = found.get(test)
        is_green = outcome is not None and outcome.outcome in GREEN
        if revision == was and not is_green:
            raise UsageError(f"{test} is not green at {was[:12]}", hint="name a commit at which it was: --before REV")
        if revision == head and is_green:
            raise UsageError(f"{test} is green at {head[:12]}: there is nothing to mend", hint="outpace test run")
        said.append(outcome.message[:300] if outcome is not None else "it is not there")
    return for_mend((test,), base=head, before=was, evidence=(f"{test} is red: {said[-1]}",))


def _before(here: JudgePlace, named: str | None, head: str) -> str:
    if named is not None:
        found = here.repository.resolve(named)
        if found is None:
            raise UsageError(f"there is no revision {named!r}", hint="name a branch, a tag or a commit: --before main")
        return found
    branch = here.repository.default_branch() or "HEAD"
    start = here.repository.resolve(branch)
    left = here.repository.merge_base(start, head) if start else None
    if left and left != head:
        return left
    parents = here.repository.parents(head)
    if not parents:
        raise UsageError("the first commit has nothing before it", hint="name a commit: --before REV")
    return parents[0]
