"""Natural keys of what is kept: the same is the same fact, and another time is another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import structs

from outpace.model.advisory import Vulnerability
from outpace.model.package import PYPI, Package
from outpace.model.proof import Proof, Proved, Refuted
from outpace.store.facts import Facts
from outpace.stories import keeping

NOON = datetime(2024, 1, 30, 12, tzinfo=UTC)
PROOF = Proof(base="a", revision="b", fixes=("CVE-1",), conclusion=Proved(), checks=(), digest="c", at=NOON)
FLAW = Vulnerability(id="CVE-1", package=Package(PYPI, "kit"), aliases=(), records=())


def kept(facts: Facts, proof: Proof, *, minutes: float) -> int:
    now = NOON + timedelta(minutes=minutes)
    noted = keeping.of_proof(proof, ("CVE-1",), (), locks="d", probes=(), now=now)
    return facts.add([each.fact("shop@1", now) for each in noted])


def test_the_same_proof_is_written_once_and_one_that_was_made_again_is_another(tmp_path: Path) -> None:
    again = structs.replace(PROOF, at=NOON + timedelta(minutes=1))
    refuted = structs.replace(PROOF, conclusion=Refuted("red"))
    with Facts(tmp_path / "facts") as facts:
        assert [kept(facts, PROOF, minutes=minutes) for minutes in (1, 2)] == [1, 0]
        assert [kept(facts, each, minutes=3) for each in (again, refuted, again)] == [1, 1, 0]


def test_a_blocker_is_said_once_a_day_in_each_episode(tmp_path: Path) -> None:
    def said(facts: Facts, episode: datetime | None, *, hours: float = 0) -> int:
        now = NOON + timedelta(hours=hours)
        noted = keeping.of_blocker(FLAW, "pinned", "locks", episode=episode, now=now)
        return facts.add([noted.fact("shop@1", now)])

    with Facts(tmp_path / "facts") as facts:
        assert [said(facts, None), said(facts, None, hours=1), said(facts, None, hours=24)] == [1, 0, 1]
        assert [said(facts, NOON, hours=25), said(facts, NOON, hours=26)] == [1, 0]
