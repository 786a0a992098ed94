"""The engine killed from outside at random moments of a rollout, soak and tidying included: no user notices."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from pathlib import Path

import pytest

from tests.edge.conftest import QUICK
from tests.edge.shop import PATIENCE, opened, until

RUNS = int(os.environ.get("OUTPACE_SOAK_RUNS", "50"))
SEED = int(os.environ.get("OUTPACE_SOAK_SEED") or random.SystemRandom().randrange(1 << 32))
WHOLE = 14.0  # seconds, about, that a rollout with its soak takes
ENDS = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)

pytestmark = pytest.mark.soak


def test_no_user_notices_an_engine_that_is_killed_anywhere_and_the_next_one_goes_on(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    print(f"OUTPACE_SOAK_SEED={SEED}")
    with opened(tmp_path / "edge", more=QUICK) as shop:
        shop.commit("0")
        shop.outpace("rollout")
        with shop.load(80) as load:
            for run in range(RUNS):
                shop.commit(str(run + 1))
                moment, which = chance.uniform(0.0, WHOLE), chance.choice(ENDS)
                process = shop.begin("rollout", "--soak")
                try:
                    process.communicate(timeout=moment)
                except subprocess.TimeoutExpired:
                    process.send_signal(which)
                    process.communicate(timeout=PATIENCE)
                told = f"run {run}: {which.name} after {moment:.2f} s, at {shop.stage()}"
                print(told)
                until(lambda: not (found := shop.runtime.place.rollout()) or not found.armed, f"{told}: it is disarmed")
                shop.outpace("edge", "up")
                assert shop.stage() in ("promoted", "reverted", "settled"), told
                assert shop.version() in (str(run), str(run + 1)), told
                shop.outpace("rollout", "--soak")
                shop.ends_on(str(run + 1), "settled")
        counts = load.end()
        assert (counts.bad, counts.failed, counts.why) == (0, 0, {})
        assert sorted(counts.orders) == sorted(shop.orders())
        assert len(counts.by) == RUNS + 1
