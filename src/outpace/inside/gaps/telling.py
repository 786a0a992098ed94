"""What a new test may assert so that it tells a mutant from the code: lines, the best first, and drafts with them."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ..mutants.text import Edit, edited
from .assertions import Style, assertions
from .beside import asserting, raising, spelled, upto
from .drafts import RAISES as RAISING
from .drafts import Draft, draft_of, own_text, raised_in, raises, with_parameter
from .messages import header_of, piece_of, raising_line
from .relatives import Relative
from .running import Difference, Ended
from .seeing import CAPTURED, RAISED

RAISES, ITSELF, MATCHES = -12, -13, -14
"""In the place of a call: the step raises; the step asserts by itself; the step asserts with which message."""
CAPTURE = "capsys"
UNUSED = re.compile(r"^( +)result = (?=.*\n?\Z)", re.MULTILINE)
"""In the last line of a block that raises."""
NOTHING_PRINTED = 100
"""That nothing is printed says less than what is printed elsewhere."""


class Parent(NamedTuple):
    """A test without its assertions, from which others are made."""

    relative: Relative
    draft: Draft
    style: Style


class Line(NamedTuple):
    """What is asserted, of which step, and of which of its calls, or one of the words above."""

    line: str
    step: int
    call: int


def lines_for(parent: Parent, draft: Draft, base: Ended, ended: Ended, differences: Sequence[Difference]) -> list[Line]:
    """The best first. `base` is how it ended without the mutant, `ended` how with it."""
    if not base.green:
        return _raised(parent, draft, base, ended)
    if not ended.green and ended.at + 1 < len(draft.steps) and _asserts_itself(draft, ended.at + 1):
        return [Line("", ended.at + 1, ITSELF)]
    broken = ended.at + 1 if not ended.green else -1
    found = [
        (0 if broken in (-1, line.step) else 1, cost + 5 * line.step, line)
        for difference in differences
        for cost, line in _told(parent, draft, difference)
    ]
    return [line for _, _, line in sorted(found)]


def _told(parent: Parent, draft: Draft, difference: Difference) -> Iterator[tuple[int, Line]]:
    place = difference.place
    step = draft.steps[place.step]
    if not draft.stands_alone(step):
        return
    if place.call == RAISED:
        yield from _matched(parent, draft, difference)
        return
    if place.call == CAPTURED and (parent.relative.unittest or difference.other is None):
        return
    subject = place.name if place.call < 0 else draft.of(step.calls[place.call])
    if place.call == CAPTURED:
        subject = f"{CAPTURE}.readouterr().{place.name}"
    if "\n" not in subject:
        for each in assertions(subject, place.place, difference.one, difference.other, parent.style):
            nothing = place.call == CAPTURED and difference.one[1] == "''"
            yield each.cost + (NOTHING_PRINTED if nothing else 0), Line(each.line, place.step, place.call)


def _matched(parent: Parent, draft: Draft, difference: Difference) -> Iterator[tuple[int, Line]]:
    """It raises the same with another message."""
    step = difference.place.step
    piece = None if difference.other is None else piece_of(difference.one[1], difference.other[1])
    edit = None if piece is None else header_of(draft, step, piece, parent.style, anew=True)
    if edit is not None:
        line = edit.put.decode()
        yield len(line), Line(line, step, MATCHES)


def _raised(parent: Parent, draft: Draft, base: Ended, ended: Ended) -> list[Line]:
    """It raises, on purpose, what the mutant does not, or with another message."""
    step = base.at + 1
    same = base.exception == ended.exception
    piece = piece_of(base.message, ended.message) if same else None
    if not base.explicit or (same and piece is None) or step >= len(draft.steps):
        return []
    name = spelled(base.exception, parent.relative.namespace)
    if name is None or not draft.stands_alone(draft.steps[step]):
        return []
    if parent.style.unittest or "pytest" in parent.relative.namespace:
        return [Line(raising_line(name, piece, parent.style), step, RAISES)]
    return []


def _asserts_itself(draft: Draft, step: int) -> bool:
    """A block or a call that says what shall be raised."""
    node = draft.steps[step].node
    if isinstance(node, ast.With):
        return raises(node)
    func = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr in RAISING


def as_draft(draft: Draft, told: Line, dropped: Collection[int]) -> Draft | None:
    """Up to the step, which asserts it; None where that is no Python, or a step lacks a name."""
    if any(_lost(draft, each, told.step, dropped) for each in dropped):
        return None
    try:
        return draft_of(_text(draft, told, tuple(dropped)))
    except SyntaxError:
        return None


def _text(draft: Draft, told: Line, dropped: Sequence[int]) -> str:
    line, step, call = told
    if call == RAISES:
        return UNUSED.sub(r"\1", raising(draft, step, line, dropped=dropped))
    if call == ITSELF:
        return upto(draft, step, dropped=dropped)
    if call == MATCHES:
        return upto(_with_header(draft, step, line), step, dropped=dropped)
    text = asserting(draft, step, call, line, dropped=dropped)
    return with_parameter(text, CAPTURE) if call == CAPTURED else text


def _with_header(draft: Draft, step: int, line: str) -> Draft:
    """Raises SyntaxError."""
    call = raised_in(draft.steps[step].node)
    assert call is not None
    edit = Edit(draft.text.start(call), draft.text.end(call), line.encode())
    content = draft.source.encode()
    return draft_of(own_text(edited(content, [edit], 0, len(content)).decode()))


def _lost(draft: Draft, step: int, last: int, dropped: Collection[int]) -> bool:
    """A step that is kept reads a name which this one gives: it would read another of that name, or none."""
    given = {each.id for each in _names(draft, step) if not isinstance(each.ctx, ast.Load)}
    kept = [each for each in range(step + 1, last + 1) if each not in dropped]
    return any(each.id in given for at in kept for each in _names(draft, at) if isinstance(each.ctx, ast.Load))


def _names(draft: Draft, step: int) -> Iterator[ast.Name]:
    for each in ast.walk(draft.steps[step].node):
        if isinstance(each, ast.Name):
            yield each
