"""The clock and the story give one answer, whatever becomes of a fix and whoever tells what runs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.app.clock import Timed, clock
from outpace.app.record import Place, Telling, last_recorded, record
from outpace.model.application import Application, Environment, Observe
from outpace.model.milestone import Kind
from outpace.model.times import now
from outpace.store.facts import Facts
from outpace.stories.gather import Scope
from outpace.stories.next_action import Close, Stop, WaitFor
from outpace.stories.respond import Outcome, Respond
from tests.fakes.pipeline import PRODUCTION, SHOP, FakePipeline

STAGING = Environment(name="staging", observe=Observe(recorded="staging"))
THEIRS = Application(name="shop")  # their pipeline deploys
TO_THE_BRANCH = {Kind.PROPOSED, Kind.PROVED, Kind.LANDED}
TO_WHAT_RUNS = {Kind.DEPLOYED, Kind.VERIFIED}


class Story:
    """One repository with its facts, run after run."""

    def __init__(self, facts: Facts, *declared: Environment, application: Application = THEIRS) -> None:
        self.facts = facts
        self.declared = declared
        self.application = application
        self.pipeline = FakePipeline({"web": 1, "other": 1}, {"web": 2})
        self.pipeline.recorded = lambda name: last_recorded(facts, "shop@1", name)

    def run(self) -> Outcome:
        scope = Scope(
            subject="shop@1", application=self.application, environments=self.declared, probes=(), began=now()
        )
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

    def squash(self) -> None:
        for branch in sorted(self.pipeline.branches)[-1:]:
            lock = self.pipeline.revisions[self.pipeline.branches[branch]]
            self.pipeline.commit(f"squash-of-{branch}-on-{self.pipeline.main}", {"web": lock["web"]})

    def revert(self) -> None:
        self.pipeline.commit(f"revert-on-{self.pipeline.main}", {"web": 1})

    def deploy(self) -> None:
        self.pipeline.restart(self.pipeline.revisions[self.pipeline.main])

    def lose(self) -> None:
        """Every branch is deleted, and what main does not hold is pruned; or it is another clone."""
        held = {self.pipeline.main, *self.pipeline.parents[self.pipeline.main]}
        self.pipeline.absent.update(set(self.pipeline.revisions) - held)
        self.pipeline.branches = {name: at for name, at in self.pipeline.branches.items() if at in held}

    def assert_one_answer(self, outcome: Outcome) -> None:
        """What is awaited on the way to the deploy branch, on the way to what runs, or nothing."""
        told = self.clock()
        for each in outcome.rested:
            timed = told[each.case.vulnerability.id]
            waiting = timed.waterfall.waiting
            if isinstance(each.rest, WaitFor):
                assert each.rest.who.startswith(("you to ", "somebody to ", "your pipeline to "))
                assert each.rest.since is not None
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


@pytest.mark.parametrize("web", [1, None])
def test_an_exposed_environment_that_nobody_knew_of_when_it_was_closed_reopens_it(
    facts: Facts, web: int | None
) -> None:
    story = Story(facts, PRODUCTION)
    story.run()
    story.merge()
    story.deploy()
    assert story.run().done
    if web is None:
        story.declared = (PRODUCTION, STAGING)  # and nothing is told of it
    else:
        story.tell("staging", web)
    for _ in range(2):
        (rested,) = story.run().rested
        assert isinstance(rested.rest, WaitFor)
        assert "staging" in rested.rest.who
        assert "where it was" not in rested.rest.who
    (timed,) = story.clock().values()
    assert (len(timed.earlier), len(timed.reopened)) == (1, 1)
    story.tell("staging", 2)
    assert story.run().done


@pytest.mark.parametrize("way", [Story.merge, Story.squash])
def test_a_fix_that_landed_and_was_reverted_before_any_deployment_has_not_landed(
    facts: Facts, way: Callable[[Story], None]
) -> None:
    story = Story(facts, PRODUCTION)
    story.run()
    way(story)
    story.run()
    assert awaited(story) == Kind.DEPLOYED
    matched = [stage.at for timed in story.clock().values() for stage in timed.waterfall.stages][:1]
    story.revert()
    for _ in range(2):
        story.run()
        assert awaited(story) == Kind.LANDED
    (timed,) = story.clock().values()
    assert (len(timed.earlier), [why for _, why in timed.reopened]) == (0, ["the locks at main are exposed again"])
    assert [stage.at for stage in timed.waterfall.stages][:1] == matched  # it was exposed all along
    way(story)
    story.run()
    assert awaited(story) == Kind.DEPLOYED
    story.deploy()
    assert story.run().done


def test_a_branch_that_is_set_back_and_forth_again_has_landed_again(facts: Facts) -> None:
    story = Story(facts, PRODUCTION)
    story.run()
    story.merge()
    story.run()
    merged, story.pipeline.main = story.pipeline.main, "base"
    story.run()
    assert awaited(story) == Kind.LANDED
    story.pipeline.main = merged
    for _ in range(2):
        story.run()
        assert awaited(story) == Kind.DEPLOYED


def told(environment: str, web: int) -> Callable[[Story], None]:
    return lambda story: story.tell(environment, web)


EVENTS: dict[str, Callable[[Story], None]] = {
    "merge": Story.merge,
    "squash": Story.squash,
    "revert": Story.revert,
    "set back": lambda story: setattr(story.pipeline, "main", "base"),
    "deploy": Story.deploy,
    "an old release": lambda story: story.pipeline.restart({"web": 1}),
    "stop": lambda story: setattr(story.pipeline, "running", None),
    "lose": Story.lose,
    "find": lambda story: story.pipeline.absent.clear(),
    "others move": lambda story: story.pipeline.commit(f"more-on-{story.pipeline.main}", {"other": 2}),
    "only docs": lambda story: story.pipeline.commit(f"docs-on-{story.pipeline.main}"),
    "by hand": lambda story: story.pipeline.commit(f"by-hand-on-{story.pipeline.main}", {"web": 3}),
    "another author": lambda story: setattr(story.pipeline, "author", f"-by-{len(story.pipeline.revisions)}"),
    "nothing": lambda _: None,
} | {f"{name} runs {web}": told(name, web) for name in ("staging", "canary") for web in (1, 2)}
DECLARED = ((PRODUCTION,), (STAGING,), (PRODUCTION, STAGING), ())
Way = tuple[Application, tuple[Environment, ...], list[str]]


def events(*without: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(e for e in EVENTS if not any(word in e for word in without))), max_size=9)


WAYS: st.SearchStrategy[Way] = st.tuples(st.just(THEIRS), st.sampled_from(DECLARED), events()) | st.tuples(
    st.just(SHOP), st.just((PRODUCTION,)), events("runs", "stop")
)  # what it deployed itself it waits for, which would take long where it is told otherwise


@settings(max_examples=40, deadline=None)
@given(way=WAYS)
def test_whatever_becomes_of_a_fix_the_clock_says_what_the_story_says(way: Way) -> None:
    """And every wait names somebody and since when, and it ends where the fix runs everywhere."""
    application, declared, happened = way
    with tempfile.TemporaryDirectory() as place, Facts(Path(place) / "facts.sqlite") as facts:
        story = Story(facts, *declared, application=application)
        for event in happened:
            story.run()
            EVENTS[event](story)
        story.run()
        story.merge()
        story.run()
        story.deploy()
        for name in ("staging", "canary"):
            story.tell(name, 2)
        assert story.run().done
