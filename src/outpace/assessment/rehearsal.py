"""The measured present of a repository, simulated: whether it comes out as measured, then what a change would save.

Every episode is a donor of its times. A pass deals the donors out over the measured arrivals; what is still open takes
the times of a donor that lasted longer, which is how Kaplan and Meier's curve shares its mass out (Efron 1967). The
present and what it is compared with are dealt the same hands and throw the same dice (common random numbers), and the
interval is a bootstrap over what the donors share: the days on which they landed, or the tags that held them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from random import Random
from statistics import median
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from msgspec import Struct

from outpace.assessment.chronicle import Chronicle
from outpace.assessment.draws import FEWEST as FEWEST_DRAWS
from outpace.assessment.draws import SEED, drawn_together, mean_of
from outpace.assessment.episodes import Episode, History
from outpace.assessment.gates import AssessedGate
from outpace.assessment.latency import ENDED, since_published
from outpace.assessment.simulation import Delay, Desk, Job, Phase, Train, simulate
from outpace.assessment.stage_times import is_split, passed, tag_span
from outpace.assessment.stages import tags_follow
from outpace.statistics.curves import Curve, Estimate, Span
from outpace.statistics.survival import survival

T = TypeVar("T")
DAY = timedelta(days=1)
FEWEST = 10  # that ended: of fewer, a mean says too little of the next
DEALT = 500  # at least so many fixes go through a simulation
QUICK = 0.25  # the fastest quarter: what the repository itself has shown to be possible
CARRIES = 20  # commits, from which on a merge is a departure: far more than a fix
BY_TRAIN = 0.5  # of what landed, so many with one


class Donor(NamedTuple):
    """Days, as measured. `fix_after` None: nobody saw that a fix exists, so that nothing could have come sooner."""

    before: float
    branch: float
    has_ended: bool
    fix_after: float | None
    by_bot: bool | None
    jump: str
    by_train: bool
    tag: Span | None
    needed: str = ""
    landed: str = ""  # on which day; empty: it did not
    tagged: str = ""  # by the tag of which time


class Case(NamedTuple):
    """One fix on its way; `dice` are its own, the same whatever is changed.

    `jump`, `landed` and `tagged` are of whose times it has.
    """

    deal: int
    donor: int
    jump: str
    by_train: bool
    arrives: float
    before: float
    branch: float
    tag: float
    dice: tuple[float, float]
    landed: str
    tagged: str


class Pool(Struct, frozen=True, kw_only=True):
    """`is_split`: the wait until the first commit and that on the branch are told apart; else all is `before`."""

    donors: tuple[Donor, ...]
    arrivals: tuple[float, ...]
    is_split: bool
    follows_tags: bool
    trains: Train | None = None  # departures, where most fixes landed with one
    quick_branch: tuple[float, ...] = ()  # the fastest quarter of the waits on a branch
    quick_tag: tuple[float, ...] = ()  # and of those for a tag


Change: TypeAlias = Callable[[Case, Pool], Case]
Draws: TypeAlias = Literal["landings", "tags"]


class Way(Struct, frozen=True, kw_only=True):
    """What a fix passes: the wait before its branch, the branch, a departure, a tag, and gates that were declared."""

    trains: Train | None = None
    gates: tuple[tuple[float, float], ...] = ()  # wait and touch, days

    def phases(self) -> list[Phase]:
        trains = () if self.trains is None else (self.trains,)
        return [Delay(), Delay(), *trains, Delay(), *(phase for _ in self.gates for phase in (Desk(), Delay()))]

    def landed(self) -> int:
        """So many phases until the default branch."""
        return 2 if self.trains is None else 3

    def job(self, case: Case) -> Job:
        """What was measured on the branch of one that left with a train is its wait for that."""
        waits = self.trains is not None and case.by_train
        trains = () if self.trains is None else (0.0 if waits else None,)
        gates = (time for wait, touch in self.gates for time in (touch, max(wait - touch, 0.0)))
        return Job(case.arrives, (case.before, 0.0 if waits else case.branch, *trains, case.tag, *gates))


class Rehearsal(Struct, frozen=True, kw_only=True):
    """A present that came out as measured. `totals` are of `cases`, no longer than `horizon`."""

    pool: Pool
    way: Way
    cases: tuple[Case, ...]
    totals: tuple[float, ...]
    horizon: float
    median: float | None
    mean: float | None

    def saves(self, change: Change, way: Way | None = None, *, draws: Draws = "landings") -> Estimate | str:
        """Days of exposure, an episode; or why no interval can be told.

        Fixes whose times are of one day of landing, or of one tag, are one draw: its chance made all of them.
        """
        changed = [change(case, self.pool) for case in self.cases]
        totals = _totals(_spent(changed, way or self.way), self.horizon)
        rows = zip(self.cases, self.totals, totals, strict=True)
        saved = drawn_together((_draw(case, draws), now - then) for case, now, then in rows)
        if len(saved) < FEWEST_DRAWS and any(map(any, saved)):
            what = "days of landing" if draws == "landings" else "tags"
            return f"what was measured is of {len(saved)} {what} only: too few to tell what the next ones will do"
        return mean_of(saved)


def _draw(case: Case, draws: Draws) -> str:
    """What never landed is a draw of its own."""
    return case.tagged if draws == "tags" else case.landed or f"still {case.donor}"


def rehearse(
    history: History, measured: Curve | None, chronicle: Chronicle, gates: Sequence[AssessedGate], *, at: datetime
) -> Rehearsal | str:
    """Or why nothing can be simulated. `measured` is the curve from the advisory on."""
    episodes = [each for each in history.episodes if each.opened <= at]
    ended = sum(since_published(each).ended for each in episodes)
    if measured is None or ended < FEWEST:
        followed = "fix was" if ended == 1 else "fixes were"
        return f"only {ended} {followed} followed to their landing, and {FEWEST} are needed"
    pool = pool_of(episodes, chronicle, at)
    waits = tuple((g.wait / DAY, (g.touch or timedelta()) / DAY) for g in gates if g.wait is not None)
    cases = tuple(_dealt(pool))
    why = ""
    for trains in dict.fromkeys((pool.trains, None)):
        way = Way(trains=trains, gates=waits)
        spent = _spent(cases, way)
        landed = _landed(spent, way, measured.horizon)
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
    """Where most branches are kept, and enough, of what landed only those whose branch is."""
    seen = {id(each): one for each in episodes if (one := passed(each)) is not None}
    kept = sum(one.until_commit is not None for one in seen.values())
    split = kept >= FEWEST and is_split(tuple(seen.values()))
    follows = tags_follow(chronicle).follows
    departed = _departures(chronicle) if split else {}
    donors: list[Donor] = []
    for each in episodes:
        one = seen.get(id(each))
        if split and one is not None and one.until_commit is None:
            continue
        before = each.days if not split or one is None or one.until_commit is None else one.until_commit
        tag = tag_span(each, chronicle, at) if follows else None
        donors.append(_donor(each, before, has_ended=one is not None, by_train=each.commit in departed, tag=tag))
    first = min((each.opened for each in episodes), default=at)
    arrivals = tuple((each.opened - first) / DAY for each in sorted(episodes, key=lambda each: each.opened))
    days = tuple((day - first) / DAY for day in departed.values() if day >= first)
    return Pool(
        donors=tuple(donors),
        arrivals=arrivals,
        is_split=split,
        follows_tags=follows,
        trains=_trains(days, [donor.by_train for donor in donors if donor.has_ended]),
        quick_branch=quickest(donor.branch for donor in donors if donor.has_ended),
        quick_tag=quickest(donor.tag.days for donor in donors if donor.tag is not None and donor.tag.ended),
    )


def differs(found: Curve, measured: Curve) -> str:
    """Why the one is not within the interval of the other, if so."""
    for name, ours, theirs in (("median", found.median, measured.median), ("mean", found.area, measured.area)):
        if not _within(ours.value, theirs):
            return f"its {name} is {_days(ours.value)}, measured were {_bounds(theirs)}"
    return ""


def quickest(values: Iterable[float]) -> tuple[float, ...]:
    """The fastest quarter, in order; at least one."""
    ordered = sorted(values)
    return tuple(ordered[: max(int(len(ordered) * QUICK), 1)])


def drawn(values: Sequence[T], dice: float) -> T:
    """One of them; dice are from 0 to 1."""
    return values[int(dice * len(values))]


def _donor(each: Episode, before: float, *, has_ended: bool, by_train: bool, tag: Span | None) -> Donor:
    released = each.stages.fix_released
    known = None if released is None else max((released - each.opened) / DAY, 0.0)
    return Donor(
        before=before,
        branch=max(each.days - before, 0.0),
        has_ended=has_ended,
        fix_after=0.0 if known is None and each.state in ENDED else known,
        by_bot=each.by_bot,
        jump=each.jump,
        by_train=by_train,
        tag=tag,
        needed=each.needed,
        landed="" if each.closed is None else f"{each.closed:%Y-%m-%d}",
        tagged=str(each.stages.tagged or ""),
    )


def _departures(chronicle: Chronicle) -> dict[str, datetime]:
    """Merges of a branch on which many changes were collected."""
    return {each.id: each.at for each in chronicle.landings if each.branch_commits >= CARRIES}


def _trains(days: Sequence[float], left: Sequence[bool]) -> Train | None:
    """None: fewer than half left with one. After the last that was seen they go on as often as at the median."""
    if len(days) <= FEWEST or sum(left) < BY_TRAIN * len(left):
        return None
    return Train(tuple(days), median(later - sooner for sooner, later in pairwise(days)))


def _dealt(pool: Pool) -> Iterator[Case]:
    random = Random(SEED)  # noqa: S311 (draws samples, guards nothing)
    lasting = sorted((_lasted(donor), at) for at, donor in enumerate(pool.donors))
    tags = sorted((d.tag.days, d.tagged) for d in pool.donors if d.tag is not None and d.tag.ended)
    hand = len(pool.donors)
    for deal in range(-(-DEALT // hand)):
        dealt = random.sample(range(hand), hand)
        for place, at in enumerate(dealt):
            lent = pool.donors[_lender(pool.donors, lasting, at, random)]
            tag, tagged = _tag(pool.donors[at], tags, random)
            yield Case(
                deal=deal,
                donor=at,
                jump=lent.jump,
                by_train=lent.by_train,
                arrives=pool.arrivals[place * len(pool.arrivals) // hand],
                before=lent.before,
                branch=lent.branch,
                tag=tag,
                dice=(random.random(), random.random()),
                landed=lent.landed,
                tagged=tagged,
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


def _tag(donor: Donor, tags: Sequence[tuple[float, str]], random: Random) -> tuple[float, str]:
    """With the tag whose wait it is. One that is not tagged yet waits like one that waited longer; one that was not
    seen like any.
    """
    span = donor.tag
    if span is not None and span.ended:
        return span.days, donor.tagged
    longer = [each for each in tags if span is None or each[0] > span.days]
    return random.choice(longer) if longer else (0.0 if span is None else span.days, "")


def _spent(cases: Sequence[Case], way: Way) -> list[tuple[float, ...]]:
    """Each deal is a world of its own, so that none queues behind another."""
    deals = (tuple(group) for _, group in groupby(cases, key=lambda case: case.deal))
    return [spent for deal in deals for spent in simulate([way.job(case) for case in deal], way.phases())]


def _totals(spent: Iterable[Sequence[float]], horizon: float) -> list[float]:
    return [min(sum(each), horizon) for each in spent]


def _landed(spent: Iterable[Sequence[float]], way: Way, horizon: float) -> Curve:
    """From the advisory to the default branch."""
    days = [sum(each[: way.landed()]) for each in spent]
    return survival([Span(min(each, horizon), each < horizon) for each in days], horizon=horizon)


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
