"""Facts folded into the milestones of each exposure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from outpace.model.change import Change, Move
from outpace.model.fact import Fact
from outpace.model.milestone import OF_THE_EDGE, Kind, Milestone
from outpace.model.package import Package
from outpace.model.proof import Conclusion, Proof, Proved, Refuted, Undecided
from outpace.model.unknown import Unknown
from outpace.stories.kinds import (
    Body,
    Closed,
    Deployed,
    Known,
    Landed,
    MatchedFact,
    Proposed,
    ProvedFact,
    Reopened,
    TaskNeeded,
    Verified,
    fact_of,
)
from outpace.stories.milestones import Chronicle, Episode, chronicles

NOON = datetime(2024, 1, 30, 12, tzinfo=UTC)
HTTP, JWT = Package("PyPI", "aiohttp"), Package("PyPI", "pyjwt")
ATTACHED = tuple(kind for kind in Kind if kind not in OF_THE_EDGE)
IDS = ("PYSEC-2024-24", "CVE-2024-23334")


def fact(body: Body, hours: float) -> Fact:
    return fact_of("shop@1", body, at=NOON + timedelta(hours=hours), source="outpace", inputs=(body, hours))


def matched(ids: tuple[str, ...] = IDS, package: Package = HTTP) -> MatchedFact:
    published = NOON - timedelta(days=2)
    return MatchedFact(vulnerabilities=ids, component=package, version="3.9.1", file="uv.lock", published=published)


def proposed(*, ids: tuple[str, ...] = IDS, after: str = "3.9.2") -> Proposed:
    moves = (
        Move(package=HTTP, before="3.9.1", after=after),
        Move(package=JWT, before="1.0", after="1.1"),
    )
    released = (
        (f"aiohttp=={after}", NOON - timedelta(days=3)),
        ("pyjwt==1.1", NOON - timedelta(days=99)),
    )
    change = Change(branch="outpace/fix", base="a" * 40, revision="b" * 40, fixes=ids, moves=moves, released=released)
    return Proposed(vulnerabilities=ids, change=change)


def proof(conclusion: Conclusion) -> ProvedFact:
    return ProvedFact(
        vulnerabilities=IDS, proof=Proof(base="a", revision="b" * 40, fixes=IDS, conclusion=conclusion, checks=())
    )


def times(chronicle: Chronicle) -> dict[Kind, float]:
    """The earliest of each kind, in hours from noon."""
    found: dict[Kind, float] = {}
    for each in sorted(chronicle.last.milestones, key=lambda m: m.at, reverse=True):
        found[each.kind] = (each.at - NOON) / timedelta(hours=1)
    return found


STORY = (
    fact(Known(vulnerabilities=("CVE-2024-23334",)), -1),
    fact(matched(), 0),
    fact(proposed(), 1),
    fact(proof(Proved()), 2),
    fact(Landed(vulnerabilities=IDS, branch="main", revision="b" * 40), 3),
    fact(Deployed(vulnerabilities=IDS, revision="b" * 40, environment="production"), 4),
    fact(Verified(vulnerabilities=IDS, environment="production", how="no longer matches"), 5),
    fact(Closed(vulnerabilities=IDS, how="verified"), 6),
)


def test_a_story_has_every_milestone_and_the_release_of_what_is_affected() -> None:
    (told,) = chronicles(STORY)
    assert times(told) == dict(zip(ATTACHED, (-72, -48, -1, 0, 1, 2, 3, 4, 5), strict=True))
    assert (told.id, told.ids, told.last.closed, told.last.gaps) == ("PYSEC-2024-24", frozenset(IDS), "verified", {})
    assert told.components == ((HTTP, "3.9.1"),)


def test_aliases_are_joined_through_matches_and_through_nothing_else() -> None:
    both = Landed(vulnerabilities=(*IDS, "PYSEC-2022-202"), branch="main")
    facts = (
        fact(matched(("PYSEC-1", "CVE-1")), 0),
        fact(matched(("GHSA-1", "CVE-1")), 1),
        fact(matched(), 2),
        fact(matched(("PYSEC-2022-202",), JWT), 3),
        fact(both, 4),
    )
    told = chronicles(facts)
    assert [(each.id, each.ids) for each in told] == [
        ("PYSEC-1", frozenset({"PYSEC-1", "CVE-1", "GHSA-1"})),
        ("PYSEC-2024-24", frozenset(IDS)),
        ("PYSEC-2022-202", frozenset({"PYSEC-2022-202"})),
    ]
    assert [times(each).get(Kind.LANDED) for each in told] == [None, 4, 4]


def test_what_is_only_known_has_a_clock_too() -> None:
    (told,) = chronicles([fact(Known(vulnerabilities=("CVE-9",), how="a mail"), 0)])
    seen = Milestone(kind=Kind.KNOWN, at=NOON, source="outpace", detail="a mail")
    assert told == Chronicle(id="CVE-9", ids=frozenset({"CVE-9"}), last=Episode(milestones=(seen,)))


def verified(environment: str = "production") -> Verified:
    return Verified(vulnerabilities=IDS, environment=environment, how="no longer matches")


REOPENED = fact(Reopened(vulnerabilities=IDS, why="an older process runs", environment="production"), 10)


def hours(episode: Episode) -> dict[Kind, float]:
    return times(Chronicle(id="", ids=frozenset(), last=episode))


def standing(episode: Episode) -> dict[Kind, float]:
    return {m.kind: (m.at - NOON) / timedelta(hours=1) for m in episode.standing}


def test_reopening_begins_an_episode_of_its_own_and_keeps_the_one_before() -> None:
    facts = (*STORY, REOPENED, fact(Deployed(vulnerabilities=IDS, environment="production"), 11))
    (told,) = chronicles(facts)
    (alone,) = chronicles(STORY)
    assert told.earlier == (alone.last,)
    assert hours(told.last) == {Kind.MATCHED: 10, Kind.DEPLOYED: 11}
    assert (told.last.closed, told.reopened) == (None, ((REOPENED.at, "an older process runs"),))


def test_a_change_that_landed_before_stands_where_no_other_was_needed() -> None:
    (told,) = chronicles((*STORY, REOPENED))
    of_the_world = {Kind.FIX_RELEASED: -72, Kind.ADVISORY_PUBLISHED: -48, Kind.KNOWN: -1}
    of_the_change = {Kind.PROPOSED: 1, Kind.PROVED: 2, Kind.LANDED: 3}
    assert standing(told.last) == of_the_world | of_the_change
    (told,) = chronicles((*STORY, REOPENED, fact(proposed(after="3.9.3"), 11)))
    assert standing(told.last) == of_the_world
    assert told.last.gaps == {Kind.PROVED: UNPROVED}


def test_each_episode_has_its_own_milestones_also_of_what_was_done_before_it_ran_again() -> None:
    """The fix was reverted and proposed anew, and only then was the revert deployed."""
    facts = (
        *STORY,
        fact(Deployed(vulnerabilities=IDS, revision="c" * 40), 8),
        fact(proposed(after="3.9.3"), 9),
        fact(proof(Proved()), 9.5),
        REOPENED,
        fact(Landed(vulnerabilities=IDS, branch="main", revision="d" * 40), 11),
        fact(Deployed(vulnerabilities=IDS, revision="d" * 40), 12),
        fact(verified(), 13),
        fact(Closed(vulnerabilities=IDS, how="verified again"), 13),
    )
    (told,) = chronicles(facts, ["production"])
    assert hours(told.last) == {
        Kind.PROPOSED: 9,
        Kind.PROVED: 9.5,
        Kind.MATCHED: 10,
        Kind.LANDED: 11,
        Kind.DEPLOYED: 12,
        Kind.VERIFIED: 13,
    }
    assert [(hours(each), each.closed) for each in told.earlier] == [
        (dict(zip(ATTACHED, (-72, -48, -1, 0, 1, 2, 3, 4, 5), strict=True)), "verified")
    ]
    assert told.last.closed == "verified again"


def test_an_environment_that_was_not_reopened_stays_verified() -> None:
    story = (*STORY[:-1], fact(verified("staging"), 5.5), STORY[-1], REOPENED)
    places = ("staging", "production")
    (told,) = chronicles(story, places)
    assert told.last.gaps[Kind.VERIFIED].why == "verified in staging, not yet in production"
    (told,) = chronicles((*story, fact(verified(), 12)), places)
    assert (hours(told.last)[Kind.VERIFIED], Kind.VERIFIED in told.last.gaps) == (12, False)


def test_what_is_reopened_before_it_was_over_begins_no_episode() -> None:
    again = fact(Reopened(vulnerabilities=IDS, why="a restart", environment="staging"), 6)
    story = (*STORY[:-2], fact(verified("staging"), 5), again, fact(verified(), 7))
    (told,) = chronicles(story, ("staging", "production"))
    assert told.earlier == ()
    assert told.last.gaps[Kind.VERIFIED].why == "verified in production, not yet in staging"


def test_a_blocker_of_an_earlier_episode_is_not_the_reason_of_a_later_one() -> None:
    blocked = TaskNeeded(vulnerabilities=IDS, reason="pyjwt 1.7.1 is pinned")
    (told,) = chronicles((STORY[1], fact(blocked, 1), *STORY[4:], REOPENED))
    assert Kind.PROPOSED not in told.last.gaps
    (told,) = chronicles((STORY[1], fact(blocked, 1), *STORY[4:], REOPENED, fact(blocked, 11)))
    assert told.last.gaps[Kind.PROPOSED].why == "blocked: pyjwt 1.7.1 is pinned"


def test_a_candidate_that_is_not_proved_leaves_a_gap_with_its_reason() -> None:
    facts = (
        fact(matched(), 0),
        fact(proof(Refuted("tests/test_a.py fails")), 1),
        fact(proof(Undecided("no suite")), 2),
    )
    (told,) = chronicles(facts)
    assert Kind.PROVED not in times(told)
    assert told.last.gaps == {Kind.PROVED: Unknown("the last proof, of bbbbbbb, is undecided: no suite")}


def test_a_blocker_is_why_nothing_is_proposed() -> None:
    blocked = TaskNeeded(vulnerabilities=IDS, reason="pyjwt 1.7.1 is pinned")
    (told,) = chronicles((fact(matched(), 0), fact(blocked, 1)))
    assert told.last.gaps[Kind.PROPOSED].why == "blocked: pyjwt 1.7.1 is pinned"


REFUTED = "the last proof, of bbbbbbb, refuted it: tests/test_a.py fails"
UNPROVED = Unknown("outpace/fix is not proved", "outpace prove bbbbbbbbbb")
STEP_ON = Unknown(REFUTED, "outpace respond, which looks for the next step")
BLOCKED = Unknown("blocked: all are refuted", "a change by a person or an agent, or another release")
NEEDED = TaskNeeded(vulnerabilities=IDS, reason="all are refuted")
WHY_NOT_PROVED: list[tuple[list[Body], Unknown | None]] = [
    ([matched()], None),
    ([matched(), proposed()], UNPROVED),
    ([proposed(), proof(Refuted("tests/test_a.py fails"))], STEP_ON),
    ([proposed(), proof(Refuted("x")), proposed(after="3.9.3")], UNPROVED),
    ([proposed(), proof(Refuted("x")), NEEDED], BLOCKED),
    ([proposed(), proof(Refuted("x")), NEEDED, proof(Refuted("the same again"))], BLOCKED),
    ([proposed(), proof(Refuted("x")), NEEDED, proof(Undecided("no network"))], BLOCKED),
    ([proposed(), proof(Refuted("x")), NEEDED, proof(Proved())], None),
    ([proposed(), proof(Refuted("x")), NEEDED, proposed(after="3.9.3")], UNPROVED),
    ([proposed(), proof(Refuted("x")), proof(Proved())], None),
    ([TaskNeeded(vulnerabilities=IDS, reason="pinned"), Landed(vulnerabilities=IDS)], None),
    ([proposed(), Landed(vulnerabilities=IDS)], Unknown("outpace/fix is not proved")),
    ([proposed(), proof(Refuted("tests/test_a.py fails")), Landed(vulnerabilities=IDS)], Unknown(REFUTED)),
]  # fmt: skip


@pytest.mark.parametrize(("bodies", "why"), WHY_NOT_PROVED)
def test_the_last_word_says_why_nothing_is_proved_and_only_what_still_helps(
    bodies: list[Body], why: Unknown | None
) -> None:
    (told,) = chronicles([fact(matched(), 0), *(fact(body, 1 + number) for number, body in enumerate(bodies))])
    assert told.last.gaps.get(Kind.PROVED) == why


def test_it_is_verified_once_every_declared_environment_is() -> None:
    staging = fact(Verified(vulnerabilities=IDS, environment="staging", how="looked"), 4.5)
    (told,) = chronicles((*STORY[:-2], staging), ["staging", "production"])
    assert Kind.VERIFIED not in times(told)
    assert told.last.gaps[Kind.VERIFIED].why == "verified in staging, not yet in production"
    assert told.last.gaps[Kind.VERIFIED].would_settle == "outpace respond"
    (told,) = chronicles((*STORY, staging), ["staging", "production"])
    assert times(told)[Kind.VERIFIED] == 5


def test_what_came_from_elsewhere_keeps_its_mark() -> None:
    shared = structs.replace(STORY[-2], source="shared through origin: outpace")
    (told,) = chronicles((STORY[1], shared))
    assert [m.source for m in told.last.milestones if m.kind == Kind.VERIFIED] == ["shared through origin: outpace"]


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY), max_size=5))
def test_neither_order_nor_repetition_changes_the_story(facts: list[Fact], again: list[Fact]) -> None:
    expected, got = chronicles(STORY), chronicles([*facts, *again])
    assert [times(each) for each in got] == [times(each) for each in expected]
    assert [(each.id, each.ids, each.last.closed, each.components) for each in got] == [
        (each.id, each.ids, each.last.closed, each.components) for each in expected
    ]
