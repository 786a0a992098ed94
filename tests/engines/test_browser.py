"""The real browser prints; where there is none, the error says what to do."""

from __future__ import annotations

import os
import re
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from outpace.engines.browser import Chromium
from outpace.formats.report.brief_page import page
from outpace.model.errors import ToolFailed, ToolMissing, ToolTimedOut
from tests.fakes import assessments
from tests.needs import needs

SPY = """\
echo "$HOME" > SEEN
for each in "$@"; do
  case "$each" in --print-to-pdf=*) printf '%%PDF-1' > "${each#*=}";; esac
done"""


def program(place: Path, script: str) -> Path:
    path = place / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_the_brief_is_printed_on_one_sheet_of_the_paper_that_was_asked_for() -> None:
    needs("chromium")
    printed = Chromium(os.environ).pdf(page(assessments.watered_down(), paper="A4"))
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert [(round(float(width)), round(float(height))) for width, height in boxes] == [(595, 842)]


def test_without_a_browser_the_error_says_how_to_print_by_hand(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="neither is installed") as raised:
        Chromium({"PATH": str(tmp_path)}).pdf("<p>page</p>")
    assert "--format html" in raised.value.hint


def test_a_browser_that_prints_nothing_is_no_success(tmp_path: Path) -> None:
    silent = program(tmp_path, "exit 0")
    with pytest.raises(ToolFailed, match="printed nothing"):
        Chromium(os.environ, program=silent).pdf("<p>page</p>")


def test_a_browser_that_hangs_is_ended(tmp_path: Path) -> None:
    hanging = program(tmp_path, "exec sleep 60")
    with pytest.raises(ToolTimedOut, match=r"within 0\.2 s"):
        Chromium(os.environ, program=hanging, timeout=timedelta(seconds=0.2)).pdf("<p>page</p>")


def test_the_browser_gets_a_home_of_its_own_and_leaves_nothing(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    spy = program(tmp_path, SPY.replace("SEEN", str(seen)))
    assert Chromium(os.environ, program=spy).pdf("<p>page</p>").startswith(b"%PDF-")
    home = Path(seen.read_text().strip())
    assert home != Path.home()
    assert not home.exists()
