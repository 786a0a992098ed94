"""What a file is for, by its path."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from outpace.delivery.migrations.sql_files import is_sql

Role: TypeAlias = Literal["code", "test", "documentation", "lock", "manifest", "migration", "data", "pipeline"]

LOCKS = frozenset(
    """uv.lock poetry.lock pdm.lock pylock.toml Pipfile.lock package-lock.json yarn.lock pnpm-lock.yaml Cargo.lock
    go.sum Gemfile.lock""".split()  # noqa: SIM905  one line for all is easier to read
)
MANIFESTS = frozenset(
    "pyproject.toml setup.py setup.cfg Pipfile package.json Cargo.toml go.mod Gemfile".split()  # noqa: SIM905  the same
)
REQUIREMENTS = re.compile(r"(?:.*[-_])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)")
TEST = re.compile(r"(?:^|/)(?:tests?|testing)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")
DOCUMENTATION = re.compile(
    r"(?:^|/)(?:docs?|documentation|changes|changelog\.d|newsfragments)/"
    r"|(?:^|/)(?:readme|changelog|changes|history|contributing|authors|news|licen[cs]e|security)[^/]*$"
    r"|\.(?:md|rst|adoc)$",
    re.IGNORECASE,
)
MIGRATION = re.compile(r"(?:^|/)(?:migrations|(?:alembic|migrations)/versions|versions)/[^/]+\.(?:py|sql)$")
PIPELINE = re.compile(
    r"^(?:\.github|\.circleci|\.gitlab|\.ci|\.buildkite)/|(?:^|/)(?:\.gitlab-ci\.yml|tox\.ini|noxfile\.py|Makefile"
    r"|\.pre-commit-config\.yaml|\.travis\.yml|Jenkinsfile|azure-pipelines\.yml|\.gitignore|\.editorconfig"
    r"|\.readthedocs\.ya?ml)$"
)


def role_of(path: str) -> Role:  # noqa: PLR0911  one line for each role
    folder, _, name = path.rpartition("/")
    if name in LOCKS:
        return "lock"
    if name in MANIFESTS:
        return "manifest"
    if REQUIREMENTS.fullmatch(name) or (folder.rpartition("/")[2] == "requirements" and name.endswith((".txt", ".in"))):
        return "lock" if name.endswith(".txt") else "manifest"
    if PIPELINE.search(path):
        return "pipeline"
    if TEST.search(path):
        return "test"
    if (MIGRATION.search(path) and name != "__init__.py") or is_sql(path):
        return "migration"
    if DOCUMENTATION.search(path):
        return "documentation"
    return "code" if name.endswith((".py", ".pyi")) else "data"
