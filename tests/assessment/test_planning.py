"""The plan of histories written by hand: which kind, which steps in which order, and what moved since."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from outpace.assessment.assessment import Assessment, Latency
from outpace.assessment.attackers import curve
from outpace.assessment.attempts import Untangled
from outpace.assessment.chronicle import Chronicle, Horizon
from outpace.assessment.episodes import Episode, History, Item, Lock, Stages
from outpace.assessment.evidence import Evidence, Strength, Where
from outpace.assessment.evidence import Path as Which
from outpace.assessment.gates import AssessedGate
from outpace.assessment.latency import latency_of
from outpace.assessment.legacy import Sign
from outpace.assessment.levers import EFFORT, REMEASURED
from outpace.assessment.paths import Adoption, Stalled, TrueAdoption, UnknownPath, WateredDown
from outpace.assessment.plan import Baseline, Compared, Lever, Modernization, Plan, Planned, Step
from outpace.assessment.planning import baseline_of, compare, measured, modernization, plan
from outpace.model.package import Package
from outpace.model.unknown import Unknown
from outpace.pipelines.events import Origin
from outpace.pipelines.surveyed import Absent, Bot, Job, Pipeline, Present, Survey, Task
from outpace.statistics.curves import Estimate

BEGAN = datetime(2022, 1, 1, tzinfo=UTC)
AT = datetime(2026, 8, 1, tzinfo=UTC)
CI = Origin(".github/workflows/ci.yml", 3)
SEEN = Present(where=(CI,))
ALL = Survey(
    bots=(Bot(name="Dependabot", origin=Origin(".github/dependabot.yml"), lands=True),),
    tests=SEEN,
    scans=SEEN,
    deploys=SEEN,
    coverage_gate=SEEN,
)
EMPTY = Chronicle(horizon=Horizon(tip="", branch="main"))
UNSEEN = UnknownPath(why="too little could be seen")
LOCK = Lock(path="poetry.lock", kind="poetry", first=BEGAN)


def episode(opened: float, before: float, branch: float | None, **changed: object) -> Episode:
    begin, days = BEGAN + timedelta(days=opened), before + (branch or 0.0)
    fixed = Episode(
        package=Package("PyPI", "django"),
        ids=("PYSEC-1",),
        state="fixed",
        entry="reactive",
        opened=begin,
        closed=begin + timedelta(days=days),
        days=days,
        exposed_days=days,
        jump="minor",
        stages=Stages(
            published=begin,
            first_commit=None if branch is None else begin + timedelta(days=before),
            landed=begin + timedelta(days=days),
        ),
    )
    return replace(fixed, **changed)


def waits(before: float, branch: float | None, count: int = 40, **changed: object) -> tuple[Episode, ...]:
    """Around those, so that there is an interval."""
    spread = [0.5 + n / (count - 1) for n in range(count)]
    return tuple(
        episode(20 * n, before * x, None if branch is None else branch * x, **changed) for n, x in enumerate(spread)
    )


def planned(
    episodes: tuple[Episode, ...],
    survey: Survey = ALL,
    *gates: AssessedGate,
    baseline: Baseline | None = None,
    legacy: tuple[Sign, ...] = (),
) -> Plan:
    history = History(episodes=episodes, locks=(LOCK,))
    latency = latency_of(history, at=AT)
    return plan(history, latency, UNSEEN, survey, gates, EMPTY, baseline, AT, legacy=legacy)


def levers(found: Plan) -> list[Lever]:
    return [step.lever for step in found.steps]


def only(found: Plan) -> Step:
    (step,) = found.steps
    return step


def no_bot(**changed: object) -> Survey:
    return replace(ALL, bots=(), **changed)


def test_where_everything_is_there_and_waits_are_short_there_is_no_step() -> None:
    assert planned(waits(0.02, 0.0)).steps == ()


def test_a_bot_is_planned_by_the_days_before_the_first_commit() -> None:
    step = only(planned(waits(10, 0.1), no_bot()))
    assert step.lever == "landing bot"
    assert step.because == (
        "No update bot is configured, and 99% of the waiting days (10.0 days at the median) pass before the first "
        "commit."
    )
    assert step.saves is not None
    assert step.saves.value == pytest.approx(9.5, abs=0.1)
    assert (step.saves.low or 0) < 9.5 < (step.saves.high or 0)
    assert step.effort_days == EFFORT["landing bot"]
    assert step.measured_again == date(2026, 8, 1) + REMEASURED == date(2026, 10, 30)
    assert step.proof == "the first commit of a fix comes within a day of its advisory, at the median"


def test_a_plan_of_the_last_day_of_the_calendar_is_measured_again_on_no_day() -> None:
    last = datetime(9999, 12, 31, tzinfo=UTC)
    history = History(episodes=waits(10, 0.1), locks=(LOCK,))
    found = plan(history, latency_of(history, at=last), UNSEEN, no_bot(), (), EMPTY, None, last)
    assert only(found).measured_again is None


@pytest.mark.parametrize(
    ("lands", "said"),
    [
        (False, "A bot is configured (Dependabot), and may not land a change"),
        (None, "A bot is configured (Dependabot), and nothing says that it lands what it proposes"),
    ],
)
def test_a_bot_that_does_not_land_is_no_landing_bot(lands: bool | None, said: str) -> None:
    there = replace(ALL, bots=(replace(ALL.bots[0], lands=lands),))
    assert only(planned(waits(10, 0.1), there)).because.startswith(said)


def test_a_bot_that_lands_and_begins_late_is_taken_out_of_its_schedule() -> None:
    cooled = replace(ALL, bots=(replace(ALL.bots[0], cool_down_days=7),))
    step = only(planned(waits(10, 0.1), cooled))
    assert (
        step.says == "Take fixes of vulnerabilities out of the bot's schedule, groups and cool-down: each within a day."
    )
    assert step.because.startswith(
        "What is proposed (Dependabot) lands by itself, after a cool-down of 7 days, and 99% of"
    )
    assert planned(waits(2, 0.1), cooled).steps == ()


def test_branches_of_a_few_do_not_stand_for_all() -> None:
    """Of eighteen half were kept: too few to deal out, so that nothing is said of what begins sooner."""
    step = only(planned((*waits(20, 0.1, 9), *waits(20, None, 9)), no_bot()))
    assert step.saves is None
    assert step.why.startswith("the wait cannot be split")


def test_tests_come_right_before_what_rests_on_them_and_are_counted_in_its_effort() -> None:
    found = planned(waits(10, 5), no_bot(tests=Absent(read=7)))
    assert levers(found) == ["tests", "landing bot", "urgent lane"]
    assert found.steps[0].saves is None
    assert found.steps[0].because == "All 7 jobs of CI could be read, and none of them runs a test."
    assert [step.effort_days for step in found.steps] == [10, 12, 13]


def test_tests_that_were_not_seen_are_no_step() -> None:
    assert planned(waits(0.02, 0), replace(ALL, tests=Unknown("a script could not be followed"))).steps == ()


def test_steps_are_ordered_by_days_saved_for_the_effort() -> None:
    board = AssessedGate(
        name="board", kind="authorize", manual=True, wait=timedelta(days=30), replaced_by="tests", human_keeps="intent"
    )
    found = planned(waits(4, 5), no_bot(scans=Absent(read=3)), board)
    rates = [(step.saves.value or 0) / step.effort_days for step in found.steps if step.saves is not None]
    assert levers(found) == ["gates", "landing bot", "urgent lane", "scanning"]
    assert rates == sorted(rates, reverse=True)
    assert found.steps[-1].saves is None
    assert found.steps[-1].why == "a history does not tell when somebody here knew; outpace record known would tell it"


def test_a_gate_whose_wait_nobody_declared_saves_what_is_not_known() -> None:
    gate = AssessedGate(name="approve", kind="authorize", manual=True, replaced_by="tests", human_keeps="intent")
    step = only(planned(waits(0.02, 0), ALL, gate))
    assert (step.lever, step.saves, step.because) == ("gates", None, "1 gate waits for somebody.")
    assert step.why == "no wait of a gate is declared; write it into [[gates]] of outpace.toml"


def test_a_gate_that_nobody_must_open_is_no_step() -> None:
    gate = AssessedGate(name="notify", kind="inform", manual=False, replaced_by="a message", human_keeps="")
    assert planned(waits(0.02, 0), ALL, gate).steps == ()


def test_without_branches_a_bot_that_lands_is_as_fast_as_the_fastest_quarter_of_programs() -> None:
    """Of 20 the fastest 5 took 5 to 6 days, 5.5 in the mean; people took 20, and the programs 10."""
    people = waits(20, None, by_bot=False)
    programs = tuple(replace(each, by_bot=True) for each in waits(10, None, 20))
    step = only(planned((*people, *programs), no_bot()))
    assert step.saves is not None
    assert step.saves.value == pytest.approx((20 * 40 + 10 * 20) / 60 - 6, abs=0.3)
    assert step.why == (
        "simulated: but for major versions as fast as the fastest quarter of 20 fixes of programs here, at most "
        "7.1 days"
    )


def test_without_branches_and_programs_nothing_tells_what_a_bot_saves() -> None:
    step = only(planned(waits(20, None, by_bot=False), no_bot()))
    assert step.because.startswith(
        "No update bot is configured, and 100% of the waiting days (20.0 days at the median) pass before a fix has "
        "landed. It is for the longest wait"
    )
    assert (step.saves, step.why) == (
        None,
        "the wait cannot be split, and 0 smaller fixes were of programs (10 are needed)",
    )


def test_a_plan_is_refused_numbers_where_the_present_cannot_be_simulated() -> None:
    step = only(planned(waits(20, 5, 4), no_bot()))
    assert (step.saves, step.why) == (None, "only 4 fixes were followed to their landing, and 10 are needed")


def test_major_versions_that_hold_fixes_up_are_a_step_of_legacy() -> None:
    major, patch = waits(60, None, 12, needed="major"), waits(6, None, 20, needed="patch")
    step = only(planned((*major, *patch)))
    assert step.lever == "legacy"
    assert step.because == (
        "For 12 fixes the advisories name a major version at the least, and they took 60.0 days at the median; for 20 "
        "they name a patch: 6.0. That is "
        "more than the median wait of 7.7 days: it is a mean, and some take long."
    )
    assert step.saves is not None
    assert step.saves.value == pytest.approx((60 - 6) * 12 / 32, abs=2)


def test_a_major_version_that_was_taken_where_a_patch_would_have_done_speaks_for_nothing() -> None:
    taken = waits(60, None, 12, jump="major", needed="patch")
    assert "legacy" not in levers(planned((*taken, *waits(6, None, 20, needed="patch"))))


def test_a_pin_that_became_a_range_asks_for_a_lock_file() -> None:
    lost = replace(episode(5, 3, None), state="unpinned", closed=None)
    step = only(planned((*waits(0.02, 0), lost)))
    assert (step.lever, step.saves) == ("lock file", None)
    assert step.because == "1 wait could be followed no further: a pin became a range or a bare name."


@pytest.mark.parametrize(
    ("blocking", "due"), [(False, ["scanning"]), (True, []), (None, [])], ids=["waved through", "blocking", "not told"]
)
def test_a_scan_that_is_waved_through_is_none(blocking: bool | None, due: list[Lever]) -> None:
    task = Task(does="scan", tool="pip-audit", origin=CI, blocking=blocking)
    pipelines = (Pipeline(system="GitHub Actions", file="ci.yml", jobs=(Job(name="ci", origin=CI, tasks=(task,)),)),)
    assert levers(planned(waits(0.02, 0), replace(ALL, pipelines=pipelines))) == due


def evidence(path: Which, strength: Strength, says: str) -> Evidence:
    return Evidence(signal="s", says=says, speaks_for=path, strength=strength, misreading="")


SAID = (
    evidence("watered-down", "ceremony", "A bot is configured."),
    evidence("true", "outcome", "Half land within 3 days."),
    evidence("watered-down", "outcome", "Half take longer than 40 days."),
    evidence("stalled", "practice", "Nothing changed for two years."),
)
OLD = tuple(Sign(where=Where(kind="file", name=name), what="is COBOL") for name in ("src/PAY.CBL", "src/TAX.CBL"))


LEGACY = (
    "src/PAY.CBL is COBOL; 1 more place tells of such. "
    "Fixes that need a major version wait far longer than patches here."
)


@pytest.mark.parametrize(
    ("adoption", "legacy", "kind", "because"),
    [
        (TrueAdoption(evidence=SAID, confidence="high"), (), "keep", "Half land within 3 days."),
        (TrueAdoption(evidence=SAID, confidence="high"), OLD, "keep", "Half land within 3 days."),
        (WateredDown(evidence=SAID, confidence="high"), (), "complete", "Half take longer than 40 days."),
        (Stalled(evidence=SAID, confidence="high"), (), "restart", "Nothing changed for two years."),
        (
            Stalled(evidence=SAID, confidence="high"),
            OLD,
            "transform",
            LEGACY,
        ),
        (UNSEEN, (), "unknown", "Which kind is needed cannot be said yet: too little could be seen"),
        (TrueAdoption(evidence=(), confidence="low"), (), "keep", "its evidence is listed with the verdict."),
    ],
)
def test_the_kind_of_modernization_follows_the_path_and_its_strongest_evidence(
    adoption: Adoption, legacy: tuple[Sign, ...], kind: Modernization, because: str
) -> None:
    assert modernization(adoption, legacy) == (kind, because)


def test_a_legacy_system_that_holds_no_fix_up_is_a_step_and_not_the_kind_of_modernization() -> None:
    held_up = (*waits(60, None, 20, needed="major"), *waits(6, None, 20, needed="patch"))
    history = {"held up": held_up, "not": waits(6, None, 40, needed="patch")}
    found = {name: planned(of, legacy=OLD) for name, of in history.items()}
    assert {name: each.modernization for name, each in found.items()} == {"held up": "transform", "not": "unknown"}
    assert all("legacy" in levers(each) for each in found.values())


THEN = Baseline(at=date(2026, 1, 1), median=30.0, exposure_days=44.5, immune_share=0.4, open=7, steps=("tests",))


def test_a_baseline_comes_back_from_json_as_it_was() -> None:
    assert msgspec.json.decode(msgspec.json.encode(THEN), type=Baseline) == THEN


def test_the_next_assessment_compares_with_the_baseline() -> None:
    now = Baseline(at=date(2026, 8, 1), median=20.0, exposure_days=None, immune_share=0.5, open=2)
    assert compare(THEN, now) == (
        Compared(measure="days until landed, median", then=30.0, now=20.0),
        Compared(measure="exposure-days an episode", then=44.5, now=None),
        Compared(measure="immune share, %", then=40.0, now=50.0),
        Compared(measure="open vulnerabilities", then=7, now=2),
    )


def test_a_plan_with_a_baseline_says_how_what_opened_since_fared() -> None:
    later = tuple(episode(1500 + n, 2, 1) for n in range(6))
    found = planned((*waits(20, 5), *later), baseline=THEN)
    assert found.baseline == THEN
    assert found.compared[-1] == Compared(
        measure="days until landed, median, of 6 opened since 2026-01-01", then=30.0, now=3.0
    )


def test_of_fewer_than_five_that_opened_since_no_median_is_told() -> None:
    later = tuple(episode(1500 + n, 2, 1) for n in range(4))
    assert planned((*waits(20, 5), *later), baseline=THEN).compared[-1].now is None


def test_an_assessment_is_a_baseline_for_the_next() -> None:
    items = tuple(
        Item(package=Package("PyPI", "django"), id=f"{n}", entry="immune" if n < 3 else "reactive", state="fixed")
        for n in range(4)
    )
    history = History(episodes=waits(10, 2), items=items, locks=(LOCK,))
    latency = latency_of(history, at=AT)
    made = plan(history, latency, UNSEEN, no_bot(), (), EMPTY, None, AT)
    assessment = Assessment(
        name="shop",
        root="shop",
        at=AT,
        coverage=None,
        horizon=EMPTY.horizon,
        history=history,
        latency=latency,
        attackers=curve(),
        path=UNSEEN,
        untangled=Untangled(),
        plan=made,
    )
    assert latency.from_published is not None
    assert baseline_of(assessment) == Baseline(
        at=date(2026, 8, 1),
        median=latency.from_published.median.value,
        exposure_days=latency.from_published.area.value,
        immune_share=0.75,
        open=0,
        steps=("landing bot", "urgent lane"),
        planned=(BOT_PLANNED, LANE_PLANNED),
    )


def test_a_longest_wait_that_no_step_is_for_says_so() -> None:
    """What a bot proposes lands already, and branches are not kept."""
    found = planned(waits(20, None), replace(ALL, scans=Absent(read=1)))
    assert levers(found) == ["scanning"]
    assert found.longest.endswith("No step here is for it.")
    assert not planned(waits(20, None), no_bot()).longest.endswith("No step here is for it.")


BOT_PLANNED = Planned(
    lever="landing bot",
    proof="the first commit of a fix comes within a day of its advisory, at the median",
    since=date(2026, 8, 1),
    measured_again=date(2026, 10, 30),
    stage="until the first commit",
    median=10.0,
)
LANE_PLANNED = Planned(
    lever="urgent lane",
    proof="such a fix is on its branch no longer than the fastest quarter is today",
    since=date(2026, 8, 1),
    measured_again=date(2026, 10, 30),
    stage="on the branch",
    median=2.0,
)
EARLIER = replace(BOT_PLANNED, since=date(2026, 1, 1), measured_again=date(2026, 8, 1), median=20.0)


def test_a_step_that_was_planned_keeps_the_day_on_which_it_is_measured_again_until_that_is_over() -> None:
    for again, expected in ((date(2026, 8, 1), date(2026, 8, 1)), (date(2026, 7, 31), date(2026, 10, 30))):
        then = replace(THEN, planned=(replace(EARLIER, measured_again=again),))
        found = planned(waits(10, 2), no_bot(), baseline=then)
        assert {step.lever: step.measured_again for step in found.steps} == {
            "landing bot": expected,
            "urgent lane": date(2026, 10, 30),
        }


def test_the_proof_that_a_step_named_is_compared_over_what_opened_since_it_was_planned() -> None:
    later = tuple(episode(1500 + n, 2, 1) for n in range(6))
    found = planned((*waits(20, 5), *later), baseline=replace(THEN, planned=(EARLIER,)))
    assert found.compared[-1] == Compared(
        measure="landing bot: days until the first commit since 2026-01-01", then=20.0, now=2.0
    )


def test_of_fewer_than_five_since_a_step_was_planned_nothing_is_proved() -> None:
    later = tuple(episode(1500 + n, 2, 1) for n in range(4))
    found = planned((*waits(20, 5), *later), baseline=replace(THEN, planned=(EARLIER,)))
    assert found.compared[-1].now is None


def test_a_proof_that_no_history_tells_is_unknown_and_is_shown() -> None:
    scan = Planned(lever="scanning", proof="each advisory is known here within a day", since=date(2026, 1, 1))
    found = planned(waits(20, 5), baseline=replace(THEN, planned=(scan,)))
    assert found.compared[-1] == Compared(
        measure="scanning: each advisory is known here within a day", then=None, now=None
    )


def test_a_step_that_was_taken_is_remembered_until_its_day_is_over() -> None:
    for again, kept in ((date(2026, 8, 1), (EARLIER,)), (date(2026, 7, 31), ())):
        then = replace(THEN, planned=(replace(EARLIER, measured_again=again),))
        found = planned(waits(0.02, 0), baseline=then)
        assert measured(Latency(), found, AT).planned == kept


def test_what_was_kept_before_steps_were_remembered_is_a_baseline_still() -> None:
    old = b'{"at":"2026-01-01","median":30.0,"exposure_days":44.5,"immune_share":0.4,"open":7,"steps":["tests"]}'
    assert msgspec.json.decode(old, type=Baseline) == THEN


def test_a_repository_without_a_history_has_a_plan_that_says_so() -> None:
    found = plan(History(), Latency(), UNSEEN, no_bot(), (), EMPTY, None, AT)
    assert levers(found) == ["lock file"]
    assert (found.stages, found.steps[0].saves) == ((), None)
    assert found.longest.startswith("Too few fixes were followed from their advisory to their landing")


def test_a_plan_is_of_the_present_and_not_of_how_it_was_before() -> None:
    """Fixes took 200 days, until four years ago; since then they take next to nothing."""
    before = tuple(replace(each, opened=each.opened - timedelta(days=1900)) for each in waits(200, 5))
    found = planned((*before, *waits(0.03, 0.01)), no_bot())
    assert found.steps == ()
    assert "in 40 episodes since 2022-01-01." in found.longest


def test_no_step_promises_a_number_without_an_interval() -> None:
    found = planned(waits(10, 5), no_bot(tests=Absent(read=1), scans=Absent(read=1), deploys=Absent(read=1)))
    for step in found.steps:
        assert step.saves is None or step.saves.low is not None, step
        assert step.why, step
    assert len(found.steps) <= 8
    assert Estimate(value=None) not in [step.saves for step in found.steps]
