"""Bench: red tests of release pairs and seeded regressions: `outpace test mend` beside recording again.

`bench/red_tests_truth.py` proves the labels; the sets are under `bench/data/red_tests`, and `--data FOLDER` takes
others of the same shape. Each case is a repository of two commits: the tests as labeled over the old code, then the new
code with its documents and change logs (never its tests), with the message that the seed gives. Only the labeled tests
that `outpace test mend` finds red count; one that it does not find is *unknown*. Mended is what it would write with
--write. A regression that is mended is the one failure that may not be; then: how often a decided class is right, how
many are decided, and how many of the mechanical ones, and of all, are mended.

The peer records what it sees: every tool for snapshots mends all of them, regressions included, since it asks nobody.
That row is arithmetic, no run.

The development half by default; --held-out once, at the end. It needs what bench/red_tests_truth.py needs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import red_tests_truth as truth  # noqa: E402  the path comes first
from outpace.testing.mending.intents import is_document  # noqa: E402  the same

LABELS = {"intended-mechanical": "mechanical", "intended-behavioral": "behavioral"}
GOALS = {"regressions mended": 0, "right where it decides": 0.95, "decides": 0.5, "mends": 0.3}
QUICK = 6
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@example.invalid")
CONFIGURATION = """\
[[applications]]
name = "labeled"
test = {test}
test_env = {{ PYTEST_DISABLE_PLUGIN_AUTOLOAD = "1", TZ = "UTC", HOME = "/tmp" }}
"""


class Row(NamedTuple):
    """One labeled test."""

    case: str
    test: str
    label: str
    kind: str
    mended: bool
    evidence: Sequence[str]


def main() -> int:
    args = arguments()
    bench = truth.Bench(args.cache, truth.prepared(args.cache))
    half = "_held_out" if args.held_out else ""
    pairs = list(truth.read(args.data / f"labels{half}.toml").pair) if args.set != "seeds" else []
    seeds = list(truth.read(args.data / f"seeds{half}.toml").seed) if args.set != "pairs" else []
    chosen: list[truth.Pair | truth.Seed] = [each for each in (*seeds, *pairs) if args.only in each.name]
    if args.quick:
        chosen = [each for each in chosen if each.package.startswith("own/")][:QUICK]
    rows: list[Row] = []
    for case in chosen:
        rows += judged(bench, case, verbose=args.verbose)
    figures = counted(rows)
    shown(rows, figures, "held out" if args.held_out else "development")
    if args.json:
        args.json.write_text(json.dumps({"figures": figures, "rows": [row._asdict() for row in rows]}, indent=2))
    return 0 if reached(figures) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "outpace-bench" / "red-tests"
    parser.add_argument("--cache", type=Path, default=cache, metavar="FOLDER", help=f"default: {cache}")
    parser.add_argument("--data", type=Path, default=truth.DATA, metavar="FOLDER")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--set", choices=("pairs", "seeds", "both"), default="both")
    parser.add_argument("--only", default="", metavar="TEXT", help="those whose name holds it")
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} cases of our own modules")
    parser.add_argument("--verbose", action="store_true", help="show the evidence of each")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def judged(bench: truth.Bench, case: truth.Pair | truth.Seed, *, verbose: bool) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        place = Path(folder) / "repository"
        if isinstance(case, truth.Pair):
            lay_pair(bench, case, Path(folder), place)
        else:
            lay_seed(bench, case, Path(folder), place)
        told = asked(bench, place, Path(folder))
    found = {each["test"]: each for each in told.get("red", ())}
    nothing = {"kind": "unknown", "mended": False, "evidence": ["not found red"], "objection": ""}
    rows: list[Row] = []
    for red in case.red:
        said = found.get(red.test, nothing)
        evidence = [*said["evidence"], *([said["objection"]] if said["objection"] else [])]
        rows.append(Row(case.name, red.test, LABELS.get(red.label, red.label), said["kind"], said["mended"], evidence))
    for row in rows:
        sign = "MENDED" if row.mended and row.label == "regression" else "wrong" if is_wrong(row) else "     "
        print(f"{sign:6} {row.label:14} {row.kind:14} {'mended' if row.mended else '':6} {row.case} {row.test[-60:]}")
        if verbose:
            print("".join(f"           {line}\n" for line in row.evidence), end="")
    sys.stdout.flush()
    return rows


def lay_pair(bench: truth.Bench, pair: truth.Pair, folder: Path, place: Path) -> None:
    trees = {name: truth.unpacked(bench, pair.package, name, digest) for name, digest in pair.sha256.items()}
    old, new = (truth.laid_code(trees[v], folder / "code" / v, pair.package, v) for v in (pair.old, pair.new))
    truth.laid_tests(trees[pair.tests or pair.old], place, old, pair.inside)
    documents(trees[pair.old], place)
    shutil.copytree(old, place / "src")
    configured(place, pair.red)
    committed(place, "Begin")
    shutil.rmtree(place / "src")
    shutil.copytree(new, place / "src")
    documents(trees[pair.new], place)
    committed(place, f"Release {pair.new}")


def documents(tree: Path, place: Path) -> None:
    """Change logs and what else is text for people, as they lie in an sdist; nothing of its tests, nor of its code."""
    left_out = (truth.NOT_CODE - {"docs"}) | {"src"}
    for path in tree.rglob("*"):
        inside = path.relative_to(tree)
        if path.is_file() and is_document(str(inside)) and left_out.isdisjoint(inside.parts[:-1]):
            (place / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place / inside)


def lay_seed(bench: truth.Bench, seed: truth.Seed, folder: Path, place: Path) -> None:
    before, after = (truth.copied(bench, seed, folder / name) for name in ("before", "after"))
    wrong = list(truth.edited(after, seed.edit))
    if wrong:
        sys.exit(f"{seed.name}: {wrong[0]}")
    own = seed.package.startswith("own/")
    laid = [
        tree if own else truth.laid_code(tree, tree.parent / "code", seed.package, seed.version)
        for tree in (before, after)
    ]
    if own:
        shutil.copytree(before, place)
    else:
        truth.laid_tests(before, place, laid[0], seed.inside)
        shutil.copytree(laid[0], place / "src")
    configured(place, seed.red)
    committed(place, "Begin")
    shutil.copytree(laid[1], place if own else place / "src", dirs_exist_ok=True)
    committed(place, seed.message)


def configured(place: Path, red: Iterable[truth.Red]) -> None:
    """Runs the files of the labeled tests, as bench/red_tests_truth.py does."""
    files = sorted({each.test.partition("::")[0] for each in red})
    options = ["-p", "no:cacheprovider", "-o", "addopts=", "-o", "filterwarnings=", "-o", "xfail_strict=false"]
    (place / "outpace.toml").write_text(CONFIGURATION.format(test=json.dumps(["pytest", *options, *files])))


def committed(place: Path, message: str) -> None:
    env = {**os.environ, **GIT}
    if not (place / ".git").exists():
        subprocess.run(["git", "init", "-q", "-b", "main", str(place)], env=env, check=True)
    subprocess.run(["git", "-C", str(place), "add", "-A", "-f"], env=env, check=True)
    words = ["git", "-C", str(place), *IDENTITY, "commit", "-q", "-m", message]
    subprocess.run(words, env=env, check=True)


def asked(bench: truth.Bench, place: Path, folder: Path) -> dict[str, Any]:
    state = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CACHE_HOME": str(folder / "cache")}
    words = [sys.executable, "-m", "outpace", "test", "mend", "HEAD~1..HEAD", "--python", bench.python]
    done = subprocess.run(
        [*words, "--format", "json"], cwd=place, env={**os.environ, **GIT, **state}, capture_output=True, check=False
    )
    try:
        document = json.loads(done.stdout)
    except ValueError:
        sys.stderr.write(done.stderr.decode()[-2000:])
        return {}
    for each in document["unknown"]:
        print(f"       unknown: {each['why']}")
    return document["result"]


def is_wrong(row: Row) -> bool:
    return row.kind not in ("unknown", row.label)


def counted(rows: Sequence[Row]) -> dict[str, Any]:
    decided = [row for row in rows if row.kind != "unknown"]
    mechanical = [row for row in rows if row.label == "mechanical"]
    regressions = [row for row in rows if row.label == "regression"]
    return {
        "red": len(rows),
        "regressions": len(regressions),
        "regressions mended": sum(row.mended for row in regressions),
        "decided": len(decided),
        "right": sum(not is_wrong(row) for row in decided),
        "mechanical": len(mechanical),
        "mechanical mended": sum(row.mended for row in mechanical),
        "mended": sum(row.mended for row in rows),
    }


def shown(rows: Sequence[Row], figures: dict[str, Any], half: str) -> None:
    print(f"\n{half} half: {figures['red']} red tests\n")
    kinds = [*dict.fromkeys((*LABELS.values(), "regression", "brittle", "infrastructure", "unknown"))]
    print(f"{'labeled':16}{'told:':>6}" + "".join(f"{kind:>15}" for kind in kinds) + f"{'mended':>9}")
    for label in kinds:
        told = Counter(row.kind for row in rows if row.label == label)
        mended = sum(row.mended for row in rows if row.label == label)
        print(f"{label:22}" + "".join(f"{told[kind] or '':>15}" for kind in kinds) + f"{mended:>9}")
    peer = f"{figures['red']} of {figures['red']} mended, {figures['regressions']} regressions among them"
    print(f"\nrecording snapshots again: {peer}")
    print("\n" + "; ".join(lines(figures)))


def lines(figures: dict[str, Any]) -> Iterator[str]:
    yield f"regressions mended {figures['regressions mended']} of {figures['regressions']} (goal 0)"
    yield f"right where it decides {share(figures['right'], figures['decided'])} (goal 95%)"
    yield f"decides {share(figures['decided'], figures['red'])} (goal 50%)"
    yield f"mends {share(figures['mechanical mended'], figures['mechanical'])} of the mechanical (goal 30%)"
    yield f"{share(figures['mended'], figures['red'])} of all"


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "0 of 0"


def reached(figures: dict[str, Any]) -> bool:
    return (
        figures["regressions mended"] == GOALS["regressions mended"]
        and figures["right"] >= GOALS["right where it decides"] * figures["decided"]
        and figures["decided"] >= GOALS["decides"] * figures["red"]
        and figures["mechanical mended"] >= GOALS["mends"] * figures["mechanical"]
    )


if __name__ == "__main__":
    sys.exit(main())
