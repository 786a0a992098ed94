"""A red test as a task: it is there and red at what is checked out, and was green at a commit before."""

from __future__ import annotations

import posixpath
from difflib import get_close_matches
from typing import TYPE_CHECKING

from outpace.model.errors import BadInput, Error, NotFound, UsageError
from outpace.model.unknown import Unknown

if TYPE_CHECKING:
    from outpace.app.climb_runs import Tree
    from outpace.bootstrap.judging import JudgePlace
    from outpace.proving.tasks import Task
    from outpace.testing.told import Result

NAMED = 4
LONGEST = 300
WHERE_GREEN = "name a commit at which it was green: --before REV"


def mend(here: JudgePlace, test: str, before: str | None) -> Task:
    """Raises NotFound where there is no such test, UsageError where it is not red, or was not green before."""
    from outpace.app.task_book import for_mend
    from outpace.testing.told import GREEN

    if "::" not in test:
        raise UsageError(f"{test} names no test", hint="outpace test run names them: PATH::TEST")
    test = _called(here, test)
    head = here.repository.head()
    red = _outcome(here, head, test)
    if red.outcome in GREEN:
        raise UsageError(f"{test} is green at {head[:12]}: there is nothing to mend", hint="outpace test run")
    was = _before(here, before, head, test)
    try:
        earlier = _outcome(here, was, test)
    except NotFound as error:
        raise UsageError(f"{test} is not there at {was[:12]}", hint=WHERE_GREEN) from error
    if earlier.outcome not in GREEN:
        raise UsageError(f"{test} is not green at {was[:12]}: it is {earlier.outcome}", hint=WHERE_GREEN)
    return for_mend((test,), base=head, before=was, evidence=(f"{test} is red: {red.message[:LONGEST]}",))


def _outcome(here: JudgePlace, revision: str, test: str) -> Result:
    """Raises NotFound where it is not collected, BadInput where nothing runs."""
    from outpace.app.climb_runs import outcomes
    from outpace.bootstrap.tasks import no_such_file

    path = test.partition("::")[0]
    if not _is_there(here, revision, path):
        raise no_such_file(here, path)
    here.report(f"running {test} as it is at {revision[:12]}")
    tree = here.at(revision)
    found = outcomes(tree, here.words, [test])
    if isinstance(found, Unknown):
        raise _not_collected(here, tree, revision, test) or _did_not_run(revision, found.why)
    if test not in found:
        raise _did_not_run(revision, f"nothing was said of {test}")
    return found[test]


def _called(here: JudgePlace, test: str) -> str:
    """As pytest calls it: by a path from the root or from where the suite is started; it may be named from here."""
    from outpace.bootstrap.tasks import from_here

    path, _, name = test.partition("::")
    asked = posixpath.normpath(path)
    there = _is_there(here, here.repository.head(), asked)
    return "::".join((asked if there else from_here(here, path), name))


def _is_there(here: JudgePlace, revision: str, path: str) -> bool:
    start = here.application.test_path or here.application.path
    places = (path, posixpath.normpath(posixpath.join(start, path)))
    return any(here.repository.read(revision, each) is not None for each in places)


def _did_not_run(revision: str, why: str) -> BadInput:
    return BadInput(f"the tests of {revision[:12]} did not run: {why}", hint="outpace test run says more")


def _not_collected(here: JudgePlace, tree: Tree, revision: str, test: str) -> Error | None:
    """Why it is none of the tests that pytest finds; None where it is one."""
    from outpace.app.climb_runs import SECONDS, STEADY
    from outpace.testing.told import Outcomes, rows_of

    request = {"words": here.words, "ids": (), "seconds": SECONDS}
    rows = rows_of(tree.inside.ask("outcomes", request, seconds=SECONDS, env=STEADY), Outcomes)
    if isinstance(rows, Unknown) or not rows or rows[0].status:
        return None
    path, known = test.partition("::")[0], rows[0].collected
    if test in known:
        return None
    broken = next((each for each in rows[0].broken if each.file == path), None)
    if broken is not None:
        return UsageError(
            f"{path} cannot be imported at {revision[:12]}: {' '.join(broken.why.split())[-LONGEST:]}",
            hint="a test is mended that runs and is red; what its file needs comes first",
        )
    cases = [each for each in known if each.startswith(f"{test}[")]
    in_file = [each for each in known if each.startswith(f"{path}::")]
    near = cases or get_close_matches(test, in_file, NAMED) or in_file
    return NotFound(
        f"there is no test {test} in {revision[:12]}",
        hint=f"there are {', '.join(near[:NAMED])}" if near else "outpace test run names those that there are",
    )


def _before(here: JudgePlace, named: str | None, head: str, test: str) -> str:
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
        raise UsageError(
            f"{head[:12]} is the first commit here: there is no earlier one at which {test} was green",
            hint="a red test is mended against a commit at which it was green: commit both, then --before REV; in a "
            "shallow clone, git fetch --unshallow",
        )
    return parents[0]
