"""A queue's consumer: `python3 worker.py`. A job is claimed, worked at, and done in one transaction with its claim."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from pathlib import Path

FAULTS = json.loads((Path(__file__).resolve().parent / "faults.json").read_text())
VERSION = str(FAULTS["version"])
ENDS: list[int] = []


def job(queue: sqlite3.Connection) -> bool:
    """One, if there is one. What was claimed for longer than a second, whoever claimed it is dead."""
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    me = f"{VERSION} {os.getpid()}"
    found = queue.execute(
        "UPDATE jobs SET claimed = ?, at = ? WHERE number = (SELECT number FROM jobs WHERE done IS NULL AND "
        "(claimed IS NULL OR at < ?) ORDER BY number LIMIT 1) RETURNING number",
        (me, now, now - 5.0),
    ).fetchone()
    if found is None:
        return False
    time.sleep(float(FAULTS.get("job_s", 0.02)))
    queue.execute(
        "UPDATE jobs SET done = ?, times = times + 1 WHERE number = ? AND claimed = ?", (VERSION, found[0], me)
    )
    return True


def main() -> None:
    if FAULTS.get("no_work"):
        raise SystemExit(FAULTS["no_work"])
    if FAULTS.get("stubborn"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGTERM, lambda number, _frame: ENDS.append(number))
    queue = sqlite3.connect(os.environ["ORDERS"], timeout=30, isolation_level=None)
    queue.execute(
        "INSERT INTO workers (version, pid, began) VALUES (?, ?, ?)", (VERSION, os.getpid(), time.monotonic())
    )
    while not ENDS:
        if not job(queue):
            time.sleep(0.02)
    queue.execute("UPDATE workers SET ended = ? WHERE pid = ?", (time.monotonic(), os.getpid()))


if __name__ == "__main__":
    main()
