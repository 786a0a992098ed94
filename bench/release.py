"""Bench: releases beside `uv` filling an empty environment: cold, application alone, the same digest, export and push.

No split: nothing is tuned to the lock, which is the project's own (requirements/dev.txt; --quick: base.txt; any other
requirements file with hashes by its path). Wall time in one process, uv's cache warm for all. The peer is `uv pip sync`
into an empty environment, in its usual mode (hard links into uv's cache, which is what a release must not have), in
copy mode, and in copy mode with bytecode, which is what a dependency layer holds; it makes no digest, checks no file
against its package's record and closes nothing, so that it is the limit and not an equal. The registry is Debian's
docker-registry on the loopback. The goal: the application alone within APPLICATION_MS at the median, the dependency
layer within SLOWER times of copy mode with bytecode, one digest from several hosts and two exports, no blob sent twice.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT))

from outpace.engines.oci import Images, exported  # noqa: E402  the path comes first
from outpace.engines.registry import Registry, reference_of  # noqa: E402  the same
from outpace.engines.release_store import Stored  # noqa: E402  the same
from outpace.model.application import Application  # noqa: E402  the same
from outpace.model.edge import Edge  # noqa: E402  the same
from tests.fakes.registry import registry  # noqa: E402  the same
from tests.fakes.releases import Workshop, committed, repository, workshop  # noqa: E402  the same

T = TypeVar("T")

APPLICATION_MS = 500.0
SLOWER = 2.0
MODULES = 100
HOSTS = 2  # at least: one alone always agrees with itself
SHOP = Application(name="shop", run=("python", "-m", "shop"), delivery="edge", edge=Edge())
PEERS = {
    "uv pip sync": (),
    "uv pip sync, copy mode": ("--link-mode=copy",),
    "uv pip sync, copy mode, bytecode": ("--link-mode=copy", "--compile-bytecode"),
}


def main() -> int:
    args = arguments()
    runs = 1 if args.quick else args.runs
    lock = args.lock or ROOT / "requirements" / ("base.txt" if args.quick else "dev.txt")
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        here = Path(folder)
        files = {f"shop/part_{number}.py": f"VALUE = {number}\n" * 50 for number in range(MODULES)}
        root = repository(here / "site", {**files, "shop/__init__.py": "", "requirements.txt": lock.read_text()})
        warmed(here, lock)
        seconds = {name: median(lambda words=words: sync(here, lock, words), runs) for name, words in PEERS.items()}
        made = workshop(root, here / "host")
        cold: list[float] = []
        for number in range(max(runs, HOSTS)):  # the first host stays
            one = made if number == 0 else workshop(root, here / f"host-{number}")
            cold.append(timed(lambda one=one: one.build(SHOP))[0])
        stored = made.build(SHOP)
        same = len({path.name for path in here.glob("host*/edge/kept/releases/*")}) == 1
        seconds["release, packages and all"] = statistics.median(cold)
        seconds["release, application alone"], newest = applications(made, 3 + runs)
        seconds["release, stored already"] = median(lambda: made.build(SHOP), 3 + runs)
        seconds["verify"] = median(lambda: made.store.verify(newest.digest), runs)
        pushed, same_image = images(here, made, newest, seconds)
        return told(args, lock, stored, seconds, same=same and same_image, pushed=pushed)


def warmed(here: Path, lock: Path) -> None:
    sync(here, lock, ())


def sync(here: Path, lock: Path, words: tuple[str, ...]) -> None:
    place = here / "peer"
    shutil.rmtree(place, ignore_errors=True)
    quiet = ("--quiet", "--no-config")
    subprocess.run(["uv", "venv", *quiet, "--relocatable", "--python", sys.executable, place], check=True)
    python = ("--python", place / "bin" / "python")
    subprocess.run(["uv", "pip", "sync", *quiet, "--require-hashes", *python, *words, lock], check=True)


def applications(made: Workshop, runs: int) -> tuple[float, Stored]:
    """Each of a commit of its own, on packages that are there."""
    found: list[tuple[float, Stored]] = []
    for number in range(runs):
        committed(made.root, {"shop/part_0.py": f"VALUE = {number + 1000}\n"})
        found.append(timed(lambda: made.build(SHOP)))
    return statistics.median(took for took, _ in found), found[-1][1]


def images(here: Path, made: Workshop, stored: Stored, seconds: dict[str, float]) -> tuple[list[int], bool]:
    """Blobs sent by each push, and whether two exports were the same."""
    seconds["image, first"], one = timed(lambda: Images(made.store, here / "one").image(stored))
    seconds["image, again"], _ = timed(lambda: Images(made.store, here / "one").image(stored))
    two = Images(made.store, here / "two").image(stored)
    seconds["export to a folder"], _ = timed(lambda: exported(one, here / "layout", "shop"))
    with registry(here / "registry") as served:
        where = reference_of(f"{served.host}/shop:1")
        seconds["push, first"], first = timed(lambda: Registry(where, report=lambda _: None).push(one))
        seconds["push, second"], second = timed(lambda: Registry(where, report=lambda _: None).push(one))
        committed(made.root, {"shop/part_0.py": "VALUE = 0\n"})
        newer = Images(made.store, here / "one").image(made.build(SHOP))
        seconds["push, another application"], third = timed(lambda: Registry(where, report=lambda _: None).push(newer))
    return [first.sent, second.sent, third.sent], one.digest == two.digest


def timed(act: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, result


def median(act: Callable[[], object], runs: int) -> float:
    return statistics.median(timed(act)[0] for _ in range(runs))


def told(
    args: argparse.Namespace, lock: Path, stored: Stored, seconds: dict[str, float], *, same: bool, pushed: list[int]
) -> int:
    layer = stored.path.parent.parent / "layers" / stored.manifest.layers.dependencies
    size = sum(path.stat().st_size for path in layer.rglob("*") if path.is_file() and not path.is_symlink())
    load = os.getloadavg()[0]
    print(f"{lock.name}: {size / 1e6:.0f} MB of packages; an application of {MODULES} modules; load {load:.1f}\n")
    for name, took in seconds.items():
        print(f"  {name:36}{took:9.3f} s")
    ratio = seconds["release, packages and all"] / seconds["uv pip sync, copy mode, bytecode"]
    alone = seconds["release, application alone"] * 1000
    print(
        f"\n  on disk: packages {on_disk(layer) / 1e6:.0f} MB once, and {on_disk(stored.path) / 1e6:.2f} MB a release"
    )
    print(f"  one digest from several hosts, and one image from two exports: {'yes' if same else 'NO'}")
    print(f"  blobs sent by the first push, the second, and one of another application: {pushed}")
    met = alone <= APPLICATION_MS and ratio <= SLOWER and same and pushed[1:] == [0, 2]
    goal = f"goal: {APPLICATION_MS:.0f} ms, {SLOWER:g} times, one digest, no blob twice"
    print(f"\napplication alone {alone:.0f} ms, packages in {ratio:.2f} times of uv's copy with bytecode ({goal})")
    if args.json:
        disk = {"packages": on_disk(layer), "release": on_disk(stored.path)}
        result = {
            "seconds": seconds,
            "bytes": size,
            "disk": disk,
            "ratio": ratio,
            "same": same,
            "sent": pushed,
            "met": met,
        }
        args.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0 if met else 1


def on_disk(top: Path) -> int:
    """Blocks of files and folders, each file once however many names it has."""
    told = [place.lstat() for place in (top, *top.rglob("*"))]
    return sum({each.st_ino: each.st_blocks for each in told}.values()) * 512


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lock", nargs="?", type=Path, help="a requirements file with hashes")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
