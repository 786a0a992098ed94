"""What a reader should know of a change beside the conclusion: tests, pipeline and settings that it touches."""

from __future__ import annotations

import re
from collections.abc import Sequence

from outpace.proving.declared import Asked
from outpace.proving.lock_diff import LockDiff
from outpace.proving.project_edits import Edited

NAMED_AT_MOST = 4

# Each kind: what is said, and which paths mean it. The docs list them too.
TESTS = re.compile(r"(^|/)(tests?|testing|spec)/|(^|/)test_[^/]*\.py$|(^|/)[^/]*_tests?\.py$")
PIPELINE = re.compile(
    r"^\.github/(workflows|actions)/|^\.gitlab-ci[^/]*\.ya?ml$|^\.gitlab/ci/|^\.circleci/|^\.ci/|^\.buildkite/|"
    r"^\.(drone|travis|appveyor)\.ya?ml$|^\.woodpecker|^\.(forgejo|gitea)/workflows/|^\.tekton/|^Jenkinsfile|"
    r"^(azure-pipelines[^/]*|bitbucket-pipelines|cloudbuild|appveyor|action)\.ya?ml$|"
    r"^\.pre-commit-config\.yaml$"
)
BUILD = re.compile(
    r"(^|/)(GNU)?[Mm]akefile$|\.mk$|(^|/)(Dockerfile|Containerfile)[^/]*$|"
    r"(^|/)(setup\.py|justfile|Justfile|Taskfile\.ya?ml)$"
)
TEST_SETTINGS = re.compile(
    r"(^|/)(conftest\.py|\.?pytest\.(ini|toml)|tox\.(ini|toml)|noxfile\.py|setup\.cfg|hatch\.toml|\.coveragerc|"
    r"(site|user)customize\.py)$|\.pth$"
)
LOCK = re.compile(
    r"(^|/)(uv\.lock|poetry\.lock|pdm\.lock|Pipfile\.lock|pylock(\.[^/]+)?\.toml|[^/]*(requirements|constraints)[^/]*\.(txt|in))$|"
    r"(^|/)requirements/[^/]+\.(txt|in)$"
)
PROJECT = re.compile(r"(^|/)pyproject\.toml$")
OUTPACE = re.compile(r"^outpace\.toml$")
# Tables of pyproject.toml.
TEST_TABLES = re.compile(r"\[tool\.(pytest|coverage|tox|hatch\.envs|pdm\.scripts|poe|taskipy)\b")
BUILD_TABLES = re.compile(r"\[(build-system|tool\.(setuptools|setuptools_scm|hatch|pdm\.build|flit|maturin))\b")
SOURCE_TABLES = re.compile(
    r"\[tool\.uv\] (index|index-url|extra-index-url|find-links|no-index|index-strategy|allow-insecure-host|"
    r"keyring-provider)$|\[tool\.uv\.(sources|pip)\]|\[tool\.(poetry|pdm)\] source$"
)
RUN_BY_PYTEST = re.compile(r"\[tool\.pytest\b")


def notes(
    touched: Sequence[tuple[str, str]],
    diff: LockDiff,
    *,
    asked: Sequence[Asked] = (),
    edits: Sequence[Edited] = (),
    altered: Sequence[str] = (),
) -> tuple[str, ...]:
    """`touched` are (status letter, path), `asked` what is newly declared, `edits` and `altered` what else changes in
    pyproject.toml.
    """
    paths = tuple(path for _, path in touched)
    tests = [(status, path) for status, path in touched if TESTS.search(path)]
    found = [
        _said("deletes tests", [path for status, path in tests if status == "D"]),
        _said("edits tests", [path for status, path in tests if status not in "DA"]),
        _said("adds tests", [path for status, path in tests if status == "A"]),
        _said("touches the pipeline", _matching(PIPELINE, paths)),
        _said("touches how it is built", [*_matching(BUILD, paths), *_tables(BUILD_TABLES, edits)]),
        _said("touches how tests are run", [*_matching(TEST_SETTINGS, paths), *_tables(TEST_TABLES, edits)]),
        _said("changes where packages come from", _tables(SOURCE_TABLES, edits)),
        _said("touches what Outpace is told", _matching(OUTPACE, paths)),
        _said("adds dependencies", [f"{move.package.name} {move.after}" for move in diff.added]),
        _said("declares dependencies", _declared(asked, diff)),
        _said("changes what is asked of", altered),
        _said("removes dependencies", [f"{move.package.name} {move.before}" for move in diff.removed]),
        _lowered(diff),
        _said("changes the source of", [f"{source.package.name}: {source.after}" for source in diff.sources]),
        _said("changes the project otherwise", _other_tables(edits)),
        _said("touches more than the lock", [path for path in paths if is_beyond_lock(path)]),
    ]
    return tuple(note for note in found if note)


def is_beyond_lock(path: str) -> bool:
    """Neither a lock nor the project file that declares what is locked."""
    return not LOCK.search(path) and not PROJECT.search(path)


def touched_tests(touched: Sequence[tuple[str, str]], edits: Sequence[Edited] = ()) -> tuple[str, ...]:
    """Tests, and the files that say how tests are run: of project files those in which pytest's own tables differ."""
    settings = {edit.path for edit in edits if RUN_BY_PYTEST.match(edit.table)}
    return tuple(path for _, path in touched if TESTS.search(path) or TEST_SETTINGS.search(path) or path in settings)


def _declared(asked: Sequence[Asked], diff: LockDiff) -> list[str]:
    """What the lock shows as added is said there already; what no lock shows is installed by whoever locks next."""
    added = {move.package.name for move in diff.added}
    held = {name for name, _ in diff.holds}
    rest = [one for one in asked if one.name not in added]
    return [f"{one.what} ({one.place}{'' if one.name in held else ', in no lock'})" for one in rest]


def _lowered(diff: LockDiff) -> str:
    """Said also where it is stated: that somebody meant it makes it no upgrade."""
    moves = [f"{move.package.name} {move.before} -> {move.after}" for move in diff.lowered]
    said = _said("lowers versions", list(dict.fromkeys(moves)))
    return f"{said} (advisories are matched again; what else was mended since is lost)" if said else ""


def _tables(kind: re.Pattern[str], edits: Sequence[Edited]) -> list[str]:
    return [str(edit) for edit in edits if kind.match(edit.table)]


def _other_tables(edits: Sequence[Edited]) -> list[str]:
    kinds = (TEST_TABLES, BUILD_TABLES, SOURCE_TABLES)
    return [str(edit) for edit in edits if not any(kind.match(edit.table) for kind in kinds)]


def _matching(kind: re.Pattern[str], paths: Sequence[str]) -> list[str]:
    return [path for path in paths if kind.search(path)]


def _said(what: str, words: Sequence[str]) -> str:
    rest = len(words) - NAMED_AT_MOST
    more = f" and {rest} more" if rest > 0 else ""
    return f"{what}: {', '.join(words[:NAMED_AT_MOST])}{more}" if words else ""
