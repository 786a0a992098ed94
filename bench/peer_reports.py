"""Bench: do the reports in tests/data/peer_reports.json still show in the tools that can be had here, pip-audit and uv?

Each runs as its report tells, on our own input, against a loopback index and loopback advisories; what it wrote is held
against the answer of the case, which Outpace gives (tests/cases/test_peer_reports.py). Trivy, osv-scanner, Dependabot
and Renovate cannot be had from a package index. No split: nothing is tuned here. `make peers` brings pip-audit.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.fix_cases import environment, laid_out  # noqa: E402  the path comes first
from bench.osv_server import Database, serve  # noqa: E402
from tests.fakes.index import Index, release  # noqa: E402

CASES = {case["id"]: case for case in json.loads((ROOT / "tests" / "data" / "peer_reports.json").read_text())}
PIP_AUDIT = ROOT / ".tools" / "peers" / "bin" / "pip-audit"
Case = Mapping[str, Any]
Env = Mapping[str, str]
LATER = "2024-08-01T00:00:00Z"


def run(argv: list[str], place: Path, env: Env) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, cwd=place, env=dict(env), capture_output=True, text=True, check=False, timeout=300)


def pip_audit_fix(case: Case, place: Path, env: Env, osv: str) -> str:
    files = [word for name in case["expect"]["result_file"] for word in ("-r", name)]
    return _told(case, place, run([str(PIP_AUDIT), *files, "--fix", *_options(osv)], place, env))


def _options(osv: str) -> list[str]:
    return ["--no-deps", "--disable-pip", "-s", "osv", "--osv-url", f"{osv}/v1/query", "--progress-spinner", "off"]


def _told(case: Case, place: Path, done: subprocess.CompletedProcess[str]) -> str:
    wanted = case["expect"]["result_file"]
    wrong = [name for name, content in wanted.items() if (place / name).read_text() != content]
    if not wrong:
        return "gone: the files are as they should be"
    lines = [line.strip() for line in (place / wrong[0]).read_text().splitlines()]
    there = [line.strip() for line in wanted[wrong[0]].splitlines()]
    new = [line for line in lines if line not in there]
    return f"still there: {wrong[0]} has {', '.join(new)} (exit {done.returncode})" if new else "gone, but for blanks"


def uv_upgrade(case: Case, place: Path, env: Env, osv: str) -> str:  # noqa: ARG001 - one shape for all
    name = case["expect"]["plans"][0]["name"]
    before = _locked(place)
    run(["uv", "lock", "-q", "--exclude-newer", LATER, "--upgrade-package", name], place, env)
    moved = sorted(each for each, version in _locked(place).items() if before.get(each) != version)
    return f"gone: only {name} moves" if moved == [name] else f"still there: {', '.join(moved) or 'nothing'} moves"


def _locked(place: Path) -> dict[str, str]:
    return {each["name"]: each["version"] for each in tomllib.loads((place / "uv.lock").read_text())["package"]}


def uv_compile(case: Case, place: Path, env: Env, osv: str) -> str:  # noqa: ARG001
    name = case["expect"]["plans"][0]["name"]
    stays = next(
        line.split("==")[0]
        for line in case["files"]["requirements.txt"].splitlines()
        if "==" in line and not line.startswith(name)
    )
    (place / "wanted.in").write_text(f"{name}\n{stays}\n")
    words = ["--generate-hashes", "--upgrade-package", name, "--no-header", "--no-annotate", "-o", "requirements.txt"]
    run(["uv", "pip", "compile", "-q", "wanted.in", *words], place, env)
    after = (place / "requirements.txt").read_text().partition(f"{stays}==")[2]
    kept = case["files"]["requirements.txt"].partition(f"{stays}==")[2]
    same = after.split() == kept.split()
    return f"gone: {stays} keeps its hash" if same else f"still there: {stays} did not move and has another hash"


RUNS: Mapping[str, tuple[str, Callable[[Case, Path, Env, str], str]]] = {
    "peer-fix-only-where-it-is": ("pip-audit", pip_audit_fix),
    "peer-fix-moves-hashes": ("pip-audit", pip_audit_fix),
    "peer-cutoff-moves-nothing-else": ("uv", uv_upgrade),
    "peer-hashes-that-stay": ("uv", uv_compile),
}


def said(case: Case, ask: Callable[[Case, Path, Env, str], str]) -> str:
    releases = {name: [release(row) for row in rows] for name, rows in case["index"].items()}
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="outpace-bench-")))
        index = stack.enter_context(Index(releases))
        with zipfile.ZipFile(home / "all.zip", "w") as archive:
            for record in case["advisories"]:
                archive.writestr(f"{record['id']}.json", json.dumps(record))
        server = serve(Database(home / "all.zip"))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        stack.callback(server.shutdown)
        place = home / "project"
        laid_out(case, place, index.url)
        env = {**environment(home, index.url), "PIP_INDEX_URL": index.url}
        return ask(case, place, env, f"http://127.0.0.1:{server.server_port}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the same; it has no smaller form")
    parser.parse_args()
    versions = {"uv": run(["uv", "--version"], ROOT, {"PATH": environment(ROOT, "")["PATH"]}).stdout.strip()}
    if PIP_AUDIT.exists():
        versions["pip-audit"] = run(
            [str(PIP_AUDIT), "--version"], ROOT, {"PATH": environment(ROOT, "")["PATH"]}
        ).stdout.strip()
    for name, (tool, ask) in RUNS.items():
        case = CASES[name]
        answer = said(case, ask) if tool in versions else "not run: make peers"
        print(f"{case['source']}  {versions.get(tool, tool)}\n  {case['story']}\n  {answer}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
