"""The trail of a rollout: JSON lines of what was seen and what was said, from which anybody can say it again.

The first line is a header with the budget, then each look, and behind it its verdict where that says something new. A
float is written so that it is read as the same one, so verdicts are recomputed bit for bit. Whoever was killed while
writing leaves a last line that is torn: it is no line. `Writing` gives lines, and whoever has the file appends them.
Where a newer Outpace goes on with it, a line says so: what was said before follows from other rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from outpace.delivery.rollout.budget import Budget, follows
from outpace.delivery.rollout.counts import Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.verdicts import GoOn, Verdict
from outpace.model.errors import BadInput

VERSION = 5
"""Of what follows from looks: it is another one where verdicts changed."""
LONGEST_LINE = 2 << 20
MOST_LOOKS = 2_000_000  # all that are made while users are shared out for half a day, or of a soak of weeks
AGAIN = 60.0  # seconds after which a verdict is written though it is nothing new
STEPS = 500  # of a replay that are kept to be shown


class Header(Struct, frozen=True, kw_only=True, tag="trail"):
    version: Literal[1, 2, 3, 4, 5] = VERSION
    baseline: Annotated[str, Meta(max_length=128)] = ""  # digests of releases
    candidate: Annotated[str, Meta(max_length=128)] = ""
    budget: Budget


class Rules(Struct, frozen=True, tag="rules"):
    """By which it is gone on with from here."""

    version: Literal[2, 3, 4, 5]


class Look(Struct, frozen=True, tag="look"):
    tick: Tick


class Said(Struct, frozen=True, tag="said"):
    verdict: Verdict


class Step(Struct, frozen=True):
    """A verdict that said something new."""

    at: float
    verdict: Verdict


class Replayed(Struct, frozen=True, kw_only=True):
    """`differs`: where what is written is not what follows from the looks, in words; empty: nowhere. What was said by
    rules of another version is as written, since the rules of today say nothing of it; `is_judged`: the end is not."""

    header: Header
    is_judged: bool
    looks: int
    said: int
    unjudged: int  # of these, by rules of another version
    steps: tuple[Step, ...]
    left_out: int  # steps beyond those that are kept
    last: Verdict | None
    torn: bool
    differs: str


class Resumed(Struct, frozen=True):
    """The judge as it stood. `length`: bytes of whole lines; cut the file there before more is appended."""

    judge: Judge
    writing: Writing
    header: Header
    length: int


Line: TypeAlias = Header | Rules | Look | Said
_DECODER = msgspec.json.Decoder(Line)


class Writing:
    """Says which lines a trail gets next."""

    def __init__(self) -> None:
        self._last: Verdict | None = None
        self._at = 0.0
        self._owed = b""

    def begin(self, header: Header) -> bytes:
        return _line(header)

    def add(self, tick: Tick, verdict: Verdict) -> bytes:
        """One piece, for one write."""
        written, self._owed = self._owed + _line(Look(tick)), b""
        return written + _line(Said(verdict)) if self.is_news(tick.at, verdict) else written

    def owe(self, line: Line) -> None:
        """Before what is next."""
        self._owed += _line(line)

    def is_news(self, at: float, verdict: Verdict) -> bool:
        """Asked once for each look, since it remembers what it was asked."""
        match verdict, self._last:
            case GoOn(weight=weight, phase=phase), GoOn(weight=old_weight, phase=old_phase):
                news = (weight, phase) != (old_weight, old_phase)
            case _, last:
                news = verdict != last
        news = news or at - self._at >= AGAIN
        if news:
            self._last, self._at = verdict, at
        return news


def replay(lines: Iterable[bytes]) -> Replayed:
    """Judges again. Raises BadInput where it is no trail."""
    found = _lines(lines)
    header, _ = _header(found)
    course = _Course(header)
    torn = False
    for number, line, _ in found:
        if line is None:
            torn = True
        else:
            course.follow(number, line)
    return Replayed(
        header=header,
        is_judged=course.is_judged,
        looks=course.looks,
        said=course.said,
        unjudged=course.unjudged,
        steps=tuple(course.steps),
        left_out=course.left_out,
        last=course.last,
        torn=torn or course.expected is not None,
        differs=course.differs,
    )


def resume(lines: Iterable[bytes]) -> Resumed:
    """The judge at the end of a trail, to go on with. Raises BadInput where it is no trail."""
    found = _lines(lines)
    header, length = _header(found)
    judge, writing, version = Judge(header.budget), Writing(), header.version
    unsaid: Verdict | None = None
    for number, line, end in found:
        match line:
            case Look(tick):
                verdict = judge.see(tick)
                unsaid = verdict if writing.is_news(tick.at, verdict) else None
            case Said():
                unsaid = None
            case Rules(version):
                pass
            case None:
                continue
            case Header():
                raise _no_trail(number, "a header stands first, and once")
        length = end
    if version != VERSION:
        writing.owe(Rules(VERSION))
    elif unsaid is not None:
        writing.owe(Said(unsaid))
    return Resumed(judge, writing, header, length)


class _Course:
    """A replay under way."""

    def __init__(self, header: Header) -> None:
        self.judge = Judge(header.budget)
        self.is_judged = header.version == VERSION
        self.writing = Writing()
        self.looks = self.said = self.unjudged = self.left_out = 0
        self._at = 0.0
        self.steps: list[Step] = []
        self.last: Verdict | None = None
        self.expected: Verdict | None = None
        self.differs = ""
        if self.is_judged and not follows(header.budget):
            self._differ("line 1 holds a budget that does not follow from its risk")

    def follow(self, number: int, line: Line) -> None:
        match line:
            case Look(tick):
                self._expect_nothing(number)
                self.looks += 1
                if self.looks > MOST_LOOKS:
                    raise _no_trail(number, f"it has more than {MOST_LOOKS} looks")
                self._at = tick.at
                verdict = self.judge.see(tick)
                is_news = self.writing.is_news(tick.at, verdict)
                if not self.is_judged:
                    return
                self.last = verdict
                if is_news:
                    self.expected = verdict
                    self._keep(Step(tick.at, verdict))
            case Said(verdict):
                self.said += 1
                if not self.is_judged:
                    self.unjudged += 1
                    self.last = verdict
                    self._keep(Step(self._at, verdict))
                    return
                if self.expected is None:
                    self._differ(f"line {number} says a verdict where nothing new follows from what was seen")
                elif verdict != self.expected:
                    self._differ(f"line {number} says another verdict than follows from what was seen")
                self.expected = None
            case Rules(version):
                self._expect_nothing(number)
                self.is_judged = version == VERSION
            case Header():
                raise _no_trail(number, "a header stands first, and once")

    def _expect_nothing(self, number: int) -> None:
        if self.expected is not None:
            self._differ(f"before line {number} a verdict is missing that follows from what was seen")
        self.expected = None

    def _keep(self, step: Step) -> None:
        if len(self.steps) >= STEPS:
            self.steps.pop(STEPS // 2)
            self.left_out += 1
        self.steps.append(step)

    def _differ(self, how: str) -> None:
        self.differs = self.differs or how


def _header(found: Iterator[tuple[int, Line | None, int]]) -> tuple[Header, int]:
    """And where it ends."""
    match next(found, None):
        case (_, Header() as header, end):
            return header, end
        case _:
            raise _no_trail(1, "it has no header")


def _lines(lines: Iterable[bytes]) -> Iterator[tuple[int, Line | None, int]]:
    """With their numbers and where they end; None for a torn one, which can only be the last."""
    end = 0
    torn = 0
    for number, line in enumerate(lines, 1):
        if torn:
            raise _no_trail(torn, "it ends before it is over")
        if len(line) > LONGEST_LINE:
            raise _no_trail(number, f"it is longer than {LONGEST_LINE} bytes")
        if not line.endswith(b"\n"):
            torn = number
            yield number, None, end
            continue
        end += len(line)
        try:
            yield number, _DECODER.decode(line), end
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _no_trail(number, str(error)) from error


def _line(line: Line) -> bytes:
    return msgspec.json.encode(line) + b"\n"


def _no_trail(number: int, why: str) -> BadInput:
    return BadInput(
        f"line {number} is none of a rollout's trail: {why}",
        hint="outpace verdict replay reads the file that a rollout wrote",
    )
