"""Bench: red tests of release pairs and seeded regressions: `outpace test mend` beside recording again.

`bench/red_tests_truth.py` proves the labels; the sets are under `bench/data/red_tests`, and `--data FOLDER` takes
others of the same shape. Each case is a repository of two commits: the tests as labeled over the old code, then the new
code with its documents and change logs (never its tests), with the message that the seed gives. Only the labeled tests
that `outpace test mend` finds red count; one that it does not find is *unknown*. Mended is what it would write with
--write. A regression that is mended is the one failure that may not be; then: how often a decided class is right, how
many are decided, how many of the mechanical ones, and of all, are mended, and for how many a person is offered an edit.

The peer records what it sees: every tool for snapshots mends all of them, regressions included, since it asks nobody.
Its column is arithmetic, no run.

Cases run one after the other. What a case said lies in the cache folder by the digest of the case and of Outpace's own
source, so that a run that was ended goes on. `--twice` asks each case twice and compares the bytes of the answers.

The development half by default; --held-out once, at the end. It needs what bench/red_tests_truth.py needs.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import outpace  # noqa: E402  the path comes first
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
    offered: bool = False
    """Whether an edit is proposed for a person to accept."""


class Answer(NamedTuple):
    """`document` is the JSON of the command, or nothing."""

    document: str
    seconds: float
    same: bool | None = None


def main() -> int:
    args = arguments()
    bench = truth.Bench(args.cache, truth.prepared(args.cache))
    half = "_held_out" if args.held_out else ""
    sets: dict[str, list[truth.Pair | truth.Seed]] = {}
    if args.set != "pairs":
        sets["seeds"] = [*truth.read(args.data / f"seeds{half}.toml").seed]
    if args.set != "seeds":
        sets["pairs"] = [*truth.read(args.data / f"labels{half}.toml").pair]
    figures: dict[str, dict[str, Any]] = {}
    rows: list[Row] = []
    for name, all_of_it in sets.items():
        cases = [each for each in all_of_it if args.only in each.name]
        if args.quick:
            cases = [each for each in cases if each.package.startswith("own/")][:QUICK]
        answers = {each.name: answered(bench, each, args) for each in cases}
        judged = [row for each in cases for row in rows_of(each, answers[each.name])]
        figures[name] = counted(judged, [*answers.values()])
        shown(judged, figures[name], f"{name}, {'held-out' if args.held_out else 'development'} half")
        rows += judged
    if args.json:
        args.json.write_text(json.dumps({"figures": figures, "rows": [row._asdict() for row in rows]}, indent=2))
    return 0 if all(not missed(each) for each in figures.values()) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "outpace-bench" / "red-tests"
    parser.add_argument("--cache", type=Path, default=cache, metavar="FOLDER", help=f"default: {cache}")
    parser.add_argument("--data", type=Path, default=truth.DATA, metavar="FOLDER")
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--set", choices=("pairs", "seeds", "both"), default="both")
    parser.add_argument("--only", default="", metavar="TEXT", help="those whose name holds it")
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} cases of our own modules")
    parser.add_argument("--twice", action="store_true", help="ask each case twice, and compare the bytes")
    parser.add_argument("--verbose", action="store_true", help="show the evidence of each")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def answered(bench: truth.Bench, case: truth.Pair | truth.Seed, args: argparse.Namespace) -> Answer:
    """As it lies in the cache, if the case and Outpace are the same; else by running it."""
    key = hashlib.sha256(msgspec.json.encode(case) + sources()).hexdigest()
    place = bench.cache / "answers" / f"{key}{'-twice' if args.twice else ''}.json"
    if place.exists():
        answer = Answer(*json.loads(place.read_text()))
    else:
        answer = run(bench, case, twice=args.twice)
        place.parent.mkdir(exist_ok=True)
        place.write_text(json.dumps(answer))
    print(f"{case.name}: {answer.seconds:.0f} s{'' if answer.same in (None, True) else ', not the same bytes twice'}")
    for row in rows_of(case, answer):
        sign = "MENDED" if row.mended and row.label == "regression" else "wrong" if is_wrong(row) else ""
        print(f"  {sign:6} {row.label:14} {row.kind:14} {'mended' if row.mended else '':6} {row.test[-70:]}")
        if args.verbose:
            print("".join(f"           {line}\n" for line in row.evidence), end="")
    sys.stdout.flush()
    return answer


@functools.cache
def sources() -> bytes:
    """A digest of Outpace and of this file."""
    found = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(Path(outpace.__file__).parent.rglob("*.py")):
        found.update(path.read_bytes())
    return found.digest()


def run(bench: truth.Bench, case: truth.Pair | truth.Seed, *, twice: bool) -> Answer:
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        place = Path(folder) / "repository"
        if isinstance(case, truth.Pair):
            lay_pair(bench, case, Path(folder), place)
        else:
            lay_seed(bench, case, Path(folder), place)
        begun = time.monotonic()
        document = asked(bench, place, Path(folder))
        seconds = time.monotonic() - begun
        same = document == asked(bench, place, Path(folder)) if twice else None
    return Answer(document, round(seconds, 1), same)


def rows_of(case: truth.Pair | truth.Seed, answer: Answer) -> list[Row]:
    document = json.loads(answer.document or '{"result": {}, "unknown": [{"why": "no answer"}]}')
    found = {each["test"]: each for each in document["result"].get("red", ())}
    why = [each["why"] for each in document["unknown"]] or ["not found red"]
    nothing = {"kind": "unknown", "mended": False, "evidence": why, "objection": "", "proposed": None}
    rows: list[Row] = []
    for red in case.red:
        said = found.get(red.test, nothing)
        evidence = [*said["evidence"], *([said["objection"]] if said["objection"] else [])]
        label = LABELS.get(red.label, red.label)
        offered = said["proposed"] is not None and said["proposed"]["diff"] != ""
        rows.append(Row(case.name, red.test, label, said["kind"], said["mended"], evidence, offered))
    return rows


def lay_pair(bench: truth.Bench, pair: truth.Pair, folder: Path, place: Path) -> None:
    trees = {name: truth.unpacked(bench, pair.package, name, digest) for name, digest in pair.sha256.items()}
    old, new = (truth.laid_code(trees[v], folder / "code" / v, pair.package, v) for v in (pair.old, pair.new))
    truth.laid_tests(trees[pair.tests or pair.old], place, old, pair.inside)
    documents(trees[pair.old], place)
    shutil.copytree(old, place / "src")
    configured(place, sorted({red.test for red in pair.red}))
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
    configured(place, sorted({red.test.partition("::")[0] for red in seed.red}))
    committed(place, "Begin")
    shutil.copytree(laid[1], place if own else place / "src", dirs_exist_ok=True)
    committed(place, seed.message)


def configured(place: Path, tests: Iterable[str]) -> None:
    """Of a pair, the labeled tests alone: a release turns many more red. Of a seed, their files: all its red tests are
    labeled."""
    options = ["-p", "no:cacheprovider", "-o", "addopts=", "-o", "filterwarnings=", "-o", "xfail_strict=false"]
    (place / "outpace.toml").write_text(CONFIGURATION.format(test=json.dumps(["pytest", *options, *tests])))


def committed(place: Path, message: str) -> None:
    env = {**os.environ, **GIT}
    if not (place / ".git").exists():
        subprocess.run(["git", "init", "-q", "-b", "main", str(place)], env=env, check=True)
    subprocess.run(["git", "-C", str(place), "add", "-A", "-f"], env=env, check=True)
    words = ["git", "-C", str(place), *IDENTITY, "commit", "-q", "-m", message]
    subprocess.run(words, env=env, check=True)


def asked(bench: truth.Bench, place: Path, folder: Path) -> str:
    state = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CACHE_HOME": str(folder / "cache")}
    words = [sys.executable, "-m", "outpace", "test", "mend", "HEAD~1..HEAD", "--python", bench.python]
    done = subprocess.run(
        [*words, "--format", "json"], cwd=place, env={**os.environ, **GIT, **state}, capture_output=True, check=False
    )
    if not done.stdout:
        sys.stderr.write(done.stderr.decode()[-2000:])
    return done.stdout.decode()


def is_wrong(row: Row) -> bool:
    return row.kind not in ("unknown", row.label)


def counted(rows: Sequence[Row], answers: Sequence[Answer]) -> dict[str, Any]:
    decided = [row for row in rows if row.kind != "unknown"]
    mechanical = [row for row in rows if row.label == "mechanical"]
    regressions = [row for row in rows if row.label == "regression"]
    return {
        "red": len(rows),
        "regressions": len(regressions),
        "regressions mended": sum(row.mended for row in regressions),
        "regressions offered": sum(row.offered for row in regressions),
        "offered": sum(row.offered for row in rows),
        "decided": len(decided),
        "right": sum(not is_wrong(row) for row in decided),
        "mechanical": len(mechanical),
        "mechanical mended": sum(row.mended for row in mechanical),
        "mended": sum(row.mended for row in rows),
        "seconds": round(sum(each.seconds for each in answers)),
        "longest": round(max((each.seconds for each in answers), default=0)),
        "asked twice": sum(each.same is not None for each in answers),
        "same bytes": sum(each.same is True for each in answers),
    }


def shown(rows: Sequence[Row], figures: dict[str, Any], title: str) -> None:
    print(f"\n{title}: {figures['red']} red tests\n")
    kinds = [*dict.fromkeys((*LABELS.values(), "regression", "brittle", "infrastructure", "unknown"))]
    print(f"{'labeled':16}{'told:':>6}" + "".join(f"{kind:>15}" for kind in kinds) + f"{'mended':>9}{'snapshots':>11}")
    for label in kinds:
        told = Counter(row.kind for row in rows if row.label == label)
        mended = sum(row.mended for row in rows if row.label == label)
        peer = sum(row.label == label for row in rows)
        print(f"{label:22}" + "".join(f"{told[kind] or '':>15}" for kind in kinds) + f"{mended:>9}{peer:>11}")
    print()
    for line in lines(figures):
        print(line)
    print()


def lines(figures: dict[str, Any]) -> Iterator[str]:
    """Each figure beside its goal and what recording snapshots again makes of it."""
    red, wrong = figures["red"], missed(figures)
    rows = (
        ("regressions mended", share(figures["regressions mended"], figures["regressions"]), "goal 0",
         share(figures["regressions"], figures["regressions"])),
        ("right where it decides", share(figures["right"], figures["decided"]), "goal 95%", "decides nothing"),
        ("decides", share(figures["decided"], red), "goal 50%", share(0, red)),
        ("mends", share(figures["mechanical mended"], figures["mechanical"]), "of the mechanical, goal 30%",
         share(figures["mechanical"], figures["mechanical"])),
        ("mends of all", share(figures["mended"], red), "", share(red, red)),
    )  # fmt: skip
    for name, value, goal, peer in rows:
        yield f"{name:24}{value:20}{goal}{', MISSED' if name in wrong else ''}; snapshots: {peer}"
    yield f"{'edits offered':24}{figures['offered']}, {figures['regressions offered']} of them for regressions"
    yield f"{'time':24}{figures['seconds']} s, the longest case {figures['longest']} s"
    if figures["asked twice"]:
        yield f"{'the same bytes twice':24}{share(figures['same bytes'], figures['asked twice'])}"


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "0 of 0"


def missed(figures: dict[str, Any]) -> list[str]:
    """Names of goals."""
    reached = {
        "regressions mended": figures["regressions mended"] == GOALS["regressions mended"],
        "right where it decides": figures["right"] >= GOALS["right where it decides"] * figures["decided"],
        "decides": figures["decided"] >= GOALS["decides"] * figures["red"],
        "mends": figures["mechanical mended"] >= GOALS["mends"] * figures["mechanical"],
        "same bytes": figures["same bytes"] == figures["asked twice"],
    }
    return [name for name, is_so in reached.items() if not is_so]


if __name__ == "__main__":
    sys.exit(main())
