"""The measured present of a repository, simulated: whether it comes out as measured, then what a change would save.

Every episode is a donor of its times. A pass deals the donors out over the measured arrivals; what is still open takes
the times of a donor that lasted longer, which is how Kaplan and Meier's curve shares its mass out (Efron 1967). The
present and what it is compared with are dealt the same hands and throw the same dice (common random numbers), and the
interval is a bootstrap over the donors.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import median
from typing import NamedTuple, TypeAlias, TypeVar

from msgspec import Struct

from outpace.assessment.chronicle import Chronicle
from outpace.assessment.episodes import Episode, History
from outpace.assessment.gates import AssessedGate
from outpace.assessment.latency import ENDED, since_published
from outpace.assessment.simulation import Delay, Desk, Job, Phase, Train, simulate
from outpace.assessment.stage_times import is_split, passed, tag_span
from outpace.assessment.stages import tags_follow
from outpace.statistics.curves import Curve, Estimate, Span
from outpace.statistics.intervals import bootstrap
from outpace.statistics.survival import survival

T = TypeVar("T")
DAY = timedelta(days=1)
SEED = 20261126
FEWEST = 10  # that ended: of fewer, a mean says too little of the next
DEALT = 500  # at least so many fixes go through a simulation
APART = 3650.0  # days between deals, so that one does not queue behind another
RESAMPLES = 300
QUICK = 0.25  # the fastest quarter: what the repository itself has shown to be possible
TRAIN_GAP = 3.0  # days between landings, at the median, from which on they are departures
TOGETHER = 0.5  # of what landed, so many with another


class Donor(NamedTuple):
    """Days, as measured. `fix_after` None: nobody saw that a fix exists, so that nothing could have come sooner."""

    before: float
    branch: float
    has_ended: bool
    fix_after: float | None
    by_bot: bool | None
    jump: str
    landed_with: str
    tag: Span | None


class Case(NamedTuple):
    """One fix on its way; `dice` are its own, the same whatever is changed. `jump` is of whose times it has."""

    donor: int
    jump: str
    arrives: float
    before: float
    branch: float
    tag: float
    dice: tuple[float, float]


class Pool(Struct, frozen=True, kw_only=True):
    """`is_split`: the wait until the first commit and that on the branch are told apart; else all is `before`."""

    donors: tuple[Donor, ...]
    arrivals: tuple[float, ...]
    is_split: bool
    follows_tags: bool
    gaps: tuple[float, ...] = ()  # of departures, where landings are such
    quick_branch: tuple[float, ...] = ()  # the fastest quarter of the waits on a branch
    quick_tag: tuple[float, ...] = ()  # and of those for a tag


Change: TypeAlias = Callable[[Case, Pool], Case]


class Way(Struct, frozen=True, kw_only=True):
    """What a fix passes: before its branch, on it, to a tag, and the gates that somebody declared."""

    on_branch: Phase = Delay()
    gates: tuple[tuple[float, float], ...] = ()  # wait and touch, days

    def phases(self) -> list[Phase]:
        return [Delay(), self.on_branch, Delay(), *(phase for _ in self.gates for phase in (Desk(), Delay()))]

    def job(self, case: Case) -> Job:
        """A train is waited for at its station: what was measured on the branch is that wait."""
        branch = 0.0 if isinstance(self.on_branch, Train) else case.branch
        gates = (time for wait, touch in self.gates for time in (touch, max(wait - touch, 0.0)))
        return Job(case.arrives, (case.before, branch, case.tag, *gates))


class Rehearsal(Struct, frozen=True, kw_only=True):
    """A present that came out as measured. `totals` are of `cases`, no longer than `horizon`."""

    pool: Pool
    way: Way
    cases: tuple[Case, ...]
    totals: tuple[float, ...]
    horizon: float
    median: float | None
    mean: float | None

    def saves(self, change: Change, way: Way | None = None) -> Estimate:
        """Days of exposure, an episode."""
        changed = [change(case, self.pool) for case in self.cases]
        totals = _totals(_spent(changed, way or self.way), self.horizon)
        by_donor: dict[int, list[float]] = {}
        for case, now, then in zip(self.cases, self.totals, totals, strict=True):
            by_donor.setdefault(case.donor, []).append(now - then)
        return bootstrap([_mean(saved) for saved in by_donor.values()], _mean, SEED, resamples=RESAMPLES)


def rehearse(
    history: History, measured: Curve | None, chronicle: Chronicle, gates: Sequence[AssessedGate], *, at: datetime
) -> Rehearsal | str:
    """Or why nothing can be simulated. `measured` is the curve from the advisory on."""
    episodes = [each for each in history.episodes if each.opened <= at]
    ended = sum(since_published(each).ended for each in episodes)
    if measured is None or ended < FEWEST:
        return f"only {ended} fixes were followed to their landing, and {FEWEST} are needed"
    pool = pool_of(episodes, chronicle, at)
    waits = tuple((g.wait / DAY, (g.touch or timedelta()) / DAY) for g in gates if g.wait is not None)
    cases = tuple(_dealt(pool))
    ways = [Way(gates=waits)] if not pool.gaps else [Way(on_branch=Train(pool.gaps), gates=waits), Way(gates=waits)]
    why = ""
    for way in ways:
        spent = _spent(cases, way)
        landed = _landed(spent, measured.horizon)
        if not (why := differs(landed, measured)):
            return Rehearsal(
                pool=pool,
                way=way,
                cases=cases,
                totals=tuple(_totals(spent, measured.horizon)),
                horizon=measured.horizon,
                median=landed.median.value,
                mean=landed.area.value,
            )
    return f"the simulation of the present does not come out as measured: {why}"


def pool_of(episodes: Sequence[Episode], chronicle: Chronicle, at: datetime) -> Pool:
    """Where most branches are kept, of what landed only those whose branch is."""
    seen = {id(each): one for each in episodes if (one := passed(each)) is not None}
    split = is_split(tuple(seen.values()))
    follows = tags_follow(chronicle).follows
    donors: list[Donor] = []
    for each in episodes:
        one = seen.get(id(each))
        if split and one is not None and one.until_commit is None:
            continue
        before = each.days if one is None or one.until_commit is None else one.until_commit
        tag = tag_span(each, chronicle, at) if follows else None
        donors.append(_donor(each, before, has_ended=one is not None, tag=tag))
    first = min((each.opened for each in episodes), default=at)
    arrivals = tuple((each.opened - first) / DAY for each in sorted(episodes, key=lambda each: each.opened))
    gaps = _gaps(donors, chronicle, history_began=first) if split else ()
    return Pool(
        donors=tuple(donors),
        arrivals=arrivals,
        is_split=split,
        follows_tags=follows,
        gaps=gaps,
        quick_branch=_quickest(donor.branch for donor in donors if donor.has_ended),
        quick_tag=_quickest(donor.tag.days for donor in donors if donor.tag is not None and donor.tag.ended),
    )


def differs(found: Curve, measured: Curve) -> str:
    """Why the one is not within the interval of the other, if so."""
    for name, ours, theirs in (("median", found.median, measured.median), ("mean", found.area, measured.area)):
        if not _within(ours.value, theirs):
            return f"its {name} is {_days(ours.value)}, measured were {_bounds(theirs)}"
    return ""


def drawn(values: Sequence[T], dice: float) -> T:
    """One of them; dice are from 0 to 1."""
    return values[int(dice * len(values))]


def _donor(each: Episode, before: float, *, has_ended: bool, tag: Span | None) -> Donor:
    released = each.stages.fix_released
    known = None if released is None else max((released - each.opened) / DAY, 0.0)
    return Donor(
        before=before,
        branch=max(each.days - before, 0.0),
        has_ended=has_ended,
        fix_after=0.0 if known is None and each.state in ENDED else known,
        by_bot=each.by_bot,
        jump=each.jump,
        landed_with=each.commit,
        tag=tag,
    )


def _gaps(donors: Sequence[Donor], chronicle: Chronicle, *, history_began: datetime) -> tuple[float, ...]:
    """Between landings, where they are departures: rare, and of several fixes at once."""
    landed = [donor.landed_with for donor in donors if donor.has_ended and donor.landed_with]
    together = sum(landed.count(each) > 1 for each in landed)
    times = [landing.at for landing in chronicle.landings if landing.at >= history_began]
    gaps = [(later - sooner) / DAY for sooner, later in pairwise(times)]
    is_train = len(gaps) >= FEWEST and median(gaps) >= TRAIN_GAP and together >= TOGETHER * len(landed)
    return tuple(gaps) if is_train else ()


def _dealt(pool: Pool) -> Iterator[Case]:
    random = Random(SEED)  # noqa: S311 (draws samples, guards nothing)
    lasting = sorted((_lasted(donor), at) for at, donor in enumerate(pool.donors))
    tags = sorted(d.tag.days for d in pool.donors if d.tag is not None and d.tag.ended)
    hand = len(pool.donors)
    apart = pool.arrivals[-1] + APART
    for deal in range(-(-DEALT // hand)):
        dealt = random.sample(range(hand), hand)
        for place, at in enumerate(dealt):
            lent = pool.donors[_lender(pool.donors, lasting, at, random)]
            yield Case(
                donor=at,
                jump=lent.jump,
                arrives=deal * apart + pool.arrivals[place * len(pool.arrivals) // hand],
                before=lent.before,
                branch=lent.branch,
                tag=_tag(pool.donors[at].tag, tags, random),
                dice=(random.random(), random.random()),
            )


def _lasted(donor: Donor) -> float:
    return donor.before + donor.branch


def _lender(donors: Sequence[Donor], lasting: Sequence[tuple[float, int]], at: int, random: Random) -> int:
    """Itself if it ended; else one of all that lasted longer, ended or not, and so on; the last one is its own."""
    while not donors[at].has_ended:
        longer = bisect_right(lasting, (_lasted(donors[at]), len(lasting)))
        if longer == len(lasting):
            break
        at = lasting[random.randrange(longer, len(lasting))][1]
    return at


def _tag(span: Span | None, tags: Sequence[float], random: Random) -> float:
    """One that is not tagged yet waits like one that waited longer; one that was not seen like any."""
    if span is not None and span.ended:
        return span.days
    longer = [days for days in tags if span is None or days > span.days]
    return random.choice(longer) if longer else 0.0 if span is None else span.days


def _spent(cases: Sequence[Case], way: Way) -> list[tuple[float, ...]]:
    return simulate([way.job(case) for case in cases], way.phases(), seed=SEED)


def _totals(spent: Iterable[Sequence[float]], horizon: float) -> list[float]:
    return [min(sum(each), horizon) for each in spent]


def _landed(spent: Iterable[Sequence[float]], horizon: float) -> Curve:
    """From the advisory to the default branch."""
    days = [each[0] + each[1] for each in spent]
    return survival([Span(min(each, horizon), each < horizon) for each in days], horizon=horizon)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _quickest(values: Iterable[float]) -> tuple[float, ...]:
    ordered = sorted(values)
    return tuple(ordered[: max(int(len(ordered) * QUICK), 1)])


def _within(value: float | None, measured: Estimate) -> bool:
    if value is None:
        return measured.high is None
    return (measured.low is None or measured.low <= value) and (measured.high is None or value <= measured.high)


def _days(value: float | None) -> str:
    return "not reached" if value is None else f"{value:.1f} days"


def _bounds(measured: Estimate) -> str:
    if measured.high is None:
        return f"{measured.low or 0:.1f} days at least"
    return f"{measured.low or 0:.1f} to {measured.high:.1f} days"
