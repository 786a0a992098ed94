"""What somebody may tell, and what only Outpace can see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from outpace.app.record import TELLABLE, Place, Recorded, Telling, instant, last_recorded, record
from outpace.app.retract import retract, told
from outpace.app.told_revisions import NotChecked, OffBranch
from outpace.formats.record import answer, list_text, retract_text, text
from outpace.model.errors import BadInput, NotFound, UsageError
from outpace.model.fact import key_of
from outpace.model.package import Package
from outpace.store.facts import Facts
from outpace.stories.kinds import Deployed, Known, MatchedFact, Observed, Reopened, Verified, body_of, fact_of

NOW = datetime(2024, 1, 30, 12, tzinfo=UTC)
IDS = ("PYSEC-2024-24", "CVE-2024-23334")
PLACE = Place(subject="shop@1", application="shop")
FREEZE = b"aiohttp==3.9.2\npyjwt==2.8.0\n"


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    """One open exposure."""
    body = MatchedFact(vulnerabilities=IDS, component=Package("PyPI", "aiohttp"), version="3.9.1")
    with Facts(tmp_path / "facts") as store:
        store.add([fact_of("shop@1", body, at=NOW - timedelta(days=1), source="outpace", inputs=(1,))])
        yield store


def tell(facts: Facts, milestone: str, *, minutes: float = 0, place: Place = PLACE, **said: Any) -> Recorded:
    return record(Telling(milestone=milestone, **said), place, facts, now=NOW + timedelta(minutes=minutes))


def test_an_alias_is_recorded_with_every_id_that_means_the_same(facts: Facts) -> None:
    view = tell(facts, "known", advisory="cve-2024-23334", by="ann")
    (fact,) = facts.of("shop@1", "known")
    assert body_of(fact) == Known(vulnerabilities=IDS)
    assert (fact.at, fact.source) == (NOW, "told by ann")
    assert view == Recorded(
        application="shop",
        milestone="known",
        became="recorded",
        key=key_of(fact),
        at=NOW,
        vulnerabilities=("PYSEC-2024-24",),
        source="told by ann",
    )


def test_a_deployment_speaks_of_everything_that_is_open(facts: Facts) -> None:
    done = Verified(vulnerabilities=("CVE-1",), environment="")
    facts.add([fact_of("shop@1", done, at=NOW, source="outpace", inputs=(1,))])
    view = tell(facts, "deployed", environment="production", revision="b" * 40, by="ann")
    (fact,) = facts.of("shop@1", "deployed")
    expected = Deployed(vulnerabilities=IDS, revision="b" * 40, environment="production", by="ann")
    assert (body_of(fact), view.vulnerabilities) == (expected, ("PYSEC-2024-24",))


def test_what_is_verified_in_one_of_two_declared_environments_is_deployed_to_the_other(facts: Facts) -> None:
    body = Verified(vulnerabilities=IDS, environment="staging")
    facts.add([fact_of("shop@1", body, at=NOW, source="outpace", inputs=(1,))])
    both = structs.replace(PLACE, environments=("staging", "production"))
    assert tell(facts, "deployed", environment="production", place=both).vulnerabilities == ("PYSEC-2024-24",)


def test_what_the_revision_is_still_exposed_to_was_not_fixed_with_it(facts: Facts) -> None:
    other = MatchedFact(vulnerabilities=("PYSEC-2022-202",), component=Package("PyPI", "pyjwt"), version="1.7.1")
    facts.add([fact_of("shop@1", other, at=NOW - timedelta(days=1), source="outpace", inputs=(2,))])
    said: dict[str, Any] = {"revision": "b" * 40, "exposed": frozenset({"PYSEC-2022-202", "CVE-2022-29217"})}
    assert tell(facts, "deployed", environment="production", **said).vulnerabilities == ("PYSEC-2024-24",)
    assert tell(facts, "landed", **said).vulnerabilities == ("PYSEC-2024-24",)
    for milestone in ("landed", "deployed"):
        with pytest.raises(UsageError, match="its locks are still exposed to PYSEC-2022-202"):
            tell(facts, milestone, advisory="PYSEC-2022-202", **said)
    assert len(facts.of("shop@1", "landed", "deployed")) == 2


def test_telling_the_same_again_adds_nothing(facts: Facts) -> None:
    said: dict[str, Any] = {"environment": "production", "revision": "b" * 40}
    first = tell(facts, "deployed", **said)
    again = tell(facts, "deployed", minutes=5, **said)
    assert (first.became, again.became, again.at) == ("recorded", "already recorded", NOW)
    assert tell(facts, "deployed", minutes=6, environment="production", revision="c" * 40).became == "recorded"
    assert tell(facts, "deployed", minutes=7, **said).became == "recorded"
    assert len(facts.of("shop@1", "deployed")) == 3


def test_the_same_deployment_counts_again_after_a_reopening(facts: Facts) -> None:
    tell(facts, "deployed", revision="b" * 40)
    reopened = Reopened(vulnerabilities=IDS, why="an older process")
    facts.add([fact_of("shop@1", reopened, at=NOW + timedelta(minutes=1), source="outpace", inputs=(1,))])
    assert tell(facts, "deployed", minutes=2, revision="b" * 40).became == "recorded"


def test_a_time_that_is_given_is_part_of_what_is_told(facts: Facts) -> None:
    said: dict[str, Any] = {"advisory": IDS[0], "at": NOW - timedelta(hours=2)}
    assert [tell(facts, "landed", minutes=m, **said).became for m in (0, 1)] == ["recorded", "already recorded"]
    assert tell(facts, "landed", advisory=IDS[0], at=NOW - timedelta(hours=3)).became == "recorded"


@pytest.mark.parametrize("milestone", ["landed", "deployed"])
def test_nothing_lands_and_nothing_is_deployed_before_it_was_committed(facts: Facts, milestone: str) -> None:
    committed = NOW - timedelta(hours=2)
    said: dict[str, Any] = {"advisory": IDS[0], "revision": "b" * 40, "committed": committed}
    with pytest.raises(UsageError) as refused:
        tell(facts, milestone, at=committed - timedelta(minutes=2), **said)
    assert refused.value.message == (
        f"{'b' * 12} was not {milestone} at 2024-01-30T09:58:00Z: it was committed at 2024-01-30T10:00:00Z"
    )
    assert "--revision REV" in refused.value.hint
    for seconds in (-30, 0, 30):  # as told by the minute
        at = committed + timedelta(seconds=seconds)
        assert tell(facts, milestone, at=at, **said).became == "recorded"
    assert tell(facts, "known", advisory=IDS[0], at=committed - timedelta(days=9), committed=committed).became


def test_an_inventory_is_kept_as_what_was_told_of_an_environment(facts: Facts) -> None:
    view = tell(facts, "observed", environment="production", inventory=FREEZE, by="ci")
    assert view.inventory is not None
    assert [(c.package.name, c.version) for c in view.inventory.components] == [
        ("aiohttp", "3.9.2"),
        ("pyjwt", "2.8.0"),
    ]
    assert last_recorded(facts, "shop@1", "production") == view.inventory
    assert last_recorded(facts, "shop@1", "staging") is None
    tell(facts, "observed", minutes=1, environment="production", inventory=b"aiohttp==3.9.1\n")
    tell(facts, "observed", minutes=2, environment="production", inventory=FREEZE, by="ci")
    assert last_recorded(facts, "shop@1", "production") == view.inventory
    assert len(facts.of("shop@1", "observed")) == 3


def test_what_runs_is_one_fact_within_a_second_and_a_new_one_later(facts: Facts) -> None:
    def seen(seconds: float, inventory: bytes = FREEZE, **said: Any) -> str:
        telling: dict[str, Any] = {"environment": "production", "inventory": inventory, **said}
        return tell(facts, "observed", minutes=seconds / 60, **telling).became

    assert [seen(each) for each in (0.2, 0.9, 1.1)] == ["recorded", "already recorded", "already recorded"]
    assert [seen(1.15, b"aiohttp==3.9.1\n"), seen(1.2)] == ["recorded", "recorded"]  # went back and forth
    assert [seen(1.3, environment="staging"), seen(1.4, by="ci")] == ["recorded", "recorded"]
    assert [seen(2.5), seen(900)] == ["recorded", "recorded"]
    assert len(facts.of("shop@1", "observed")) == 7


@pytest.mark.parametrize("said", [{"environment": "production", "inventory": FREEZE}, {"revision": "b" * 40}])
def test_two_who_tell_the_same_of_one_moment_at_once_tell_one_fact(
    facts: Facts, tmp_path: Path, said: dict[str, Any]
) -> None:
    milestone = "observed" if "inventory" in said else "deployed"
    with Facts(tmp_path / "of-another-machine") as theirs:
        theirs.add(facts.of("shop@1"))
        keys = {tell(store, milestone, minutes=m, **said).key for m, store in ((0.002, facts), (0.005, theirs))}
        assert len(keys) == 1
        assert facts.add(theirs.of("shop@1")) == 0


def test_the_only_environment_need_not_be_named(facts: Facts) -> None:
    place = structs.replace(PLACE, environments=("production",))
    assert tell(facts, "observed", place=place, inventory=FREEZE).environment == "production"
    assert tell(facts, "deployed", place=place).environment == "production"


def test_an_advisory_that_no_match_speaks_of_is_recorded_with_a_warning(facts: Facts) -> None:
    view = tell(facts, "known", advisory="CVE-2030-1")
    assert view.unmatched == ("CVE-2030-1",)
    assert "warning: no match here speaks of CVE-2030-1 yet" in text(view)
    assert b"no match here speaks of CVE-2030-1 yet" in answer(view)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "verified": ({}, "Outpace itself saw"),
    "proved": ({}, "a machine checked"),
    "matched": ({}, "follows from a lock"),
    "proposed": ({}, "speaks for itself"),
    "deploy": ({}, "did you mean deployed"),
    "weather": ({}, "no milestone that can be told"),
    "known": ({}, "needs an advisory"),
    "known in an environment": ({"advisory": "CVE-1", "environment": "x"}, "happens in no environment"),
    "known with an inventory": ({"advisory": "CVE-1", "inventory": FREEZE}, "an inventory says nothing"),
    "known of the future": ({"advisory": "CVE-1", "at": NOW + timedelta(seconds=1)}, "has not come yet"),
    "known of no advisory": ({"advisory": "; rm -rf /"}, "is no advisory's id"),
    "known by a terminal": ({"advisory": "CVE-1", "by": "\x1b[2J"}, "is no name"),
    "observed": ({}, "needs what was seen running"),
    "observed somewhere": ({"inventory": FREEZE}, "which environment is meant"),
    "observed elsewhere": ({"inventory": FREEZE, "environment": "moon"}, "there is no environment 'moon'"),
    "observed in bad JSON": ({"inventory": b"[1", "environment": "production"}, "^what the inventory holds"),
    "observed in no words": (
        {"inventory": b"\xff{", "environment": "production"},
        "^what the inventory holds cannot be read",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_told_is_refused_with_words_and_nothing_is_written(case: str, facts: Facts) -> None:
    said, why = REFUSED[case]
    place = structs.replace(PLACE, environments=("production", "staging"))
    before = facts.last_number()
    with pytest.raises(UsageError, match=why) as refusal:
        tell(facts, case.partition(" ")[0], place=place, **said)
    assert refusal.value.hint
    assert facts.last_number() == before


@pytest.mark.parametrize("milestone", ["deployed", "landed"])
def test_a_deploy_job_where_nothing_is_open_records_nothing_and_does_not_fail(tmp_path: Path, milestone: str) -> None:
    with Facts(tmp_path / "empty") as facts:
        view = tell(facts, milestone, revision="b" * 40)
        assert (view.became, view.vulnerabilities, facts.last_number()) == ("not recorded", (), 0)
        assert text(view).startswith(f"shop: {milestone} not recorded\n")
        assert "warning: nothing that is open here was fixed with it" in text(view)
        assert "slip" not in text(view)


def test_a_time_with_an_offset_is_taken_as_it_is_and_one_without_as_local_and_said_so() -> None:
    zone = timezone(timedelta(hours=2))
    assert instant("2024-01-30T14:00+02:00", now=NOW) == (NOW, "")
    assert instant("2024-01-30T12:00:00Z", now=NOW) == (NOW, "")
    at, note = instant("2024-01-30 14:00", now=NOW, local=zone)
    assert (at, note) == (NOW, "2024-01-30 14:00 was taken as local time, UTC+0200")
    with pytest.raises(BadInput, match="'soon' is no time"):
        instant("soon", now=NOW)


def test_what_outpace_kept_when_it_looked_at_a_told_inventory_does_not_outlive_it(facts: Facts) -> None:
    view = tell(facts, "observed", environment="production", inventory=FREEZE)
    (fact,) = facts.of("shop@1", "observed")
    body = body_of(fact)
    assert isinstance(body, Observed)
    facts.add([fact_of("shop@1", body, at=NOW + timedelta(minutes=1), source="outpace", inputs=("a look",))])
    retract(view.key, PLACE, facts, by="", now=NOW + timedelta(minutes=2))
    assert last_recorded(facts, "shop@1", "production") is None


def test_the_text_says_what_was_recorded(facts: Facts) -> None:
    view = tell(facts, "deployed", environment="production", revision="b" * 40, by="ann")
    assert text(view, warnings=("a note",)).splitlines() == [
        "shop: deployed recorded",
        "",
        "  at           2024-01-30T12:00:00Z",
        "  advisories   PYSEC-2024-24",
        "  environment  production",
        "  revision     bbbbbbbbbbbb",
        "  source       told by ann",
        f"  fact         {view.key[:12]}",
        "warning: a note",
    ]


def test_only_four_milestones_are_told_by_hand() -> None:
    assert TELLABLE == ("known", "landed", "deployed", "observed")


def test_what_was_told_by_mistake_is_taken_back_and_may_be_told_again(facts: Facts) -> None:
    said: dict[str, Any] = {"advisory": IDS[0], "at": NOW - timedelta(hours=2)}
    wrong = tell(facts, "landed", **said)
    assert [each.key for each in told(PLACE, facts).told] == [wrong.key]
    views = [retract(wrong.key[:8], PLACE, facts, by="ann", now=NOW) for _ in range(2)]
    assert [(view.told.milestone, view.is_new) for view in views] == [("landed", True), ("landed", False)]
    assert told(PLACE, facts).told == ()
    assert len(facts.of("shop@1", "retracted")) == 1
    again = tell(facts, "landed", **said)
    assert (again.became, again.key != wrong.key) == ("recorded", True)
    assert [each.key for each in told(PLACE, facts).told] == [again.key]


def test_an_inventory_that_was_taken_back_is_not_the_last_one(facts: Facts) -> None:
    tell(facts, "observed", environment="production", inventory=FREEZE)
    wrong = tell(facts, "observed", minutes=1, environment="production", inventory=b"django==5.0\n")
    retract(wrong.key, PLACE, facts, by="", now=NOW)
    found = last_recorded(facts, "shop@1", "production")
    assert found is not None
    assert [component.package.name for component in found.components] == ["aiohttp", "pyjwt"]


def test_only_what_was_told_can_be_taken_back(facts: Facts) -> None:
    (seen,) = facts.of("shop@1", "matched")
    for name, error, why in (
        (key_of(seen), UsageError, "which nobody told"),
        ("0" * 64, NotFound, "nothing that was told has the key"),
        ("CVE-2024-23334", UsageError, "is no key of a fact"),
    ):
        with pytest.raises(error, match=why):
            retract(name, PLACE, facts, by="", now=NOW)
    assert facts.of("shop@1", "retracted") == ()


def test_a_landing_that_git_contradicts_is_refused_and_a_deployment_is_kept_with_a_warning(facts: Facts) -> None:
    off: dict[str, Any] = {"revision": "b" * 40, "branch": "main", "revision_seen": OffBranch()}
    with pytest.raises(UsageError, match="bbbbbbbbbbbb has not landed: main does not hold it"):
        tell(facts, "landed", **off)
    assert facts.of("shop@1", "landed") == ()
    assert "warning: main does not hold bbbbbbbbbbbb" in text(tell(facts, "deployed", **off))
    unseen = NotChecked("there is no branch main in this clone")
    view = tell(facts, "landed", revision="b" * 40, branch="main", revision_seen=unseen)
    assert view.doubt == "bbbbbbbbbbbb was not held against main: there is no branch main in this clone"


def test_what_was_told_and_taken_back_is_shown_in_80_columns(facts: Facts) -> None:
    view = tell(facts, "deployed", environment="production", revision="b" * 40, by="ann")
    listed, back = list_text(told(PLACE, facts)), retract_text(retract(view.key, PLACE, facts, by="", now=NOW))
    assert listed.splitlines() == [
        "shop: 1 fact told",
        "",
        f"  {view.key[:12]}  deployed  2024-01-30T12:00:00Z  PYSEC-2024-24, CVE-2024-23334",
        "                production  bbbbbbbbbbbb  told by ann",
        "",
        "outpace record --retract FACT takes one back",
    ]
    assert back.splitlines()[0] == "shop: deployed retracted"
