"""The trail: what is written is said again bit for bit, a torn line is none, and a hostile file is refused."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.delivery.rollout.counts import Arm, Bucket, Tick
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.trail import LONGEST_LINE, Header, Writing, replay, resume
from outpace.delivery.rollout.verdicts import GoOn, RollBack
from outpace.model.errors import BadInput
from tests.fakes.rollout_traffic import Traffic, failing, made


def written(fails: float, looks: int = 120) -> list[bytes]:
    """Lines, of which the first is the header."""
    judge, writing = Judge(made()), Writing()
    traffic = Traffic(8, failing(fails), {"one": 100.0, "other": 100.0})
    pieces, weight = [writing.begin(Header(baseline="b" * 64, candidate="c" * 64, budget=judge.budget))], judge.weight
    for number in range(1, looks + 1):
        tick = traffic.tick(number * 0.1, weight)
        verdict = judge.see(tick)
        pieces.append(writing.add(tick, verdict))
        if isinstance(verdict, GoOn):
            weight = verdict.weight
    return b"".join(pieces).splitlines(keepends=True)


@pytest.mark.parametrize("fails", [0.001, 0.3])
def test_a_trail_is_judged_again_bit_for_bit(fails: float) -> None:
    found = replay(written(fails))
    assert (found.differs, found.torn, found.looks) == ("", False, 120)
    assert found.said == len(found.steps) > 0
    assert isinstance(found.last, RollBack) == (fails > 0.1)


def test_a_changed_count_is_noticed() -> None:
    lines = written(0.3)
    changed = [line.replace(b'"errors":1', b'"errors":0') for line in lines]
    assert changed != lines
    assert replay(changed).differs


@pytest.mark.parametrize(
    ("changed", "to"), [(b'"weight":0.066', b'"weight":0.05'), (b'"requests":461', b'"requests":46')]
)
def test_a_budget_that_does_not_follow_from_its_risk_is_noticed(changed: bytes, to: bytes) -> None:
    lines = written(0.3)
    assert changed in lines[0]
    found = replay([lines[0].replace(changed, to), *lines[1:]])
    assert found.differs == "line 1 holds a budget that does not follow from its risk"


def test_a_verdict_that_was_taken_out_or_put_in_is_noticed() -> None:
    lines = written(0.3)
    said = [number for number, line in enumerate(lines) if b'"said"' in line]
    assert replay([line for number, line in enumerate(lines) if number != said[0]]).differs
    assert replay([*lines, lines[said[-1]]]).differs


def test_a_torn_last_line_is_left_out_wherever_it_was_torn() -> None:
    lines = written(0.001, looks=20)
    for cut in (1, len(lines[-1]) // 2, len(lines[-1]) - 1):
        found = replay([*lines[:-1], lines[-1][:cut]])
        assert (found.differs, found.torn) == ("", True)


def test_a_judge_that_is_resumed_goes_on_as_if_nothing_had_been() -> None:
    lines = written(0.3)
    half = [*lines[:10], lines[10][:7]]
    found = resume(half)
    assert found.length == sum(map(len, lines[:10]))
    assert found.header.candidate == "c" * 64
    again = b"".join(lines[:10])
    for line in lines[10:]:
        look = msgspec.json.decode(line)
        if look["type"] == "look":
            tick = msgspec.convert(look["tick"], Tick)
            again += found.writing.add(tick, found.judge.see(tick))
    assert again == b"".join(lines)


def spoilt(change: Callable[[list[bytes]], list[bytes]]) -> list[bytes]:
    return change(written(0.001, looks=5))


@pytest.mark.parametrize(
    "change",
    [
        lambda _lines: [],
        lambda lines: lines[1:],
        lambda lines: [lines[0], *lines],
        lambda lines: [*lines[:3], b"{}\n", *lines[3:]],
        lambda lines: [*lines[:3], b"\xff\xfe\n", *lines[3:]],
        lambda lines: [*lines[:3], lines[3][:9], *lines[4:]],
        lambda lines: [*lines, b" " * (LONGEST_LINE + 1)],
        lambda lines: [*lines, b"[" * 100_000 + b"\n"],
        lambda lines: [*lines, b'{"type":"look","tick":{"at":-1,"weight":0.1}}\n'],
        lambda lines: [*lines, b'{"type":"look","tick":{"at":1e400,"weight":0.1}}\n'],
        lambda lines: [
            lines[0].replace(b'"metric":"errors","alpha":0.0006', b'"metric":"errors","alpha":0.6'),
            *lines[1:],
        ],
        lambda lines: [lines[0].replace(b'"metric":"errors"', b'"metric":"slow"'), *lines[1:]],
        lambda lines: [lines[0].replace(b'"block_s":10.0', b'"block_s":1e-300'), *lines[1:]],
    ],
)
def test_what_is_no_trail_is_refused_in_words(change: Callable[[list[bytes]], list[bytes]]) -> None:
    with pytest.raises(BadInput, match="none of a rollout's trail"):
        replay(spoilt(change))


@given(st.lists(st.tuples(st.floats(0, 1e9), st.integers(0, 10**12), st.integers(0, 10**12)), max_size=20))
@settings(max_examples=50, deadline=None)
def test_a_trail_of_any_numbers_is_judged_again_bit_for_bit(looks: list[tuple[float, int, int]]) -> None:
    judge, writing = Judge(made(soak_s=5)), Writing()
    pieces = [writing.begin(Header(budget=judge.budget))]
    for at, requests, errors in looks:
        arm = Arm(requests=requests, errors=errors, latency=(Bucket(1.5, requests), Bucket(1e12, errors)))
        tick = Tick(at=at, weight=0.05, baseline=arm, candidate=arm)
        pieces.append(writing.add(tick, judge.see(tick)))
    assert replay(b"".join(pieces).splitlines(keepends=True)).differs == ""


def test_a_trail_by_rules_of_another_version_is_shown_as_written_and_called_no_forgery() -> None:
    lines = written(0.3)
    old = [lines[0].replace(b'"version":5', b'"version":1'), *lines[1:]]
    assert old != lines
    told, now = replay(old), replay(lines)
    assert (told.is_judged, told.differs, now.is_judged) == (False, "", True)
    assert (told.looks, told.said, told.last) == (now.looks, now.said, now.last)
    assert told.steps == now.steps


def test_a_trail_of_rules_that_do_not_exist_yet_is_refused() -> None:
    lines = written(0.001, looks=2)
    with pytest.raises(BadInput, match="none of a rollout's trail"):
        replay([lines[0].replace(b'"version":5', b'"version":6'), *lines[1:]])


def test_a_rollout_under_way_goes_on_by_the_rules_of_today() -> None:
    lines = written(0.001, looks=20)
    old = [lines[0].replace(b'"version":5', b'"version":1'), *lines[1:]]
    found = resume(old)
    assert found.judge.phase == "users"
    looks = [Tick(at=at, weight=found.judge.weight, baseline=Arm(requests=9)) for at in (60.0, 61.0, 121.0)]
    more = b"".join(found.writing.add(look, found.judge.see(look)) for look in looks).splitlines(keepends=True)
    told = replay([*old, *more])
    assert more[0] == b'{"type":"rules","version":5}\n'
    assert (told.is_judged, told.differs, told.said - told.unjudged) == (True, "", 2)
    assert replay([*old, *(line.replace(b'"seconds":', b'"seconds":9') for line in more)]).differs


@pytest.mark.parametrize("torn", [1, 40])
def test_a_verdict_that_was_torn_is_said_by_whoever_goes_on(torn: int) -> None:
    lines = written(0.3, looks=3)
    said = next(number for number, line in enumerate(lines) if b'"said"' in line)
    found = resume([*lines[:said], lines[said][:torn]])
    look = Tick(at=0.2, weight=found.judge.weight, baseline=Arm(requests=9))
    more = found.writing.add(look, found.judge.see(look)).splitlines(keepends=True)
    assert more[0] == lines[said]
    told = replay([*lines[:said], *more])
    assert (told.differs, told.torn) == ("", False)
