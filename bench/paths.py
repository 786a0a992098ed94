"""Bench: which path of adoption a person says that ten repositories are on, and which the classifier says.

Split: `SEED` drew the ten from `REPOSITORIES`. The verdicts of `WRITTEN_DOWN`, with their reasons in docs/paths.md,
were committed before the classifier was run on any of them. The fifteen repositories that the limits were reasoned from
are not on the list. What the two disagree on is listed in docs/paths.md, not tuned away: agreement is no goal. The goal
is that every repository has an answer that rests on evidence or asks a question.

Takes a folder of git repositories (`OWNER+NAME`, or any folder below it that is one) that somebody has fetched, and an
advisory store; nothing of theirs is run, and none of their content is kept here.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from outpace.app.histories import history_of
from outpace.assessment.deciding import path_of
from outpace.assessment.evidence import Evidence
from outpace.assessment.freshness import told_as_of
from outpace.assessment.interest import is_interesting
from outpace.assessment.paths import Adoption, Stalled, TrueAdoption, UnknownPath, WateredDown
from outpace.assessment.untangling import attempts
from outpace.ecosystems.scan import kind_of
from outpace.engines.advisories import AdvisoryStore
from outpace.engines.history.clone import Clone
from outpace.engines.history.fetched import known_until
from outpace.engines.history.git_history import GitHistory
from outpace.engines.revision import Revision
from outpace.pipelines.survey import survey

SEED = 5
DRAWN = 10
REPOSITORIES = (
    "ArchiveBox/ArchiveBox", "CTFd/CTFd", "DefectDojo/django-DefectDojo", "Flexget/Flexget", "OctoPrint/OctoPrint",
    "TandoorRecipes/recipes", "alephdata/aleph", "buildbot/buildbot", "conda/conda-lock",
    "cookiecutter/cookiecutter", "cookiecutter/cookiecutter-django", "encode/starlette",
    "fastapi/full-stack-fastapi-template", "flaskbb/flaskbb", "freelawproject/courtlistener", "getredash/redash",
    "healthchecks/healthchecks", "httpie/cli", "hypothesis/h", "internetarchive/openlibrary", "iterative/dvc",
    "janeczku/calibre-web", "jupyterhub/jupyterhub", "kiwitcms/Kiwi", "litestar-org/litestar", "lnbits/lnbits",
    "mealie-recipes/mealie", "miguelgrinberg/microblog", "mitmproxy/mitmproxy", "mkdocs/mkdocs",
    "mozilla-services/syncstorage-rs", "netbox-community/netbox", "pdm-project/pdm", "psf/black",
    "python-poetry/poetry", "searxng/searxng", "simonw/datasette", "sissbruecker/linkding", "wger-project/wger",
    "zizmorcore/zizmor",
)  # fmt: skip
WRITTEN_DOWN = {
    "CTFd/CTFd": ("watered-down", "medium"),
    "Flexget/Flexget": ("true", "low"),
    "cookiecutter/cookiecutter-django": ("true", "medium"),
    "getredash/redash": ("watered-down", "low"),
    "healthchecks/healthchecks": ("true", "high"),
    "jupyterhub/jupyterhub": ("unknown", "unknown"),
    "mkdocs/mkdocs": ("stalled", "low"),
    "pdm-project/pdm": ("watered-down", "medium"),
    "psf/black": ("unknown", "unknown"),
    "zizmorcore/zizmor": ("true", "low"),
}


def drawn() -> tuple[str, ...]:
    return tuple(sorted(random.Random(SEED).sample(REPOSITORIES, DRAWN)))


class Row(NamedTuple):
    name: str
    person: tuple[str, str]
    program: tuple[str, str]
    episodes: int
    speaking: tuple[Evidence, ...]
    why: str
    seconds: float


class Kept:
    """Nothing outlives the run, so that every row is of a cold cache."""

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}

    def get(self, digest: str) -> bytes | None:
        return self._content.get(digest)

    def put(self, digest: str, content: bytes) -> None:
        self._content[digest] = content


def main() -> int:
    args = arguments()
    names = tuple(args.names or drawn())[: 3 if args.quick else None]
    rows = [row for name in names if (row := assessed(name, args.repositories, args.advisories, args.at))]
    for row in rows:
        print(f"{row.name:36} {' '.join(row.person):22} {' '.join(row.program):22} {row.seconds:6.1f} s")
        print(f"    {row.episodes} episodes{'; ' + row.why if row.why else ''}")
        for each in row.speaking:
            print(f"    {each.speaks_for or '-':12} {each.signal}: {each.says}")
    compared = [row for row in rows if row.name in WRITTEN_DOWN]
    agree = sum(row.person[0] == row.program[0] for row in compared)
    if args.json:
        args.json.write_text(json.dumps([{"name": r.name, "person": r.person, "program": r.program} for r in rows]))
    founded = all(row.speaking or row.why for row in rows)
    print(f"agreed on {agree} of {len(compared)}; goal: all {len(names)} answered with evidence or a question")
    return 0 if founded and len(rows) == len(names) else 1


def assessed(name: str, source: Path, advisories: Path, at: datetime) -> Row | None:
    """None, said on a line of its own: the repository is not there."""
    root = next(
        (p for p in (source / name.replace("/", "+") / "repo", source / name.replace("/", "+")) if p.is_dir()), None
    )
    if root is None:
        print(f"{name}: not in {source}")
        return None
    began = time.perf_counter()
    path, episodes = judged(root, advisories, at)
    seconds = time.perf_counter() - began
    speaking = tuple(each for each in path.evidence if each.speaks_for or each.strength == "outcome")
    why = path.why if isinstance(path, UnknownPath) else ""
    return Row(name, WRITTEN_DOWN.get(name, ("", "")), told(path), episodes, speaking, why, seconds)


def judged(root: Path, advisories: Path, at: datetime) -> tuple[Adoption, int]:
    """The path, and how many episodes began with an advisory; as of the end of a clone that nobody fetched."""
    kept = Kept()
    histories = GitHistory(
        root,
        at=at,
        today=at,
        is_lock=lambda path: kind_of(path) is not None,
        is_interesting=is_interesting,
        environ=os.environ,
        cached=kept,
        report=lambda _event: None,
    )
    store = AdvisoryStore(advisories)
    clone = Clone(root, os.environ)
    known = known_until(clone.directory, clone.tip(None).commit, has_remote=clone.has_remote, is_bare=clone.is_bare)
    at = told_as_of(histories.walk().chronicle, at, known)
    chronicle, history = history_of(histories, store, at=at, kept=kept, report=lambda _event: None)
    files = Revision(clone, chronicle.horizon.tip)
    seen = survey(files.paths(), files.look_up)
    untangled, until = attempts(chronicle, history, at=at), store.coverage().cutoff
    found = path_of(chronicle, history, seen, untangled, at=at, data_until=until)
    return found, sum(each.entry == "reactive" for each in history.episodes)


def told(path: Adoption) -> tuple[str, str]:
    match path:
        case TrueAdoption(confidence=sure):
            return "true", sure
        case WateredDown(confidence=sure):
            return "watered-down", sure
        case Stalled(confidence=sure):
            return "stalled", sure
        case UnknownPath():
            return "unknown", "unknown"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("repositories", type=Path, help="the folder of repositories")
    parser.add_argument("advisories", type=Path, help="an advisory store, as `outpace advisories update` makes it")
    parser.add_argument("names", nargs="*", help="OWNER/NAME; the ten that were drawn otherwise")
    parser.add_argument("--at", type=day, default=day("2026-08-23"), help="the day of the assessment, YYYY-MM-DD")
    parser.add_argument("--quick", action="store_true", help="three of them")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


if __name__ == "__main__":
    raise SystemExit(main())
