"""A proposal is judged: the ladder of its task's kind, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from outpace.app.climb import Climbed, Ground, climb
from outpace.app.climb_findings import Analysis
from outpace.app.climb_mends import MendGround, climb_mend
from outpace.app.climb_runs import Tree
from outpace.app.climb_tests import TestGround, climb_test
from outpace.app.climb_upgrades import UpgradeGround, climb_upgrade
from outpace.model.fact import digest_of
from outpace.model.proof import Proof
from outpace.model.times import now
from outpace.proving.ladder import powers
from outpace.proving.ladder.lent import Own
from outpace.proving.ladder.patch import PLAIN, PROGRAM, Patch
from outpace.proving.ladder.rungs import EXPLAINED, MEND_EXPLAINED, TEST_EXPLAINED, UPGRADE_EXPLAINED
from outpace.proving.ladder.shape import matches, wrong_with
from outpace.proving.ladder.worth import powers_of_tests
from outpace.proving.tasks import Kind, Task

LADDER_VERSION = 7
"""Raised when the same proposal may get another answer."""
BESIDE = frozenset({powers.CLOCK, powers.THREADS, powers.DATABASE})
"""What a test that comes beside a fix may do too: it is not what is judged, and runs in none of the trials."""
LADDERS: Mapping[Kind, Mapping[str, str]] = {
    "code-fix": EXPLAINED,
    "upgrade": UPGRADE_EXPLAINED,
    "test": TEST_EXPLAINED,
    "mend": MEND_EXPLAINED,
}


class Candidate(Struct, frozen=True, kw_only=True):
    """`name` is how it is shown: a revision, or the digest of a diff."""

    patch: Patch
    name: str

    @property
    def digest(self) -> str:
        return digest_of("patch", self.patch)


class Place(Protocol):
    """Trees, and the project's own Python over them. `bootstrap.judging.JudgePlace` is one."""

    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def tier(self) -> str: ...
    @property
    def report(self) -> Callable[[str], None]: ...
    def at(self, revision: str, patch: Patch | None = None) -> Tree:
        """A copy of its own of a revision's files, with the patch laid out on them."""
        ...

    def texts(self, revision: str) -> Mapping[str, str]:
        """Of the files that are text, by path."""
        ...

    def files(self, tree: Tree) -> Mapping[str, str]:
        """Digests of what lies there now, by path."""
        ...

    def own(self, revision: str) -> Own: ...

    def upgrade(self, task: Task, candidate: Candidate, tested: Path) -> UpgradeGround: ...


def judge(
    task: Task, candidate: Candidate, place: Place, *, whole: bool = False, analysis: Analysis | None = None
) -> Proof:
    """The same task and candidate give the same answer; it is not kept here. `whole` asks every rung, whatever came
    before it: for an exam of the ladder. `analysis` is by the analyzer that the task names."""
    fixes = task.advisories
    match task.kind:
        case "code-fix":
            climbed = _code_fix(task, candidate.patch, place, analysis, whole=whole)
        case "test":
            climbed = _test(task, candidate.patch, place, whole=whole)
        case "mend":
            climbed = _mend(task, candidate.patch, place)
        case "upgrade":
            found = climb_upgrade(task, candidate.patch, _upgrade(task, candidate, place))
            climbed, fixes = found.climbed, found.proof.fixes if found.proof else fixes
    return Proof(
        base=task.base,
        revision=candidate.name,
        fixes=fixes,
        conclusion=climbed.conclusion,
        checks=climbed.checks,
        tier=place.tier,
        digest=proof_digest(task, candidate.patch, analysis),
        at=now(),
    )


def proof_digest(task: Task, patch: Patch, analysis: Analysis | None = None) -> str:
    """Of the question alone: the same on every machine, and another where the ladder may answer otherwise."""
    return digest_of("ladder", LADDER_VERSION, task, patch, *((analysis.digest,) if analysis else ()))


def _code_fix(task: Task, patch: Patch, place: Place, analysis: Analysis | None, *, whole: bool) -> Climbed:
    plain = _writable(patch) if whole else _plain(patch, task)
    ground = Ground(
        base=place.at(task.base),
        change=place.at(task.base, plain),
        tested=place.at(task.base, _without_created(patch, task)),
        another=lambda other: place.at(task.base, _writable(other) if whole else _plain(other, task)),
        whole=whole,
        words=place.words,
        own=place.own(task.base),
        in_tests=powers_of_tests(place.texts(task.base), place.own(task.base)) | BESIDE,
        find=analysis.find if analysis else None,
        report=place.report,
    )
    return climb(task, patch, ground)


def _test(task: Task, patch: Patch, place: Place, *, whole: bool) -> Climbed:
    plain = _writable(patch) if whole else _plain(patch, task)
    ground = TestGround(
        base=place.at(task.base),
        change=place.at(task.base, plain),
        another=lambda: place.at(task.base, plain),
        words=place.words,
        texts=place.texts(task.base),
        files=place.files,
        own=place.own(task.base),
        whole=whole,
        report=place.report,
    )
    return climb_test(task, patch, ground)


def _mend(task: Task, patch: Patch, place: Place) -> Climbed:
    ground = MendGround(
        before=place.at(task.before),
        base=place.at(task.base),
        change=place.at(task.base, _plain(patch, task)),
        words=place.words,
        old=place.texts(task.before),
        new=place.texts(task.base),
        files=place.files,
        own=place.own(task.base),
        report=place.report,
    )
    return climb_mend(task, patch, ground)


def _upgrade(task: Task, candidate: Candidate, place: Place) -> UpgradeGround:
    tested = place.at(task.base, _without_created(candidate.patch, task))
    return place.upgrade(task, candidate, tested.root)


def _plain(patch: Patch, task: Task) -> Patch:
    """What may be laid out: the first rung refuses all of it where any file is anything else."""
    return Patch(files=tuple(file for file in patch.files if not wrong_with(file, task.limits)))


def _writable(patch: Patch) -> Patch:
    """All that can be laid out, also what no task allows: so that the rungs behind the first have something to say."""
    plain = (PLAIN, PROGRAM)
    return Patch(files=tuple(each for each in patch.files if each.mode_after in plain and each.mode_before in plain))


def _without_created(patch: Patch, task: Task) -> Patch:
    """The tests of base, without those that the change brings for itself."""
    own = tuple(
        file for file in _plain(patch, task).files if file.before is not None or not matches(task.created, file.path)
    )
    return Patch(files=own)
