"""What was verified and cannot be seen today: the clock and the story say the same of it, and since when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from outpace.app.clock import Clock, clock
from outpace.app.respond import View
from outpace.formats import clock as clock_output
from outpace.formats import respond as respond_output
from outpace.model.fact import SHARED
from outpace.model.times import now, text
from outpace.store.facts import Facts
from outpace.stories.gather import Scope
from outpace.stories.next_action import Close, WaitFor
from outpace.stories.respond import Respond
from tests.fakes.pipeline import PRODUCTION, SHOP, FakePipeline, probe_for

WORDS = "you to look at production: what was verified there cannot be seen: nothing runs: no such process"


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    with Facts(tmp_path / "facts.sqlite") as opened:
        yield opened


def responded(pipeline: FakePipeline, facts: Facts) -> View:
    probes = (probe_for("web"),)
    scope = Scope(subject="shop@1", application=SHOP, environments=(PRODUCTION,), probes=probes, began=now())
    story = Respond(scope, world=pipeline, hands=pipeline, facts=facts, report=lambda _: None)
    return View(application="shop", outcome=story.run(lambda _: True), at=now())


def on_the_clock(facts: Facts) -> Clock:
    return clock(facts, subject="shop@1", application="shop", now=now(), environments=("production",))


def closed(facts: Facts) -> FakePipeline:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    responded(pipeline, facts)
    pipeline.merge("outpace/web2")
    assert responded(pipeline, facts).outcome.done
    return pipeline


def test_the_clock_and_the_story_wait_with_the_same_words_since_the_same_time(facts: Facts) -> None:
    pipeline = closed(facts)
    pipeline.running = None
    story = [responded(pipeline, facts) for _ in range(3)][-1]
    (doubted,) = facts.of("shop@1", "doubted")
    assert [each.rest for each in story.outcome.rested] == [
        WaitFor(f"{WORDS} (start it, then: outpace observe)", doubted.at)
    ]
    shown = on_the_clock(facts)
    assert [each.is_open for each in shown.exposures] == [True]
    headline = " ".join(clock_output.text(shown).split("\nThe longest")[0].split())
    assert headline == f"PYSEC-web in shop waits since {doubted.at:%Y-%m-%d %H:%M} UTC for {WORDS}."
    (exposure,) = json.loads(clock_output.answer(shown))["result"]["exposures"]
    assert (exposure["closed"], exposure["waiting"]) == ("production: verified by inventory and probe", None)
    [told] = exposure["doubted"]
    assert (told["environment"], told["since"]) == ("production", text(doubted.at))
    unknown = [
        json.loads(answer)["unknown"][0]["why"] for answer in (clock_output.answer(shown), respond_output.answer(story))
    ]
    assert unknown == ["nothing runs: no such process"] * 2


def test_what_can_be_seen_again_is_verified_anew_once(facts: Facts) -> None:
    pipeline = closed(facts)
    running, pipeline.running = pipeline.running, None
    responded(pipeline, facts)
    assert running is not None
    pipeline.restart(running)
    for _ in range(2):
        assert [type(each.rest) for each in responded(pipeline, facts).outcome.rested] == [Close]
    kinds = [fact.kind for fact in facts.of("shop@1")]
    assert (kinds.count("doubted"), kinds.count("verified"), kinds.count("closed")) == (1, 2, 1)
    assert clock_output.text(on_the_clock(facts)).startswith("PYSEC-web in shop is verified")


def test_an_old_release_that_comes_back_out_of_sight_reopens_it(facts: Facts) -> None:
    pipeline = closed(facts)
    pipeline.running = None
    responded(pipeline, facts)
    pipeline.restart({"web": 1})
    assert not responded(pipeline, facts).outcome.done
    (timed,) = on_the_clock(facts).exposures
    assert (len(timed.earlier), timed.doubted) == (1, ())


def test_what_cannot_be_seen_is_not_deployed_once_more_for_that(facts: Facts) -> None:
    pipeline = closed(facts)
    pipeline.commit("a-word")
    pipeline.running = None
    done = list(pipeline.done)
    assert [type(each.rest) for each in responded(pipeline, facts).outcome.rested] == [WaitFor]
    assert pipeline.done == done


def test_what_another_machine_cannot_see_is_for_its_own_clock(facts: Facts, tmp_path: Path) -> None:
    closed(facts)
    with Facts(tmp_path / "theirs") as theirs:
        elsewhere = closed(theirs)
        elsewhere.running = None
        responded(elsewhere, theirs)
        facts.add(structs.replace(each, source=f"{SHARED}origin: outpace") for each in theirs.of("shop@1", "doubted"))
    assert len(facts.of("shop@1", "doubted")) == 1
    assert clock_output.text(on_the_clock(facts)).startswith("PYSEC-web in shop is verified")
