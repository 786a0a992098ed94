"""Bench: one lock of 300 packages against a whole export: Outpace beside `pip-audit` and `uv audit`.

No split: nothing is tuned to the lock. Its packages are drawn by SEED out of the export: a tenth in a version that a
record lists as affected, half in the last fixed one, the rest unknown to the export; written as uv.lock and as
requirements. Every request of every tool goes to one server on loopback that speaks OSV's API out of the same export
(bench/osv_server.py). Wall time of the whole process, start included, interleaved, best of several runs. Warm: whatever
the tool keeps from an earlier run is there. Cold: nothing is; then Outpace brings the export and compiles it, once a
day at most. Whoever answers differently is explained, row by row. The goal: warm, a third of the fastest peer's time,
and no difference that is not explained.

`make peers` brings pip-audit. grype and osv-scanner are programs in Go whose releases no package index serves that
this project is built with, so that they are no rows here; a grype or an osv-scanner on PATH is not looked for.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.advisories import repeated  # noqa: E402  the path comes first
from bench.osv_server import EXPORT, KEV, Database  # noqa: E402  the same

SEED = 20250212
PACKAGES = 300
FASTER = 3.0
PIP_AUDIT = ROOT / ".tools" / "peers" / "bin" / "pip-audit"
INSIDE = """
import sys, time
from pathlib import Path
from outpace import bootstrap
from outpace.app.match import match_files
from outpace.formats import match as formats
from outpace.model.times import now
began = time.perf_counter()
found = bootstrap.files_at(Path(sys.argv[1]))
view = match_files(found.files, bootstrap.advisory_store(bootstrap.places()), now=now(), paths=found.paths)
formats.answer(view)
print(time.perf_counter() - began)
"""


class Finding(NamedTuple):
    """A package in a version, and every id of the vulnerability."""

    package: str
    version: str
    ids: frozenset[str]


class Tool(NamedTuple):
    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str]
    kept: tuple[str, ...]  # folders that a cold run begins without
    read: Callable[[bytes], list[Finding]]


def main() -> int:
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as folder:
        here = Path(folder)
        archive = args.archive
        if archive is None:
            archive = here / "all.zip"
            repeated(ROOT / "tests" / "data" / "osv" / "all.zip", archive, 4_000 if args.quick else 25_000)
        database = Database(archive)
        pins = drawn(database, args.packages)
        with served(archive) as url:
            project(here, pins, url)
            installed(here)
            tools = tuple(present(here, url))
            found = {tool.name: tool.read(run(tool, here)) for tool in tools}  # the first run fills what is kept
            warm, cold = timed(tools, here, runs=3 if args.quick else args.runs), timed_cold(tools, here)
            inside = in_process(here, 3 if args.quick else args.runs)
    return told(args, database, pins, found, Times(warm, cold, inside))


class Times(NamedTuple):
    """In seconds."""

    warm: dict[str, float]
    cold: dict[str, float]
    inside: float


def told(
    args: argparse.Namespace,
    database: Database,
    pins: dict[str, str],
    found: dict[str, list[Finding]],
    times: Times,
) -> int:
    print(f"{len(pins)} packages, {len(database.records):,} records; Python {sys.version.split()[0]}, seed {SEED}\n")
    print(f"{'':24}{'warm':>10}{'cold':>10}   findings")
    for name, warm in times.warm.items():
        print(f"  {name:22}{warm:8.3f} s{times.cold[name]:8.3f} s   {len(found[name])}")
    print(f"  {'(Outpace, in process)':22}{times.inside:8.3f} s")
    if not PIP_AUDIT.exists():
        print("  pip-audit was not run: make peers")
    differences = list(differing(found, database, pins))
    print(f"\n{len(differences)} differences" + (", each explained:" if differences else ""))
    for name, which, why in differences:
        print(f"  {name}: {which}: {why or 'NOT EXPLAINED'}")
    peers = {name: warm for name, warm in times.warm.items() if name != "outpace match"}
    ratio = min(peers.values()) / times.warm["outpace match"] if peers else 0.0
    met = ratio >= FASTER and all(why for _, _, why in differences)
    print(f"\n{ratio:.1f} times faster than the fastest peer (goal: {FASTER:.0f}, no unexplained difference)")
    if args.json:
        result = {"warm_s": times.warm, "cold_s": times.cold, "in_process_s": times.inside, "ratio": ratio, "met": met}
        args.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0 if met else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", nargs="?", type=Path, help="an OSV export (default: one repeated to 25,000 records)")
    parser.add_argument("--packages", type=int, default=PACKAGES)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def drawn(database: Database, count: int) -> dict[str, str]:
    """Package -> version."""
    chance = random.Random(SEED)
    names = sorted(name for name in database.by_package if _listed(database, name) and _fixed(database, name))
    some = chance.sample(names, min(len(names), count * 6 // 10))
    pins = {name: chance.choice(_listed(database, name)) for name in some[: count // 10]}
    pins |= {name: max(_fixed(database, name), key=Version) for name in some[count // 10 :]}
    return pins | {f"unheard-of-{n}": f"1.{n}" for n in range(count - len(pins))}


def _listed(database: Database, name: str) -> list[str]:
    return sorted({v for entry in _entries(database, name) for v in entry.get("versions", ()) if _is_version(v)})


def _fixed(database: Database, name: str) -> list[str]:
    events = (e for entry in _entries(database, name) for r in entry.get("ranges", ()) for e in r["events"])
    return sorted({event["fixed"] for event in events if "fixed" in event and _is_version(event["fixed"])})


def _entries(database: Database, name: str) -> Iterator[dict[str, Any]]:
    for record in database.by_package[name]:
        yield from (e for e in database.records[record]["affected"] if e["package"]["name"].lower() == name)


def _is_version(text: str) -> bool:
    try:
        return str(Version(text)) == text
    except InvalidVersion:
        return False


@contextmanager
def served(archive: Path) -> Generator[str]:
    argv = [sys.executable, "-m", "bench.osv_server", str(archive)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.kill()


def installed(here: Path) -> None:
    """Outpace as its users have it: the built wheel in an environment of its own, with bytecode."""
    place = str(here / "installed")
    into = ("uv", "pip", "install", "-q", "--compile-bytecode", "--python", place)
    subprocess.run(["uv", "venv", "-q", "--python", sys.executable, place], check=True)
    subprocess.run([*into, "--require-hashes", "-r", str(ROOT / "requirements" / "base.txt")], check=True)
    subprocess.run([*into, "--no-deps", str(ROOT)], check=True)


def project(here: Path, pins: Mapping[str, str], url: str) -> None:
    """The same pins as a uv project and as a file of requirements, each in a folder of its own."""
    (here / "uv").mkdir()
    (here / "pip").mkdir()
    (here / "pip" / "requirements.txt").write_text("".join(f"{n}=={v}\n" for n, v in sorted(pins.items())))
    wanted = "".join(f'    "{name}=={version}",\n' for name, version in sorted(pins.items()))
    head = f'[project]\nname = "bench"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = [\n{wanted}]\n'
    (here / "uv" / "pyproject.toml").write_text(head)
    asked = "".join(f'    {{ name = "{name}" }},\n' for name in sorted(pins))
    said = "".join(f'    {{ name = "{n}", specifier = "=={v}" }},\n' for n, v in sorted(pins.items()))
    parts = [
        'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n',
        f'[[package]]\nname = "bench"\nversion = "0"\nsource = {{ virtual = "." }}\ndependencies = [\n{asked}]\n',
        f"[package.metadata]\nrequires-dist = [\n{said}]\n",
    ]
    for name, version in sorted(pins.items()):
        file = f"{url}/files/{name}-{version}.tar.gz"
        parts.append(
            f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ registry = "{url}/simple" }}\n'
            f'sdist = {{ url = "{file}", hash = "sha256:{"0" * 64}", size = 1 }}\n'
        )
    (here / "uv" / "uv.lock").write_text("\n".join(parts))


def present(here: Path, url: str) -> Iterator[Tool]:
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    ours = {"XDG_STATE_HOME": str(here / "state"), "XDG_CACHE_HOME": str(here / "cache")}
    feed = {"OUTPACE_OSV_URL": url + EXPORT, "OUTPACE_KEV_URL": url + KEV}
    outpace = str(here / "installed" / "bin" / "outpace")
    lock = str(here / "uv" / "uv.lock")
    yield Tool(
        "outpace match",
        (outpace, "match", lock, "--format", "json"),
        {**plain, **ours, **feed},
        ("state", "cache"),
        of_outpace,
    )
    yield Tool(
        "uv audit",
        ("uv", "audit", "--frozen", "--directory", str(here / "uv"), "--service-url", url, "--output-format", "json"),
        {**plain, "UV_CACHE_DIR": str(here / "uv-cache"), "UV_PYTHON": sys.executable},
        ("uv-cache",),
        of_uv,
    )
    if PIP_AUDIT.exists():
        wanted = ("-r", str(here / "pip" / "requirements.txt"), "--no-deps", "--disable-pip")
        service = ("-s", "osv", "--osv-url", f"{url}/v1/query", "--cache-dir", str(here / "pip-cache"))
        argv = (str(PIP_AUDIT), *wanted, *service, "-f", "json", "--progress-spinner", "off")
        yield Tool("pip-audit", argv, plain, ("pip-cache",), of_pip_audit)


def of_outpace(output: bytes) -> list[Finding]:
    exposures = json.loads(output)["result"]["exposures"]
    return [
        Finding(
            e["component"]["name"],
            e["component"]["version"],
            frozenset([e["vulnerability"]["id"], *e["vulnerability"]["aliases"]]),
        )
        for e in exposures
    ]


def of_uv(output: bytes) -> list[Finding]:
    return [
        Finding(v["dependency"]["name"], v["dependency"]["version"], frozenset([v["id"], *v["aliases"]]))
        for v in json.loads(output)["vulnerabilities"]
    ]


def of_pip_audit(output: bytes) -> list[Finding]:
    return [
        Finding(d["name"], d["version"], frozenset([v["id"], *v["aliases"]]))
        for d in json.loads(output)["dependencies"]
        for v in d.get("vulns", ())
    ]


def run(tool: Tool, here: Path) -> bytes:
    """Each of them ends with another status where it found something; what it printed is what counts."""
    done = subprocess.run(tool.argv, cwd=here, env=dict(tool.environ), capture_output=True, check=False)
    if done.returncode not in {0, 1, 10} or not done.stdout:
        raise SystemExit(f"{tool.name} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    return done.stdout


def timed(tools: Iterable[Tool], here: Path, *, runs: int) -> dict[str, float]:
    """The best of several, one tool after another in each round, so that a busy moment hits all of them."""
    best: dict[str, float] = {}
    for _ in range(runs):
        for tool in tools:
            began = time.perf_counter()
            run(tool, here)
            best[tool.name] = min(time.perf_counter() - began, best.get(tool.name, float("inf")))
    return best


def timed_cold(tools: Iterable[Tool], here: Path) -> dict[str, float]:
    taken: dict[str, float] = {}
    for tool in tools:
        for name in tool.kept:
            subprocess.run(["rm", "-rf", str(here / name)], check=True)
        began = time.perf_counter()
        run(tool, here)
        taken[tool.name] = time.perf_counter() - began
    return taken


def in_process(here: Path, runs: int) -> float:
    environ = {**os.environ, "XDG_STATE_HOME": str(here / "state"), "XDG_CACHE_HOME": str(here / "cache")}
    argv = [str(here / "installed" / "bin" / "python"), "-c", INSIDE, str(here / "uv" / "uv.lock")]
    taken = (subprocess.run(argv, env=environ, capture_output=True, check=True).stdout for _ in range(runs))
    return min(map(float, taken))


def differing(
    found: dict[str, list[Finding]], database: Database, pins: dict[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Every vulnerability that not all tools name: who names it alone or misses it, which, and why."""
    for package, version in pins.items():
        rows = {name: [f.ids for f in findings if f.package == package] for name, findings in found.items()}
        for ids in united([ids for named in rows.values() for ids in named]):
            missing = [name for name, named in rows.items() if not any(ids & one for one in named)]
            if missing:
                why = reason(database, package, version, ids)
                yield "missed by " + ", ".join(missing), f"{package} {version} {min(ids)}", why


def united(sets: list[frozenset[str]]) -> list[frozenset[str]]:
    """Sets of ids that share one become one."""
    joined: list[frozenset[str]] = []
    for ids in sets:
        meeting = [one for one in joined if one & ids]
        joined = [one for one in joined if not one & ids] + [ids.union(*meeting)]
    return joined


def reason(database: Database, package: str, version: str, ids: frozenset[str]) -> str:
    """What the records say that makes tools differ; empty where nothing of it is known to."""
    records = [database.records[name] for name in sorted(ids) if name in database.records]
    entries = [e for r in records for e in r["affected"] if e["package"]["name"].lower() == package]
    if any(r.get("withdrawn") for r in records):
        return "the record was withdrawn"
    listed = [version in entry.get("versions", ()) for entry in entries]
    if any(listed) and any("fixed" in e and Version(e["fixed"]) <= Version(version) for e in _events(entries)):
        return "the record lists the version as affected, and its ranges say that it is fixed"
    return ""


def _events(entries: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    for entry in entries:
        for one in entry.get("ranges", ()):
            yield from (event for event in one["events"] if one["type"] == "ECOSYSTEM")


if __name__ == "__main__":
    raise SystemExit(main())
