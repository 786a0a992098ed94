"""Bench: fixing generated projects: `outpace fix` beside `pip-audit --fix` and `uv lock --upgrade-package`.

Projects are made by SEED on a loopback index: six to eight packages in layers, seven releases each, whose demands on
one another are open, capped below the next major, or exact; locked at their lowest; one or two advisories each, fixed
in the next patch, minor or major, on one branch or on two. Even numbers are the development half, odd ones are held
out: Outpace was changed for neither.

Each is a project twice: as requirements.txt, fixed by Outpace and by `pip-audit --fix`, resolving as it does by
default and with --no-deps, and as uv.lock, fixed by Outpace and by `uv lock --upgrade-package` of each vulnerable
package. All requests go to loopback. Fixed: the result's pin is not affected by the records, judged by
bench/osv_server.py, and the result installs. Moved: packages whose pin changed, for each vulnerability that was fixed.
Not installed: pip's and uv's rules refuse the pins together, judged by an installation of them.
The goal: Outpace fixes no smaller share than any peer, moves no more in the projects where every tool fixed all (a tool
that only ever dares the easy ones moves little), and writes nothing that does not install.
`make peers` brings pip-audit.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.fix_cases import environment, laid_under_git  # noqa: E402  the path comes first
from bench.match import PIP_AUDIT, served  # noqa: E402  the same
from bench.osv_server import affected  # noqa: E402  the same
from tests.fakes.index import Index, Release  # noqa: E402  the same

SEED = 20250212
VERSIONS = ("1.0.0", "1.0.1", "1.1.0", "1.2.0", "2.0.0", "2.1.0", "3.0.0")
PIP_AUDIT_MODES = {"pip-audit --fix": (), "pip-audit --fix --no-deps": ("--no-deps", "--disable-pip")}
OUTPACE = (sys.executable, "-m", "outpace.cli")
Pins = Mapping[str, str]


class Project(NamedTuple):
    number: int
    releases: Mapping[str, tuple[Release, ...]]
    demands: tuple[str, ...]
    records: tuple[dict[str, Any], ...]

    @property
    def half(self) -> str:
        return "held out" if self.number % 2 else "development"


class Result(NamedTuple):
    """What one tool wrote, once: the pins, whether they install, and which records no longer affect any."""

    pins: Pins
    installs: bool
    fixes: frozenset[str]
    moved: int


class Score(NamedTuple):
    """Of one tool over several projects. `wrong` counts the results that do not install, `shared` what it moved in the
    projects of which every tool of the same form fixed all."""

    asked: int = 0
    fixed: int = 0
    moved: int = 0
    wrong: int = 0
    shared: int = 0

    def __add__(self, other: object) -> Score:
        assert isinstance(other, Score)
        return Score(*(a + b for a, b in zip(self, other, strict=True)))


def main() -> int:
    args = arguments()
    count = 4 if args.quick else args.projects
    projects = [made(number) for number in range(count)]
    scores: dict[tuple[str, str], Score] = {}
    with ExitStack() as stack:
        here = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="outpace-bench-")))
        index = stack.enter_context(Index(releases(projects)))
        url = stack.enter_context(served(export(projects, here / "all.zip")))
        for project in projects:
            place = here / str(project.number)
            of = dict(scored(project, place, index.url, url, modes=args.modes))
            for tool, score in of.items():
                form = tool.split(":")[0]
                alike = all(other.fixed == other.asked for name, other in of.items() if name.startswith(form))
                kept = score._replace(shared=score.moved if alike else 0)
                scores[tool, project.half] = scores.get((tool, project.half), Score()) + kept
    return told(args, projects, scores)


def told(args: argparse.Namespace, projects: list[Project], scores: Mapping[tuple[str, str], Score]) -> int:
    vulnerabilities = sum(len(project.records) for project in projects)
    print(f"{len(projects)} projects, {vulnerabilities} vulnerabilities, each in two forms; seed {SEED}\n")
    print(f"  {'':40}{'half':12}{'fixed':>11}{'moved per fix':>15}{'where all fixed all':>21}{'not installed':>15}")
    for (tool, half), score in sorted(scores.items(), key=lambda item: (item[0][0].split(":")[0], item[0])):
        share = f"{score.fixed}/{score.asked} {score.fixed / score.asked:4.0%}"
        moved = f"{score.moved / score.fixed:.2f}" if score.fixed else "-"
        print(f"  {tool:40}{half:12}{share:>11}{moved:>15}{score.shared:>21}{score.wrong:>15}")
    if not PIP_AUDIT.exists():
        print("  pip-audit was not run: make peers")
    met = all(holds(scores, form, half) for form in ("requirements", "uv.lock") for half in ("development", "held out"))
    print(f"\nOutpace fixes no less, moves no more and writes nothing that does not install: {'yes' if met else 'no'}")
    if args.json:
        rows = [{"tool": tool, "half": half, **score._asdict()} for (tool, half), score in scores.items()]
        args.json.write_text(json.dumps({"rows": rows, "met": met}, indent=2) + "\n")
    return 0 if met else 1


def holds(scores: Mapping[tuple[str, str], Score], form: str, half: str) -> bool:
    rows = {tool: score for (tool, of), score in scores.items() if of == half and tool.startswith(form)}
    if not rows:
        return True
    ours = rows.pop(f"{form}: outpace fix")
    return not ours.wrong and all(ours.fixed >= peer.fixed and ours.shared <= peer.shared for peer in rows.values())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=16)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--skip-resolving", action="store_true", help="without pip-audit's default, the slowest row")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    skip = args.skip_resolving or args.quick
    args.modes = {name: mode for name, mode in PIP_AUDIT_MODES.items() if mode or not skip}
    return args


def releases(projects: Iterable[Project]) -> Mapping[str, tuple[Release, ...]]:
    """With what pip-audit wants to upgrade in the environment that it resolves in: there is nothing newer."""
    own = {name: (Release(version="0.0.1"),) for name in ("pip", "setuptools", "wheel")}
    return {**own, **{name: rows for each in projects for name, rows in each.releases.items()}}


def made(number: int) -> Project:
    """The same project for the same number, whatever else is made."""
    chance = random.Random(SEED * 1000 + number)
    names = [f"p{number}-{letter}" for letter in "abcdefgh"[: chance.randint(6, 8)]]
    below = {name: _below(names, at, chance) for at, name in enumerate(names)}
    releases = {
        name: tuple(Release(version=v, requires_dist=_asks(below[name], v)) for v in VERSIONS) for name in names
    }
    tops = [name for name in names if not any(name in asked for asked in below.values())]
    demands = tuple(f"{name}{chance.choice(('>=1', '>=1', '>=1,<2', '>=1,<3'))}" for name in tops)
    hit = chance.sample(names, chance.choice((1, 1, 2)))
    return Project(number, releases, demands, tuple(_record(name, chance) for name in hit))


def _below(names: list[str], at: int, chance: random.Random) -> dict[str, str]:
    """Package -> how it is asked for; only of later ones, so that there is no circle."""
    chosen = chance.sample(names[at + 1 :], min(len(names) - at - 1, chance.choice((0, 1, 2, 2))))
    return {name: chance.choice(("open", "open", "capped", "capped", "exact")) for name in chosen}


def _asks(below: Mapping[str, str], version: str) -> tuple[str, ...]:
    """A new major asks for the same major of what is below; an exact demand moves with each release."""
    major = int(version[0])
    how = {"open": f">={major}", "capped": f">={major},<{major + 1}", "exact": f"=={version}"}
    return tuple(f"{name}{how[style]}" for name, style in below.items())


def _record(name: str, chance: random.Random) -> dict[str, Any]:
    one = [{"introduced": "0"}, {"fixed": chance.choice(("1.0.1", "1.1.0", "1.2.0", "2.0.0", "2.0.0"))}]
    two = [{"introduced": "0"}, {"fixed": "1.0.1"}, {"introduced": "1.1.0"}, {"fixed": "2.1.0"}]
    events = chance.choice((one, one, two))
    return {
        "id": f"PYSEC-2025-{name}",
        "modified": "2025-01-01T00:00:00Z",
        "published": "2025-01-01T00:00:00Z",
        "details": "made for a bench",
        "affected": [
            {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
        ],
    }


def export(projects: Iterable[Project], into: Path) -> Path:
    with zipfile.ZipFile(into, "w") as archive:
        for record in (record for project in projects for record in project.records):
            archive.writestr(f"{record['id']}.json", json.dumps(record))
    return into


def scored(
    project: Project, place: Path, index: str, osv: str, *, modes: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, Score]]:
    env = environment(place / "home", index)
    wanted = "".join(f"{demand}\n" for demand in project.demands)
    place.mkdir()
    (place / "wanted.in").write_text(wanted)
    lowest = ["uv", "pip", "compile", "-q", "--resolution", "lowest", "--no-header", "--no-annotate", "wanted.in"]
    pins = pinned(run(lowest, place, env).stdout)
    exposed = [record for record in project.records if hit(record, pins)]
    asked = frozenset(record["id"] for record in exposed)
    if not exposed:
        return

    def score(results: Iterable[Pins]) -> Score:
        judged = [judge(result, pins, exposed, place, env) for result in results if result != pins]
        fixed = frozenset[str]().union(*(one.fixes for one in judged if one.installs))
        moved = sum(one.moved for one in judged if one.installs and one.fixes)
        return Score(len(asked), len(fixed), moved, sum(not one.installs for one in judged))

    yield "requirements: outpace fix", score(by_outpace(project, pins, place, env, index))
    for name, mode in modes.items() if PIP_AUDIT.exists() else ():
        yield f"requirements: {name}", score(by_pip_audit(mode, pins, place, env, index, osv))
    locked = place / "locked"
    as_uv(project, pins, locked, env)
    yield "uv.lock: outpace fix", score(by_outpace_uv(project, locked, place, env))
    vulnerable = sorted(record["affected"][0]["package"]["name"] for record in exposed)
    yield "uv.lock: uv lock --upgrade-package", score(by_uv(vulnerable, locked, env))


def run(argv: Iterable[str], cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(argv), cwd=cwd, env=dict(env), capture_output=True, text=True, check=False, timeout=300)


def pinned(requirements: str) -> Pins:
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", requirements, re.MULTILINE))


def in_lock(content: str) -> Pins:
    packages = tomllib.loads(content)["package"]
    return {each["name"]: each["version"] for each in packages if "registry" in each["source"]}


def hit(record: dict[str, Any], pins: Pins) -> bool:
    name = record["affected"][0]["package"]["name"]
    return name in pins and affected(record, name, pins[name])


def judge(result: Pins, before: Pins, exposed: list[dict[str, Any]], place: Path, env: Mapping[str, str]) -> Result:
    (place / "result.txt").write_text("".join(f"{name}=={version}\n" for name, version in sorted(result.items())))
    with tempfile.TemporaryDirectory(dir=place) as target:
        install = ["uv", "pip", "install", "-q", "--python", sys.executable, "--target", target, "-r", "result.txt"]
        done = run(install, place, env)
    fixes = frozenset(record["id"] for record in exposed if not hit(record, result))
    moved = sum(result.get(name) != before.get(name) for name in {*result, *before})
    return Result(result, done.returncode == 0, fixes, moved)


def by_outpace(project: Project, pins: Pins, place: Path, env: Mapping[str, str], index: str) -> Iterator[Pins]:
    repository = place / "requirements"
    repository.mkdir()
    lines = [f"--index-url {index}", *(f"{name}=={version}" for name, version in pins.items())]
    (repository / "requirements.txt").write_text("\n".join(lines) + "\n")
    for branch in _fixed(project, repository, place, env):
        yield pinned(run(["git", "show", f"{branch}:requirements.txt"], repository, env).stdout)


def by_outpace_uv(project: Project, locked: Path, place: Path, env: Mapping[str, str]) -> Iterator[Pins]:
    repository = place / "uv"
    repository.mkdir()
    for name in ("pyproject.toml", "uv.lock"):
        (repository / name).write_text((locked / name).read_text())
    for branch in _fixed(project, repository, place, env):
        yield in_lock(run(["git", "show", f"{branch}:uv.lock"], repository, env).stdout)


def _fixed(project: Project, repository: Path, place: Path, env: Mapping[str, str]) -> list[str]:
    """The branches that `outpace fix` made."""
    laid_under_git(repository, env)
    folder = place / "osv"
    folder.mkdir(exist_ok=True)
    for record in project.records:
        (folder / f"{record['id']}.json").write_text(json.dumps(record))
    run([*OUTPACE, "advisories", "update", "--from", str(folder), "--offline"], repository, env)
    done = run([*OUTPACE, "fix", "--quiet", "--offline"], repository, env)
    if done.returncode not in {0, 10}:
        raise SystemExit(f"outpace fix ended with {done.returncode}: {done.stderr[-2000:]}")
    return run(["git", "for-each-ref", "--format=%(refname)", "refs/heads/outpace/"], repository, env).stdout.split()


def by_pip_audit(
    mode: tuple[str, ...], pins: Pins, place: Path, env: Mapping[str, str], index: str, osv: str
) -> Iterator[Pins]:
    folder = Path(tempfile.mkdtemp(dir=place))
    file = folder / "requirements.txt"
    file.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()))
    service = ["-s", "osv", "--osv-url", f"{osv}/v1/query", "--progress-spinner", "off"]
    done = run(
        [str(PIP_AUDIT), "-r", "requirements.txt", "--fix", *mode, *service], folder, {**env, "PIP_INDEX_URL": index}
    )
    if done.returncode not in {0, 1} or "ERROR" in done.stderr:
        print(f"  pip-audit ended with {done.returncode}: {done.stderr[-300:]}", file=sys.stderr)
    yield pinned(file.read_text())


def as_uv(project: Project, pins: Pins, folder: Path, env: Mapping[str, str]) -> None:
    """The same pins in a uv.lock."""
    folder.mkdir()
    asked = ", ".join(json.dumps(demand) for demand in project.demands)
    head = f'[project]\nname = "made"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = [{asked}]\n'
    (folder / "pyproject.toml").write_text(head)
    moves = [word for name, version in pins.items() for word in ("--upgrade-package", f"{name}=={version}")]
    run(["uv", "lock", "-q", *moves], folder, env)
    assert in_lock((folder / "uv.lock").read_text()) == pins


def by_uv(vulnerable: list[str], locked: Path, env: Mapping[str, str]) -> Iterator[Pins]:
    """One run for all of them, as somebody would type it."""
    with tempfile.TemporaryDirectory(dir=locked.parent) as name:
        folder = Path(name)
        for file in ("pyproject.toml", "uv.lock"):
            (folder / file).write_text((locked / file).read_text())
        moves = [word for package in vulnerable for word in ("--upgrade-package", package)]
        run(["uv", "lock", "-q", *moves], folder, env)
        yield in_lock((folder / "uv.lock").read_text())


if __name__ == "__main__":
    raise SystemExit(main())
