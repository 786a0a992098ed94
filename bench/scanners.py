"""Bench: the scanners of lock files beside a real parser, on every version in the history of repositories.

No split: the scanners were changed for whatever disagreed. Repositories come by path, bare or not (default: this one);
of each the first parents of HEAD are walked, and each content of each lock file is read once by `scan` and once by the
reference in bench/lock_readers.py, and the two are compared pin by pin. A version that neither reads is alike; one that
only the reference reads is a disagreement where the scanner claims that it is broken, one that only the scanner reads
too. The goal: no disagreement, and where the reference is tomllib and there are 5 MB, the scanner reads 10 times as
fast. `cold`: with nothing remembered of other versions; `history`: one version after another.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.lock_readers import REFERENCES, NotRead, Row  # noqa: E402  the path comes first
from outpace.ecosystems.pypi.versions import canonical  # noqa: E402  the same
from outpace.ecosystems.scan import Scanned, Unscannable, kind_of, scan  # noqa: E402  the same
from outpace.ecosystems.scan.memory import forget_all  # noqa: E402  the same

QUICK = 40
TIMES = 10
ENOUGH = 5_000_000


class Blob(NamedTuple):
    kind: str
    path: str
    id: str


class Score:
    """Of one kind over all repositories."""

    def __init__(self) -> None:
        self.versions = self.size = self.broken = self.pins = 0
        self.scanned = self.cold = self.parsed = 0.0
        self.cold_size = 0
        self.wrong: list[str] = []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="*", type=Path, default=[ROOT])
    parser.add_argument("--kind", action="append", default=[], help="only this format (may be repeated)")
    parser.add_argument("--most", type=int, default=0, help="versions of one format and repository, evenly chosen")
    parser.add_argument("--quick", action="store_true", help=f"as --most {QUICK}")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    scores: dict[str, Score] = defaultdict(Score)
    for place in args.repositories:
        compare(place, args.kind, QUICK if args.quick else args.most, scores)
    return told(scores, args.json)


def compare(place: Path, kinds: Iterable[str], most: int, scores: dict[str, Score]) -> None:
    by_kind: dict[str, list[Blob]] = defaultdict(list)
    for blob in blobs(place):
        by_kind[blob.kind].append(blob)
    for kind, found in by_kind.items():
        if kind not in REFERENCES or (kinds and kind not in kinds):
            continue
        step = max(len(found) / most, 1) if most else 1
        chosen = [found[int(at * step)] for at in range(int(len(found) / step))]
        for at, (blob, data) in enumerate(zip(chosen, contents(place, chosen), strict=True)):
            if difference := compared(blob, data, scores[kind], cold=at % 10 == 0):
                scores[kind].wrong.append(f"{place.parent.name if place.name == 'repo' else place.name} {difference}")


def compared(blob: Blob, data: bytes, score: Score, *, cold: bool) -> str:
    """What differs; empty where nothing does."""
    score.versions += 1
    score.size += len(data)
    began = time.process_time()
    ours = scan(blob.path, data)
    score.scanned += time.process_time() - began
    if cold:
        forget_all()
        began = time.process_time()
        scan(blob.path, data)
        score.cold += time.process_time() - began
        score.cold_size += len(data)
    began = time.process_time()
    try:
        theirs = REFERENCES[blob.kind].read(data)
        why = ""
    except NotRead as error:
        theirs, why = None, str(error)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        theirs, why = None, f"not of its format: {error!r}"
    score.parsed += time.process_time() - began
    return said(blob, ours, theirs, why, score)


def said(blob: Blob, ours: Scanned | Unscannable, theirs: set[Row] | None, why: str, score: Score) -> str:
    where = f"{blob.path} {blob.id}"
    if isinstance(ours, Unscannable):
        score.broken += 1
        return "" if theirs is None else f"{where}: not scanned, {ours.why}"
    score.pins += len(ours.pins)
    if theirs is None:
        return f"{where}: scanned, and not read by the reference: {why[:200]}"
    is_python = any(pin.ecosystem == "PyPI" for pin in ours.pins)
    mine, other = rows(((pin.name, pin.version, pin.how) for pin in ours.pins), is_python), rows(theirs, is_python)
    if blob.kind == "requirements":  # the reference names no URL that says no name
        mine = {row for row in mine if row[2] != "elsewhere" or row in other}
    if mine == other:
        return ""
    return f"{where}: only scanned {sorted(mine - other)[:3]}, only read {sorted(other - mine)[:3]}"


def rows(found: Iterable[Row], is_python: bool) -> set[Row]:  # noqa: FBT001  two callers, beside each other
    """Python's versions in their canonical spelling, a specifier's order not counted, and no URL for a version."""
    if not is_python:
        return {(name, "" if "/" in version else version, how) for name, version, how in found}
    return {
        (name, canonical(v) if how != "unpinned" else ",".join(sorted(v.split(","))), how) for name, v, how in found
    }


def blobs(place: Path) -> Iterator[Blob]:
    """Each content of each lock file once, the oldest first."""
    command = ["git", "-C", str(place), "log", "--first-parent", "-m", "--raw", "--no-abbrev", "--no-renames",
               "--reverse", "--format=", "-z", "HEAD"]  # fmt: skip
    parts = iter(subprocess.run(command, capture_output=True, check=True).stdout.split(b"\0"))
    seen: set[tuple[str, str]] = set()
    for part in parts:
        head = part.strip().split(b" ")
        if len(head) < 5 or not head[0].startswith(b":"):
            continue
        path, mode, blob = next(parts).decode("utf-8", "surrogateescape"), head[1], head[3].decode()
        kind = kind_of(path)
        if kind is None or not mode.startswith(b"100") or not blob.strip("0") or (kind, blob) in seen:
            continue
        seen.add((kind, blob))
        yield Blob(kind, path, blob)


def contents(place: Path, wanted: Iterable[Blob]) -> Iterator[bytes]:
    command = ["git", "-C", str(place), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as git:
        assert git.stdin is not None
        assert git.stdout is not None
        for blob in wanted:
            git.stdin.write(f"{blob.id}\n".encode())
            git.stdin.flush()
            size = int(git.stdout.readline().split()[2])
            yield git.stdout.read(size)
            git.stdout.read(1)
        git.stdin.close()


def speed(size: int, seconds: float) -> float:
    return size / seconds if seconds else float("inf")


def told(scores: dict[str, Score], file: Path | None) -> int:
    head = ("format", "versions", "MB", "pins", "broken", "wrong", "history", "cold", "reference, MB/s")
    print("  {:20}{:>9}{:>9}{:>11}{:>8}{:>7}{:>9}{:>7}{:>17}".format(*head))
    slow: list[str] = []
    for kind, one in sorted(scores.items()):
        ours, cold, theirs = speed(one.size, one.scanned), speed(one.cold_size, one.cold), speed(one.size, one.parsed)
        parser = REFERENCES[kind].parser
        print(
            f"  {kind:20}{one.versions:>9,}{one.size / 1e6:>9.1f}{one.pins:>11,}{one.broken:>8}{len(one.wrong):>7}"
            f"{ours / 1e6:>9.1f}{cold / 1e6:>7.1f}{theirs / 1e6:>8.1f}  {parser}"
        )
        if one.size >= ENOUGH and parser == "tomllib" and ours < TIMES * theirs:
            slow.append(kind)
    wrong = [line for one in scores.values() for line in one.wrong]
    for line in wrong:
        print(f"  {line}")
    if file:
        keys = ("versions", "size", "broken", "pins", "scanned", "cold", "cold_size", "parsed", "wrong")
        rows = {kind: {key: getattr(one, key) for key in keys} for kind, one in scores.items()}
        file.write_text(json.dumps(rows, indent=2) + "\n")
    total = sum(one.versions for one in scores.values())
    late = f", too slow: {', '.join(slow)}" if slow else ""
    print(f"\n{len(wrong)} disagreements in {total:,} versions{late}; goal: none, and {TIMES} times tomllib's speed")
    return 1 if wrong or slow or not total else 0


if __name__ == "__main__":
    sys.exit(main())
