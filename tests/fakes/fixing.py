"""A repository, a loopback index and advisories in memory: what `fix` needs, without this machine's configuration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from outpace.app.fix import FixView, Tools, plan_and_land
from outpace.ecosystems.osv.record import decode
from outpace.engines.git import Repository
from outpace.engines.resolvers import resolvers
from outpace.model.advisory import Advisory
from outpace.model.application import Application
from outpace.remediation.plan import Blocked, Fixed, NoFix, PrereleaseOnly
from tests.fakes.advisories import Advisories
from tests.fakes.index import Index, Release

DAY = "2024-02-01T00:00:00Z"


class Known(Advisories):
    """Advisories that are decoded already."""

    def __init__(self, records: Iterable[Advisory]) -> None:
        super().__init__(())
        self.records = self._records = list(records)


def advisory(record: str, name: str, *events: tuple[str, str], versions: Sequence[str] = ()) -> Advisory:
    """`events` in OSV's words: ("introduced", "0"), ("fixed", "2.0")."""
    spans = [{"type": "ECOSYSTEM", "events": [{kind: version} for kind, version in events]}] if events else []
    entry = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": spans, "versions": list(versions)}
    return decode(json.dumps({"id": record, "published": DAY, "modified": DAY, "affected": [entry]}).encode())


def below(record: str, name: str, fixed: str) -> Advisory:
    return advisory(record, name, ("introduced", "0"), ("fixed", fixed))


class Shop:
    """One repository with an index and advisories."""

    def __init__(self, place: Path, cache: Path, index: Index, known: Known, extra: Mapping[str, str]) -> None:
        self.place = place
        self.index = index
        self.known = known
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(place.parent),
            "UV_CACHE_DIR": str(cache),
            "UV_DEFAULT_INDEX": index.url,
            "UV_PYTHON_DOWNLOADS": "never",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            **extra,
        }

    def git(self, *words: str) -> str:
        ada = {"NAME": "Ada", "EMAIL": "ada@example.invalid", "DATE": "1717200000 +0000"}
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in ada.items()}
        done = subprocess.run(
            ["git", *words], cwd=self.place, env={**self.environ, **who}, capture_output=True, text=True, check=True
        )
        return done.stdout

    def commit(self, files: Mapping[str, str | bytes], message: str = "Begin") -> None:
        for path, content in files.items():
            file = self.place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def lock(self, *words: str, **extra: str) -> None:
        """Runs the user's own `uv lock`."""
        argv = ["uv", "lock", "-q", "--python", sys.executable, *words]
        subprocess.run(argv, cwd=self.place, env={**self.environ, **extra}, check=True, capture_output=True)

    def tools(self) -> Tools:
        repository = Repository(self.place, self.environ)
        return Tools(
            repository=repository,
            resolvers=lambda revision, inventory: resolvers(
                inventory,
                paths=repository.paths(revision),
                look_up=lambda path: repository.read(revision, path),
                environ=self.environ,
                report=lambda _: None,
            ),
            advisories=self.known,
            report=lambda _: None,
        )

    def fix(self, advisory: str | None = None, *, dry_run: bool = False) -> FixView:
        return plan_and_land(Application(name="shop"), tools=self.tools(), advisory=advisory, dry_run=dry_run)

    def shown(self, branch: str, path: str) -> str:
        return self.git("show", f"{branch}:{path}")


@contextmanager
def shop(
    tmp_path: Path,
    releases: Mapping[str, Sequence[Release]],
    records: Iterable[Advisory],
    extra: Mapping[str, str] | None = None,
) -> Generator[Shop]:
    place = tmp_path / "shop"
    place.mkdir()
    with Index(releases) as index:
        made = Shop(place, tmp_path / "uv-cache", index, Known(records), extra or {})
        made.git("init", "-q", "-b", "main")
        yield made


def told(view: FixView) -> dict[str, tuple[str, ...]]:
    """Each affected pin and what becomes of it, for whole-value assertions."""
    answers: dict[str, tuple[str, ...]] = {}
    for plan in view.plans:
        pin = plan.target.pin
        match plan.outcome:
            case Fixed(version=version):
                answer = ("fixed", str(version))
            case Blocked(blocker=blocker):
                answer = ("blocked", blocker)
            case NoFix():
                answer = ("no fix",)
            case PrereleaseOnly(offer=offer):
                answer = ("pre-release", offer)
        answers[f"{pin.package.name} {pin.version}"] = answer
    return answers


def moves(view: FixView) -> tuple[tuple[tuple[str, str | None, str | None], ...], ...]:
    """Of each branch."""
    return tuple(
        tuple((move.package.name, move.before, move.after) for move in landed.change.moves) for landed in view.landed
    )
