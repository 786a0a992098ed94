"""Fix cases: `outpace fix` itself against a loopback index, and every expectation of the case."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.fakes.index import Index, release

Case = Mapping[str, Any]
OUTPACE = (sys.executable, "-m", "outpace.cli")


def environment(home: Path, index: str) -> dict[str, str]:
    """Nothing of this machine's configuration but the programs' path."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "UV_CACHE_DIR": str(home / "uv"),
        "UV_DEFAULT_INDEX": index,
        "UV_PYTHON_DOWNLOADS": "never",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "COLUMNS": "100",
    }


def run_case(case: Case) -> list[str]:
    """What is wrong, in words; empty where the case passes."""
    releases = {name: [release(row) for row in rows] for name, rows in case["index"].items()}
    with tempfile.TemporaryDirectory() as scratch, Index(releases) as index:
        home = Path(scratch)
        place = home / "repository"
        env = environment(home, index.url)
        laid_out(case, place, index.url)
        laid_under_git(place, env)
        _advisories(case, home)
        _run([*OUTPACE, "advisories", "update", "--from", str(home / "osv"), "--offline"], place, env)
        done = _run([*OUTPACE, "fix", "--all", "--format", "json", "--quiet", "--offline"], place, env)
        if done.returncode not in (0, 10):
            return [f"exit {done.returncode}: {done.stderr.decode()[-2000:]}"]
        answer = json.loads(done.stdout)
        return list(_failures(case, answer["result"], done.returncode, place, env, index.url))


def _run(argv: list[str], cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(argv, cwd=cwd, env=env, capture_output=True, check=False, timeout=120)


def laid_out(case: Case, place: Path, index: str) -> None:
    for path, content in case["files"].items():
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_content(content).replace(b"{PUBLIC_INDEX}", index.encode()))
    floor = str(case.get("python", "")).removeprefix(">=")
    if "pyproject.toml" not in case["files"] and floor:
        (place / ".python-version").write_text(f"{floor}\n")


def _content(content: Any) -> bytes:
    if isinstance(content, str):
        return content.encode()
    if "base64" in content:
        return base64.b64decode(content["base64"])
    repeat = content["repeat"]
    middle = "".join(repeat["unit"].replace("{i}", str(i)) for i in range(repeat["count"]))
    return (repeat["head"] + middle + repeat["tail"]).encode()


def laid_under_git(place: Path, env: Mapping[str, str]) -> None:
    """One commit of everything that is there."""
    ada = {"NAME": "Ada", "EMAIL": "ada@example.invalid", "DATE": "1717200000 +0000"}
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in ada.items()}
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *words], cwd=place, env={**env, **who}, check=True, capture_output=True)


def _advisories(case: Case, home: Path) -> None:
    folder = home / "osv"
    folder.mkdir()
    for record in case["advisories"]:
        (folder / f"{record['id']}.json").write_text(json.dumps(record))


def _failures(
    case: Case, result: dict[str, Any], status: int, place: Path, env: Mapping[str, str], index: str
) -> Iterator[str]:
    expected = cast("list[dict[str, Any]]", case["expect"]["plans"])
    for plan in expected:
        yield from _plan_failures(plan, result["plans"])
    names = {(plan["name"], plan["from"]) for plan in expected}
    for plan in result["plans"]:
        if (plan["name"], plan["from"]) not in names:
            yield f"a plan for {plan['name']} {plan['from']}, which is not expected"
    clean = all(plan["result"] == "fixed" for plan in expected)
    if status != (0 if clean else 10):
        yield f"exit status {status}"
    yield from _file_failures(case, result, place, env, index)


def _plan_failures(expected: dict[str, Any], plans: list[dict[str, Any]]) -> Iterator[str]:
    name = f"{expected['name']} {expected['from']}"
    found = [plan for plan in plans if (plan["name"], plan["from"]) == (expected["name"], expected["from"])]
    if "marker" in expected:
        found = [plan for plan in found if _same_marker(plan["marker"], expected["marker"])]
    if len(found) != 1:
        yield f"{name}: {len(found)} plans"
        return
    plan = found[0]
    for key in ("result", "to"):
        if plan[key] != expected[key]:
            yield f"{name}: {key} is {plan[key]!r}, not {expected[key]!r} ({plan['blocker']})"
    ours = {tuple(move) for move in expected["moves"]}
    moves = {(move["name"], move["before"], move["after"]) for move in plan["moves"]}
    if not ours <= moves or (moves - ours and (not ours or expected.get("exactly"))):
        yield f"{name}: moves {sorted(moves, key=str)}, not {sorted(ours, key=str)}"
    said = " ".join([plan["blocker"], plan["offer"], *plan["caveats"]])
    for key in ("blocker", "offer"):
        missing = [word for word in _words(expected.get(key, "")) if word not in said]
        if missing:
            yield f"{name}: the {key} does not say {missing}: {plan[key]!r}"
    if "caveat" in expected and not plan["caveats"]:
        yield f"{name}: no caveat"


def _same_marker(one: str, other: str) -> bool:
    return one.replace("'", '"').replace(" ", "") == other.replace("'", '"').replace(" ", "") or (
        "python" in one and one.split()[-2:-1] == other.split()[-2:-1]
    )


def _words(text: str) -> list[str]:
    """What carries the facts: names, versions, demands."""
    return [word.strip("();,") for word in text.split() if any(letter.isdigit() for letter in word)]


def _file_failures(
    case: Case, result: dict[str, Any], place: Path, env: Mapping[str, str], index: str
) -> Iterator[str]:
    allowed = {tuple(move) for plan in case["expect"]["plans"] for move in plan["moves"]}
    for change in result["changes"]:
        for move in change["moves"]:
            if (move["name"], move["before"], move["after"]) not in allowed:
                yield f"{change['branch']} moves {move['name']} {move['before']} -> {move['after']}"
    for path, content in case["expect"].get("result_file", {}).items():
        shown = subprocess.run(
            ["git", "show", f"{result['changes'][0]['branch']}:{path}"] if result["changes"] else ["true"],
            cwd=place, env=env, capture_output=True, check=False,
        )  # fmt: skip
        if shown.stdout != content.replace("{PUBLIC_INDEX}", index).encode():
            yield f"{path} on the branch is\n{shown.stdout.decode()}"


def main(path: str) -> int:
    """Prints a line for each fix case of a file."""
    failed = 0
    cases = [case for case in json.loads(Path(path).read_text()) if case["ask"] == "fix"]
    for case in cases:
        failures = run_case(case)
        failed += bool(failures)
        print(f"{'FAIL' if failures else 'pass'}  {case['id']}", *failures, sep="\n      " if failures else "")
    print(f"{len(cases) - failed} of {len(cases)} fix cases pass; goal: all")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
