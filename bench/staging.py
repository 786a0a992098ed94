"""Bench: an environment for seconds: until it is up, until replay has a verdict, until it is gone, and what it holds.

No split: nothing is tuned. A shop at the real edge with orders in SQLite; `staging up` copies the database, starts the
release behind a proxy of its own; `staging compare` brings two such up, asks both what was recorded and throws them
away. Peer: the same by hand, which is the least that it can take: copying the file with `cp`, starting the same process
and waiting until it answers.

Goal: up within 10 times the peer's time or 5 seconds, whichever is more; nothing is left behind.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from edge_place import Place, free_port, load_average

TIMES, SECONDS = 10, 5.0
STAGING = """
[applications.edge.record]
share = 1.0
[[applications.edge.staging.data]]
source = "sqlite:{orders}"
variable = "ORDERS"
no_personal_data = "orders have a number and nothing else"
"""


def says(place: Place, *words: str) -> tuple[Any, float]:
    """The result, and the seconds that it took."""
    began = time.monotonic()
    argv = [sys.executable, "-m", "outpace.cli", *words, "--format", "json", "--quiet"]
    done = subprocess.run(argv, cwd=place.site, env=place.environ, capture_output=True, check=False, timeout=300)
    if done.returncode not in (0, 10):
        raise SystemExit(f"{words} ended with {done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)["result"], time.monotonic() - began


def by_hand(place: Place) -> float:
    """Seconds until the copy's process answers."""
    began = time.monotonic()
    copy = place.folder / "by-hand.db"
    shutil.copyfile(place.orders, copy)
    port = free_port()
    argv = ["python3", "shop.py", str(port)]
    process = subprocess.Popen(argv, cwd=place.site, env=place.environ | {"ORDERS": str(copy)})
    try:
        while True:
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).close()
                return time.monotonic() - began
            except URLError:
                time.sleep(0.01)
    finally:
        process.kill()
        process.wait()
        copy.unlink()


def filled(place: Place, rows: int) -> int:
    """Bytes of the database."""
    with sqlite3.connect(place.orders, isolation_level=None) as database:
        database.execute("CREATE TABLE IF NOT EXISTS more (id INTEGER PRIMARY KEY, text TEXT)")
        database.execute("BEGIN")
        database.executemany("INSERT INTO more (text) VALUES (?)", ((f"line {n} " * 8,) for n in range(rows)))
        database.execute("COMMIT")
    return place.orders.stat().st_size


def measured(rows: int, runs: int) -> dict[str, float]:
    with Place() as place:
        document = place.site / "outpace.toml"
        document.write_text(document.read_text() + STAGING.format(orders=place.orders))
        size = filled(place, rows)
        says(place, "edge", "down")
        says(place, "edge", "up")
        recorder = subprocess.Popen(
            [sys.executable, "-m", "outpace.cli", "edge", "record", "--for", "6s", "--quiet"],
            cwd=place.site,
            env=place.environ,
            stdout=subprocess.DEVNULL,
        )
        load = place.load(40)
        recorder.wait(timeout=60)
        load.end()
        rounds = [round_of(place) for _ in range(runs)]
        left = list((place.folder / "state").rglob("staging/*"))
        figures = {key: median(each[key] for each in rounds) for key in rounds[0]}
        return {"database_bytes": size, "left": len(left), **figures}


def round_of(place: Place) -> dict[str, float]:
    hand = by_hand(place)
    up, up_s = says(place, "staging", "up")
    _, down_s = says(place, "staging", "down")
    compared, compare_s = says(place, "staging", "compare")
    return {
        "by_hand_s": hand,
        "up_s": up_s,
        "answered_s": up["stage"]["seconds"],
        "cpu_s": up["stage"]["cpu_s"],
        "copy_bytes": up["stage"]["bytes"],
        "down_s": down_s,
        "compare_s": compare_s,
        "replayed": compared["replay"]["compared"],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    rows = (1_000, 20_000) if args.quick else (1_000, 100_000, 1_000_000)
    found = [measured(count, 1 if args.quick else 3) for count in rows]
    print(
        f"{'database':>10} {'by hand':>8} {'up':>7} {'down':>7} {'compare':>8} {'replayed':>9} {'CPU':>6} {'copy':>9}"
    )
    for each in found:
        print(
            f"{each['database_bytes'] / 2**20:8.1f} M {each['by_hand_s']:7.2f}s {each['up_s']:6.2f}s"
            f" {each['down_s']:6.2f}s {each['compare_s']:7.2f}s {each['replayed']:9.0f} {each['cpu_s']:5.2f}s"
            f" {each['copy_bytes'] / 2**20:7.1f} M"
        )
    holds = all(
        each["up_s"] <= max(TIMES * each["by_hand_s"], SECONDS) and not each["left"] and each["replayed"]
        for each in found
    )
    if args.json:
        args.json.write_text(json.dumps(found))
    worst = max(each["up_s"] / each["by_hand_s"] for each in found)
    goal = f"goal {TIMES} or {SECONDS:g} s"
    print(f"up takes {worst:.1f} times what it takes by hand at most ({load_average()}); {goal}")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
