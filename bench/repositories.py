"""Bench: `match`, `fix --all` and `prove` on public repositories as they were before a day, none of them prepared.

Split first: what `DEVELOPMENT` names was looked at while Outpace was made. `FRESH` had not been run by anybody; `SEED`
draws the held-out part of it, whose first run is the one that is reported, and the rest joins the development part.

Takes a folder of git repositories (`OWNER+NAME`, or any folder below it that is one) that somebody has fetched: none of
their content is kept here. Runs nothing of theirs outside Outpace's sandbox.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SEED = 4
HELD_OUT = 12
DEVELOPMENT = (
    "CTFd/CTFd", "DefectDojo/django-DefectDojo", "Netflix/dispatch", "OctoPrint/OctoPrint", "TandoorRecipes/recipes",
    "conda/conda-lock", "cookiecutter/cookiecutter", "django/djangoproject.com", "encode/starlette",
    "fastapi/full-stack-fastapi-template", "freedomofpress/securedrop", "getredash/redash", "healthchecks/healthchecks",
    "httpie/cli", "iterative/dvc", "mealie-recipes/mealie", "miguelgrinberg/microblog", "mkdocs/mkdocs",
    "netbox-community/netbox", "paperless-ngx/paperless-ngx", "pdm-project/pdm", "psf/black", "pypi/warehouse",
    "python-poetry/poetry", "saleor/saleor", "searxng/searxng", "simonw/datasette", "sissbruecker/linkding",
    "wagtail/bakerydemo",
)  # fmt: skip
FRESH = (
    "ArchiveBox/ArchiveBox", "Flexget/Flexget", "alephdata/aleph", "buildbot/buildbot",
    "cookiecutter/cookiecutter-django", "flaskbb/flaskbb", "freelawproject/courtlistener", "hypothesis/h",
    "internetarchive/openlibrary", "janeczku/calibre-web", "jupyterhub/jupyterhub", "kiwitcms/Kiwi",
    "litestar-org/litestar", "lnbits/lnbits", "matrix-org/synapse", "mitmproxy/mitmproxy", "mozilla/bugbug",
    "wger-project/wger",
)  # fmt: skip
OUTPACE = (sys.executable, "-m", "outpace.cli")
ANSWERS = (0, 10)


class Row(NamedTuple):
    name: str
    revision: str
    files: int
    components: int
    open: int
    exposed: int
    fixed: int
    blocked: Counter[str]
    unknown: int
    proof: str
    seconds: dict[str, float]
    trouble: str = ""


def held_out() -> tuple[str, ...]:
    return tuple(sorted(random.Random(SEED).sample(FRESH, HELD_OUT)))


def git(place: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(place), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def checked_out(name: str, source: Path, before: str, place: Path) -> str:
    """A clone at the last first-parent commit before that day, with a branch on it. Returns the revision."""
    folder = source / name.replace("/", "+")
    found = next(path for path in (folder / "repo", folder) if path.is_dir())
    subprocess.run(["git", "clone", "-q", "--no-checkout", str(found), str(place)], check=True, capture_output=True)
    revision = git(place, "rev-list", "-1", "--first-parent", f"--before={before}T00:00:00Z", "HEAD")
    git(place, "remote", "remove", "origin")  # what was pushed later is not there yet
    git(place, "update-ref", "refs/heads/main", revision)
    git(place, "symbolic-ref", "HEAD", "refs/heads/main")
    git(place, "read-tree", "HEAD")
    if absent := absent_files(place):
        git(place, "rm", "-q", "--cached", "--", *absent)
        who = ("-c", "user.name=bench", "-c", "user.email=bench@example.invalid")
        git(place, *who, "commit", "-q", "-m", f"Without {len(absent)} files that the copy lacks")
    git(place, "checkout", "-q", "-f", "main")
    return revision


def absent_files(place: Path) -> list[str]:
    """A copy may come without its largest files."""
    listed = [line.split(maxsplit=3) for line in git(place, "ls-files", "--stage", "-z").split("\0") if line]
    blobs = [(blob, path) for mode, blob, _stage, path in listed if mode != "160000"]
    asked = "\n".join(blob for blob, _ in blobs)
    check = ["git", "-C", str(place), "cat-file", "--batch-check"]
    answers = subprocess.run(check, input=asked, capture_output=True, text=True, check=True).stdout.splitlines()
    return [path for (_, path), answer in zip(blobs, answers, strict=True) if answer.endswith(" missing")]


class Runner:
    """Outpace in a home of its own."""

    def __init__(self, home: Path, place: Path, limit: float) -> None:
        self._place = place
        self._limit = limit
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "GIT_"))}
        self._env = inherited | {"XDG_STATE_HOME": str(home / "state"), "XDG_CACHE_HOME": str(home / "cache")}
        self.seconds: dict[str, float] = {}
        self.trouble: list[str] = []

    def answer(self, command: str, *words: str) -> dict[str, Any] | None:
        """None where there was no answer; why is kept as trouble."""
        began = time.monotonic()
        argv = [*OUTPACE, command, *words, "--offline", "--quiet", "--format", "json"]
        try:
            done = subprocess.run(
                argv, cwd=self._place, env=self._env, capture_output=True, timeout=self._limit, check=False
            )
        except subprocess.TimeoutExpired:
            self.trouble.append(f"{command} had no answer after {self._limit:.0f} s")
            return None
        finally:
            self.seconds[command] = time.monotonic() - began
        if done.returncode in ANSWERS and done.stdout:
            return json.loads(done.stdout)
        said = done.stderr.decode(errors="replace").strip() or done.stdout.decode(errors="replace").strip()
        self.trouble.append(f"{command} ended with {done.returncode}: {said[-300:]}")
        return None


def row(name: str, source: Path, before: str, home: Path, limit: float, answers: Path | None) -> Row:
    with tempfile.TemporaryDirectory(prefix="outpace-bench-") as scratch:
        place = Path(scratch) / name.rpartition("/")[2]
        revision = checked_out(name, source, before, place)
        runner = Runner(home, place, limit)
        match, fix = runner.answer("match", "."), runner.answer("fix", "--all")
        changes = [change for change in (fix or {"result": {"changes": []}})["result"]["changes"] if change["revision"]]
        proof = runner.answer("prove", changes[0]["branch"]) if changes else None
        if answers is not None:
            answers.mkdir(parents=True, exist_ok=True)
            told = {"match": match, "fix": fix, "prove": proof, "trouble": runner.trouble, "seconds": runner.seconds}
            (answers / f"{name.replace('/', '+')}.json").write_text(json.dumps(told, indent=1))
        return Row(
            name=name,
            revision=revision[:10],
            files=len(match["result"]["files"]) if match else 0,
            components=len(match["result"]["components"]) if match else 0,
            open=sum(each["version"] is None for each in match["result"]["components"]) if match else 0,
            exposed=len({_pin(each) for each in match["result"]["exposures"]}) if match else 0,
            fixed=sum(plan["result"] == "fixed" for plan in fix["result"]["plans"]) if fix else 0,
            blocked=Counter(map(_reason, fix["result"]["plans"])) if fix else Counter(),
            unknown=len(fix["unknown"]) if fix else 0,
            proof=_proof(proof) if changes else "",
            seconds=runner.seconds,
            trouble="; ".join(runner.trouble),
        )


def _pin(exposure: dict[str, Any]) -> tuple[str, str, str]:
    component = exposure["component"]
    return component["name"], component["version"], component["file"]


def _reason(plan: dict[str, Any]) -> str:
    return plan["result"] if plan["result"] != "blocked" else plan["blocker"]


def _proof(proof: dict[str, Any] | None) -> str:
    if proof is None:
        return "no answer"
    conclusion = proof["result"]["conclusion"]
    return conclusion["state"] if conclusion["state"] == "proved" else f"{conclusion['state']}: {conclusion['reason']}"


def table(rows: list[Row]) -> Iterator[str]:
    yield "| repository | files | components, open | exposed pins | fixed | left | unknown | first proof | seconds |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for each in rows:
        left = sum(count for reason, count in each.blocked.items() if reason != "fixed")
        seconds = " + ".join(f"{each.seconds[name]:.0f}" for name in ("match", "fix", "prove") if name in each.seconds)
        proof = each.trouble or each.proof or "no branch"
        yield (
            f"| {each.name} {each.revision} | {each.files} | {each.components}, {each.open} | {each.exposed} "
            f"| {each.fixed} | {left} | {each.unknown} | {_short(proof)} | {seconds} |"
        )


def _short(text: str) -> str:
    line = " ".join(text.split()).replace("|", "/")
    return line if len(line) <= 160 else line[:157] + "..."


def total(rows: list[Row]) -> str:
    exposed, fixed = sum(each.exposed for each in rows), sum(each.fixed for each in rows)
    left: Counter[str] = Counter()
    for each in rows:
        left.update({reason: count for reason, count in each.blocked.items() if reason != "fixed"})
    proofs = Counter((each.proof or "no branch").split(":")[0] for each in rows)
    lines = [
        f"{len(rows)} repositories, {exposed} exposed pins, {fixed} fixed, {left.total()} left, "
        f"{sum(bool(each.trouble) for each in rows)} with trouble; proofs: "
        + ", ".join(f"{count} {name}" for name, count in proofs.most_common()),
        *(f"  {count} x {_short(reason)}" for reason, count in left.most_common()),
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="git repositories, named OWNER+NAME")
    parser.add_argument("advisories", nargs="?", type=Path, help="an OSV export: a file or a folder")
    parser.add_argument("--half", choices=("development", "held-out"), default="development")
    parser.add_argument("--only", nargs="*", default=[], metavar="OWNER/NAME")
    parser.add_argument("--before", default="2023-12-01", help="the last commit before this day (default: %(default)s)")
    parser.add_argument("--limit", type=float, default=300, help="seconds for one command (default: %(default)s)")
    parser.add_argument("--answers", type=Path, help="a folder for the answers whole, as JSON")
    parser.add_argument("--quick", action="store_true", help="the first repository alone")
    args = parser.parse_args()
    if args.folder is None or args.advisories is None:
        print("not run: it needs a folder of public repositories, which are not kept here, and an OSV export")
        return 0
    chosen = held_out() if args.half == "held-out" else sorted({*DEVELOPMENT, *FRESH} - {*held_out()})
    wanted = [name for name in chosen if not args.only or name in args.only][: 1 if args.quick else None]
    home = Path(tempfile.mkdtemp(prefix="outpace-bench-home-"))
    rows: list[Row] = []
    try:
        env = os.environ | {"XDG_STATE_HOME": str(home / "state"), "XDG_CACHE_HOME": str(home / "cache")}
        update = [*OUTPACE, "advisories", "update", "--from", str(args.advisories), "--quiet"]
        subprocess.run(update, env=env, check=True, capture_output=True)
        for name in wanted:
            rows.append(row(name, args.folder, args.before, home, args.limit, args.answers))
            print(list(table(rows[-1:]))[-1], file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(f"the {args.half} half, by seed {SEED}, revisions before {args.before}\n")
    print("\n".join(table(rows)))
    print("\n" + total(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
