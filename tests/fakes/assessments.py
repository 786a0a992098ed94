"""Assessments made by hand: what a page must be able to show, from nothing at all to the hostile and the long."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from outpace.assessment import attackers
from outpace.assessment.assessment import Assessment, DeadlineMet, Latency
from outpace.assessment.attempts import Attempt, Outcome, Untangled, Upheaval
from outpace.assessment.chronicle import Horizon
from outpace.assessment.claims import Claim
from outpace.assessment.clock import Waterfall, waterfall
from outpace.assessment.episodes import Episode, History, Item, Lock, Stages
from outpace.assessment.evidence import Count, Evidence, Question, Where
from outpace.assessment.gates import AssessedGate
from outpace.assessment.paths import Adoption, Stalled, TrueAdoption, UnknownPath, WateredDown
from outpace.assessment.plan import Baseline, Compared, Plan, Planned, StageTime, Step
from outpace.model.advisory import Coverage
from outpace.model.milestone import Kind, Milestone
from outpace.model.package import Package
from outpace.statistics.curves import Curve, Estimate, Span
from outpace.statistics.survival import survival

AT = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
COVERAGE = Coverage(
    source="https://osv.example.invalid/all.zip",
    ecosystem="PyPI",
    records=24_491,
    cutoff=datetime(2026, 11, 25, 18, 2, tzinfo=UTC),
    fetched=datetime(2026, 11, 26, 5, 0, tzinfo=UTC),
)
ATTACKERS = attackers.curve()
PACKAGES = (
    "django",
    "jinja2",
    "urllib3",
    "requests",
    "pillow",
    "cryptography",
    "aiohttp",
    "werkzeug",
    "certifi",
    "lxml",
)


def commit(number: int) -> str:
    return f"{number * 2_654_435_761 % (1 << 64):016x}{number:024x}"


def episodes(count: int, *, median: float, left_open: float, seed: int = 5) -> tuple[Episode, ...]:
    chance = random.Random(seed)
    made: list[Episode] = []
    for number in range(count):
        opened = AT - timedelta(days=1_500 * (1 - number / count), hours=chance.randrange(24))
        waited = min(median * chance.lognormvariate(0, 1.3), (AT - opened).total_seconds() / 86_400)
        is_open = chance.random() < left_open
        if is_open:
            waited = (AT - opened).total_seconds() / 86_400
        closed = None if is_open else opened + timedelta(days=waited)
        name = PACKAGES[number % len(PACKAGES)]
        made.append(
            Episode(
                package=Package("PyPI", name),
                ids=tuple(f"PYSEC-2024-{number * 3 + extra}" for extra in range(1 + number % 3)),
                state="open" if is_open else "fixed",
                entry="adopted" if number % 6 == 5 else "reactive",
                opened=opened,
                closed=closed,
                commit="" if is_open else commit(number + 1),
                told="merge" if number % 2 else "commit",
                days=waited,
                exposed_days=waited,
                reopened=1 if number % 17 == 16 else 0,
                jump="" if is_open else ("patch", "minor", "major")[number % 3],
                before=f"{2 + number % 3}.{number % 7}.0",
                after="" if is_open else f"{2 + number % 3}.{number % 7}.4",
                by_bot=None if is_open else number % 3 == 0,
                score=(5.3, 7.5, 9.8, None)[number % 4],
                exploited=number % 23 == 0,
                stages=Stages(published=opened, landed=closed),
            )
        )
    return tuple(made)


def items(of: Sequence[Episode], immune: int) -> tuple[Item, ...]:
    """One for each episode, and those that met a safe version."""
    safe = (
        Item(package=Package("PyPI", PACKAGES[n % len(PACKAGES)]), id=f"PYSEC-2023-{n}", entry="immune", state="immune")
        for n in range(immune)
    )
    met = (
        Item(
            package=each.package,
            id=each.ids[0],
            entry=each.entry,
            state=each.state,
            opened=each.opened,
            closed=each.closed,
            commit=each.commit,
            before=(each.before,),
            files=("poetry.lock",),
        )
        for each in of
    )
    return (*safe, *met)


def curve(of: Sequence[Episode], *, horizon: float = 365.0) -> Curve:
    return survival([Span(e.days, e.state == "fixed") for e in of], horizon=horizon)


def history(of: tuple[Episode, ...], *, immune: int = 40) -> History:
    return History(
        items=items(of, immune),
        episodes=of,
        locks=(Lock(path="poetry.lock", kind="poetry.lock", first=AT - timedelta(days=1_500), versions=612),),
        since=AT - timedelta(days=1_500),
        advisories=immune + 2 * len(of),
    )


def latency(of: tuple[Episode, ...], *, immune: int = 40) -> Latency:
    newest = of[-24:]
    return Latency(
        from_published=curve(of),
        from_released=survival([Span(e.days * 1.4 + 11, e.state == "fixed") for e in of], horizon=365.0),
        recent=curve(newest),
        recent_count=len(newest),
        immune=immune,
        reactive=sum(e.entry == "reactive" for e in of),
        adopted=sum(e.entry == "adopted" for e in of),
        open=sum(e.state == "open" for e in of),
        within=tuple((within, Estimate(value=0.1 * n, low=0.05, high=0.2 * n)) for n, within in enumerate((1, 3, 7))),
    )


def estimate(value: float, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(value=value, low=low, high=high)


def advisories(count: int) -> tuple[Where, ...]:
    """Of the first so many episodes."""
    return tuple(Where(kind="advisory", name=f"PYSEC-2024-{number * 3}") for number in range(count))


SPLIT = advisories(68)
STAGES = (
    StageTime(
        name="until the first commit", median=estimate(12.4, 9.1, 17.0), total=2_402.0, share=0.7, count=68, of=SPLIT
    ),
    StageTime(name="on the branch", median=estimate(2.4, 1.2, 4.0), total=583.0, share=0.17, count=68, of=SPLIT),
    StageTime(name="until it landed", median=estimate(0.08, 0.02, 0.4), total=103.0, share=0.03, count=68),
    StageTime(name="until a tag", median=estimate(4.2, 2.0, 7.7), total=343.0, share=0.1, count=41),
)
WATERED_DOWN = WateredDown(
    evidence=(
        Evidence(
            signal="latency",
            says="Half of the fixes take longer than 19 days, over 87 episodes in 4 years.",
            speaks_for="watered-down",
            strength="outcome",
            misreading="advisories that were published late make the wait look shorter than it was",
            where=(Where(kind="advisory", name="PYSEC-2024-3"), Where(kind="commit", name=commit(2))),
            counts=(Count(says="87 episodes", of=advisories(87)),),
        ),
        Evidence(
            signal="bot-effect",
            says="A bot proposes updates since 2023; the median wait was 22 days before it and 18 days after.",
            speaks_for="watered-down",
            strength="outcome",
            misreading="other changes happened at the same time",
            where=(Where(kind="file", name=".github/dependabot.yml", line=3),),
        ),
        Evidence(
            signal="scan-blocks",
            says="The scanner runs with continue-on-error, so that it keeps nothing from landing.",
            speaks_for="watered-down",
            strength="practice",
            misreading="another service may hold changes up that git does not show",
            where=(Where(kind="file", name=".github/workflows/ci.yml", line=41),),
        ),
        Evidence(
            signal="immune-share",
            says="31% of advisories met a version that was already safe.",
            speaks_for=None,
            strength="outcome",
            misreading="few advisories make the share uncertain",
        ),
    ),
    confidence="medium",
    questions=(
        Question(
            what="whether tests must pass before a change lands",
            why="the rule is a setting of the server, and not in the repository",
            would_settle="the branch protection of main",
        ),
    ),
)
STEPS = (
    Step(
        lever="urgent lane",
        says="Let a fix that moves one lock file and passes the tests land without waiting for the weekly round.",
        because="70% of all waiting days lie before the first commit.",
        counts=(Count(says="70%", of=advisories(68)),),
        saves=estimate(11.2, 8.0, 13.9),
        effort_days=3.0,
        proof="the median of the next 10 episodes is below 3 days",
        measured_again=date(2027, 2, 24),
    ),
    Step(
        lever="landing bot",
        says="Have the bot's proposals land by themselves where the tests pass and only a patch version moves.",
        because="312 proposals, 41% of them landed, after a median of 19 days.",
        saves=estimate(6.1, 4.8, 7.0),
        effort_days=2.0,
        proof="more than 80% of the proposals land within 2 days",
        measured_again=date(2027, 2, 24),
    ),
    Step(
        lever="tests",
        says="Write tests for the two modules that have none, so that a fix can be trusted without a look.",
        because="23 of 68 branches waited for somebody to try them by hand.",
        saves=estimate(1.9, 0.4, 3.3),
        effort_days=8.0,
        proof="no branch waits for a trial by hand",
        measured_again=date(2027, 2, 24),
    ),
    Step(
        lever="gates",
        says="Tag each deployment, so that the time until production can be seen.",
        because="8 tags in 4 years do not follow the landings.",
        saves=None,
        why="no tag follows a landing, so that this stage was not measured",
        effort_days=0.5,
        proof="each landing is followed by a tag",
        measured_again=date(2027, 2, 24),
    ),
)
PLANNED = tuple(
    Planned(lever=each.lever, proof=each.proof, since=date(2026, 8, 1), measured_again=date(2026, 10, 30))
    for each in STEPS[:2]
)
QUESTIONS = (
    Question(
        what="when a fix was running in production",
        why="tags do not follow the landings",
        would_settle="one tag for each deployment, or `outpace record deployed`",
    ),
    Question(
        what="whether tests must pass before a change lands",
        why="the rule is a setting of the server, and not in the repository",
        would_settle="the branch protection of main",
    ),
    Question(
        what="JavaScript packages of web/package-lock.json",
        why="there is no advisory data of npm here",
        would_settle="`outpace advisories update --ecosystem npm`",
    ),
)
DEADLINES = (
    DeadlineMet(name="KEV", within="3 d", since="published", met=1, missed=3, unknown=0),
    DeadlineMet(
        name="critical",
        within="14 d",
        since="published",
        met=9,
        missed=14,
        unknown=2,
        running=1,
        counts=(
            Count(says="met", of=advisories(9)),
            Count(says="missed", of=advisories(14)),
            Count(says="unknown", of=advisories(2)),
            Count(says="running", of=advisories(1)),
        ),
    ),
    DeadlineMet(
        name="all",
        within="90 d",
        since="published",
        met=61,
        missed=15,
        unknown=11,
        running=2,
        why_unknown="11 advisories give no date of publication",
    ),
)
GATES = (
    AssessedGate(
        name="change board",
        kind="inspect",
        manual=True,
        wait=timedelta(days=4),
        touch=timedelta(minutes=20),
        replaced_by="a proof that only the lock file moved, with the suite's result and the re-match",
        human_keeps="what the evidence cannot cover: changes of what the service does",
        where=(Where(kind="file", name="outpace.toml", line=12),),
        declared=True,
    ),
    AssessedGate(
        name="deploy-production",
        kind="authorize",
        manual=True,
        replaced_by="a standing approval for changes that are proved",
        human_keeps="the right to stop it",
        where=(Where(kind="file", name=".gitlab-ci.yml", line=88),),
    ),
)
CLAIMS = (
    Claim(
        term="continuous integration",
        found="continuous integration",
        where=(Where(kind="file", name="README.md", line=14),),
        definition="every change reaches the default branch within a day of its first commit",
        measured="31% of 204 branches landed within a day; the median branch lived 3.8 days.",
        answer="drifted",
    ),
    Claim(
        term="fully tested",
        found="100% tested",
        where=(Where(kind="file", name="docs/index.md", line=3),),
        definition="what a change can break, a test notices",
        measured="Tests run on each change; whether they would notice was not measured.",
        answer="unknown",
        would_settle="a run of the suite on changed code",
    ),
    Claim(
        term="security scanning",
        found="security scanning",
        where=(Where(kind="file", name="SECURITY.md", line=9),),
        definition="each change is scanned, and what is found keeps it from landing",
        measured="The scan runs on 100% of changes and blocks them since 2024.",
        answer="holds",
    ),
)


def years(before: float) -> datetime:
    return AT - timedelta(days=365.25 * before)


def outcome(
    count: int, median: float | None, *, since: datetime | None = None, until: datetime | None = None
) -> Outcome:
    told = None if median is None else estimate(median, 9.0, 31.0)
    return Outcome(since=since, until=until, episodes=count, median=told)


UNTANGLED = Untangled(
    attempts=(
        Attempt(
            sort="ci",
            name="Travis CI",
            introduced=years(4.1),
            last_changed=years(2.9),
            abandoned=years(2.6),
            how="replaced",
            changes=14,
        ),
        Attempt(
            sort="ci",
            name="GitHub Actions",
            introduced=years(2.7),
            last_changed=years(0.1),
            how="in use",
            changes=61,
            landings=tuple(commit(500 + n) for n in range(61)),
            before=outcome(21, 24.0, since=years(4.2), until=years(2.7)),
            after=outcome(66, 18.0, since=years(2.7), until=AT),
            where=(Where(kind="commit", name=commit(7)),),
        ),
        Attempt(
            sort="bot",
            name="Dependabot",
            introduced=years(2.4),
            last_changed=years(1.6),
            how="in use",
            changes=6,
            before=outcome(30, 22.0),
            after=outcome(57, 18.0),
        ),
        Attempt(
            sort="coverage",
            name="coverage gate",
            introduced=years(2.2),
            last_changed=years(1.9),
            abandoned=years(1.3),
            how="removed",
            changes=3,
            before=outcome(4, None),
            after=outcome(40, 19.0),
        ),
        Attempt(
            sort="scanner",
            name="Bandit",
            introduced=years(1.9),
            last_changed=years(1.5),
            abandoned=years(1.5),
            how="silent",
            changes=2,
        ),
        Attempt(
            sort="environment", name="staging", introduced=years(0.8), last_changed=years(0.4), how="in use", changes=5
        ),
    ),
    upheavals=tuple(
        Upheaval(
            at=years(3.5 - 0.45 * n),
            commit=commit(90 + n),
            said="revert" if n % 2 else "hotfix",
            files_before=4.0,
            files_after=6.5,
            weekly_before=22.0,
            weekly_after=14.0,
            weeks_until_back=3.0,
        )
        for n in range(7)
    ),
    fear=(
        "After 5 of 7 reverts and hotfixes changes became larger (4 files to 6.5) and rarer (22 a week to 14), "
        "for a median of 3 weeks."
    ),
)


def watered_down() -> Assessment:
    of = episodes(87, median=19.0, left_open=0.14)
    return Assessment(
        name="storefront",
        root=commit(1),
        at=AT,
        coverage=COVERAGE,
        horizon=Horizon(tip=commit(400), branch="main", landings=5_102, began=AT - timedelta(days=1_600), ended=AT),
        history=history(of),
        latency=latency(of),
        attackers=ATTACKERS,
        path=WATERED_DOWN,
        untangled=UNTANGLED,
        claims=CLAIMS,
        gates=GATES,
        deadlines=DEADLINES,
        plan=Plan(
            modernization="complete",
            because=(
                "Tests, a bot and a scanner are there, and the wait did not become shorter: "
                "what is missing is that a fix which passes lands."
            ),
            stages=STAGES,
            steps=STEPS,
            longest=(
                "The longest wait is before the first commit: 70% of all waiting days, "
                "a median of 12 days in which nobody had begun."
            ),
            baseline=Baseline(
                at=date(2026, 8, 1), median=23.0, exposure_days=41.0, immune_share=0.28, open=16, planned=PLANNED
            ),
            compared=(
                Compared(measure="median wait, days", then=23.0, now=19.4),
                Compared(measure="open episodes", then=16.0, now=12.0),
            ),
        ),
        questions=QUESTIONS,
    )


def adopted_truly() -> Assessment:
    of = episodes(52, median=2.6, left_open=0.02, seed=8)
    path = TrueAdoption(
        evidence=_said(
            "true", "Half of the fixes land within 2.6 days.", "72% of advisories met a version that was already safe."
        ),
        confidence="high",
    )
    plan = Plan(
        modernization="keep",
        because="Fixes land within days, and the share of non-events grows.",
        stages=STAGES[:2],
        steps=STEPS[2:3],
        longest="The longest wait is before the first commit.",
    )
    return _with(
        watered_down(),
        name="ledger",
        of=of,
        immune=133,
        path=path,
        plan=plan,
        claims=CLAIMS[2:],
        gates=(),
        deadlines=DEADLINES[:1],
        questions=QUESTIONS[:1],
    )


def stalled() -> Assessment:
    of = episodes(31, median=120.0, left_open=0.6, seed=3)
    path = Stalled(
        evidence=_said(
            "stalled",
            "The last change of a workflow is 26 months old.",
            "19 of 31 episodes are open, and each month adds one.",
        ),
        confidence="medium",
        questions=QUESTIONS[:1],
    )
    plan = Plan(
        modernization="restart",
        because="What was introduced went silent two years ago.",
        steps=(STEPS[0], STEPS[3]),
        longest="",
    )
    return _with(
        watered_down(),
        name="archive",
        of=of,
        immune=6,
        path=path,
        plan=plan,
        claims=(),
        gates=(),
        deadlines=(),
        questions=QUESTIONS,
    )


def unknown() -> Assessment:
    """A shallow clone without a lock file: nothing can be said, and the page says why."""
    shallow = Question(
        what="anything before the last 50 commits",
        why="the clone is shallow: its history is cut",
        would_settle="`git fetch --unshallow`",
    )
    locks = Question(
        what="which versions were in use",
        why="no lock file was ever on the default branch",
        would_settle="a lock file, committed",
    )
    return Assessment(
        name="webhooks",
        root=commit(2),
        at=AT,
        coverage=None,
        horizon=Horizon(
            tip=commit(50), branch="main", shallow=True, landings=50, began=AT - timedelta(days=20), ended=AT
        ),
        history=History(),
        latency=Latency(),
        attackers=ATTACKERS,
        path=UnknownPath(why="the history is cut, and no lock file was seen", questions=(shallow,)),
        untangled=Untangled(),
        plan=Plan(modernization="unknown", because="nothing was measured that a plan could rest on"),
        questions=(shallow, locks),
    )


HOSTILE = "<script>alert(1)</script>\"' onload=x \u202e\u2066\x07&amp;"


def hostile() -> Assessment:
    """Every text that a stranger may choose is hostile."""
    where = tuple(Where(kind=kind, name=HOSTILE, line=3) for kind in ("file", "commit", "advisory", "tag"))
    of = tuple(
        msgspec.structs.replace(
            e, package=Package(HOSTILE, HOSTILE), ids=(HOSTILE,), before=HOSTILE, after=HOSTILE, commit=HOSTILE
        )
        for e in episodes(30, median=9.0, left_open=0.2)
    )
    evidence = Evidence(
        signal=HOSTILE, says=HOSTILE, speaks_for="true", strength="outcome", misreading=HOSTILE, where=where
    )
    question = Question(what=HOSTILE, why=HOSTILE, would_settle=HOSTILE)
    base = watered_down()
    return msgspec.structs.replace(
        base,
        name=HOSTILE,
        history=history(of),
        latency=latency(of),
        path=WateredDown(evidence=(evidence,) * 4, confidence="low", questions=(question,)),
        untangled=Untangled(
            attempts=tuple(msgspec.structs.replace(a, name=HOSTILE, where=where) for a in UNTANGLED.attempts),
            fear=HOSTILE,
        ),
        claims=tuple(
            Claim(
                term=HOSTILE,
                found=HOSTILE,
                where=where,
                definition=HOSTILE,
                measured=HOSTILE,
                answer="drifted",
                would_settle=HOSTILE,
            )
            for _ in range(2)
        ),
        gates=(
            AssessedGate(
                name=HOSTILE, kind="inspect", manual=None, replaced_by=HOSTILE, human_keeps=HOSTILE, where=where
            ),
        ),
        deadlines=(
            DeadlineMet(name=HOSTILE, within=HOSTILE, since=HOSTILE, met=1, missed=2, unknown=3, why_unknown=HOSTILE),
        ),
        plan=Plan(
            modernization="complete",
            because=HOSTILE,
            stages=STAGES,
            steps=tuple(
                msgspec.structs.replace(s, says=HOSTILE, because=HOSTILE, why=HOSTILE, proof=HOSTILE) for s in STEPS
            ),
            longest=HOSTILE,
        ),
        questions=(question,) * 3,
        attackers=msgspec.structs.replace(
            ATTACKERS,
            caveat=HOSTILE,
            marks=tuple(
                msgspec.structs.replace(m, source=HOSTILE, caveat=HOSTILE, url="javascript:alert(1)")
                for m in ATTACKERS.marks
            ),
        ),
    )


LONG = "An unbreakablylongword" + "word" * 30 + " " + "and a sentence that goes on and on, with 42 numbers in it, " * 12


def long_winded() -> Assessment:
    """As much of everything as a record may hold; 500 episodes."""
    of = episodes(500, median=33.0, left_open=0.2)
    base = watered_down()
    evidence = tuple(
        msgspec.structs.replace(each, says=LONG, misreading=LONG, where=each.where * 9)
        for each in WATERED_DOWN.evidence
    )
    return msgspec.structs.replace(
        base,
        name=LONG,
        history=history(of),
        latency=latency(of),
        path=WateredDown(evidence=evidence * 4, confidence="low", questions=QUESTIONS * 3),
        claims=CLAIMS * 6,
        gates=GATES * 5,
        deadlines=tuple(msgspec.structs.replace(d, name=LONG) for d in DEADLINES * 4),
        plan=msgspec.structs.replace(
            base.plan,
            because=LONG,
            longest=LONG,
            steps=tuple(msgspec.structs.replace(s, says=LONG, because=LONG, proof=LONG, why=LONG) for s in STEPS * 3),
        ),
        questions=tuple(Question(what=LONG, why=LONG, would_settle=LONG) for _ in range(14)),
    )


def few(assessment: Assessment, rows: int) -> Assessment:
    """The same, with as many rows in each of its tables; a checker's time grows with them."""
    of = assessment.history.episodes[-rows:]
    past = assessment.untangled
    line = assessment.attackers
    return msgspec.structs.replace(
        assessment,
        history=history(of),
        latency=latency(of),
        untangled=msgspec.structs.replace(past, attempts=past.attempts[-rows:], upheavals=past.upheavals[-rows:]),
        attackers=msgspec.structs.replace(line, marks=line.marks[:rows], others=line.others[:rows]),
        claims=assessment.claims[:rows],
        gates=assessment.gates[:rows],
    )


def fleet() -> tuple[Assessment, ...]:
    """Several repositories, and the one of all."""
    ones = [watered_down(), adopted_truly(), stalled(), unknown()]
    more = [
        _with(
            ones[0],
            name=name,
            of=episodes(count, median=median, left_open=0.1, seed=count),
            immune=count,
            path=ones[0].path,
        )
        for name, count, median in (
            ("catalog", 44, 31.0),
            ("payroll", 23, 60.0),
            ("identity", 37, 6.0),
            ("mailer", 9, 14.0),
        )
    ]
    return (*ones, *more)


def live(*, is_over: bool = False) -> Waterfall:
    """One that still waits for its deployment, or one that is verified."""
    begun = AT - timedelta(days=2, hours=22)
    at = [
        (Kind.FIX_RELEASED, timedelta()),
        (Kind.ADVISORY_PUBLISHED, timedelta(hours=20)),
        (Kind.KNOWN, timedelta(days=2, hours=21)),
        (Kind.MATCHED, timedelta(days=2, hours=21, seconds=0.4)),
        (Kind.PROPOSED, timedelta(days=2, hours=21, seconds=4)),
        (Kind.PROVED, timedelta(days=2, hours=21, seconds=32)),
        (Kind.LANDED, timedelta(days=2, hours=21, seconds=38)),
    ]
    if is_over:
        at += [
            (Kind.DEPLOYED, timedelta(days=2, hours=21, minutes=4)),
            (Kind.VERIFIED, timedelta(days=2, hours=21, minutes=5)),
        ]
    seen = [Milestone(kind=kind, at=begun + after, source="git", detail=commit(3)[:12]) for kind, after in at]
    return waterfall(seen, now=AT)


def _said(path: str, *sentences: str) -> tuple[Evidence, ...]:
    return tuple(
        msgspec.convert(
            {
                "signal": "latency",
                "says": said,
                "speaks_for": path,
                "strength": "outcome",
                "misreading": "a short history misleads",
            },
            Evidence,
        )
        for said in sentences
    )


def _with(
    base: Assessment,
    *,
    name: str,
    of: tuple[Episode, ...],
    immune: int,
    path: Adoption,
    plan: Plan | None = None,
    claims: tuple[Claim, ...] = CLAIMS,
    gates: tuple[AssessedGate, ...] = GATES,
    deadlines: tuple[DeadlineMet, ...] = DEADLINES,
    questions: tuple[Question, ...] = QUESTIONS,
) -> Assessment:
    return msgspec.structs.replace(
        base,
        name=name,
        history=history(of, immune=immune),
        latency=latency(of, immune=immune),
        path=path,
        plan=plan or base.plan,
        claims=claims,
        gates=gates,
        deadlines=deadlines,
        questions=questions,
    )
