"""Loading a full-size advisory export: Outpace's compiled index beside `json.loads` over the whole archive.

Each row is a fresh process, interpreter start included, that answers for the same 300 packages; best of several runs,
in wall time and in CPU time. The goal is for CPU time, which other work on the machine disturbs less.
The export is made by repetition of a real one with changed ids and package names (default: tests/data/osv/all.zip, up
to 25,000 records; --quick: 8,000). The peer is what a tool without an index does on every run: read every record out
of the zip with `json.loads`, and group by package. It does no decoding beyond that and compares no versions.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from outpace.engines.advisories.feed import AdvisoryFeed

GOAL = 0.25
PACKAGES = 300
OURS = """
import sys
from pathlib import Path
from outpace.engines.advisories import AdvisoryStore
from outpace.model.package import Package
store = AdvisoryStore(Path(sys.argv[1]))
names = Path(sys.argv[2]).read_text().split()
print(sum(len(store.about(Package("PyPI", name))) for name in names))
"""
PEER = """
import json, re, sys, zipfile
from pathlib import Path
by_package = {}
with zipfile.ZipFile(sys.argv[1]) as archive:
    for name in archive.namelist():
        record = json.loads(archive.read(name))
        for package in {re.sub("[-_.]+", "-", a["package"]["name"]).lower() for a in record.get("affected", ())}:
            by_package.setdefault(package, []).append(record)
names = Path(sys.argv[2]).read_text().split()
print(sum(len(by_package.get(name, ())) for name in names))
"""


class Cost(NamedTuple):
    """In seconds."""

    wall: float
    cpu: float


def main() -> int:
    args = arguments()
    records = 8_000 if args.quick else args.records
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        here = Path(folder)
        names = repeated(args.archive, here / "all.zip", records)
        (here / "names").write_text("\n".join(names))
        compiled = timed(lambda: bring(here))
        runs = 3 if args.quick else 5
        bare, _ = best(["-c", "pass"], runs)
        ours, found = best(["-c", OURS, str(here / "advisories"), str(here / "names")], runs)
        peer, also = best(["-c", PEER, str(here / "all.zip"), str(here / "names")], 2)
        packed, index = ((here / name).stat().st_size / 1e6 for name in ("all.zip", "advisories/index.sqlite"))
    if found != also:
        print(f"the two disagree: {found} records for the {len(names)} packages, and {also}")
        return 1
    rows = {
        "compiling, once after an update": compiled,
        "Outpace: open, and ask for the packages": ours,
        "json.loads of the whole archive": peer,
        "(a Python process that does nothing)": bare,
    }
    print(f"{records:,} records, {packed:.1f} MB packed, index {index:.1f} MB; Python {sys.version.split()[0]}")
    print(f"{len(names)} packages, which {found} records name\n\n{'':44}    wall      CPU")
    for name, cost in rows.items():
        print(f"  {name:42} {cost.wall:6.3f} s {cost.cpu:6.3f} s")
    ratio = peer.cpu / ours.cpu
    print(f"\nloading takes {ours.cpu:.3f} s of CPU, 1/{ratio:.0f} of json.loads (goal: below {GOAL} s)")
    if args.json:
        costs = {name: cost._asdict() for name, cost in rows.items()}
        result = {"records": records, "seconds": costs, "ratio": ratio, "goal_s": GOAL, "met": ours.cpu < GOAL}
        args.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0 if ours.cpu < GOAL else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(__file__).parents[1] / "tests" / "data" / "osv" / "all.zip"
    parser.add_argument("archive", nargs="?", type=Path, default=default, help="an OSV export (all.zip)")
    parser.add_argument("--records", type=int, default=25_000)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def repeated(source: Path, into: Path, count: int) -> list[str]:
    """Writes `count` records and returns the names of 300 packages, spread over all of them."""
    with zipfile.ZipFile(source) as archive:
        members = sorted(name for name in archive.namelist() if name.endswith(".json"))
        originals: list[dict[str, Any]] = [json.loads(archive.read(name)) for name in members]
    names: set[str] = set()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(count):
            again, which = divmod(number, len(originals))
            record = copied(originals[which], again)
            names.update(re.sub("[-_.]+", "-", one["package"]["name"]).lower() for one in record.get("affected", ()))
            archive.writestr(f"{record['id']}.json", json.dumps(record))
    chosen = sorted(names)
    return chosen[:: max(1, len(chosen) // PACKAGES)][:PACKAGES]


def copied(record: dict[str, Any], again: int) -> dict[str, Any]:
    """The same record under other ids, about other packages; the first copy stays as it is."""
    if not again:
        return record
    affected = [
        {**one, "package": {**one["package"], "name": f"{one['package']['name']}-x{again}"}}
        for one in record.get("affected", ())
    ]
    aliases = [f"{alias}-x{again}" for alias in record.get("aliases", ())]
    return {**record, "id": f"{record['id']}-x{again}", "aliases": aliases, "affected": affected}


def bring(here: Path) -> None:
    AdvisoryFeed(here / "advisories").read(advisories=here / "all.zip", kev=None, report=lambda _event: None)


def timed(work: Callable[[], object]) -> Cost:
    """Wall time, and CPU time of this process and the children that ended."""
    wall, cpu = time.perf_counter(), cpu_seconds()
    work()
    return Cost(time.perf_counter() - wall, cpu_seconds() - cpu)


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def best(arguments: list[str], runs: int) -> tuple[Cost, str]:
    """The least of each time, and what was printed."""
    printed = ""

    def once() -> None:
        nonlocal printed
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
        printed = done.stdout.strip()

    costs = [timed(once) for _ in range(runs)]
    return Cost(min(cost.wall for cost in costs), min(cost.cpu for cost in costs)), printed


if __name__ == "__main__":
    raise SystemExit(main())
