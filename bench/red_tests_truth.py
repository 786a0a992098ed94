"""Proves the labels of bench/data/red_tests: each labeled test is green before its change and red after it.

Two sets, built before anything that classifies red tests existed. `labels.toml` and `labels_held_out.toml`: red tests
of real release pairs; the tests of one release (the old one, unless `tests` names another) against the old and the new
code. `seeds.toml` and `seeds_held_out.toml`: regressions written for this set, each a list of edits to a released
package or to a small module of ours under `own/`, alone or among intended changes; here all that turns red is labeled.
The halves are drawn by `halves` from SEED and the names of the packages; whoever builds a classifier reads the
development half only. Nothing here classifies: the script fails where a label's test is not green, then red.

A label says what is right for the test in the end. *intended-mechanical*: a name, a place, a signature or an import has
changed and the test says it in the old way. *intended-behavioral*: what the test pins was changed on purpose, and a
text or the next release's own test says so; a test of what was removed belongs here. *brittle*: the test pins wording,
a repr, white space or a private name beside its subject. *infrastructure*: red for what is around it, a conftest.py or
a third party. *regression*: a later release mended it, or the seed is one; also where the test is red for an intended
reason first and would stay red behind it. *unknown*: the evidence does not decide.

Released code is never committed. pip, as it is configured, brings each sdist by its SHA-256 into the cache folder,
and each set of tests runs with `timeout` in a throw-away copy. They are other people's tests and run unconfined, as in
their own CI: use a machine on which that is fine.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "bench" / "data" / "red_tests"
SEED = 6
SECONDS = 240  # for one run of one set of tests
UNUSABLE = 4  # what pytest exits with when a conftest.py cannot be imported
BACKENDS = (
    "flit-core", "hatch-fancy-pypi-readme", "hatch-vcs", "hatchling", "pdm-backend", "poetry-core", "setuptools<81",
    "setuptools-scm", "wheel",
)  # fmt: skip
NOT_CODE = {"tests", "test", "docs", "doc", "examples", "bench", "benchmarks", "build", "tools", "tasks", "scripts"}
NOT_MODULES = {"setup.py", "conftest.py", "noxfile.py", "tasks.py"}
PLUGIN = """
import json, os

def _write(**row):
    with open(os.environ["OUTCOMES"], "a") as file:
        file.write(json.dumps(row) + "\\n")

def pytest_collectreport(report):
    if report.failed:
        _write(test=report.nodeid, outcome="not collected", text=str(report.longrepr)[-600:])

def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        outcome = "expected failure" if hasattr(report, "wasxfail") else report.outcome
        _write(test=report.nodeid, outcome=outcome, text=str(report.longrepr)[-600:] if report.failed else "")
"""

Label = Literal["intended-mechanical", "intended-behavioral", "brittle", "infrastructure", "regression", "unknown"]
Outcomes = Mapping[str, str]  # of each test that was seen
T = TypeVar("T", bound="Pair | Seed")


class Red(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    test: str
    label: Label
    why: str
    evidence: str = ""


class Pair(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tests of a release against two releases. A regression's tests may be those of the release that mended it."""

    package: str
    old: str
    new: str
    tests: str = ""
    inside: str = ""  # where the tests lie, for those that are part of the package
    sha256: dict[str, str]  # of each version's sdist
    red: tuple[Red, ...]

    @property
    def name(self) -> str:
        return f"{self.package} {self.old} to {self.new}"


class Edit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    file: str
    old: str
    new: str


class Seed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A commit that reads like any other, and holds one regression."""

    name: str
    package: str  # a released one, or `own/NAME`
    version: str = ""
    sha256: str = ""
    inside: str = ""
    message: str
    edit: tuple[Edit, ...]
    red: tuple[Red, ...]


class Labels(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pair: tuple[Pair, ...] = ()
    seed: tuple[Seed, ...] = ()


class Bench(NamedTuple):
    cache: Path
    python: str


def main() -> int:
    args = arguments()
    wanted = ("", "_held_out") if args.half == "both" else ("_held_out",) if args.half == "held-out" else ("",)
    pairs = [row for half in wanted for row in read(DATA / f"labels{half}.toml").pair]
    seeds = [row for half in wanted for row in read(DATA / f"seeds{half}.toml").seed]
    counted("labeled red tests of release pairs", pairs)
    counted("red tests of seeded regressions", seeds)
    wrong = list(misplaced())
    if not args.count:
        bench = Bench(args.cache, prepared(args.cache))
        if args.set != "seeds":
            wrong += checked(bench, [row for row in pairs if args.only in row.name], proved_pair)
        if args.set != "pairs":
            wrong += checked(bench, [row for row in seeds if args.only in row.name], proved_seed)
    for line in wrong:
        print(f"wrong: {line}")
    return 1 if wrong else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "outpace-bench" / "red-tests"
    parser.add_argument("--cache", type=Path, default=cache, metavar="FOLDER", help=f"default: {cache}")
    parser.add_argument("--half", choices=("development", "held-out", "both"), default="both")
    parser.add_argument("--set", choices=("pairs", "seeds", "both"), default="both")
    parser.add_argument("--only", default="", metavar="TEXT", help="those whose name holds it")
    parser.add_argument("--count", action="store_true", help="count labels, run nothing")
    return parser.parse_args()


def read(path: Path) -> Labels:
    return msgspec.toml.decode(path.read_bytes(), type=Labels)


def counted(title: str, rows: Sequence[Pair | Seed]) -> None:
    labels = Counter(red.label for row in rows for red in row.red)
    each = ", ".join(f"{count} {label}" for label, count in labels.most_common())
    print(f"{sum(labels.values())} {title}, of {len(rows)}: {each}")


def halves(names: Iterable[str], seed: int = SEED) -> tuple[set[str], set[str]]:
    """The names to develop on, and those held out: a shuffle of the sorted names, cut in the middle."""
    shuffled = sorted(set(names))
    random.Random(seed).shuffle(shuffled)
    middle = (len(shuffled) + 1) // 2
    return set(shuffled[:middle]), set(shuffled[middle:])


def misplaced() -> Iterator[str]:
    """A package stands in one half, with all its rows of both sets."""
    here = (packages_of(""), packages_of("_held_out"))
    if here != halves(here[0] | here[1]):
        yield f"the files of the two halves are not what the seed {SEED} draws"


def packages_of(half: str) -> set[str]:
    files = [read(DATA / f"{stem}{half}.toml") for stem in ("labels", "seeds")]
    return {row.package for file in files for row in (*file.pair, *file.seed)}


def checked(bench: Bench, rows: Sequence[T], prove: Callable[[Bench, T], Iterator[str]]) -> list[str]:
    wrong: list[str] = []
    for row in rows:
        found = [f"{row.name}: {line}" for line in prove(bench, row)]
        print(f"  {'wrong' if found else 'proved'}: {row.name}, {len(row.red)} red", flush=True)
        wrong += found
    return wrong


def proved_pair(bench: Bench, pair: Pair) -> Iterator[str]:
    trees = {version: unpacked(bench, pair.package, version, digest) for version, digest in pair.sha256.items()}
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        old, new = (laid_code(trees[v], Path(folder) / "code" / v, pair.package, v) for v in (pair.old, pair.new))
        tests = laid_tests(trees[pair.tests or pair.old], Path(folder) / "tests", old, pair.inside)
        files = sorted({red.test.partition("::")[0] for red in pair.red})
        before, after = (outcomes(bench, tests, code, files) for code in (old, new))
    for red in pair.red:
        if before.get(red.test) != "passed":
            yield f"{red.test} is {before.get(red.test, 'not seen')} on {pair.old}"
        if not is_red(red.test, after):
            yield f"{red.test} is {after.get(red.test, 'not seen')} on {pair.new}"


def proved_seed(bench: Bench, seed: Seed) -> Iterator[str]:
    plain = msgspec.structs.replace(seed, name="", message="", edit=(), red=())
    own = seed.package.startswith("own/")
    files = tuple(sorted({red.test.partition("::")[0] for red in seed.red})) if own or seed.inside else ()
    was, now = unedited(bench, plain, files), {}
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        tree = copied(bench, seed, Path(folder))
        yield from edited(tree, seed.edit)
        now = outcomes(bench, *laid(tree, seed), files)
    turned = {test for test, outcome in was.items() if outcome == "passed" and is_red(test, now)}
    for test in sorted(turned ^ {red.test for red in seed.red}):
        yield f"{test} {'turns red and is not labeled' if test in turned else 'is labeled and does not turn red'}"
    if not any(red.label == "regression" for red in seed.red):
        yield "holds no regression"


@functools.cache
def unedited(bench: Bench, seed: Seed, files: tuple[str, ...]) -> Outcomes:
    """Seeds of one release share the run of its tests on what nobody edited."""
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        return outcomes(bench, *laid(copied(bench, seed, Path(folder)), seed), files)


def copied(bench: Bench, seed: Seed, folder: Path) -> Path:
    own = seed.package.startswith("own/")
    tree = DATA / seed.package if own else unpacked(bench, seed.package, seed.version, seed.sha256)
    return shutil.copytree(tree, folder / "tree", ignore=shutil.ignore_patterns("__pycache__"))


def laid(tree: Path, seed: Seed) -> tuple[Path, Path]:
    """Where the tests are, and where the code."""
    if seed.package.startswith("own/"):
        return tree, tree
    code = laid_code(tree, tree.parent / "code", seed.package, seed.version)
    return laid_tests(tree, tree.parent / "tests", code, seed.inside), code


def is_red(test: str, seen: Outcomes) -> bool:
    """Failed, or gone because its module could not be collected; not one that is skipped, or has left."""
    uncollected = seen.get(test.partition("::")[0]) == "not collected" or seen.get("") == "not collected"
    return seen.get(test) == "failed" or (test not in seen and uncollected)


def edited(tree: Path, edits: Iterable[Edit]) -> Iterator[str]:
    for edit in edits:
        path = tree / edit.file
        text = path.read_text(encoding="utf-8")
        if text.count(edit.old) != 1:
            yield f"{edit.old[:60]!r} stands {text.count(edit.old)} times in {edit.file}"
        path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")


def prepared(cache: Path) -> str:
    """A Python that has pip, the build backends that name an sdist's version, and what the tests import."""
    python = cache / "venv" / "bin" / "python"
    ready = cache / "venv" / "ready"
    if not ready.exists():
        uv = shutil.which("uv") or sys.exit("uv is needed for a throw-away environment")
        needs = (*BACKENDS, *(DATA / "requirements.txt").read_text().split())
        subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(cache / "venv")], check=True)
        install = [uv, "pip", "install", "-q", "--compile-bytecode", "--python", str(python), "pip", *needs]
        subprocess.run(install, check=True)
        ready.touch()
    return str(python)


def unpacked(bench: Bench, package: str, version: str, sha256: str) -> Path:
    archive = brought(bench, package, version, sha256)
    tree = bench.cache / "trees" / sha256
    if not tree.exists():
        with tempfile.TemporaryDirectory(dir=bench.cache) as folder, tarfile.open(archive) as sdist:
            sdist.extractall(folder, filter="data")
            (only,) = Path(folder).iterdir()
            tree.parent.mkdir(exist_ok=True)
            only.rename(tree)
    return tree


def brought(bench: Bench, package: str, version: str, sha256: str) -> Path:
    """pip refuses what has another digest; what lies in the cache is checked again."""
    folder = bench.cache / "sdists" / f"{package}-{version}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=bench.cache) as space:
            needs = Path(space) / "requirements.txt"
            needs.write_text(f"{package}=={version} --hash=sha256:{sha256}\n")
            into = Path(space) / "sdist"
            pip = [bench.python, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", package, "--require-hashes"]
            subprocess.run([*pip, "--no-build-isolation", "-d", str(into), "-r", str(needs)], check=True, timeout=600)
            folder.parent.mkdir(exist_ok=True)
            into.rename(folder)
    (archive,) = folder.iterdir()
    if hashlib.sha256(archive.read_bytes()).hexdigest() != sha256:
        sys.exit(f"{archive} is not the sdist that the labels name: remove it")
    return archive


def laid_code(tree: Path, into: Path, package: str, version: str) -> Path:
    """The import packages of an sdist, and its metadata: as installed, nothing built."""
    home = tree / "src" if (tree / "src").is_dir() else tree
    into.mkdir(parents=True)
    for path in home.iterdir():
        if path.is_dir() and path.name not in NOT_CODE and any(path.glob("*.py")):
            shutil.copytree(path, into / path.name)
        elif path.suffix == ".py" and path.name not in NOT_MODULES and not path.name.startswith("test"):
            shutil.copy(path, into)
    metadata = into / f"{package.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir()
    shutil.copy(tree / "PKG-INFO", metadata / "METADATA")
    return into


def laid_tests(tree: Path, into: Path, code: Path, inside: str) -> Path:
    """All of an sdist but its code."""
    left_out = {path.name for path in code.iterdir()} | {"src"}

    def skipped(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name in left_out and Path(folder) == tree]

    shutil.copytree(tree, into, ignore=skipped)
    if inside:
        shutil.copytree(tree / inside, into / "tests")
    return into


def outcomes(bench: Bench, tests: Path, code: Path, files: Sequence[str]) -> Outcomes:
    """Of the last word on each test: failed in its call or around it, else what it was."""
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as space:
        plugin, told, home = Path(space) / "told_outcomes.py", Path(space) / "outcomes", Path(space) / "home"
        plugin.write_text(PLUGIN)
        told.touch()
        home.mkdir()
        env = {
            "PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": f"{code}{os.pathsep}{space}", "TZ": "UTC",
            "PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OUTCOMES": str(told),
        }  # fmt: skip
        options = (
            "-q",
            "-p",
            "told_outcomes",
            "-p",
            "no:cacheprovider",
            "--continue-on-collection-errors",
            "--tb=line",
        )
        ini = ("-o", "addopts=", "-o", "filterwarnings=", "-o", "xfail_strict=false")
        argv = ["timeout", str(SECONDS), bench.python, "-m", "pytest", *options, *ini, *files]
        done = subprocess.run(argv, cwd=tests, env=env, capture_output=True, check=False)
        rows: list[dict[str, str]] = [json.loads(line) for line in told.read_text().splitlines()]
    seen = {"": "not collected"} if done.returncode == UNUSABLE else dict[str, str]()
    for row in rows:
        if seen.get(row["test"]) not in ("failed", "not collected"):
            seen[row["test"]] = row["outcome"]
    return seen


if __name__ == "__main__":
    sys.exit(main())
