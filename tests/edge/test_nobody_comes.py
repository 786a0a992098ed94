"""A rollout at night: nobody is waited for without end, and the first users take a bad release back."""

from __future__ import annotations

import re
from pathlib import Path

from tests.edge.shop import PATIENCE, opened, until


def test_what_was_promoted_without_a_user_is_taken_back_by_the_first_who_come(tmp_path: Path) -> None:
    with opened(tmp_path / "edge", more='mirror = 0.0\nsoak = "60s"') as shop:
        shop.commit("1")
        shop.outpace("rollout")
        shop.commit("2", fails=0.5)
        rollout = shop.begin("rollout", "--soak", "--urgency", "exploited", "--format", "json")
        until(lambda: shop.stage() == "promoted", "it is promoted")
        assert re.search(r"; no user came for \d\d s; the soak judges the first users", shop.rollout.why)
        with shop.load(60) as load:
            out, _ = rollout.communicate(timeout=PATIENCE)
            until(lambda: shop.takes_all("1"), "the good release is back")
            answers = load.end()
        assert rollout.returncode == 10, out
        assert "answers of 5xx" in shop.rollout.why
        shop.ends_on("1", "reverted")
        assert set(answers.bad_by) == {"2"}
        assert answers.bad < 40
