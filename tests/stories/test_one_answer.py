"""The clock and the story give one answer, whatever becomes of a fix and whoever tells what runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.app.clock import Timed, clock
from outpace.app.record import Place, Telling, last_recorded, record
from outpace.model.application import Application, Environment, Observe
from outpace.model.milestone import Kind
from outpace.model.times import now
from outpace.store.facts import Facts
from outpace.stories.gather import Scope
from outpace.stories.next_action import Close, Stop, WaitFor
from outpace.stories.respond import Outcome, Respond
from tests.fakes.pipeline import PRODUCTION, FakePipeline

STAGING = Environment(name="staging", observe=Observe(recorded="staging"))
THEIRS = Application(name="shop")  # their pipeline deploys
TO_THE_BRANCH = {Kind.PROPOSED, Kind.PROVED, Kind.LANDED}
TO_WHAT_RUNS = {Kind.DEPLOYED, Kind.VERIFIED}


class Story:
    """One repository with its facts, run after run."""

    def __init__(self, facts: Facts, *declared: Environment) -> None:
        self.facts = facts
        self.declared = declared
        self.pipeline = FakePipeline({"web": 1, "other": 1}, {"web": 2})
        self.pipeline.recorded = lambda name: last_recorded(facts, "shop@1", name)

    def run(self) -> Outcome:
        scope = Scope(subject="shop@1", application=THEIRS, environments=self.declared, probes=(), began=now())
        story = Respond(scope, world=self.pipeline, hands=self.pipeline, facts=self.facts, report=lambda _: None)
        outcome = story.run(lambda _: True)
        self.assert_one_answer(outcome)
        return outcome

    def clock(self) -> dict[str, Timed]:
        names = tuple(each.name for each in self.declared)
        view = clock(self.facts, subject="shop@1", application="shop", now=now(), environments=names, everything=True)
        return {each.id: each for each in view.exposures}

    def tell(self, environment: str, web: int) -> None:
        telling = Telling(milestone="observed", environment=environment, inventory=f"web=={web}\nother==1".encode())
        record(telling, Place(subject="shop@1", application="shop"), self.facts, now=now())

    def merge(self) -> None:
        for branch in sorted(self.pipeline.branches)[-1:]:
            self.pipeline.merge(branch)

    def deploy(self) -> None:
        self.pipeline.restart(self.pipeline.revisions[self.pipeline.main])

    def assert_one_answer(self, outcome: Outcome) -> None:
        """What is awaited on the way to the deploy branch, on the way to what runs, or nothing."""
        told = self.clock()
        for each in outcome.rested:
            timed = told[each.case.vulnerability.id]
            waiting = timed.waterfall.waiting
            match each.rest:
                case Close():
                    assert not timed.is_open
                case WaitFor() | Stop() if each.case.exposures:
                    assert waiting is not None
                    assert waiting.awaiting in TO_THE_BRANCH
                case WaitFor() | Stop():
                    assert timed.doubted or (waiting is not None and waiting.awaiting in TO_WHAT_RUNS)


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    with Facts(tmp_path / "facts.sqlite") as opened:
        yield opened


def awaited(story: Story) -> Kind | None:
    (timed,) = story.clock().values()
    return timed.waterfall.waiting and timed.waterfall.waiting.awaiting


def test_an_environment_that_is_told_of_and_not_declared_counts_on_the_clock(facts: Facts) -> None:
    story = Story(facts, STAGING)
    for name in ("staging", "production"):
        story.tell(name, 1)
    story.run()
    story.merge()
    story.tell("staging", 2)
    story.run()
    assert awaited(story) == Kind.DEPLOYED
    story.tell("production", 2)
    assert story.run().done


def test_what_is_told_of_after_it_was_closed_leaves_its_clock_as_it_was(facts: Facts) -> None:
    story = Story(facts, PRODUCTION)
    story.run()
    story.merge()
    story.deploy()
    assert story.run().done
    before = [timed.waterfall.stages for timed in story.clock().values()]
    story.tell("canary", 2)
    assert story.run().done
    assert [timed.waterfall.stages for timed in story.clock().values()] == before
