"""What the programs of other locks see of a repository and of its user, and what is said where they cannot be used."""

from __future__ import annotations

from pathlib import Path

from outpace.remediation.plan import Blocked
from tests.fakes import lock_program
from tests.fakes.fixing import Shop, below, shop
from tests.fakes.index import Release

RELEASES = {"acme-web": [Release(version="1.0"), Release(version="1.1")]}
KNOWN = [below("A-1", "acme-web", "1.1")]
PROJECT = (
    '[tool.poetry]\nname = "shop"\nversion = "1"\n\n[tool.poetry.dependencies]\npython = "{python}"\nacme-web = "*"\n'
)
LOCK = """[[package]]
name = "acme-web"
version = "1.0"
optional = false
python-versions = "*"
groups = ["main"]
files = []

[metadata]
lock-version = "2.1"
python-versions = "{python}"
content-hash = "0"
"""
BY_HAND = "poetry update --lock acme-web, to 1.1 or above"


def outcome(here: Shop, python: str = ">=3.9", **more: str) -> object:
    files = {"pyproject.toml": PROJECT, "poetry.lock": LOCK}
    here.commit({path: text.replace("{python}", python) for path, text in files.items()} | more)
    return here.fix().plans[0].outcome


def blocked(said: str) -> Blocked:
    return Blocked(blocker=f"poetry.lock is written by Poetry alone: {said}", offer=BY_HAND)


def test_the_program_sees_no_secret_and_of_the_files_only_what_it_needs(tmp_path: Path) -> None:
    hostile = {
        "poetry.toml": '[repositories.acme]\nurl = "http://acme.example.invalid"\n',
        "setup.py": "raise SystemExit(1)",
        "poetry.py": "raise SystemExit(1)",
        "lib/pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "thief"\nbackend-path = ["."]\n',
        "lib/thief.py": "raise SystemExit(1)",
    }
    secrets = {"POETRY_HTTP_BASIC_ACME_PASSWORD": "hunter2", "AWS_SECRET_ACCESS_KEY": "hunter2", "HOME": str(tmp_path)}
    with shop(tmp_path, RELEASES, KNOWN, secrets) as here:
        folder = lock_program.installed(tmp_path / "program", "poetry", RELEASES, fails="SECRETS secrets, FILES")
        here.environ["PATH"] = f"{folder}:{here.environ['PATH']}"
        found = outcome(here, **hostile)
    said = "0 secrets, lib/pyproject.toml poetry.lock pyproject.toml"
    assert found == blocked(f"poetry 2.5.1 ended with: {said}")


def test_a_missing_program_is_said_beside_the_command(tmp_path: Path) -> None:
    with shop(tmp_path, RELEASES, KNOWN) as here:
        assert outcome(here) == blocked("poetry is not installed")


def test_a_program_that_fails_is_said_with_its_version_and_its_words(tmp_path: Path) -> None:
    with shop(tmp_path, RELEASES, KNOWN) as here:
        folder = lock_program.installed(tmp_path / "program", "poetry", RELEASES, fails="It is Tuesday.")
        here.environ["PATH"] = f"{folder}:{here.environ['PATH']}"
        assert outcome(here) == blocked("poetry 2.5.1 ended with: It is Tuesday.")


def test_a_python_that_is_not_here_is_said(tmp_path: Path) -> None:
    with shop(tmp_path, RELEASES, KNOWN) as here:
        folder = lock_program.installed(tmp_path / "program", "poetry", RELEASES)
        here.environ["PATH"] = f"{folder}:{here.environ['PATH']}"
        why = "poetry 2.5.1 wants a Python that the project allows (>=2.6,<2.7), and none is installed here"
        assert outcome(here, python="~2.6") == blocked(why)


def test_a_lock_without_a_project_is_said(tmp_path: Path) -> None:
    with shop(tmp_path, RELEASES, KNOWN) as here:
        folder = lock_program.installed(tmp_path / "program", "poetry", RELEASES)
        here.environ["PATH"] = f"{folder}:{here.environ['PATH']}"
        here.commit({"poetry.lock": LOCK.replace("{python}", ">=3.9")})
        assert here.fix().plans[0].outcome == blocked("there is no pyproject.toml")


def test_a_lock_that_does_not_fit_its_project_is_left_to_its_user_to_lock_first(tmp_path: Path) -> None:
    releases = {**RELEASES, "acme-new": [Release(version="1.0")]}
    with shop(tmp_path, releases, KNOWN) as here:
        folder = lock_program.installed(tmp_path / "program", "poetry", releases)
        here.environ["PATH"] = f"{folder}:{here.environ['PATH']}"
        project = PROJECT.replace("{python}", ">=3.9") + 'acme-new = "*"\n'
        here.commit({"pyproject.toml": project, "poetry.lock": LOCK.replace("{python}", ">=3.9")})
        assert here.fix().plans[0].outcome == Blocked(
            blocker="poetry.lock is written by Poetry alone: it does not fit its project, so that poetry 2.5.1 moves "
            "acme-new even without a step",
            offer="look at what `poetry lock` changes, commit that, and fix it then",
        )
