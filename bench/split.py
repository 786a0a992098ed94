"""Bench: how far large changes of public repositories split into small ones: Outpace beside a split by top folders.

Each change of a first-parent line of at least 200 lines in at least 4 files is split as `outpace split --dry-run` does
it. Nothing of the repositories runs. What is measured: the share that becomes two pieces or more; how much of the
change the largest piece is, at the median; how many intermediate trees hold a file that cannot be read, or an import
from the tree itself that finds nothing, where neither base nor the change has that (read by bench/split_trees.py, over
all files of the tree); and whether the last tree has the very id of the change's. The peer has a piece for each top
folder, in the order of their names, and goes through the same.

Development: starlette, flask, requests. Held out, looked at when all else was done: click, httpx, marshmallow.

    bench/split.py --clones FOLDER --most 40

FOLDER has a clone of each (a git directory will do) below its name, or below OWNER+NAME. One that is absent is a row
that says so. Without --clones, and with --quick, repositories are made here: those show that the bench works, not how
well changes of people split.

The goals: no intermediate tree that is wrong, every last tree the same, at least 80% of the held-out changes split, and
the largest piece at most 0.75 of the whole at the median.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.split_trees import Trees  # noqa: E402  the path comes first
from outpace.delivery.splitting.pieces import Changed, Edit, Gone, Piece, Whole  # noqa: E402  the same
from outpace.delivery.splitting.propose import proposed  # noqa: E402  the same
from outpace.engines.steps import Steps  # noqa: E402  the same

DEVELOPMENT = ("starlette", "flask", "requests")
HELD_OUT = ("click", "httpx", "marshmallow")
LINES, FILES = 200, 4
SPLIT, LARGEST = 0.80, 0.75
WHO = ("Bench", "bench@example.org")


class Found(NamedTuple):
    """One change by one way of splitting it."""

    pieces: int
    largest: float
    wrong: int  # intermediate trees
    trees: int
    same: bool
    seconds: float = 0.0
    first: str = ""


class Row(NamedTuple):
    """One repository."""

    name: str
    split: str
    ours: list[Found]
    peer: list[Found]
    missing: str = ""


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory() as place:
        rows = list(_rows(options, Path(place)))
    held_out = [found for row in rows for found in row.ours if row.split != "development"]
    every = [found for row in rows for found in row.ours]
    _print(rows)
    share = _share(held_out)
    largest = statistics.median(found.largest for found in held_out) if held_out else 1.0
    wrong = sum(found.wrong for found in every)
    other = sum(not found.same for found in every)
    good = bool(every) and not wrong and not other and share >= SPLIT and largest <= LARGEST
    told = {
        "held_out_split": round(share, 3),
        "held_out_largest": round(largest, 3),
        "wrong_trees": wrong,
        "other_ends": other,
        "rows": [row._asdict() for row in rows],
    }
    if options.json:
        options.json.write_text(json.dumps(told, indent=2))
    print(
        f"split: {share:.0%} of {len(held_out)} held-out changes, largest piece {largest:.2f} of the whole, "
        f"{wrong} wrong trees, {other} other ends"
        f" (goal: at least {SPLIT:.0%}, at most {LARGEST}, 0, 0): {'met' if good else 'missed'}"
    )
    return 0 if good else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clones", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--most", type=int, default=40, metavar="N", help="changes of each repository, the newest first"
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", metavar="NAME", help="this repository alone")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def _rows(options: argparse.Namespace, place: Path) -> Iterator[Row]:
    if options.clones is None:
        for seed in range(2 if options.quick else 6):
            yield _measured(f"made here, {seed}", "made here", _made(place / f"made-{seed}", seed), 5)
        return
    most = min(options.most, 4) if options.quick else options.most
    for name in (*DEVELOPMENT, *HELD_OUT):
        if options.only not in (None, name):
            continue
        split = "development" if name in DEVELOPMENT else "held out"
        source = next(iter(_sources(options.clones, name)), None)
        if source is None:
            yield Row(name, split, [], [], f"no clone in {options.clones.name}")
            continue
        clone = place / name
        subprocess.run(["git", "clone", "-q", "--no-checkout", "--shared", str(source), str(clone)], check=True)
        yield _measured(name, split, clone, most)


def _sources(folder: Path, name: str) -> Iterator[Path]:
    for found in [*sorted(folder.glob(f"*+{name}")), folder / name]:
        if found.is_dir():
            yield found / "repo" if (found / "repo").is_dir() else found


def _measured(name: str, split: str, clone: Path, most: int) -> Row:
    steps, trees = Steps(clone), Trees(clone)
    ours: list[Found] = []
    peer: list[Found] = []
    for base, head in _large(clone)[:most]:
        files = steps.changed_files(base, head)
        began = time.perf_counter()
        plan = proposed(files)
        seconds = time.perf_counter() - began
        excused = trees.wrong(base) | trees.wrong(head)
        ours.append(_found(steps, trees, (base, head), plan.pieces, excused)._replace(seconds=seconds))
        peer.append(_found(steps, trees, (base, head), _by_folder(files), excused))
        if ours[-1].wrong:
            print(f"  {name} {head[:12]}: {ours[-1].first}", file=sys.stderr)
    return Row(name, split, ours, peer)


def _found(
    steps: Steps, trees: Trees, ends: tuple[str, str], pieces: tuple[Piece, ...], excused: frozenset[str]
) -> Found:
    base, head = ends
    at, wrong, first = base, 0, ""
    for number, piece in enumerate(pieces):
        at = steps.step(at, {edit.path: edit.state for edit in piece.edits}, f"{piece.title}\n", WHO)
        against = trees.wrong(at) - excused if number + 1 < len(pieces) else frozenset[str]()
        wrong += bool(against)
        first = first or (f"step {number + 1} of {len(pieces)}: {min(against)}" if against else "")
    sizes = [max(piece.lines, 1) for piece in pieces]
    same = steps.tree(at) == steps.tree(head)
    return Found(len(pieces), max(sizes) / sum(sizes), wrong, len(pieces) - 1, same, 0.0, first)


def _by_folder(files: tuple[Changed, ...]) -> tuple[Piece, ...]:
    """The trivial split."""
    folders: dict[str, list[Changed]] = {}
    for changed in files:
        folders.setdefault(changed.path.partition("/")[0] if "/" in changed.path else "", []).append(changed)
    return tuple(
        Piece(kind="change", title=f"Change {folder}", why="", edits=tuple(_whole(each) for each in found))
        for folder, found in sorted(folders.items())
    )


def _whole(changed: Changed) -> Edit:
    from outpace.delivery.splitting.atoms import lines_between

    texts = [side.text or "" if side else "" for side in (changed.before, changed.after)]
    state = Whole(changed.after.mode, changed.after.id) if changed.after else Gone()
    return Edit(changed.path, state, lines_between(*texts) or 1)


def _large(clone: Path) -> list[tuple[str, str]]:
    """(base, head), the newest first."""
    words = ["git", "-C", str(clone), "log", "--first-parent", "-m", "--format=@%H %P", "--numstat", "HEAD"]
    said = subprocess.run(words, capture_output=True, check=True).stdout.decode("utf-8", "replace")
    found: list[tuple[str, str]] = []
    for part in said.split("@")[1:] if "@" in said else []:
        lines = part.splitlines()
        ids = lines[0].split() if lines else []
        rows = [line.split("\t") for line in lines[1:] if line.count("\t") >= 2]
        size = sum(int(row[0]) + int(row[1]) for row in rows if row[0].isdigit() and row[1].isdigit())
        if len(ids) >= 2 and len(ids[0]) >= 40 and size >= LINES and len(rows) >= FILES:
            found.append((ids[1], ids[0]))
    return found


def _share(found: list[Found]) -> float:
    return sum(each.pieces > 1 for each in found) / len(found) if found else 0.0


def _print(rows: list[Row]) -> None:
    print(
        f"{'repository':<16}{'split':<13}{'by':<9}{'changes':>8}{'split':>7}{'largest':>9}{'wrong trees':>13}", end=""
    )
    print(f"{'same end':>10}{'steps':>7}{'s':>7}")
    for row in rows:
        if row.missing:
            print(f"{row.name:<16}{row.split:<13}not run: {row.missing}")
        for by, found in (("outpace", row.ours), ("folders", row.peer)):
            if found:
                largest = statistics.median(each.largest for each in found)
                wrong, trees = sum(each.wrong for each in found), sum(each.trees for each in found)
                same = sum(each.same for each in found)
                print(
                    f"{row.name:<16}{row.split:<13}{by:<9}{len(found):>8}{_share(found):>7.0%}{largest:>9.2f}", end=""
                )
                print(f"{f'{wrong} of {trees}':>13}{f'{same} of {len(found)}':>10}", end="")
                print(f"{statistics.median(each.pieces for each in found):>7.0f}", end="")
                print(f"{statistics.median(each.seconds for each in found):>7.2f}")


def _made(place: Path, seed: int) -> Path:
    """A repository with five large changes in a row: functions that come, go, change and are used elsewhere."""
    draw = random.Random(seed)
    place.mkdir()
    _run(place, "init", "-q", "-b", "main")
    modules = [f"part{number}" for number in range(6)]
    functions = {module: [f"{module}_{number}" for number in range(6)] for module in modules}
    (place / "shop").mkdir()
    (place / "tests").mkdir()
    (place / "shop" / "__init__.py").write_text("")
    for round_ in range(6):
        for at, module in enumerate(modules):
            if round_:
                functions[module] = [*functions[module][draw.randint(0, 2) :], f"{module}_new{round_}"]
            used = draw.choice(functions[modules[at - 1]]) if at else ""
            (place / "shop" / f"{module}.py").write_text(_module(functions[module], modules[at - 1], used, round_))
            test = f"from shop.{module} import {functions[module][-1]}\n\n\ndef test_last():\n    assert"
            (place / "tests" / f"test_{module}.py").write_text(f"{test} {functions[module][-1]}(1) is not None\n")
        (place / "README.md").write_text("".join(f"line {number} of {round_}\n" for number in range(40)))
        _run(place, "add", "--all")
        _run(place, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", f"Round {round_}")
    return place


def _module(functions: list[str], other: str, used: str, round_: int) -> str:
    head = f"from shop.{other} import {used}\n\n\n" if used else ""
    bodies = (
        f"def {name}(value):\n" + "".join(f"    value += {number + round_ * (at % 2)}\n" for number in range(6))
        + (f"    value = {used}(value)\n" if used and at == 0 else "") + "    return value\n"
        for at, name in enumerate(functions)
    )  # fmt: skip
    return head + "\n\n".join(bodies)


def _run(place: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(place), *words], check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
