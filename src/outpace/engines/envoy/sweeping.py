"""What old rollouts leave in the edge's folder: trails beyond the newest, logs of releases that are gone."""

from __future__ import annotations

import re
from pathlib import Path

from outpace.model.release import SHORT

MOST_TRAILS = 100
OF_A_RELEASE = re.compile(rf"(?:worker-.*-)?([0-9a-f]{{{SHORT}}})-[0-9a-f]+\.log")


def sweep(folder: Path, releases: frozenset[str]) -> None:
    """`releases` are those that are kept. A log that a process writes to stays."""
    for path in sorted((folder / "trails").glob("*.jsonl"))[:-MOST_TRAILS]:
        path.unlink(missing_ok=True)
    short = {each[:SHORT] for each in releases}
    for path in (folder / "logs").glob("*.log"):
        release = OF_A_RELEASE.fullmatch(path.name)
        if release and release[1] not in short and not (folder / "processes" / f"{path.stem}.json").exists():
            path.unlink(missing_ok=True)
