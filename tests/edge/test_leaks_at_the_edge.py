"""Leaks of memory and of file descriptors: promoted, and taken back by the soak."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outpace import bootstrap
from outpace.app import rollout
from outpace.app.judging import Trailed
from outpace.app.rollout import Rolling
from outpace.app.rollout_parts import Promoted, RolledBack
from outpace.bootstrap.edge import EdgePlace
from outpace.delivery.edge.standing import Rollout
from outpace.delivery.rollout.budget import budget
from outpace.delivery.rollout.counts import Source
from outpace.delivery.rollout.judge import Judge
from outpace.delivery.rollout.trail import Header
from outpace.engines.envoy import holding, watching
from outpace.engines.envoy.trails import TrailFile
from outpace.model.edge import Risk
from tests.edge.shop import Shop

BLOCK_SECONDS, USAGE_SECONDS, LOOK_SECONDS = 0.8, 0.15, 0.1
RISK = Risk(
    tolerated=0.03, wrong_promotions=0.05, needless_rollbacks=0.9, bad_responses=500, hour_exposed=100_000.0
)  # fmt: skip


class ShortBlocks:
    """Implements `rollout_parts.Judges`: an hour's soak whose blocks last less than a second, not minutes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, rollout: Rollout, rps: float, sources: tuple[Source, ...]) -> Trailed:
        trail = TrailFile(self._folder / f"{rollout.id}.jsonl", print)
        judge = trail.judge()
        if judge is not None:
            return Trailed(judge, trail)
        made = budget(RISK, urgency="routine", rps=rps, soak_s=3600.0, before=sources, block_s=BLOCK_SECONDS)
        trail.begin(Header(baseline=rollout.baseline or "", candidate=rollout.candidate, budget=made))
        return Trailed(Judge(made), trail)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"leaks_bytes": 300_000}, r"memory grew by [\d,.]+ MiB an hour over \d+ blocks \(E .*"),
        ({"leaks_files": 2}, r"open file descriptors grew by [\d,]+ an hour over \d+ blocks \(E .*"),
    ],
    ids=["memory", "descriptors"],
)
def test_what_leaks_is_promoted_and_taken_back_by_its_soak(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: dict[str, object], why: str
) -> None:
    monkeypatch.setattr(watching, "USAGE_EVERY", USAGE_SECONDS)
    monkeypatch.setattr(rollout, "SOAK_EVERY", LOOK_SECONDS)
    monkeypatch.chdir(shop.root)
    for name, value in shop.environ.items():
        monkeypatch.setenv(name, value)
    shop.commit("2", **fault)
    with bootstrap.workplace(Path.cwd(), name=None, report=print) as here, shop.load(60) as load:
        place = EdgePlace(here)
        candidate = place.candidate(place.release(here.head))
        with holding.alone(place.folder, "a test", print):  # else the judge that stands goes on with what is promoted
            rolling = Rolling(place.runtime, judges=ShortBlocks(shop.place), report=print)
            promoted = rolling.to(candidate)
            assert isinstance(promoted, Promoted)
            outcome = rolling.soaked(promoted.rollout, candidate.drain_s)
    counts = load.end()
    assert isinstance(outcome, RolledBack)
    assert outcome.rollout.promoted is not None
    assert re.fullmatch(why, outcome.why)
    assert (counts.bad, counts.failed) == (0, 0)
    assert sorted(counts.orders) == sorted(shop.orders())
    shop.ends_on("1", "reverted")
