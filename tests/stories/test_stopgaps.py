"""Stopgaps in the story: put up before the fix, gone once it is verified, never twice, and the same after any kill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from outpace.model.stopgap import Stopgap
from outpace.model.times import now
from outpace.store.facts import Facts
from outpace.stories.case import Absent, Case, Place, Present, Shielding
from outpace.stories.gather import Scope
from outpace.stories.next_action import Action, Close, Policy, Propose, Shield, Stop, Unshield, next_action
from outpace.stories.respond import Outcome, Respond
from tests.fakes.pipeline import PRODUCTION, SHOP, Died, FakePipeline

STOPGAP = Stopgap(advisories=("CVE-web",), path="/search")
POLICY = Policy(branch="main", tip="tip", deploys=True)
BLOCK, UNBLOCK = "block /search and below", "unblock /search and below"
STORY = ["propose web", "prove outpace/web2", "branch outpace/web2"]


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    with Facts(tmp_path / "facts.sqlite") as opened:
        yield opened


def run(pipeline: FakePipeline, facts: Facts, *, began: datetime | None = None) -> Outcome:
    scope = Scope(
        subject="shop@1",
        application=SHOP,
        environments=(PRODUCTION,),
        probes=(),
        stopgaps=(STOPGAP,),
        began=began or now(),
    )
    return Respond(scope, world=pipeline, hands=pipeline, facts=facts, report=lambda _: None).run(lambda _: True)


def case(*, stands: bool, spent: bool, runs: bool, exposed: bool) -> Case:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    exposures = pipeline.matched("base").exposures
    sight = Present("it runs web 1") if runs else Absent("it runs web 2")
    return Case(
        vulnerability=exposures[0].vulnerability,
        exposures=exposures if exposed else (),
        places=(Place(environment="production", sight=sight),),
        shielding=Shielding(stopgap=STOPGAP, stands=stands, spent=spent),
    )


@pytest.mark.parametrize(
    ("stands", "spent", "runs", "exposed", "action"),
    [
        (False, False, True, True, Shield),
        (True, True, True, True, Propose),
        (False, True, True, True, Propose),  # it ended by itself
        (False, False, False, True, Propose),  # it does not run what is exposed
        (True, True, False, False, Unshield),
        (False, True, False, False, Close),
    ],
)
def test_a_block_comes_before_a_proposal_and_goes_before_the_end(
    stands: bool, spent: bool, runs: bool, exposed: bool, action: type[Action]
) -> None:
    found = next_action(case(stands=stands, spent=spent, runs=runs, exposed=exposed), POLICY)
    assert type(found) is action


def test_what_is_exposed_is_blocked_first_and_let_go_when_the_fix_is_verified(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    assert pipeline.done == [BLOCK, *STORY]
    pipeline.merge("outpace/web2")
    outcome = run(pipeline, facts)
    assert pipeline.done[len(STORY) + 1 :] == [f"deploy {pipeline.main}", UNBLOCK]
    assert pipeline.blocked == ()
    assert outcome.done


def test_one_that_ended_by_itself_is_not_put_up_again_until_it_is_exposed_anew(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.blocked = ()
    run(pipeline, facts)
    assert pipeline.done.count(BLOCK) == 1
    pipeline.merge("outpace/web2")
    assert run(pipeline, facts).done
    pipeline.revert("outpace/web2")
    pipeline.restart({"web": 1})
    run(pipeline, facts)
    assert pipeline.done.count(BLOCK) == 2
    assert pipeline.blocked == (STOPGAP,)


@pytest.mark.parametrize("dies_after", range(7))
def test_a_pass_that_is_killed_anywhere_ends_with_the_fix_and_without_the_block(facts: Facts, dies_after: int) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    pipeline.dies_after = dies_after
    for _ in range(3):
        try:
            run(pipeline, facts)
        except Died:
            pipeline.dies_after = None
            continue
        if "outpace/web2" in pipeline.branches and pipeline.main == "base":
            pipeline.merge("outpace/web2")
    assert run(pipeline, facts).done
    assert pipeline.blocked == ()
    assert pipeline.running == {"web": 2}


def test_a_release_that_was_refused_or_taken_back_rests_with_what_became_of_it() -> None:
    held = case(stands=False, spent=True, runs=True, exposed=False)
    policy = Policy(
        branch="main", tip="0123456789abcdef", deploys=True, held_back="is not rolled out: it drops a column"
    )
    assert next_action(held, policy) == Stop("the release of 0123456789 is not rolled out: it drops a column")
