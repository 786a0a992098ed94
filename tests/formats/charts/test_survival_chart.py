"""The curve is drawn where its numbers lie, and says them."""

from __future__ import annotations

import re

from outpace.assessment.attackers import AttackCurve, Mark
from outpace.assessment.plan import StageTime
from outpace.formats.charts import stages, survival
from outpace.formats.charts.scales import Linear
from outpace.statistics.curves import Estimate, Span
from outpace.statistics.survival import survival as curve_of

ENDED = tuple(Span(days, ended=True) for days in (10.0, 20.0, 60.0))
CURVE = curve_of([*ENDED, Span(40.0, ended=False)], horizon=90.0)
NOBODY = AttackCurve(marks=(), caveat="")
DRAWING = survival.Drawing(scale=Linear(left=0.0, right=90.0, end=90.0), width=100.0, height=100.0, top=0.0, bottom=0.0)


def mark(days: float, exploited: float) -> Mark:
    return Mark(days=days, exploited=exploited, source="s", url="https://example.invalid", caveat="c")


def path(drawn: str, cls: str) -> str:
    return re.findall(rf'<path d="([^"]+)" class="{cls}">', drawn)[0]


def test_the_curve_steps_down_at_each_event_and_stays_level_between() -> None:
    drawn = survival.chart(CURVE, NOBODY, DRAWING)
    assert path(drawn, "curve exposed") == "M0 0H10V25H20V50H60V100H60"


def test_attackers_are_dotted_and_never_come_back_up() -> None:
    attackers = AttackCurve(marks=(mark(30, 0.5), mark(0, 0.2), mark(60, 0.4)), caveat="")
    assert path(survival.chart(CURVE, attackers, DRAWING), "attack") == "M0 0H0V20H30V50H60V50H90"


def test_what_is_still_open_has_a_stroke_on_the_line() -> None:
    drawn = survival.chart(CURVE, NOBODY, DRAWING, censored=(40.0,))
    assert re.findall(r'<line x1="40" x2="40" y1="45" y2="55" class="censored exposed">', drawn) != []


def test_the_picture_says_its_numbers() -> None:
    attackers = AttackCurve(marks=(mark(0, 0.2),), caveat="")
    said = survival.in_words(CURVE, attackers).replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "4 episodes, too few for a median, followed for up to 60 days. Still open: 100% after 7 days, "
        "50% after 30 days, 0% after 90 days, 0% after 365 days. Still open, or not "
        "followed further, and counted as such: 1. "
        "Of what attackers exploit, not yet exploited: 80% after 0 days."
    )


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    long = curve_of([Span(float(day), ended=True) for day in range(1, 700)], horizon=900.0)
    points = survival.thinned(long.points)
    assert len(points) == survival.MOST_POINTS
    assert (points[0], points[-1]) == (long.points[0], long.points[-1])


def test_each_stage_begins_where_the_one_before_ended() -> None:
    told = [
        StageTime(name="until the first commit", median=Estimate(value=6.0), total=70.0, share=0.7, count=9),
        StageTime(name="on the branch", median=Estimate(value=None), total=30.0, share=0.3, count=9),
    ]
    drawn = stages.chart(told, width=400.0, narrow=True)
    bars = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="15" rx="3" class="fill (\w+)">', drawn)
    assert bars == [("0", "280", "exposed"), ("280", "120", "rest")]
    assert "median unknown" in drawn
