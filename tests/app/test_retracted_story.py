"""What was told, acted upon and taken back: every reader is without it at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.app.clock import Timed, clock
from outpace.app.record import Place, Recorded, Telling, last_recorded, record
from outpace.app.retract import retract
from outpace.model.application import Application, Environment, Observe
from outpace.model.milestone import Kind
from outpace.model.times import now
from outpace.store.facts import Facts
from outpace.stories.gather import Scope
from outpace.stories.respond import Outcome, Respond
from tests.fakes.pipeline import FakePipeline

THERE = Environment(name="production", observe=Observe(recorded="production"))
PLACE = Place(subject="shop@1", application="shop", environments=("production",))
VULNERABLE, FIXED, WITHOUT = b"web==1\n", b"web==2\n", b"other==1\n"


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    with Facts(tmp_path / "facts.sqlite") as opened:
        yield opened


def pipeline_of(facts: Facts) -> FakePipeline:
    """The lock is fixed; what runs is only told."""
    pipeline = FakePipeline({"web": 2}, {"web": 2})
    pipeline.recorded = lambda name: last_recorded(facts, "shop@1", name)
    return pipeline


def tell(facts: Facts, inventory: bytes) -> Recorded:
    telling = Telling(milestone="observed", environment="production", inventory=inventory)
    return record(telling, PLACE, facts, now=now())


def take_back(facts: Facts, told: Recorded) -> None:
    assert retract(told.key, PLACE, facts, by="", now=now()).is_new


def respond(pipeline: FakePipeline, facts: Facts) -> Outcome:
    scope = Scope(subject="shop@1", application=Application(name="shop"), environments=(THERE,), probes=(), began=now())
    return Respond(scope, world=pipeline, hands=pipeline, facts=facts, report=lambda _: None).run(lambda _: True)


def on_the_clock(facts: Facts) -> tuple[Timed, ...]:
    view = clock(facts, subject="shop@1", application="shop", now=now(), environments=("production",), everything=True)
    return view.exposures


def reached(timed: Timed) -> set[Kind]:
    return {stage.kind for stage in timed.waterfall.stages}


def test_a_verification_falls_with_what_was_told_before_anything_is_looked_at_again(facts: Facts) -> None:
    pipeline = pipeline_of(facts)
    tell(facts, VULNERABLE)
    assert not respond(pipeline, facts).done
    wrong = tell(facts, FIXED)
    assert respond(pipeline, facts).done
    [timed] = on_the_clock(facts)
    assert (Kind.VERIFIED in reached(timed), timed.closed is None) == (True, False)
    take_back(facts, wrong)
    [timed] = on_the_clock(facts)
    assert (Kind.VERIFIED in reached(timed), timed.closed, timed.is_open) == (False, None, True)
    assert not respond(pipeline, facts).done
    tell(facts, FIXED)
    assert respond(pipeline, facts).done
    [timed] = on_the_clock(facts)
    assert (Kind.VERIFIED in reached(timed), timed.closed is None) == (True, False)


def test_that_a_package_is_gone_falls_with_what_once_named_it(facts: Facts) -> None:
    pipeline = pipeline_of(facts)
    named = tell(facts, VULNERABLE)
    respond(pipeline, facts)
    tell(facts, WITHOUT)
    assert respond(pipeline, facts).done
    take_back(facts, named)
    assert on_the_clock(facts) == ()


def test_an_exposure_that_was_only_told_falls_with_it_and_comes_back_when_it_is_told_again(facts: Facts) -> None:
    pipeline = pipeline_of(facts)
    wrong = tell(facts, VULNERABLE)
    assert not respond(pipeline, facts).done
    take_back(facts, wrong)
    assert on_the_clock(facts) == ()
    tell(facts, VULNERABLE)
    assert not respond(pipeline, facts).done
    assert [Kind.MATCHED in reached(timed) for timed in on_the_clock(facts)] == [True]


def test_a_reopening_falls_with_what_was_told_and_the_closing_stands(facts: Facts) -> None:
    pipeline = pipeline_of(facts)
    tell(facts, VULNERABLE)
    respond(pipeline, facts)
    tell(facts, FIXED)
    assert respond(pipeline, facts).done
    before = on_the_clock(facts)
    wrong = tell(facts, VULNERABLE)
    assert not respond(pipeline, facts).done
    assert [timed.is_open for timed in on_the_clock(facts)] == [True]
    take_back(facts, wrong)
    assert on_the_clock(facts) == before
    assert respond(pipeline, facts).done


def test_outpace_keeps_no_copy_of_what_was_told(facts: Facts) -> None:
    told = [tell(facts, VULNERABLE), tell(facts, FIXED)]
    respond(pipeline_of(facts), facts)
    assert [fact.source for fact in facts.of("shop@1", "observed")] == ["told"] * len(told)
