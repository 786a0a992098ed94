"""What `outpace edge units` writes for systemd, by systemd's own word."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.edge.shop import Shop
from tests.needs import needs


def test_systemd_finds_nothing_to_say_of_the_units_that_are_written(tmp_path: Path, shop: Shop) -> None:
    into = tmp_path / "units"
    into.mkdir()
    shop.outpace("edge", "units", "--into", str(into))
    names = sorted(path.name for path in into.iterdir())
    assert names == [f"outpace-shop-{part}.service" for part in ("applications", "envoy", "lease")]
    argv = [needs("systemd-analyze"), "verify", "--man=no", *(into / name for name in names)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_is_asked_for_real(tmp_path: Path) -> None:
    """A unit that is wrong is told, so that silence means something."""
    wrong = tmp_path / "outpace-wrong.service"
    wrong.write_text("[Service]\nExecStart=/no/such/program\nKillMode=gently\n")
    done = subprocess.run([needs("systemd-analyze"), "verify", "--man=no", wrong], capture_output=True, check=False)
    assert b"kill mode" in done.stderr
    assert b"not executable" in done.stderr
    assert done.returncode != 0
