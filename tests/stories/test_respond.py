"""The story over a pipeline in memory: what it does, for whom it waits, and that a kill anywhere changes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.model.application import Application
from outpace.model.errors import ToolFailed
from outpace.model.fact import Fact
from outpace.model.milestone import Kind
from outpace.model.probe import Probe
from outpace.model.proof import Conclusion, Proved, Refuted, Undecided
from outpace.model.times import now
from outpace.model.unknown import Unknown
from outpace.store.facts import Facts
from outpace.stories.gather import Scope
from outpace.stories.history import History
from outpace.stories.kinds import Deployed, Proposed, fact_of
from outpace.stories.milestones import chronicles
from outpace.stories.next_action import Close, Rest, Stop, WaitFor
from outpace.stories.respond import Outcome, Respond
from tests.fakes.pipeline import PRODUCTION, SHOP, START, Died, FakePipeline, probe_for


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    with Facts(tmp_path / "facts.sqlite") as opened:
        yield opened


def run(
    pipeline: FakePipeline,
    facts: Facts,
    *,
    application: Application = SHOP,
    environments: bool = True,
    probes: tuple[Probe, ...] = (),
    asked: str = "",
) -> Outcome:
    places = (PRODUCTION,) if environments else ()
    scope = Scope(subject="shop@1", application=application, environments=places, probes=probes, began=now())
    story = Respond(scope, world=pipeline, hands=pipeline, facts=facts, report=lambda _: None)
    return story.run(lambda ids: not asked or asked in ids)


def rests(outcome: Outcome) -> dict[str, Rest]:
    return {each.case.vulnerability.package.name: each.rest for each in outcome.rested}


def waits(outcome: Outcome) -> dict[str, str]:
    """For whom; each says since when."""
    found = {name: rest for name, rest in rests(outcome).items() if isinstance(rest, WaitFor)}
    assert all(rest.since is not None for rest in found.values())
    return {name: rest.who for name, rest in found.items()}


def test_the_first_run_proposes_proves_lands_and_waits_for_the_merge(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    outcome = run(pipeline, facts)
    assert pipeline.done == ["propose web", "prove outpace/web2", "branch outpace/web2"]
    match rests(outcome)["web"]:
        case WaitFor(who):
            assert "merge outpace/web2 into main" in who
        case other:
            pytest.fail(f"rests with {other}")


def test_after_the_merge_it_deploys_verifies_and_closes(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts, probes=(probe_for("web"),))
    pipeline.merge("outpace/web2")
    outcome = run(pipeline, facts, probes=(probe_for("web"),))
    assert pipeline.done[3:] == [f"deploy {pipeline.main}"]
    assert rests(outcome) == {"web": Close("production: verified by inventory and probe")}
    assert outcome.done


def test_a_further_run_of_a_closed_story_does_nothing_and_adds_no_fact(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    run(pipeline, facts)
    before, done = facts.of("shop@1"), list(pipeline.done)
    assert run(pipeline, facts).done
    assert (facts.of("shop@1"), pipeline.done) == (before, done)


def test_what_one_update_fixes_is_one_change_and_it_is_split_when_it_is_refuted(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1, "token": 1}, {"web": 2, "token": 2}, newest=3)

    def judge(lock: dict[str, int]) -> Conclusion:
        return Refuted("test_login fails") if lock["token"] > 1 else Proved()

    pipeline.judge = judge
    outcome = run(pipeline, facts)
    assert pipeline.done == [
        "propose token,web",
        "prove outpace/token2-web2",
        "propose token",
        "prove outpace/token2",
        "propose token",
        "prove outpace/token3",
        "propose token",
        "propose web",
        "prove outpace/web2",
        "branch outpace/web2",
    ]
    match rests(outcome)["token"]:
        case Stop(why):
            assert "test_login fails" in why
        case other:
            pytest.fail(f"rests with {other}")


def two_days_ago(facts: Facts) -> list[Fact]:
    """A blocker's key holds its day."""
    return [
        msgspec.structs.replace(
            fact,
            at=fact.at - timedelta(days=2),
            digest="0" * len(fact.digest) if fact.kind == "task_needed" else fact.digest,
        )
        for fact in facts.of("shop@1")
    ]


def test_what_could_not_be_fixed_is_looked_at_again_after_a_day_and_not_before(facts: Facts, tmp_path: Path) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2}, newest=1)
    assert isinstance(rests(run(pipeline, facts))["web"], Stop)
    pipeline.newest = 2  # the fix is released
    assert isinstance(rests(run(pipeline, facts))["web"], Stop)
    assert pipeline.done == ["propose web"]
    with Facts(tmp_path / "aged.sqlite") as aged:
        aged.add(two_days_ago(facts))
        assert isinstance(rests(run(pipeline, aged))["web"], WaitFor)
    assert pipeline.done == ["propose web", "propose web", "prove outpace/web2", "branch outpace/web2"]


def test_what_still_cannot_be_fixed_a_day_later_is_asked_once_that_day(facts: Facts, tmp_path: Path) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2}, newest=1)
    run(pipeline, facts)
    with Facts(tmp_path / "aged.sqlite") as aged:
        aged.add(two_days_ago(facts))
        first = aged.of("shop@1", "task_needed")[0].at
        for _ in range(2):
            outcome = run(pipeline, aged)
            [rested] = outcome.rested
            assert isinstance(rested.rest, Stop)
            assert rested.case.blocked_at == first
    assert pipeline.done == ["propose web", "propose web"]


def test_no_more_than_five_candidates_are_tried_for_one_package(facts: Facts) -> None:
    pipeline = FakePipeline({"token": 1}, {"token": 2}, newest=99)
    pipeline.judge = lambda _: Refuted("test_login fails")
    outcome = run(pipeline, facts)
    assert [what for what in pipeline.done if what.startswith("prove")] == [
        f"prove outpace/token{version}" for version in (2, 3, 4, 5, 6)
    ]
    assert isinstance(rests(outcome)["token"], Stop)


def test_when_every_candidate_is_refuted_a_blocker_is_kept_once_and_says_since_when(
    facts: Facts, tmp_path: Path
) -> None:
    pipeline = FakePipeline({"token": 1}, {"token": 2}, newest=99)
    pipeline.judge = lambda _: Refuted("test_login fails")
    why = "a change of code is needed: all 5 candidates are refuted by test_login fails"
    outcome = run(pipeline, facts)
    [needed] = facts.of("shop@1", "task_needed")
    assert rests(outcome) == {"token": Stop(why, needed.at)}
    [told] = chronicles(facts.of("shop@1"))
    blocked = Unknown(f"blocked: {why}", "a change by a person or an agent, or another release")
    assert told.last.gaps == {Kind.PROPOSED: blocked, Kind.PROVED: blocked}
    with Facts(tmp_path / "aged.sqlite") as aged:
        aged.add(two_days_ago(facts))
        [first] = aged.of("shop@1", "task_needed")
        assert rests(run(pipeline, aged)) == {"token": Stop(why, first.at)}
        assert aged.of("shop@1", "task_needed") == (first,)


def test_a_candidate_meets_first_the_test_that_refuted_the_one_before(facts: Facts) -> None:
    pipeline = FakePipeline({"token": 1}, {"token": 2}, newest=3)
    pipeline.judge = lambda _: Refuted("test_login fails")
    run(pipeline, facts)
    assert pipeline.firsts == [(), ("tests/test_login.py::test_login",)]


def test_a_rollout_that_was_cut_off_rests_with_its_reason_and_is_tried_again_by_the_next_run(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    pipeline.cut_off = True
    match rests(run(pipeline, facts))["web"]:
        case Stop(why):
            assert "was rolled back: Envoy was started again" in why
        case other:
            pytest.fail(f"rests with {other}")
    pipeline.cut_off = False
    assert run(pipeline, facts).done
    assert pipeline.done[3:] == [f"deploy {pipeline.main}"] * 2


def test_a_rollout_that_is_cut_off_again_and_again_is_left_alone_until_the_next_day(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    pipeline.cut_off = True
    outcomes = [run(pipeline, facts) for _ in range(5)]
    assert pipeline.done[3:] == [f"deploy {pipeline.main}"] * 3
    match rests(outcomes[-1])["web"]:
        case Stop(why):
            assert "was rolled back 3 times in a row, the last time: Envoy was started again" in why
        case other:
            pytest.fail(f"rests with {other}")
    tomorrow = History(facts.of("shop@1"), began=now() + timedelta(days=1, minutes=1))
    assert tomorrow.held_back(pipeline.main) is None


def test_an_undecided_change_gets_a_branch_and_is_not_deployed(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    pipeline.judge = lambda _: Undecided("there is no suite")
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    outcome = run(pipeline, facts)
    assert not any(what.startswith("deploy") for what in pipeline.done)
    match rests(outcome)["web"]:
        case WaitFor(who):
            assert "there is no suite" in who
        case other:
            pytest.fail(f"rests with {other}")


def test_an_undecided_change_is_deployed_where_the_configuration_accepts_it_with_a_reason(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    pipeline.judge = lambda _: Undecided("there is no suite")
    accepting = Application(name="shop", deploy=("make", "deploy"), accept_undecided="a prototype")
    run(pipeline, facts, application=accepting)
    pipeline.merge("outpace/web2")
    assert run(pipeline, facts, application=accepting).done


def test_without_a_deploy_command_it_waits_for_the_pipeline_and_then_verifies_what_it_sees(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    theirs = Application(name="shop")
    run(pipeline, facts, application=theirs)
    pipeline.merge("outpace/web2")
    match rests(run(pipeline, facts, application=theirs))["web"]:
        case WaitFor(who):
            assert who.startswith("your pipeline to deploy main")
        case other:
            pytest.fail(f"rests with {other}")
    pipeline.restart(pipeline.revisions[pipeline.main])
    assert run(pipeline, facts, application=theirs).done


@pytest.mark.parametrize("is_after_the_landing", [True, False])
def test_a_deployment_that_nobody_told_of_was_there_when_the_process_started(
    facts: Facts, is_after_the_landing: bool
) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    theirs = Application(name="shop")
    run(pipeline, facts, application=theirs)
    pipeline.merge("outpace/web2")
    started = now() + timedelta(seconds=5) if is_after_the_landing else START
    pipeline.pid = int((started - START).total_seconds())
    pipeline.restart({"web": 2})
    for _ in range(2):
        assert run(pipeline, facts, application=theirs).done
    [told] = chronicles(facts.of("shop@1"), ("production",))
    found = [m.detail for m in told.last.milestones if m.kind == Kind.DEPLOYED]
    seen = [f"to production; seen: process {pipeline.pid}, which runs it, started then"]
    assert found == (seen if is_after_the_landing else [])


def the_wait(outcome: Outcome) -> WaitFor:
    match rests(outcome)["web"]:
        case WaitFor() as wait:
            return wait
        case other:
            pytest.fail(f"rests with {other}")


def at_of(facts: Facts, kind: str) -> list[datetime]:
    return [fact.at for fact in facts.of("shop@1") if fact.kind == kind]


def test_a_deployment_that_did_not_bring_the_fix_is_not_repeated_and_named_with_its_time(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    body = Deployed(vulnerabilities=("PYSEC-web",), revision=pipeline.main)
    facts.add([fact_of("shop@1", body, at=now(), source="me", inputs=("told",))])
    outcome = run(pipeline, facts)
    assert [done for done in pipeline.done if done.startswith("deploy")] == []
    found = f"{pipeline.main[:10]} was deployed and did not bring the fix"
    assert the_wait(outcome).who.startswith(f"you to deploy to production again: {found}; process 100 ")
    assert [the_wait(outcome).since] == at_of(facts, "deployed")


@pytest.mark.parametrize("is_told", [True, False])
def test_an_old_release_that_comes_back_is_for_somebody_since_it_came_back(facts: Facts, is_told: bool) -> None:
    """Whether the deployment was ours or only seen."""
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    theirs = SHOP if is_told else Application(name="shop")
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    if not is_told:
        pipeline.pid = int((now() + timedelta(seconds=5) - START).total_seconds())
        pipeline.restart({"web": 2})
    assert run(pipeline, facts, application=theirs).done
    pipeline.restart({"web": 1})
    done = list(pipeline.done)
    for _ in range(2):
        outcome = run(pipeline, facts)
        assert the_wait(outcome).who.startswith("you to bring the fix back to production, where it was: process ")
        assert [the_wait(outcome).since] == at_of(facts, "reopened")
    assert pipeline.done == done


class Outlived(FakePipeline):
    """Its deploy command ended well after the run that began it was killed, and comes up when somebody asks."""

    def deployed(self, tip: str) -> datetime | None:
        self.restart(self.revisions[tip])
        return self.deploy_ended.get(tip)


def test_a_deployment_that_a_killed_run_could_not_tell_of_is_not_repeated_and_has_its_time(facts: Facts) -> None:
    pipeline = Outlived({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    run(pipeline, facts, application=Application(name="shop"))
    pipeline.deploy_ended = {pipeline.main: (ended := now())}
    assert run(pipeline, facts).done
    assert ([done for done in pipeline.done if done.startswith("deploy")], at_of(facts, "deployed")) == ([], [ended])


def test_a_deployment_that_fails_is_an_error_and_leaves_no_fact_of_a_deployment(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    pipeline.deploy_works = False
    with pytest.raises(ToolFailed):
        run(pipeline, facts)
    assert [fact.kind for fact in facts.of("shop@1") if fact.kind == "deployed"] == []
    pipeline.deploy_works = True
    assert run(pipeline, facts).done


def test_an_older_release_that_comes_back_reopens_what_was_closed(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    run(pipeline, facts)
    pipeline.restart({"web": 1})
    outcome = run(pipeline, facts, application=Application(name="shop"))
    assert not outcome.done
    assert [fact.kind for fact in facts.of("shop@1") if fact.kind == "reopened"] == ["reopened"]


def kinds_of(facts: Facts) -> list[str]:
    return [fact.kind for fact in facts.of("shop@1")]


def test_a_later_version_that_is_safe_too_keeps_it_closed_and_says_nothing_new(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    assert run(pipeline, facts).done
    before = [kind for kind in kinds_of(facts) if kind != "observed"]
    pipeline.restart({"web": 5})
    assert run(pipeline, facts).done
    assert [kind for kind in kinds_of(facts) if kind != "observed"] == before


def test_a_new_record_of_what_runs_safely_is_verified_anew_without_being_reopened(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    assert run(pipeline, facts).done
    pipeline.restart({"web": 5})
    pipeline.fixed["web"] = 3  # the record's digest changes with it
    pipeline.commit("by hand", {"web": 5})
    assert run(pipeline, facts).done
    kinds = kinds_of(facts)
    assert (kinds.count("reopened"), kinds.count("verified"), kinds.count("closed")) == (0, 2, 1)


def test_a_second_episode_lands_deploys_and_is_verified_on_its_own(facts: Facts) -> None:
    pipeline = landed_deployed_and_reverted(facts)
    run(pipeline, facts)
    pipeline.merge(f"outpace/web2-on-{pipeline.main}")
    assert run(pipeline, facts).done
    assert kinds_of(facts).count("landed") == 2
    [told] = chronicles(facts.of("shop@1"), ("production",))
    [first] = told.earlier
    change = {Kind.PROPOSED, Kind.PROVED, Kind.LANDED, Kind.DEPLOYED, Kind.VERIFIED}
    assert change <= {m.kind for m in first.milestones}
    assert {m.kind for m in told.last.milestones} == {Kind.MATCHED, *change}


def test_a_revert_that_nobody_deployed_begins_an_episode_of_its_own(facts: Facts) -> None:
    pipeline = landed_deployed_and_reverted(facts)
    run(pipeline, facts)
    pipeline.merge(f"outpace/web2-on-{pipeline.main}")
    assert run(pipeline, facts).done
    pipeline.commit("reverted-again", {"web": 1})
    assert not run(pipeline, facts).done
    [told] = chronicles(facts.of("shop@1"), ("production",))
    assert len(told.earlier) == 2
    assert [m.kind for m in told.last.milestones] == [Kind.MATCHED, Kind.PROPOSED, Kind.PROVED]
    pipeline.merge(f"outpace/web2-on-{pipeline.main}")
    assert run(pipeline, facts).done
    [told] = chronicles(facts.of("shop@1"), ("production",))
    assert {Kind.LANDED, Kind.VERIFIED} <= {m.kind for m in told.last.milestones}


def test_an_old_process_that_comes_back_has_the_landing_of_before_and_adds_none(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    run(pipeline, facts)
    pipeline.restart({"web": 1})
    pipeline.commit("docs only")
    theirs = Application(name="shop")
    for _ in range(2):
        assert not run(pipeline, facts, application=theirs).done
    assert kinds_of(facts).count("landed") == 1
    [told] = chronicles(facts.of("shop@1"), ("production",))
    assert Kind.LANDED in {m.kind for m in told.last.standing}


def test_the_blocker_of_one_episode_is_said_again_in_the_next(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2}, newest=1)
    run(pipeline, facts)
    pipeline.commit("by hand", {"web": 2})
    pipeline.restart({"web": 2})
    assert run(pipeline, facts).done
    pipeline.commit("taken back", {"web": 1})
    pipeline.restart({"web": 1})
    for _ in range(2):
        run(pipeline, facts)
    assert kinds_of(facts).count("task_needed") == 2
    [told] = chronicles(facts.of("shop@1"), ("production",))
    assert told.last.gaps[Kind.PROPOSED].why == "blocked: no newer release"


def test_a_commit_that_leaves_the_locks_alone_does_not_need_a_new_change(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.commit("docs only")
    done = list(pipeline.done)
    run(pipeline, facts)
    assert pipeline.done == done


def landed_deployed_and_reverted(facts: Facts) -> FakePipeline:
    """The first fix was proved, merged, deployed and closed; then it was reverted, and that was deployed."""
    pipeline = FakePipeline({"web": 1, "other": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    assert run(pipeline, facts).done
    pipeline.revert("outpace/web2")
    pipeline.restart(pipeline.revisions[pipeline.main])
    return pipeline


def test_what_was_merged_and_reverted_is_proposed_anew_since_git_merges_no_commit_twice(facts: Facts) -> None:
    pipeline = landed_deployed_and_reverted(facts)
    tip, done = pipeline.main, len(pipeline.done)
    anew = f"outpace/web2-on-{tip}"
    outcome = run(pipeline, facts)
    assert pipeline.done[done:] == ["propose web", f"prove {anew}", f"branch {anew}"]
    match rests(outcome)["web"]:
        case WaitFor(who):
            assert who == f"somebody to merge {anew} into main"
        case other:
            pytest.fail(f"rests with {other}")
    pipeline.merge(anew)
    assert run(pipeline, facts).done
    assert pipeline.done[done + 3 :] == [f"deploy {pipeline.main}"]


def test_a_refuted_change_that_was_merged_and_reverted_is_not_proposed_again(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2}, newest=3)
    pipeline.judge = lambda lock: Refuted("test_login fails") if lock["web"] == 2 else Proved()
    run(pipeline, facts)
    done = list(pipeline.done)
    pipeline.branches["outpace/web2"] = "web2-on-base"  # somebody fetched the commit
    pipeline.merge("outpace/web2")
    pipeline.revert("outpace/web2")
    run(pipeline, facts)
    assert pipeline.done == done


def test_an_upgrade_by_hand_is_not_deployed_on_the_proof_of_a_change_that_was_reverted(facts: Facts) -> None:
    pipeline = landed_deployed_and_reverted(facts)
    run(pipeline, facts)
    pipeline.commit("by hand", {"web": 3})
    done = list(pipeline.done)
    outcome = run(pipeline, facts)
    who = "you to deploy main: the fix on it is not one that Outpace proved"
    assert (waits(outcome), pipeline.done) == ({"web": who}, done)


def test_an_upgrade_by_hand_on_top_of_a_merged_change_is_not_deployed_on_its_proof(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    pipeline.commit("by hand", {"web": 3})
    who = "you to deploy main: the fix on it is not one that Outpace proved"
    assert waits(run(pipeline, facts)) == {"web": who}


def test_two_fixes_of_one_package_that_wait_for_the_same_deploy_are_deployed_on_the_proof_of_the_later(
    facts: Facts,
) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    pipeline.later = {"web": 3}
    run(pipeline, facts, application=Application(name="shop"))
    pipeline.merge("outpace/web3")
    assert run(pipeline, facts, asked="PYSEC-web").done
    assert pipeline.running == {"web": 3}
    assert [each for each in pipeline.done if each.startswith("deploy")] == [f"deploy {pipeline.main}"]


def test_a_later_fix_that_is_undecided_does_not_go_out_on_the_proof_of_the_earlier(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    pipeline.judge = lambda lock: Undecided("no suite", "a suite") if lock["web"] == 3 else Proved()
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    pipeline.later = {"web": 3}
    run(pipeline, facts, application=Application(name="shop"))
    pipeline.merge("outpace/web3")
    assert not run(pipeline, facts, asked="PYSEC-web").done
    assert not [each for each in pipeline.done if each.startswith("deploy")]


def test_what_others_moved_beside_a_merged_change_does_not_hold_its_deployment_up(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1, "other": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    pipeline.commit("by hand", {"other": 2})
    assert run(pipeline, facts).done
    assert pipeline.running == {"web": 2, "other": 2}


def lacks(pipeline: FakePipeline, *revisions: str) -> None:
    """The branches were deleted and the commits pruned, or they are another clone's."""
    pipeline.absent.update(revisions)
    pipeline.branches = {name: at for name, at in pipeline.branches.items() if at not in revisions}


def test_a_change_whose_commit_is_not_in_this_clone_is_made_again_and_not_proved_again(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    outcome, done = run(pipeline, facts), list(pipeline.done)
    lacks(pipeline, "web2-on-base")
    before = facts.of("shop@1")
    assert rests(run(pipeline, facts)) == rests(outcome)
    assert pipeline.done[len(done) :] == ["propose web", "branch outpace/web2"]
    assert facts.of("shop@1") == before


def test_a_change_on_a_base_that_is_not_in_this_clone_is_made_again_on_the_tip(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    done = len(pipeline.done)
    pipeline.commit("rewritten")
    lacks(pipeline, "base", "web2-on-base")
    assert isinstance(rests(run(pipeline, facts))["web"], WaitFor)
    assert pipeline.done[done:] == ["propose web", "prove outpace/web2", "branch outpace/web2"]


def test_a_refuted_change_that_is_not_in_this_clone_stays_refuted(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2}, newest=2)
    pipeline.judge = lambda _: Refuted("test_login fails")
    outcome, done = run(pipeline, facts), list(pipeline.done)
    lacks(pipeline, "web2-on-base")
    assert (rests(run(pipeline, facts)), pipeline.done) == (rests(outcome), done)


def test_a_proved_change_that_was_squashed_and_is_not_in_this_clone_landed_and_is_deployed(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    done = len(pipeline.done)
    pipeline.commit("squashed", {"web": 2})
    lacks(pipeline, "base", "web2-on-base")
    assert run(pipeline, facts).done
    assert (pipeline.done[done:], kinds_of(facts).count("landed")) == (["deploy squashed"], 1)


def shared(pipeline: FakePipeline, facts: Facts, branch: str) -> Fact:
    """The change that is on record there, made again in another commit, which was fetched."""
    [(_, ours)] = History(facts.of("shop@1")).all(Proposed)
    pipeline.revisions["theirs"] = {"web": 2}
    pipeline.parents["theirs"] = {"base"}
    change = msgspec.structs.replace(ours.change, revision="theirs", branch=branch)
    told = msgspec.structs.replace(ours, change=change)
    return fact_of("shop@1", told, at=now(), source="shared through origin: outpace", inputs=("theirs",))


def test_where_another_clone_made_the_same_change_the_one_whose_branch_is_here_stands(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    waits = rests(run(pipeline, facts))
    facts.add([shared(pipeline, facts, "outpace/web2")])
    assert rests(run(pipeline, facts)) == waits
    assert pipeline.branches == {"outpace/web2": "web2-on-base"}


def test_no_branch_is_made_under_a_name_that_is_not_ours_whoever_shares_a_fact_of_it(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    with Facts(facts.path.with_name("theirs.sqlite")) as theirs:
        run(FakePipeline({"web": 1}, {"web": 2}), theirs)
        facts.add([shared(pipeline, theirs, "release")])
    run(pipeline, facts)
    assert pipeline.branches == {"outpace/web2": "web2-on-base"}


def test_another_lock_than_the_proved_one_is_not_deployed_where_its_commit_is_gone(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1, "other": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.commit("squashed with more", {"web": 2, "other": 2})
    lacks(pipeline, "web2-on-base")
    who = "you to deploy main: the fix on it is not one that Outpace proved"
    assert waits(run(pipeline, facts)) == {"web": who}
    assert kinds_of(facts).count("landed") == 1


def test_where_history_ends_at_a_later_fix_the_earlier_one_is_not_looked_for_behind_it(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    theirs = Application(name="shop")
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    pipeline.later = {"web": 3}
    run(pipeline, facts, application=theirs)
    lacks(pipeline, "base", "web2-on-base", pipeline.main)
    pipeline.merge("outpace/web3")
    who = "you to deploy main: the fix on it is not one that Outpace proved"
    assert waits(run(pipeline, facts, asked="PYSEC-web")) == {"web": who}


def test_a_lock_that_cannot_be_read_is_neither_landed_nor_closed(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.commit("conflict markers")
    pipeline.unreadable.add("conflict markers")
    pipeline.restart({"web": 2})
    outcome = run(pipeline, facts)
    assert not outcome.done
    match rests(outcome)["web"]:
        case WaitFor(who):
            assert who == "you to give main a lock that says what is deployed: uv.lock: it holds a merge conflict"
        case other:
            pytest.fail(f"rests with {other}")
    assert [fact.kind for fact in facts.of("shop@1") if fact.kind in ("landed", "closed")] == []


def test_where_nothing_is_known_but_a_lock_could_not_be_read_the_story_is_not_done(facts: Facts) -> None:
    pipeline = FakePipeline({"web": 2}, {"web": 2})
    pipeline.unreadable.add("base")
    assert not run(pipeline, facts).done


def test_nothing_to_do_is_done_at_once(facts: Facts) -> None:
    outcome = run(FakePipeline({"web": 2}, {"web": 2}), facts)
    assert (outcome.done, outcome.rested, outcome.did) == (True, (), 0)


@settings(max_examples=40, deadline=None)
@given(kills=st.lists(st.integers(0, 6), max_size=6), refuse_token=st.booleans())
def test_killed_anywhere_the_story_ends_as_if_nothing_had_happened(kills: list[int], refuse_token: bool) -> None:
    def judge(lock: dict[str, int]) -> Conclusion:
        return Refuted("test_login fails") if refuse_token and lock["token"] > 1 else Proved()

    def story(kills: list[int], path: Path) -> tuple[list[str], dict[str, type[Rest]]]:
        pipeline = FakePipeline({"web": 1, "token": 1}, {"web": 2, "token": 2}, newest=3)
        pipeline.judge = judge
        with Facts(path) as facts:
            for merge in (True, False):
                for kill in kills:
                    pipeline.dies_after = kill
                    try:
                        run(pipeline, facts)
                    except Died:
                        pass
                pipeline.dies_after = None
                outcome = run(pipeline, facts)
                if merge:
                    for branch in sorted(pipeline.branches):
                        pipeline.merge(branch)
            keys = [(f.kind, f.version, f.subject, f.digest) for f in facts.of("shop@1")]
            assert len(keys) == len(set(keys))
            return sorted(pipeline.branches), {name: type(rest) for name, rest in rests(outcome).items()}

    with tempfile.TemporaryDirectory() as place:
        undisturbed = story([], Path(place) / "one.sqlite")
        assert story(kills, Path(place) / "two.sqlite") == undisturbed
