"""Bench: `outpace assess` on long histories of lock files, beside the git calls that nothing can do without.

The limit is `git log --raw` over the very lock files and `git cat-file --batch` of their versions, with nothing read of
what they say. Against it stand the engine (walk, blobs, scan) and the whole command, each with an empty cache of its
own (the file system's is warm for all), in turn; then the command again, with nothing new. Memory is that of the
largest process. Seconds are of the wall; those of processors, git's included, are in the JSON.

No split: nothing is learned. Takes clones by path, or a folder of them (`OWNER+NAME`, or any folder below that is one)
of which it takes the fifteen of the research; without any, a synthetic one is made. --quick: one round, and a synthetic
one alone where no path is given. Goal: the engine at most 2x the limit, all repositories together; of each, a second
run below 0.5 s and less than 500 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

FIFTEEN = (
    "readthedocs/readthedocs.org", "alphagov/notifications-api", "GSA/notifications-api", "mozilla/kitsune",
    "fecgov/openFEC", "mitodl/mitxonline", "pypi/warehouse", "saleor/saleor", "paperless-ngx/paperless-ngx",
    "freedomofpress/securedrop", "Netflix/dispatch", "matrix-org/synapse", "mozilla/bugbug", "django/djangoproject.com",
    "wagtail/bakerydemo",
)  # fmt: skip
LIMIT, WARM_S, MEMORY_MB = 2.0, 0.5, 500
OUTPACE = (sys.executable, "-m", "outpace.cli")


class Engine(NamedTuple):
    """What the engine did in a process of its own; seconds of the wall and of processors, git's included."""

    landings: int
    versions: int
    mib: float
    seconds: float
    processors: float
    tip: str
    paths: list[str]
    blobs: list[str]


class Run(NamedTuple):
    seconds: float
    mb: float
    trouble: str = ""


class Row(NamedTuple):
    name: str
    landings: int
    versions: int
    mib: float
    limit_s: float
    engine_s: float
    cold_s: float
    warm_s: float
    mb: float
    limit_cpu_s: float
    engine_cpu_s: float
    trouble: str = ""

    @property
    def times_limit(self) -> float:
        return self.engine_s / self.limit_s

    @property
    def meets(self) -> bool:
        return not self.trouble and self.warm_s < WARM_S and self.mb < MEMORY_MB


def main() -> int:
    args = arguments()
    if args.engine:
        print(json.dumps(engine_here(args.engine)._asdict()))
        return 0
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as scratch:
        places = [found for path in args.paths for found in clones(path)] or [synthetic(Path(scratch))]
        rows = [told(measured(place, args.rounds, Path(scratch))) for place in places]
    versions = sum(row.versions for row in rows)
    seconds = sum(row.engine_s for row in rows)
    missed = [row.name for row in rows if not row.meets]
    ratio = seconds / sum(row.limit_s for row in rows)
    print(
        f"\n{versions / seconds:.0f} versions a second, {ratio:.2f} times the limit (goal: at most {LIMIT:g});"
        f" {len(rows) - len(missed)} of {len(rows)} again below {WARM_S:g} s and below {MEMORY_MB} MB (goal: all)"
    )
    if args.json:
        found = {"versions_per_s": versions / seconds, "times_limit": ratio, "rows": [row._asdict() for row in rows]}
        args.json.write_text(json.dumps(found, indent=2) + "\n")
    return 1 if missed or ratio > LIMIT else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, metavar="CLONE", help="a git clone, or a folder of them")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="the median of so many (default 3)")
    parser.add_argument("--quick", dest="rounds", action="store_const", const=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--engine", type=Path, metavar="CLONE", help=argparse.SUPPRESS)
    return parser.parse_args()


def clones(path: Path) -> list[Path]:
    """The path itself, or those of the fifteen that lie below it."""
    if is_clone(path):
        return [path]
    below = (path / name.replace("/", "+") for name in FIFTEEN)
    found = [place for folder in below for place in (folder, folder / "repo") if place.is_dir() and is_clone(place)]
    return found or sys.exit(f"{path} is no clone, and holds none of the fifteen")


def is_clone(path: Path) -> bool:
    return (path / ".git").exists() or ((path / "HEAD").is_file() and (path / "objects").is_dir())


def synthetic(scratch: Path) -> Path:
    """600 versions of two lock files among 3,000 commits, each with one package bumped."""
    from tests.fakes.histories import build, line

    def lock(version: int) -> str:
        each = "[[package]]\nname = 'acme-{at}'\nversion = '1.{minor}'\nsource = { registry = 'x' }\n\n"
        rows = (each.replace("{at}", str(at)).replace("{minor}", str((version + at) // 400)) for at in range(400))
        return ("version = 1\n\n" + "".join(rows)).replace("'", '"')

    locks = ({"uv.lock" if number % 2 else "sub/uv.lock": lock(number)} for number in range(600))
    changes = (next(locks) if number % 5 == 0 else {f"src/m{number % 97}.py": str(number)} for number in range(3000))
    place = scratch / "synthetic"
    build(place, line(*changes, step=3600), bare=True)
    return place


def measured(place: Path, rounds: int, scratch: Path) -> Row:
    """In turn, so that a busy moment hits all of them."""
    engine = engine_of(place)
    limits: list[tuple[float, float]] = []
    engines: list[tuple[float, float]] = []
    colds: list[Run] = []
    cache = scratch / "cache"
    for _ in range(rounds):
        shutil.rmtree(cache, ignore_errors=True)
        limits.append(clocked(lambda: limit(place, engine)))
        again = engine_of(place)
        engines.append((again.seconds, again.processors))
        colds.append(assessed(place, cache))
    cold = min(colds, key=lambda run: run.seconds)
    warms = [assessed(place, cache) for _ in range(rounds)]
    shutil.rmtree(cache, ignore_errors=True)
    return Row(
        name=place.parent.name if place.name == "repo" else place.name,
        landings=engine.landings,
        versions=engine.versions,
        mib=engine.mib,
        limit_s=statistics.median(seconds for seconds, _ in limits),
        engine_s=statistics.median(seconds for seconds, _ in engines),
        cold_s=statistics.median(run.seconds for run in colds),
        warm_s=min(run.seconds for run in warms),
        mb=max(run.mb for run in (*colds, *warms)),
        limit_cpu_s=min(cpu for _, cpu in limits),
        engine_cpu_s=min(cpu for _, cpu in engines),
        trouble=cold.trouble,
    )


def limit(place: Path, engine: Engine) -> None:
    git = ("git", "--literal-pathspecs", "-C", str(place))
    log = ("log", "--first-parent", "-m", "--raw", "--no-renames", "--no-abbrev", "--format=%H", engine.tip, "--")
    subprocess.run([*git, *log, *engine.paths], stdout=subprocess.DEVNULL, check=True)
    asked = "".join(f"{blob}\n" for blob in engine.blobs).encode()
    subprocess.run([*git, "cat-file", "--batch", "--buffer"], input=asked, stdout=subprocess.DEVNULL, check=True)


def clocked(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the wall, and of processors for the programs that were started."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    call()
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def engine_of(place: Path) -> Engine:
    words = [sys.executable, __file__, "--engine", str(place)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{place}: {done.stderr.strip()}")
    return Engine(**json.loads(done.stdout))


def engine_here(place: Path) -> Engine:
    """In this process: the walk, then every version of every lock file read and scanned, and nothing kept."""
    from outpace.assessment.interest import is_interesting
    from outpace.ecosystems.scan import kind_of, scan
    from outpace.engines.cache import Cache
    from outpace.engines.history.git_history import GitHistory
    from outpace.model.times import now

    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as empty:
        began = time.perf_counter()
        history = GitHistory(
            place,
            at=now(),
            is_lock=lambda path: kind_of(path) is not None,
            is_interesting=is_interesting,
            environ=os.environ,
            cached=Cache(Path(empty)),
            report=lambda _: None,
        )
        walk = history.walk()
        paths = {change.blob: change.path for change in sorted(walk.changes, key=lambda each: each.path) if change.blob}
        size = 0
        for blob, content in history.blobs(paths):
            size += len(content)
            scan(paths[blob], content)
        seconds = time.perf_counter() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Engine(
        landings=len(walk.chronicle.landings),
        versions=len(paths),
        mib=size / (1 << 20),
        seconds=seconds,
        processors=sum(each.ru_utime + each.ru_stime for each in used),
        tip=walk.chronicle.horizon.tip,
        paths=sorted({change.path for change in walk.changes if change.path.isprintable()}),
        blobs=list(paths),
    )


def assessed(place: Path, cache: Path) -> Run:
    """The real command in a process of its own, with its largest process; advisory data as it is configured here."""
    words = [*OUTPACE, "assess", str(place), "--format", "json", "--offline"]
    environ = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, env=environ, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words_said = said.read().decode(errors="replace").strip().splitlines()
    trouble = "" if process.returncode == 0 else (words_said or [f"status {process.returncode}"])[0]
    return Run(seconds, used.ru_maxrss / 1000, trouble)


def told(row: Row) -> Row:
    print(
        f"  {row.name:28.28} {row.landings:6} landings {row.versions:5} versions {row.mib:6.0f} MiB"
        f"  limit {row.limit_s:6.2f} s  engine {row.engine_s:6.2f} s = {row.times_limit:4.2f}x"
        f" ({row.engine_cpu_s / row.limit_cpu_s:.2f}x of processors)"
        f"  assess {row.cold_s:6.2f} s, again {row.warm_s:5.2f} s  {row.mb:4.0f} MB"
        f"{'' if row.meets else '  MISSED'}{'  ' + row.trouble if row.trouble else ''}",
        flush=True,
    )
    return row


if __name__ == "__main__":
    sys.exit(main())
