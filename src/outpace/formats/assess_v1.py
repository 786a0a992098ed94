"""The public JSON of `outpace assess`, version 1: its types. Spans of time are days where a name ends in `_days`."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct


class EstimateV1(Struct, frozen=True, kw_only=True):
    """`low` and `high` are the ends of the 95 % interval. Null: there is none, or the curve never gets so low."""

    value: float | None
    low: float | None
    high: float | None


class PointV1(Struct, frozen=True, kw_only=True):
    """From `days` on `share` is left."""

    days: float
    share: float
    low: float
    high: float
    at_risk: int


class CurveV1(Struct, frozen=True, kw_only=True):
    """Kaplan-Meier. `area_days` is the mean of the days that one stood open, counted up to `horizon_days`."""

    count: int
    events: int
    censored: int
    median_days: EstimateV1
    p90_days: EstimateV1
    area_days: EstimateV1
    horizon_days: float
    points: tuple[PointV1, ...]


class HorizonV1(Struct, frozen=True, kw_only=True):
    """How far the clone sees. `local_merges`, `out_of_order` and `in_future` are dates that were told with care."""

    tip: str
    branch: str
    shallow: bool
    partial: bool
    landings: int
    began: datetime | None
    ended: datetime | None
    local_merges: int
    out_of_order: int
    in_future: int


class LockV1(Struct, frozen=True, kw_only=True):
    """`counted` false: it is for development only, or not deployed by outpace.toml."""

    path: str
    kind: str
    first: datetime
    last: datetime | None
    versions: int
    unreadable: int
    counted: bool
    renamed_from: str


class WindowV1(Struct, frozen=True, kw_only=True):
    """`closed` null: it is open, or what came after is unknown. `opening_commit` is empty for an advisory's coming."""

    opened: datetime
    closed: datetime | None
    opening_commit: str
    closing_commit: str


class GapV1(Struct, frozen=True, kw_only=True):
    """A time of which it cannot be said whether it was affected."""

    since: datetime
    until: datetime | None
    kind: str
    why: str
    commit: str


class StagesV1(Struct, frozen=True, kw_only=True):
    """Null: not seen. `tagged` is the first tag that contains it, which is no deployment."""

    fix_released: datetime | None
    published: datetime | None
    first_commit: datetime | None
    first_commit_id: str
    landed: datetime | None
    tagged: datetime | None
    tag: str


class ItemV1(Struct, frozen=True, kw_only=True):
    """One vulnerability of one package. `days` until its lasting fix or `as_of`, and none while the package was gone;
    `exposed_days` without those in which it was safe, too.
    """

    ecosystem: str
    package: str
    advisory: str
    aliases: tuple[str, ...]
    published: datetime | None
    score: float | None
    in_kev: bool | None
    files: tuple[str, ...]
    entry: str
    state: str
    why: str
    opened: datetime | None
    closed: datetime | None
    commit: str
    told: str
    days: float | None
    exposed_days: float | None
    reopened: int
    windows: tuple[WindowV1, ...]
    unknown_windows: tuple[GapV1, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    stages: StagesV1


class EpisodeV1(Struct, frozen=True, kw_only=True):
    """What one change of one package ended, or what still waits.

    `began` is before where it stood already where the history begins: `days` are then the least that it was.
    """

    ecosystem: str
    package: str
    advisories: tuple[str, ...]
    state: str
    why: str
    entry: str
    began: str
    opened: datetime
    closed: datetime | None
    commit: str
    told: str
    days: float
    exposed_days: float
    reopened: int
    jump: str
    before: str
    after: str
    by_bot: bool | None
    score: float | None
    in_kev: bool | None
    stages: StagesV1


class WithinV1(Struct, frozen=True, kw_only=True):
    """The share that had landed within so many days."""

    days: int
    share: EstimateV1


class LatencyV1(Struct, frozen=True, kw_only=True):
    """`immune`, `reactive`, `adopted` and `open` count vulnerabilities; curves are of episodes."""

    immune: int
    reactive: int
    adopted: int
    open: int
    since_published: CurveV1 | None
    since_released: CurveV1 | None
    recent: CurveV1 | None
    recent_count: int
    within: tuple[WithinV1, ...]


class MarkV1(Struct, frozen=True, kw_only=True):
    days: float
    exploited: float
    source: str
    url: str
    caveat: str


class AttackersV1(Struct, frozen=True, kw_only=True):
    """By when what was ever exploited was exploited, as published."""

    marks: tuple[MarkV1, ...]
    caveat: str


class WhereV1(Struct, frozen=True, kw_only=True):
    kind: str
    name: str
    line: int | None


class EvidenceV1(Struct, frozen=True, kw_only=True):
    """`speaks_for` null: it was seen, and speaks for no path."""

    signal: str
    says: str
    speaks_for: str | None
    strength: str
    misreading: str
    where: tuple[WhereV1, ...]


class PathV1(Struct, frozen=True, kw_only=True):
    """`verdict` is true, watered-down, stalled or unknown; `confidence` is empty where it is unknown."""

    verdict: str
    confidence: str
    why: str
    evidence: tuple[EvidenceV1, ...]


class OutcomeV1(Struct, frozen=True, kw_only=True):
    since: datetime | None
    until: datetime | None
    episodes: int
    median: EstimateV1 | None


class AttemptV1(Struct, frozen=True, kw_only=True):
    """No cause is claimed by `before` and `after`. `began` is before where a shallow clone begins with it."""

    sort: str
    name: str
    began: str
    introduced: datetime
    last_changed: datetime
    abandoned: datetime | None
    how: str
    changes: int
    where: tuple[WhereV1, ...]
    before: OutcomeV1 | None
    after: OutcomeV1 | None


class UpheavalV1(Struct, frozen=True, kw_only=True):
    at: datetime
    commit: str
    said: str
    files_before: float | None
    files_after: float | None
    weekly_before: float | None
    weekly_after: float | None
    weeks_until_back: float | None


class ClaimV1(Struct, frozen=True, kw_only=True):
    """`answer` is holds, drifted or unknown."""

    term: str
    found: str
    where: tuple[WhereV1, ...]
    definition: str
    measured: str
    answer: str
    would_settle: str


class GateV1(Struct, frozen=True, kw_only=True):
    name: str
    kind: str
    manual: bool | None
    wait_s: float | None
    touch_s: float | None
    replaced_by: str
    human_keeps: str
    declared: bool
    where: tuple[WhereV1, ...]


class DeadlineV1(Struct, frozen=True, kw_only=True):
    """A declared deadline over the episodes of the past."""

    name: str
    within: str
    since: str
    met: int
    missed: int
    unknown: int
    running: int
    why_unknown: str


class StageTimeV1(Struct, frozen=True, kw_only=True):
    name: str
    median: EstimateV1
    total: float
    share: float
    count: int


class StepV1(Struct, frozen=True, kw_only=True):
    """`saves` are exposure-days an episode; null: it cannot be told from what was measured, and `why` says so."""

    lever: str
    says: str
    because: str
    saves: EstimateV1 | None
    effort_days: float
    why: str
    proof: str
    measured_again: date | None


class ComparedV1(Struct, frozen=True, kw_only=True):
    measure: str
    then: float | None
    now: float | None


class PlannedV1(Struct, frozen=True, kw_only=True):
    """A step as it was planned first. `stage` null: no history tells whether it worked; `median` was that stage's."""

    lever: str
    proof: str
    since: date
    measured_again: date | None
    stage: str | None
    median: float | None


class BaselineV1(Struct, frozen=True, kw_only=True):
    at: date
    median: float | None
    exposure_days: float | None
    immune_share: float | None
    open: int
    steps: tuple[str, ...]
    planned: tuple[PlannedV1, ...]


class PlanV1(Struct, frozen=True, kw_only=True):
    modernization: str
    because: str
    longest: str
    stages: tuple[StageTimeV1, ...]
    steps: tuple[StepV1, ...]
    baseline: BaselineV1 | None
    compared: tuple[ComparedV1, ...]


class UncoveredV1(Struct, frozen=True, kw_only=True):
    """An ecosystem that lock files here name, and that no advisory data here speaks of."""

    ecosystem: str
    packages: int


class AssessV1(Struct, frozen=True, kw_only=True):
    """One repository. Without `history since` there was no lock file. `asked` is the day of the question where the
    clone ends long before it, and it is told as of its end."""

    repository: str
    as_of: datetime
    asked: datetime | None
    since: datetime | None
    horizon: HorizonV1
    path: PathV1
    latency: LatencyV1
    plan: PlanV1
    deadlines: tuple[DeadlineV1, ...]
    claims: tuple[ClaimV1, ...]
    gates: tuple[GateV1, ...]
    attempts: tuple[AttemptV1, ...]
    upheavals: tuple[UpheavalV1, ...]
    fear: str
    attackers: AttackersV1
    advisories: int
    uncovered: tuple[UncoveredV1, ...]
    locks: tuple[LockV1, ...]
    episodes: tuple[EpisodeV1, ...]
    items: tuple[ItemV1, ...]


class FailedV1(Struct, frozen=True, kw_only=True):
    """A clone that could not be assessed."""

    place: str
    why: str


class FleetV1(Struct, frozen=True, kw_only=True):
    """Many clones, the one where the most exposure-days are lost first."""

    repositories: tuple[AssessV1, ...]
    failed: tuple[FailedV1, ...]
