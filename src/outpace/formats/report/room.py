"""How much a brief may say so that it prints on one sheet: the type, the drawings, the length of a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.assessment.assessment import Assessment
from outpace.assessment.clock import Waterfall
from outpace.formats.charts import one_axis
from outpace.formats.report import answer, parts

Place: TypeAlias = Literal["left", "right", "below"]

# Letter, the lower sheet, has 988 pixels between its margins; of 72 pages none was higher than 93 % of its estimate.
SHEET = 1_035.0
SHOWN = 3  # steps, evidence, deadlines
PLACES = 44  # characters that name where evidence is


class Room(Struct, frozen=True, kw_only=True):
    """`em` is the size that all of the sheet's sizes are told in, as sheet.css has it for `cls` in print."""

    cls: str
    em: float
    layouts: tuple[one_axis.Layout, ...]
    sentence: int
    asked: int = SHOWN

    def small(self, characters: int, width: float) -> float:
        """The height of that much small type in a column of so many pixels."""
        return math.ceil(characters / (width / (self.em * 0.435))) * self.em * 1.22

    def bold(self, characters: int, width: float) -> float:
        return math.ceil(characters / (width / (self.em * 0.5))) * self.em * 1.26


ROOMY = Room(cls="sheet", em=11.5, layouts=one_axis.LAYOUTS, sentence=260)
ROOMS = (
    ROOMY,
    Room(cls="sheet snug", em=10.8, layouts=one_axis.LAYOUTS, sentence=260),
    Room(cls="sheet dense", em=10.1, layouts=one_axis.COMPACT, sentence=260),
    Room(cls="sheet dense", em=10.1, layouts=one_axis.COMPACT, sentence=170),
    Room(cls="sheet dense", em=10.1, layouts=one_axis.TIGHT, sentence=170),
    Room(cls="sheet dense", em=10.1, layouts=one_axis.TIGHT, sentence=110),
    Room(cls="sheet dense", em=10.1, layouts=one_axis.TIGHT, sentence=60, asked=2),
)
LEFT, RIGHT, WHOLE = 352.0, 304.0, 690.0


def fitting(assessment: Assessment, live: Waterfall | None) -> Room:
    """The roomiest in which everything fits."""
    return next((room for room in ROOMS if height(assessment, live, room) <= SHEET), ROOMS[-1])


def height(assessment: Assessment, live: Waterfall | None, room: Room) -> float:
    """About so many pixels; more rather than less."""
    head = room.em * 12.5
    return head + min(_heights(assessment, room).values()) + _figure(assessment, live, room) + room.em * 2.5


def asks(assessment: Assessment, room: Room) -> Place:
    """Where the questions stand: below the steps, below the reasons, or below both and side by side."""
    heights = _heights(assessment, room)
    return min(heights, key=heights.__getitem__)


def _heights(assessment: Assessment, room: Room) -> dict[Place, float]:
    """Of steps, reasons and questions together, by where the questions stand."""
    left = _plan(assessment, room) + (_deadlines(assessment, room) if assessment.deadlines else 0.0)
    right = _why(assessment, room)
    return {
        "right": max(left, right + _asked(assessment, room, RIGHT)),
        "left": max(left + _asked(assessment, room, LEFT), right),
        "below": max(left, right) + _asked_beside(assessment, room),
    }


def _panel(room: Room, content: float) -> float:
    return content + room.em * (0.7 + 1.6 + 1.5 + 0.45) + 2


def _cut(text: str, limit: int) -> int:
    """Its length; a word that breaks takes a line more."""
    shown = text[:limit]
    return len(shown) + (30 if any(len(word) > 40 for word in shown.split()) else 0)


def _plan(assessment: Assessment, room: Room) -> float:
    steps = assessment.plan.steps[:SHOWN]
    said = room.small(30 + _cut(assessment.plan.because, room.sentence), LEFT)
    for step in steps:
        wanted = _cut(step.because, room.sentence) + 66
        if step.saves is None:
            wanted += min(len(step.why), 110)
        said += room.bold(_cut(step.says, room.sentence), LEFT - 16) + room.small(wanted, LEFT - 16) + room.em * 0.7
    return _panel(room, said + room.em * 1.9)


def _why(assessment: Assessment, room: Room) -> float:
    shown = answer.strongest(assessment.path, SHOWN)
    said = sum(
        room.bold(_cut(each.says, room.sentence) + (PLACES if each.where else 0), RIGHT) + room.em * 0.8
        for each in shown
    )
    return _panel(room, said + room.em * 2.2)


def _deadlines(assessment: Assessment, room: Room) -> float:
    each_one = sum(room.em * (3.9 if each.why_unknown else 3.6) for each in assessment.deadlines[:SHOWN])
    return _panel(room, each_one + (room.em * 1.7 if len(assessment.deadlines) > SHOWN else 0))


def _asked(assessment: Assessment, room: Room, width: float) -> float:
    asked = parts.every_question(assessment)
    lines = (_sum((each.what, each.why, each.would_settle), room.sentence) + 20 for each in asked[: room.asked])
    said = sum(room.small(characters, width - 18) + room.em * 0.6 for characters in lines)
    return _panel(room, said + (room.em * 1.7 if len(asked) > room.asked else 0))


def _asked_beside(assessment: Assessment, room: Room) -> float:
    asked = parts.every_question(assessment)
    shown = asked[: room.asked]
    width = WHOLE / max(len(shown), 1) - 30
    highest = max(
        (room.small(_sum((q.what, q.why, q.would_settle), room.sentence) + 40, width) for q in shown), default=0.0
    )
    return _panel(room, highest + room.em * (2.3 if len(asked) > room.asked else 0.6))


def _sum(texts: Iterable[str], limit: int) -> int:
    return sum(_cut(text, limit) for text in texts)


def _figure(assessment: Assessment, live: Waterfall | None, room: Room) -> float:
    layout = room.layouts[0]
    rows = len(one_axis.rows(live)) if live is not None else 0
    drawn = layout.field + layout.row * (len(assessment.plan.stages) + rows) + one_axis.HEADING * (1 + bool(rows))
    caption = room.small(_cut(assessment.plan.longest, room.sentence) + 290, WHOLE)
    facts = (
        0.0
        if live is None
        else room.small(sum(len(each.source) + len(each.detail) + 34 for each in live.stages), WHOLE)
    )
    return _panel(room, drawn * 1.02 + caption + facts + room.em)
