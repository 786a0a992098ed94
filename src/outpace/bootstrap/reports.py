"""Reports that other runners of tests left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.engines.junit import Case
    from outpace.model.unknown import Unknown


def junit_at(path: Path) -> tuple[Case, ...] | Unknown:
    from outpace.engines.junit import read_report

    return read_report(path)
