"""What old rollouts left in the edge's folder goes, and nothing that is in use."""

from __future__ import annotations

from pathlib import Path

from outpace.engines.envoy.sweeping import MOST_TRAILS, sweep

KEPT, GONE = "a" * 64, "b" * 64


def test_logs_of_releases_that_are_gone_go_and_the_oldest_trails(tmp_path: Path) -> None:
    for name in ("trails", "logs", "processes"):
        (tmp_path / name).mkdir()
    for number in range(MOST_TRAILS + 2):
        (tmp_path / "trails" / f"20261127T{number:06}-x.jsonl").touch()
    stays = {
        "envoy.log",
        "watchdog.log",
        "judge.log",
        f"{KEPT[:12]}-0.log",
        f"worker-mails-{KEPT[:12]}-0123abcd.log",
        f"{GONE[:12]}-1.log",  # still running
    }
    for name in (*stays, f"{GONE[:12]}-0.log", f"worker-my-mails-{GONE[:12]}-0123abcd.log"):
        (tmp_path / "logs" / name).touch()
    (tmp_path / "processes" / f"{GONE[:12]}-1.json").touch()
    sweep(tmp_path, frozenset({KEPT}))
    assert {path.name for path in (tmp_path / "logs").iterdir()} == stays
    left = sorted(path.name for path in (tmp_path / "trails").iterdir())
    assert (len(left), left[0]) == (MOST_TRAILS, "20261127T000002-x.jsonl")


def test_an_edge_that_never_ran_has_nothing_to_sweep(tmp_path: Path) -> None:
    sweep(tmp_path, frozenset())
    assert not list(tmp_path.iterdir())
