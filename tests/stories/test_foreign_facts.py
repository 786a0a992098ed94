"""What others share, false or foreign, leads the story to the same end or to a wait: never to an error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec import Raw, structs

from outpace.app.clock import clock
from outpace.formats.clock import text
from outpace.model.change import Change, Move
from outpace.model.fact import SHARED
from outpace.model.proof import Proof, Refuted
from outpace.model.times import now
from outpace.store.facts import Facts
from outpace.stories.gather import Scope
from outpace.stories.keeping import of_blocker
from outpace.stories.kinds import Body, MatchedFact, Proposed, ProvedFact, Reopened, TaskNeeded, fact_of
from outpace.stories.next_action import Stop, WaitFor
from outpace.stories.respond import Outcome, Respond
from tests.fakes.pipeline import PRODUCTION, SHOP, FakePipeline, package, probe_for

IDS = ("PYSEC-web", "CVE-web")
MERGE = "somebody to merge outpace/web2 into main"
OURS = Change(
    branch="outpace/web2",
    base="base",
    revision="web2-on-base",
    fixes=("PYSEC-web",),
    moves=(Move(package=package("web"), before="1", after="2", file="uv.lock"),),
    purpose=(package("web"),),
)
MINUTES = timedelta(minutes=1)


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    with Facts(tmp_path / "facts.sqlite") as opened:
        yield opened


def share(facts: Facts, body: Body, *inputs: object, minutes: float = -1) -> None:
    fact = fact_of("shop@1", body, at=now() + minutes * MINUTES, source=f"{SHARED}origin: outpace", inputs=inputs)
    facts.add([fact])


def run(pipeline: FakePipeline, facts: Facts) -> Outcome:
    probes = (probe_for("web"),)
    scope = Scope(subject="shop@1", application=SHOP, environments=(PRODUCTION,), probes=probes, began=now())
    return Respond(scope, world=pipeline, hands=pipeline, facts=facts, report=lambda _: None).run(lambda _: True)


def change(**other: object) -> Proposed:
    return Proposed(vulnerabilities=IDS, change=structs.replace(OURS, **other))


PROPOSED = {
    "of the key of ours, for nothing of ours": (Proposed(vulnerabilities=("CVE-other",), change=OURS), OURS.revision),
    "of the key of ours, on another base": (change(base="elsewhere"), OURS.revision),
    "of the key of ours, under another name": (change(branch="outpace/web9"), OURS.revision),
    "of our commit under another key": (change(base="elsewhere"), "another key"),
    "of our commit, for nothing of ours": (Proposed(vulnerabilities=("CVE-other",), change=OURS), "another key"),
    "of a commit that nobody has": (change(revision="nowhere"), "nowhere"),
    "of what is deployed": (change(revision="base"), "base"),
    "under a name that git does not take": (change(revision="web3-on-base", branch="outpace/..//a b~"), "web3-on-base"),
}


@pytest.mark.parametrize("minutes", [-1, 5])
@pytest.mark.parametrize("name", PROPOSED)
def test_a_false_proposal_ahead_of_ours_changes_nothing(facts: Facts, name: str, minutes: float) -> None:
    body, key = PROPOSED[name]
    share(facts, body, key, minutes=minutes)
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    pipeline.revisions["web3-on-base"], pipeline.parents["web3-on-base"] = {"web": 3}, {"base"}
    outcome = run(pipeline, facts)
    assert [each.rest.who for each in outcome.rested if isinstance(each.rest, WaitFor)] == [MERGE]
    pipeline.merge("outpace/web2")
    assert run(pipeline, facts).done


@pytest.mark.parametrize(("ids", "minutes"), [(("CVE-other",), -1), (IDS, -1), (IDS, -5000), (IDS, 5)])
def test_a_false_blocker_ahead_of_ours_ends_in_a_stop(facts: Facts, ids: tuple[str, ...], minutes: float) -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2}, newest=1)
    locks = pipeline.locks("base")
    [exposure] = pipeline.matched("base").exposures
    ours = of_blocker(exposure.vulnerability, "no newer release", locks, episode=None, now=now())
    share(facts, TaskNeeded(vulnerabilities=ids, reason="no newer release", locks=locks), *ours.inputs, minutes=minutes)
    for _ in range(2):
        assert [type(each.rest) for each in run(pipeline, facts).rested] == [Stop]


@pytest.mark.parametrize("newest", [9, 1])
@pytest.mark.parametrize("environment", ["", "production"])
def test_a_reopening_by_a_clock_that_is_ahead_begins_nothing_before_its_time(
    facts: Facts, newest: int, environment: str
) -> None:
    share(facts, Reopened(vulnerabilities=IDS, why="so they say", environment=environment), 1, minutes=5)
    outcome = run(FakePipeline({"web": 1}, {"web": 2}, newest=newest), facts)
    assert [type(each.rest) for each in outcome.rested] == [WaitFor if newest == 9 else Stop]


def test_a_rehearsal_that_somebody_else_shared_first_does_not_hide_our_own(facts: Facts) -> None:
    ended = FakePipeline({"web": 1}, {"web": 2})
    with Facts(facts.path.with_name("theirs")) as theirs:
        run(ended, theirs)
        of_them = theirs.of("shop@1", "probe_seen")
    assert of_them
    facts.add(structs.replace(each, source=f"{SHARED}origin: outpace") for each in of_them)
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    run(pipeline, facts)
    pipeline.merge("outpace/web2")
    assert run(pipeline, facts).done


BARE = "2024-01-01T00:00:00"
BODIES = (
    MatchedFact(vulnerabilities=IDS, component=package("web"), version="1", published=now()),
    change(at=now(), released=(("web==2", now()),)),
    ProvedFact(
        vulnerabilities=IDS,
        proof=Proof(base="base", revision="web2-on-base", fixes=IDS, conclusion=Refuted("x"), checks=(), at=now()),
    ),
)


@pytest.mark.parametrize("time", [BARE, "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.KIND)
def test_no_time_in_a_foreign_body_ends_the_clock_or_the_story(facts: Facts, body: Body, time: str) -> None:
    fact = fact_of("shop@1", body, at=now() - MINUTES, source=f"{SHARED}origin: outpace", inputs=(1,))
    changed = msgspec.json.decode(fact.body)
    for holder in (changed, changed.get("change", {}), changed.get("proof", {})):
        holder |= {key: time for key in ("published", "at") if key in holder}
        holder |= {key: [["web==2", time]] for key in ("released",) if key in holder}
    facts.add([structs.replace(fact, body=Raw(msgspec.json.encode(changed)))])
    outcome = run(FakePipeline({"web": 1}, {"web": 2}), facts)
    assert [type(each.rest) for each in outcome.rested] == [WaitFor]
    assert text(clock(facts, subject="shop@1", application="shop", now=now(), everything=True))


def test_an_id_that_only_others_share_and_no_record_has_holds_nothing_up(facts: Facts) -> None:
    share(facts, MatchedFact(vulnerabilities=("CVE-made-up",), component=package("web"), version="2"), 1)
    assert run(FakePipeline({"web": 2}, {"web": 2}), facts).done
