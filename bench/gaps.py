"""Bench: how many survivors of a real suite the edits kill that are made for them, and what that costs.

Development split: click 8.1.7 and docstring_parser 0.7.3, each with its own suite (python-string-utils 1.0.0 has none
in its source distribution), or the project in --project with the Python in --python. Functions are drawn by SEED. Their
mutants are judged by the suite; for those that survive, tests are strengthened or made, within a number of executions,
and each is judged alone in ten random orders of the whole suite. No peer does this without a model.

The goal: at least 40% of the survivors that tests reach killed within 60 s of CPU time, and every kept test names its
mutant. What is left is shown by kind of change, with the mutants' names.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.selection_suites import PEERS, Place  # noqa: E402  the path comes first
from outpace.app import test_filling, test_judging  # noqa: E402  the same
from outpace.app.test_gaps import find  # noqa: E402  the same
from outpace.app.test_mutants import Suite  # noqa: E402  the same
from outpace.inside.units import lines_of  # noqa: E402  the same
from outpace.testing.gaps.filling import Filling  # noqa: E402  the same
from outpace.testing.gaps.gaps import Changed, Survivor  # noqa: E402  the same
from outpace.testing.mutants.targets import product  # noqa: E402  the same
from outpace.testing.mutants.trial import Survived  # noqa: E402  the same

SEED = 5
GOAL, CPU = 0.40, 60.0
SDISTS = (
    ("click", "8.1.7", "ca9853ad459e787e2192211578cc907e7594e294c7ccc834310722b41b9ca6de"),
    ("docstring_parser", "0.7.3", "cde5fbf8b846433dfbde1e0f96b7f909336a634d5df34a38cb75050c7346734a"),
)


class Row(NamedTuple):
    """`survived` are reached by tests, `unreached` by none; `kinds` has of each operator how many survived and how many
    of them were killed; `cpu` is what making took, `judging` what judging took."""

    project: str
    functions: int
    mutants: int
    survived: int
    survived_killed: int
    unreached: int
    unreached_killed: int
    strengthened: int
    new: int
    refused: tuple[str, ...]
    unnamed: int
    kinds: dict[str, tuple[int, int]]
    left: tuple[str, ...]
    executions: int
    cpu: float
    judging: float
    unknown: str

    @property
    def share(self) -> float:
        return self.survived_killed / self.survived if self.survived else 0.0


def main() -> int:
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        here = Path(folder)
        here.chmod(0o755)
        found = args.project or [each for each in (sdist(here, *one) for one in SDISTS) if each]
        rows = [measured(here / f"place-{number}", each, args) for number, each in enumerate(found)]
    show(rows)
    if args.json:
        args.json.write_text(json.dumps([row._asdict() for row in rows], indent=1))
    return verdict(rows)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="four functions of each, 200 executions, two orders")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--functions", type=int, default=14, help="how many are drawn of each project")
    parser.add_argument(
        "--executions", type=int, default=1000, help="how many runs of a test may be spent on a project"
    )
    parser.add_argument(
        "--project", type=Path, action="append", help="a project with a suite of its own, instead of the two; again"
    )
    parser.add_argument("--python", type=Path, help="a Python that has what its tests need")
    return parser.parse_args()


def sdist(folder: Path, name: str, version: str, digest: str) -> Path | None:
    """Checked by its hash; None where the index does not give it."""
    words = ["--quiet", "--no-deps", "--no-binary", name, "-d", str(folder), f"{name}=={version}"]
    argv = [str(PEERS / "bin" / "python"), "-m", "pip", "download", *words]
    if not PEERS.exists():
        return None
    subprocess.run(argv, check=False, capture_output=True)
    archive = folder / f"{name}-{version}.tar.gz"
    if not archive.exists() or hashlib.sha256(archive.read_bytes()).hexdigest() != digest:
        print(f"{name} {version}: not run, the index does not give its source distribution", file=sys.stderr)
        return None
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / f"{name}-{version}"


def measured(folder: Path, project: Path, args: argparse.Namespace) -> Row:
    roots = ("src", ".") if (project / "src").is_dir() else (".",)
    place = Place.made(folder, python=args.python, roots=roots)
    root = place.copy(project, "project")
    suite = Suite(inside=place.inside(root, {}), root=str(root), words=("-q",))
    changed = drawn(root, 4 if args.quick else args.functions)
    sources = {each.path: (root / each.path).read_text() for each in changed}
    found = find(suite, changed, sources)
    before = spent()
    made = test_filling.fill(
        suite, found, test_filling.Asked(executions=200 if args.quick else args.executions, seed=SEED)
    )
    between = spent()
    files = test_judging.Files(read=lambda p: (root / p).read_bytes(), write=lambda p, c: put(root / p, c))
    filling = test_judging.judge(suite, found, made, files, seed=SEED, orders=2 if args.quick else test_judging.ORDERS)
    after = spent()
    gaps = [each.tried for each in found.gaps if isinstance(each, Survivor)]
    survived = {(each.path, each.mutant.id) for each in gaps if isinstance(each.verdict, Survived)}
    unreached = {(each.path, each.mutant.id) for each in gaps} - survived
    killed = {name for each in filling.kept for name in each.kills}
    unknown = found.unknown or filling.unknown
    return Row(
        project=project.name,
        functions=sum(len(each.functions) for each in changed),
        mutants=len(found.trial.tried),
        survived=len(survived),
        survived_killed=len(survived & killed),
        unreached=len(unreached),
        unreached_killed=len(unreached & killed),
        kinds=by_kind(survived, survived & killed),
        left=tuple(sorted(name for _, name in survived - killed)),
        **counted(filling),
        cpu=between - before,
        judging=after - between,
        unknown=unknown.why if unknown else "",
    )


def by_kind(survived: set[tuple[str, str]], killed: set[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    every, seen = (Counter(name.split(":")[1] for _, name in each) for each in (survived, killed))
    return {kind: (count, seen[kind]) for kind, count in sorted(every.items())}


def counted(filling: Filling) -> dict[str, Any]:
    return {
        "strengthened": sum(each.proposal == "strengthened" for each in filling.kept),
        "new": sum(each.proposal == "new" for each in filling.kept),
        "refused": tuple(f"{each.proposal.test}: {each.why}" for each in filling.refused),
        "unnamed": sum(not each.kills for each in filling.kept),
        "executions": filling.executions,
    }


def put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def drawn(root: Path, count: int) -> tuple[Changed, ...]:
    paths = product(str(path.relative_to(root)) for path in root.rglob("*.py"))
    every = [(path, name) for path in paths for name in lines_of((root / path).read_text())]
    chosen: dict[str, list[str]] = {}
    for path, name in random.Random(SEED).sample(every, min(count, len(every))):
        chosen.setdefault(path, []).append(name)
    return tuple(Changed(path=path, functions=tuple(sorted(names))) for path, names in sorted(chosen.items()))


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(rows: list[Row]) -> None:
    print(f"{'project':24} {'mutants':>7} {'survive':>7} {'killed':>6} {'unreached':>9} {'killed':>6} "
          f"{'asserts':>7} {'new':>4} {'runs':>6} {'CPU s':>6} {'judging':>7}")  # fmt: skip
    for row in rows:
        print(
            f"{row.project:24} {row.mutants:7} {row.survived:7} {row.survived_killed:6} {row.unreached:9} "
            f"{row.unreached_killed:6} {row.strengthened:7} {row.new:4} {row.executions:6} "
            f"{row.cpu:6.1f} {row.judging:7.1f}"
        )
        print("  killed of what survived: " + ", ".join(f"{kind} {b} of {a}" for kind, (a, b) in row.kinds.items()))
        print(f"  left: {', '.join(row.left) or 'none'}")
        for why in row.refused:
            print(f"  not kept: {why}")
        if row.unknown:
            print(f"  unknown: {row.unknown}")


def verdict(rows: list[Row]) -> int:
    survived, killed = sum(row.survived for row in rows), sum(row.survived_killed for row in rows)
    if not survived or any(row.unknown for row in rows):
        print("gaps: no figure, since nothing survived, or a result is unknown")
        return 1
    cpu, unnamed = max(row.cpu for row in rows), sum(row.unnamed for row in rows)
    share = killed / survived
    good = share >= GOAL and cpu <= CPU and not unnamed
    print(
        f"gaps: {killed} of {survived} survivors killed ({share:.0%}; goal {GOAL:.0%}), at most {cpu:.0f} s CPU a "
        f"project (goal {CPU:.0f}), {unnamed} kept tests without a mutant (goal 0): {'met' if good else 'missed'}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
