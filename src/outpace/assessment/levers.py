"""The steps of modernization: when each is due, what it would save by simulation, and what would prove that it worked.

Each is simulated by itself, against the present: the days that two of them save do not add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from statistics import median
from types import MappingProxyType

from msgspec import Struct

from outpace.assessment.counting import of_episodes
from outpace.assessment.episodes import Episode, History
from outpace.assessment.evidence import Count
from outpace.assessment.gates import AssessedGate
from outpace.assessment.latency import ENDED
from outpace.assessment.legacy import Sign, in_words
from outpace.assessment.ordering import ON_TESTS, ordered
from outpace.assessment.plan import Lever, StageName, StageTime, Step
from outpace.assessment.rehearsal import Rehearsal, Way, quickest
from outpace.assessment.sooner import DAILY, SMALL, as_it_is, as_quick, begun_daily, like, no_later_than, tagged_quickly
from outpace.assessment.stage_times import over
from outpace.pipelines.surveyed import Absent, Bot, Present, Survey
from outpace.statistics.curves import Estimate

EFFORT: Mapping[Lever, float] = MappingProxyType(
    {
        "scanning": 1,
        "lock file": 2,
        "landing bot": 2,
        "urgent lane": 3,
        "gates": 5,
        "tests": 10,
        "staging": 10,
        "legacy": 40,
    }
)
"""Days of work of one team, by rule of thumb: what orders the steps, and no estimate of any team's own."""

REMEASURED = timedelta(days=90)  # a quarter: a step has come into use, and one that did not work is mended in time
NOTICEABLE = 0.05  # of an episode's days, and of the share of a stage
LATE = 3.0  # days until the first commit, from which on a bot that lands is none of the urgent kind
PROGRAMS = 10  # fixes of which a fastest quarter is told
FEWEST = 5  # on each side of a comparison
SLOWER = 2.0  # times, from which on a major version is what holds a fix up


class Ground(Struct, frozen=True, kw_only=True):
    """What steps stand on. `rehearsal` is a string where nothing can be simulated: why."""

    history: History
    survey: Survey
    gates: tuple[AssessedGate, ...]
    stages: tuple[StageTime, ...]
    rehearsal: Rehearsal | str
    legacy: tuple[Sign, ...]
    at: date

    def stage(self, name: StageName) -> StageTime | None:
        return next((stage for stage in self.stages if stage.name == name), None)

    def lacks_tests(self) -> bool:
        return isinstance(self.survey.tests, Absent)


class Saved(Struct, frozen=True, kw_only=True):
    days: Estimate | None
    why: str = ""


def _simulated(found: Estimate | str, why: str) -> Saved:
    return Saved(days=None, why=found) if isinstance(found, str) else Saved(days=found, why=why)


def steps(ground: Ground) -> tuple[Step, ...]:
    return ordered([step for due in DUE for step in due(ground) if _is_worth_it(step)], ground.stages)


def _is_worth_it(step: Step) -> bool:
    return step.saves is None or (step.saves.value or 0.0) >= NOTICEABLE


def _step(
    ground: Ground, lever: Lever, saved: Saved, *, says: str, because: str, proof: str, counts: tuple[Count, ...] = ()
) -> Step:
    rests_on_tests = lever in ON_TESTS and ground.lacks_tests()
    return Step(
        lever=lever,
        says=says,
        because=f"{because}{_beyond_median(ground, saved)}",
        saves=saved.days,
        effort_days=EFFORT[lever] + (EFFORT["tests"] if rests_on_tests else 0),
        why=saved.why,
        proof=proof,
        measured_again=ground.at + REMEASURED if date.max - ground.at >= REMEASURED else None,
        counts=counts,
    )


def _beyond_median(ground: Ground, saved: Saved) -> str:
    """A mean may save more than half of all took: whoever reads both asks how."""
    usual = None if isinstance(ground.rehearsal, str) else ground.rehearsal.median
    if saved.days is None or usual is None or (saved.days.value or 0.0) <= usual:
        return ""
    return f" That is more than the median wait of {usual:.1f} days: it is a mean, and some take long."


def _tests(ground: Ground) -> Iterator[Step]:
    if isinstance(ground.survey.tests, Absent):
        yield _step(
            ground,
            "tests",
            Saved(days=None, why="no time with tests can be compared with one without; what lands alone needs them"),
            says="Let CI run tests on every change, so that a green run may stand for somebody's look.",
            because=f"All {ground.survey.tests.read} jobs of CI could be read, and none of them runs a test.",
            proof="CI turns red where a change to a lock file takes a fix back",
        )


def _lock_file(ground: Ground) -> Iterator[Step]:
    locks = [lock for lock in ground.history.locks if lock.counted and lock.last is None]
    lost = [each for each in ground.history.episodes if each.state == "unpinned"]
    waits = "1 wait" if len(lost) == 1 else f"{len(lost)} waits"
    if not locks:
        because = "No lock file is in the last revision, so that nothing says which versions are deployed."
    elif lost:
        because = f"{waits} could be followed no further: a pin became a range or a bare name."
    else:
        return
    yield _step(
        ground,
        "lock file",
        Saved(days=None, why="how long a version stays is not seen where none is pinned"),
        says="Pin every version that is deployed in a lock file, made by the tool that installs it.",
        because=because,
        proof="outpace match knows the version of every package",
        counts=(of_episodes(waits, lost),) if locks else (),
    )


def _landing_bot(ground: Ground) -> Iterator[Step]:
    bots, before = ground.survey.bots, ground.stage("until the first commit")
    is_late = before is not None and (before.median.value or 0.0) > LATE
    lands = any(bot.lands for bot in bots)
    if not ground.history.episodes or (lands and not is_late):
        return
    says = "Let a bot propose each fix within a day of its advisory, and land it when the tests pass."
    if lands:
        says = "Take fixes of vulnerabilities out of the bot's schedule, groups and cool-down: each within a day."
    whole = ground.stage("until it landed")
    where = "" if whole is None else f", and {_of(whole)} pass before a fix has landed"
    if before is not None:
        where = f", and {_of(before)} pass before the first commit"
    told = before or whole
    yield _step(
        ground,
        "landing bot",
        _by_bot(ground),
        says=says,
        because=f"{_told(bots)}{where}.",
        proof="the first commit of a fix comes within a day of its advisory, at the median",
        counts=() if told is None else (_counts(told),),
    )


def _told(bots: Sequence[Bot]) -> str:
    if not bots:
        return "No update bot is configured"
    names = ", ".join(sorted({bot.name for bot in bots}))
    if any(bot.lands for bot in bots):
        waits = max((bot.cool_down_days or 0 for bot in bots), default=0)
        return f"What is proposed ({names}) lands by itself{f', after a cool-down of {waits} days' if waits else ''}"
    if all(bot.lands is False for bot in bots):
        return f"A bot is configured ({names}), and may not land a change"
    return f"A bot is configured ({names}), and nothing says that it lands what it proposes"


def _by_bot(ground: Ground) -> Saved:
    rehearsal = ground.rehearsal
    wait = ground.stage("until the first commit") or ground.stage("until it landed")
    if wait is not None and wait.is_over:
        return Saved(days=None, why=over(wait))
    if isinstance(rehearsal, str):
        return Saved(days=None, why=rehearsal)
    if rehearsal.pool.is_split:
        return _simulated(
            rehearsal.saves(begun_daily),
            "simulated: but for major versions begun within a day, and landed as the fastest quarter is today",
        )
    programs = [d.before for d in rehearsal.pool.donors if d.has_ended and d.by_bot and d.jump in SMALL]
    if len(programs) < PROGRAMS:
        return Saved(
            days=None,
            why=f"the wait cannot be split, and {len(programs)} smaller fixes were of programs ({PROGRAMS} are needed)",
        )
    fastest = quickest(programs)
    return _simulated(
        rehearsal.saves(no_later_than(fastest)),
        f"simulated: but for major versions as fast as the fastest quarter of {len(programs)} fixes of programs "
        f"here, at most {fastest[-1]:.1f} days",
    )


def _urgent_lane(ground: Ground) -> Iterator[Step]:
    branch = ground.stage("on the branch")
    if branch is None or branch.share < NOTICEABLE:
        return
    rehearsal = ground.rehearsal
    if isinstance(rehearsal, str) or branch.is_over:
        saved, quick = Saved(days=None, why=over(branch) if branch.is_over else str(rehearsal)), ""
    else:
        fastest = rehearsal.pool.quick_branch
        quick = f"; the fastest quarter took at most {fastest[-1]:.1f} days"
        kind = "past the departures that landings wait for, and " if rehearsal.way.trains else ""
        saved = _simulated(
            rehearsal.saves(as_quick),
            f"simulated: {kind}but for major versions landed as the fastest quarter is today",
        )
    yield _step(
        ground,
        "urgent lane",
        saved,
        says="Approve beforehand what moves one locked package to its fix with green tests: it lands at once, alone.",
        because=f"{_of(branch)} pass on the branch{quick}.",
        proof="such a fix is on its branch no longer than the fastest quarter is today",
        counts=(_counts(branch),),
    )


def _staging(ground: Ground) -> Iterator[Step]:
    tag = ground.stage("until a tag")
    counts = ()
    if tag is not None and tag.is_over and tag.lately is not None and (tag.lately.median.value or 0.0) <= DAILY:
        return
    if tag is not None and tag.share >= NOTICEABLE:
        because = f"{_of(tag)} pass between landing and the first tag that holds the fix."
        saved, counts = _by_staging(ground, tag), (_counts(tag),)
    elif isinstance(ground.survey.deploys, Absent):
        because = f"All {ground.survey.deploys.read} jobs of CI could be read, and none of them deploys."
        saved = Saved(days=None, why="when a fix runs is not told by git; outpace record deployed would tell it")
    else:
        return
    yield _step(
        ground,
        "staging",
        saved,
        says="Let what landed go to a staging environment by itself, be probed there, and be released the same day.",
        because=because,
        proof="a fix is in a release within a day of its landing, at the median",
        counts=counts,
    )


def _by_staging(ground: Ground, tag: StageTime) -> Saved:
    if tag.is_over:
        return Saved(days=None, why=over(tag))
    if isinstance(ground.rehearsal, str):
        return Saved(days=None, why=ground.rehearsal)
    return _simulated(
        ground.rehearsal.saves(tagged_quickly, draws="tags"),
        "simulated: released as fast as the fastest quarter is today",
    )


def _scanning(ground: Ground) -> Iterator[Step]:
    match ground.survey.scans:
        case Absent(read=read):
            because = f"All {read} jobs of CI could be read, and none of them looks for known vulnerabilities."
        case Present() if _waved_through(ground.survey):
            because = "Every scan in CI is waved through when it finds something."
        case _:
            return
    yield _step(
        ground,
        "scanning",
        Saved(days=None, why="a history does not tell when somebody here knew; outpace record known would tell it"),
        says="Match the lock file with new advisories every day in CI, and let a finding open a change.",
        because=because,
        proof="each advisory is known here within a day (the milestone known of outpace record)",
    )


def _waved_through(survey: Survey) -> bool:
    scans = [task for each in survey.pipelines for job in each.jobs for task in job.tasks if task.does == "scan"]
    return bool(scans) and all(task.blocking is False for task in scans)


def _gates(ground: Ground) -> Iterator[Step]:
    manual = [gate for gate in ground.gates if gate.manual or gate.wait is not None]
    if not manual:
        return
    waits = [gate.wait for gate in manual if gate.wait is not None]
    rehearsal, days = ground.rehearsal, sum(waits, timedelta()) / timedelta(days=1)
    if not waits:
        saved = Saved(days=None, why="no wait of a gate is declared; write it into [[gates]] of outpace.toml")
    elif isinstance(rehearsal, str):
        saved = Saved(days=None, why=rehearsal)
    else:
        saved = _simulated(
            rehearsal.saves(as_it_is, Way(trains=rehearsal.way.trains)),
            "simulated: the declared waits are taken to begin when a fix has landed",
        )
    many = f"{len(manual)} gate waits" if len(manual) == 1 else f"{len(manual)} gates wait"
    declared = f", {days:.1f} days in all as declared" if waits else ""
    yield _step(
        ground,
        "gates",
        saved,
        says="Let evidence open the gates that wait for somebody, and keep a person for what it cannot show.",
        because=f"{many} for somebody{declared}.",
        proof="the declared waits are shorter, and each opening names its evidence",
    )


def holds_fixes_up(history: History) -> bool:
    """Whether what needs a major version waits far longer than what needs a patch: then the system itself is slow."""
    major, patch = _by_need(history)
    return min(len(major), len(patch)) >= FEWEST and _median(major) > SLOWER * max(_median(patch), 1.0)


def _by_need(history: History) -> tuple[list[Episode], list[Episode]]:
    ended = [each for each in history.episodes if each.state in ENDED]
    return [e for e in ended if e.needed == "major"], [e for e in ended if e.needed == "patch"]


def _legacy(ground: Ground) -> Iterator[Step]:
    major, patch = _by_need(ground.history)
    slower = holds_fixes_up(ground.history)
    because = [in_words(ground.legacy)] if ground.legacy else []
    if slower:
        because.append(
            f"For {len(major)} fixes the advisories name a major version at the least, and they took "
            f"{_median(major):.1f} days at the median; for {len(patch)} they name a patch: {_median(patch):.1f}."
        )
    if because:
        yield _step(
            ground,
            "legacy",
            _by_patches(ground) if slower else Saved(days=None, why="too few fixes needed a major version to compare"),
            says="Move runtimes and frameworks to branches that are supported, so that fixes come as patches.",
            because=" ".join(because),
            proof="fixes that need a major version become rarer, and none is open for want of one",
            counts=_of_jumps(major, patch),
        )


def _by_patches(ground: Ground) -> Saved:
    if isinstance(ground.rehearsal, str):
        return Saved(days=None, why=ground.rehearsal)
    patches = [d for d in ground.rehearsal.pool.donors if d.has_ended and d.needed == "patch"]
    if len(patches) < FEWEST:
        return Saved(days=None, why=f"the branches of only {len(patches)} patches were kept")
    return _simulated(
        ground.rehearsal.saves(like(patches, lambda donor: donor.needed == "major")),
        "simulated: what needed a major version takes as long as a patch does here, though the two may differ more",
    )


DUE: tuple[Callable[[Ground], Iterator[Step]], ...] = (
    _tests,
    _lock_file,
    _scanning,
    _landing_bot,
    _urgent_lane,
    _gates,
    _staging,
    _legacy,
)


def _median(episodes: Sequence[Episode]) -> float:
    return median(each.days for each in episodes)


def _of(stage: StageTime) -> str:
    return f"{_share(stage)} of the waiting days ({stage.median.value or 0:.1f} days at the median)"


def _share(stage: StageTime) -> str:
    return f"{stage.share:.0%}"


def _counts(stage: StageTime) -> Count:
    return Count(says=_share(stage), of=stage.of)


def _of_jumps(major: Sequence[Episode], patch: Sequence[Episode]) -> tuple[Count, ...]:
    return (of_episodes(f"{len(major)} fixes", major), of_episodes(f"{len(patch)} they name a patch", patch))
