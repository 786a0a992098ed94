"""How `outpace test select` is shown: text, and its public JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct

from outpace.app.test_select import Answer
from outpace.formats.advice import count
from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import printable, shortened
from outpace.formats.test_items import item_words, reason_kind, reason_words
from outpace.model.unknown import Unknown
from outpace.testing.selection.decision import Changed, Decision, Everything, Selected, Some, telling

SHOWN = 20
WIDEST = 60


class SelectedV1(Struct, frozen=True, kw_only=True):
    """`items` are what changed of that which the test depends on."""

    test: str
    reason: Literal["new", "not green", "untraced", "unstable", "changed", "everything"]
    why: str
    items: tuple[str, ...] = ()


class DeselectedV1(Struct, frozen=True, kw_only=True):
    """The test was green at `commit`, and none of its `inputs` has changed since `recorded`."""

    test: str
    commit: str
    recorded: datetime
    inputs: int


class InputV1(Struct, frozen=True, kw_only=True):
    item: str
    means: str
    changed: bool


class WhyV1(Struct, frozen=True, kw_only=True):
    test: str
    selected: bool
    why: str
    inputs: tuple[InputV1, ...]


class TestSelectV1(Struct, frozen=True, kw_only=True):
    """`everything` are the reasons to run all tests; without one, only `selected` need to run."""

    everything: tuple[str, ...]
    selected: tuple[SelectedV1, ...]
    deselected: tuple[DeselectedV1, ...]
    unread: tuple[str, ...]
    gone: tuple[str, ...]
    recorded: int
    explained: tuple[WhyV1, ...] = ()


def answer(told: Answer | Unknown, why: tuple[str, ...] = ()) -> bytes:
    if isinstance(told, Unknown):
        empty = TestSelectV1(everything=(), selected=(), deselected=(), unread=(), gone=(), recorded=0)
        return encoded("test select", empty, unknown=(_unknown(told),))
    decision = told.decision
    result = TestSelectV1(
        everything=decision.why if isinstance(decision, Everything) else (),
        selected=tuple(_selected(decision)),
        deselected=tuple(_deselected(decision)),
        unread=decision.unread if isinstance(decision, Some) else (),
        gone=decision.gone if isinstance(decision, Some) else (),
        recorded=told.recorded,
        explained=tuple(_why(told, test) for test in why),
    )
    return encoded("test select", result, unknown=(_unknown(told.unknown),) if told.unknown is not None else ())


def _unknown(unknown: Unknown) -> UnknownItem:
    return UnknownItem(what="the tests", why=unknown.why, would_settle=unknown.would_settle)


def _selected(decision: Decision) -> Iterator[SelectedV1]:
    match decision:
        case Everything(why=why, tests=tests):
            yield from (SelectedV1(test=test, reason="everything", why=why[0]) for test in tests)
        case Some(selected=selected):
            for each in selected:
                items = each.why.items if isinstance(each.why, Changed) else ()
                yield SelectedV1(
                    test=each.test, reason=_literal(reason_kind(each.why)), why=reason_words(each.why), items=items
                )


def _literal(kind: str) -> Literal["new", "not green", "untraced", "unstable", "changed"]:
    match kind:
        case "new" | "not green" | "untraced" | "unstable":
            return kind
        case _:
            return "changed"


def _deselected(decision: Decision) -> Iterator[DeselectedV1]:
    if isinstance(decision, Some):
        for each in decision.deselected:
            yield DeselectedV1(test=each.test, commit=each.commit, recorded=each.at, inputs=each.inputs)


def _why(told: Answer, test: str) -> WhyV1:
    chosen = next((each for each in _selected(told.decision) if each.test == test), None)
    inputs = tuple(_inputs(told, test))
    why = chosen.why if chosen is not None else f"green when recorded, and none of its {len(inputs)} inputs changed"
    return WhyV1(test=test, selected=chosen is not None, why=why, inputs=inputs)


def _inputs(told: Answer, test: str) -> Iterator[InputV1]:
    """What changed first, then what is the test's own."""
    record = next((each for each in told.known.tests if each.test == test), None) if told.known is not None else None
    if told.known is None or record is None:
        return
    items = told.known.items_of(record)
    changed = {item for item, digest in items.items() if told.world.digests.get(item) != digest}
    own = {told.known.inputs[number].item for number in record.inputs}
    for item in sorted(items, key=lambda each: (each not in changed, each not in own, telling(each))):
        yield InputV1(item=item, means=item_words(item), changed=item in changed)


def text(told: Answer | Unknown, why: tuple[str, ...] = ()) -> str:
    if isinstance(told, Unknown):
        settle = f"  would settle it: {printable(told.would_settle)}\n" if told.would_settle else ""
        return f"unknown: {printable(told.why)}\n{settle}"
    lines = _explained(told, why) if why else _decided(told)
    return "\n".join(lines) + "\n"


def _decided(told: Answer) -> Iterator[str]:
    match told.decision:
        case Everything(why=why, tests=tests):
            yield f"all {len(tests)} tests are to run"
            yield from (f"  because {printable(each)}" for each in why)
        case Some() as some:
            yield from _some(some)
    if told.unknown is not None:
        yield f"not recorded: {printable(told.unknown.why)}"
    elif told.recorded:
        yield f"recorded {told.recorded} tests; the next change is compared with them"
    elif told.known is None:
        yield "record them once, and the next change runs only what it needs: outpace test select --record"


def _some(some: Some) -> Iterator[str]:
    total = len(some.selected) + len(some.deselected)
    seconds = sum(each.seconds for each in some.selected)
    saved = sum(each.seconds for each in some.deselected)
    yield f"{len(some.selected)} of {total} tests are selected ({seconds:.1f} s of {seconds + saved:.1f} s)"
    yield from (f"  {_line(each)}" for each in some.selected[:SHOWN])
    if len(some.selected) > SHOWN:
        yield f"  and {len(some.selected) - SHOWN} more"
    if some.deselected:
        oldest = min(each.at for each in some.deselected)
        yield (
            f"not selected: {len(some.deselected)}, each green when it was recorded, with nothing that it depends on "
            f"changed since; the oldest record is of {oldest:%Y-%m-%d %H:%M}"
        )
    if some.unread:
        yield f"changed, but no selected test depends on it: {', '.join(map(printable, some.unread[:SHOWN]))}"
    if some.gone:
        yield f"no longer there: {count(len(some.gone), 'test')}, as {printable(some.gone[0])}"


def _line(each: Selected) -> str:
    return f"{shortened(printable(each.test), WIDEST)}  {reason_words(each.why)}"


def _explained(told: Answer, why: tuple[str, ...]) -> Iterator[str]:
    for test in why:
        found = _why(told, test)
        yield f"{printable(test)} is {'selected' if found.selected else 'not selected'}: {printable(found.why)}"
        shown = [each for each in found.inputs if each.changed == found.selected or not found.selected][:SHOWN]
        yield from (f"  {'changed' if each.changed else 'as it was'}: {each.means}" for each in shown)
        rest = len(found.inputs) - len(shown)
        if rest:
            yield f"  and {rest} more that are as they were; --format json lists them all"
