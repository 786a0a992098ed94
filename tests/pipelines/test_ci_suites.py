"""How a project's own CI tests it, read from its files alone."""

from __future__ import annotations

import pytest

from outpace.pipelines.events import Origin
from outpace.pipelines.suites import Suite, Tested, suites_of_ci

GITHUB = """\
on: [push]
env: {MODE: ci}
jobs:
  test:
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [windows-latest, ubuntu-latest]
        db: [postgres, sqlite]
        python-version: [3.9, "3.10", "3.12"]
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "${{ matrix.python-version }}"}
      - name: Install
        run: |
          python -m pip install --upgrade pip
          pip install -r requirements/dev.txt ".[test]" extra-plugin
      - if: matrix.db == 'postgres'
        run: pip install psycopg
      - name: Run
        env: {DB: "${{ matrix.db }}", TOKEN: "${{ secrets.TOKEN }}"}
        run: STEP
"""
NOXFILE = "import nox\n@nox.session\ndef t(s):\n  s.install('-r', 'n.txt', '.')\n  s.run('pytest')\n"


def read_ci(files: dict[str, str]) -> Tested:
    content = {path: text.encode() for path, text in files.items()}
    return suites_of_ci(tuple(content), content.get)


def by_github(step: str, **files: str) -> Suite | None:
    named = {name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()}
    return read_ci({".github/workflows/ci.yml": GITHUB.replace("STEP", step), **named}).first


def test_a_workflow_tells_command_installs_python_and_literal_variables() -> None:
    assert by_github("python manage.py test --keepdb", manage_dot_py="") == Suite(
        command=("python", "manage.py", "test", "--keepdb"),
        origin=Origin(".github/workflows/ci.yml", 23),
        written=Origin(".github/workflows/ci.yml", 23),
        env=(("DB", "sqlite"), ("MODE", "ci")),
        unset=("TOKEN",),
        install=("-r requirements/dev.txt", "-e .[test]", "extra-plugin"),
        installed_at=Origin(".github/workflows/ci.yml", 18),
        pythons=("3.12", "3.10", "3.9"),
        job="test",
        rank=(0, 0, 0, 0, 0, 0),
    )


@pytest.mark.parametrize(
    ("step", "files", "command"),
    [
        ("pytest --cov=app --cov-report xml --junitxml=r.xml -n auto tests", {}, "pytest -n auto tests"),
        ("coverage run --source app -m pytest -q", {}, "python -m pytest -q"),
        ("coverage run --omit=x/* --source=hc manage.py test", {"manage_dot_py": ""}, "python manage.py test"),
        ("sudo -E env A=1 python3 -Wd -m pytest $ARGS", {}, "python -m pytest"),
        ("python -X dev -m unittest discover -s t", {}, "python -m unittest discover -s t"),
        ("python -m pytest --ds ${{ matrix.settings }} x", {}, "python -m pytest x"),
        ("poetry run pytest -x && echo done", {}, "pytest -x"),
        ("uv run --group dev pytest -x | tee log", {}, "pytest -x"),
        ("cd tests && pytest || true", {"tests__a": ""}, "pytest"),
        (
            "make check",
            {"Makefile": "A = -q\ncheck: lint\n\t@$(PYTEST) x\n\tpytest $(A)\nlint:\n\truff .\n"},
            "pytest -q",
        ),
        ("make", {"Makefile": ".PHONY: all\nall: t\nt:\n\tpytest --maxfail=2\n"}, "pytest --maxfail=2"),
        ("just test", {"justfile": "test *args: build\n  pytest {{args}}\nbuild:\n  echo\n"}, "pytest"),
        ("scripts/t a", {"scripts__t": '#!/bin/sh\nif [ -d v ]; then\n P=v/\nfi\n${P}pytest "$@"\n'}, "pytest a"),
        ("bash -c 'pytest -k a'", {}, "pytest -k a"),
        (
            "tox -e py312",
            {"tox_dot_ini": "[testenv]\ndeps = -rx.txt\ncommands =\n  pytest {posargs:-q}\n"},
            "pytest -q",
        ),
        (
            "nox -s t",
            {"noxfile_dot_py": "import nox\n@nox.session\ndef t(s):\n  s.run('pytest', '-q', *s.posargs)\n"},
            "pytest -q",
        ),
        (
            "hatch run cov",
            {"pyproject_dot_toml": '[tool.hatch.envs.default.scripts]\ncov = "pytest {args:t}"\n'},
            "pytest t",
        ),
        (
            "pdm run t",
            {"pyproject_dot_toml": '[tool.pdm.scripts]\nt = {composite = ["u", "lint"]}\nu = "pytest u"\n'},
            "pytest u",
        ),
        (
            "hatch run +py=${{ matrix.x || matrix.y }} t:c",
            {"hatch_dot_toml": '[envs.t.scripts]\nc = "u"\nu = "coverage run -m unittest"\n'},
            "python -m unittest",
        ),
        ("pipenv --python ${{ steps.x }} run pytest", {}, "pytest"),
        (
            "tox -e ci-py3",
            {"tox_dot_ini": "[testenv]\ncommands =\n  pytest a \\\n    !ci: -n auto \\\n    ci: -n 1 \\\n    -x\n"},
            "pytest a -n 1 -x",
        ),
        ("poe t", {"pyproject_dot_toml": '[tool.poe.tasks]\nt = {cmd = "pytest t"}\n'}, "pytest t"),
        ("docker compose run --rm web pytest t", {}, "pytest t"),
    ],
)
def test_a_command_is_followed_to_the_suite_that_it_runs(step: str, files: dict[str, str], command: str) -> None:
    suite = by_github(step, **files)
    assert suite is not None
    assert " ".join(suite.command) == command


@pytest.mark.parametrize(
    ("step", "files", "install"),
    [
        (
            "tox",
            {"tox_dot_ini": "[testenv]\nextras = t\ndeps =\n  -rx.txt\n  a>=1\n  py38: b\ncommands = pytest\n"},
            ("-e .[t]", "-r x.txt", "a>=1"),
        ),
        (
            "nox",
            {"noxfile_dot_py": NOXFILE},
            ("-r n.txt", "-e ."),
        ),
        (
            "poetry install --with more && pytest",
            {"pyproject_dot_toml": "[tool.poetry.group]\ndev = {}\ndocs = {optional = true}\n"},
            ("--group dev", "--group more"),
        ),
        ("pdm install -dGtest && pytest", {}, ("--group test",)),
        ("pipenv install --dev && pipenv run pytest", {}, ("--group dev",)),
        (
            "uv sync --extra web && uv run pytest",
            {"pyproject_dot_toml": "[dependency-groups]\ndev = []\n"},
            ("--group dev", "--extra web"),
        ),
        ("cd sub && pip install -r a.txt -e . && cd .. && pytest", {"sub__a": ""}, ("-r sub/a.txt", "-e sub")),
        ("pip install git+https://h.invalid/x b[c]==1 && pytest", {}, ("b[c]==1",)),
    ],
)
def test_what_is_installed_for_the_suite_is_told_in_words_of_pip(
    step: str, files: dict[str, str], install: tuple[str, ...]
) -> None:
    suite = by_github(step, **files)
    assert suite is not None
    assert suite.install[3:] == install


def test_services_and_containers_and_what_another_job_installs_come_along() -> None:
    text = """\
on: pull_request
jobs:
  deps:
    runs-on: ubuntu-latest
    steps: [{run: pip install -r r.txt}]
  test:
    needs: deps
    runs-on: ubuntu-latest
    container: python:3.9-slim
    services:
      db: {image: "postgis/postgis:15"}
      other: {image: "${{ matrix.name == 'x' }}"}
    defaults: {run: {working-directory: ./src}}
    steps: [{run: pytest}]
"""
    suite = read_ci({".github/workflows/t.yml": text, "src/a.py": ""}).first
    assert suite is not None
    assert (suite.services, suite.pythons, suite.install) == (("postgis", "other"), ("3.9",), ("-r r.txt",))
    assert suite.directory == "src"


def test_what_a_change_has_to_pass_comes_before_releases_and_coverage() -> None:
    def workflow(on: str, job: str, step: str) -> str:
        return f"on: {on}\njobs:\n  {job}:\n    runs-on: ubuntu-latest\n    steps: [{{run: {step}}}]\n"

    found = read_ci(
        {
            ".github/workflows/a.yml": workflow("schedule", "test", "pytest a"),
            ".github/workflows/b.yml": workflow("push", "coverage", "pytest b"),
            ".github/workflows/c.yml": workflow("[push, pull_request]", "unit", "pytest"),
            ".github/workflows/d.yml": workflow("push", "unit", "pytest -m slow"),
        }
    )
    assert [" ".join(suite.command) for suite in found.suites] == ["pytest", "pytest -m slow", "pytest b", "pytest a"]


def test_gitlab_and_circleci_tell_the_same() -> None:
    gitlab = """\
include: [{local: /ci/base.yml}]
variables: {MODE: ci}
unit:
  extends: .python
  services: ["postgres:15"]
  variables: {SECRET_KEY: dummy}
  script:
    - cd src
    - pytest -q
"""
    base = ".python:\n  image: registry.invalid/python:3.11-slim\n  before_script: [pip install -r requirements.txt]\n"
    circle = """\
x: &setup
  run: {name: Install, command: "pip install .[dev]"}
commands:
  suite:
    parameters: {what: {type: string, default: tests}}
    steps: [{run: {command: "pytest << parameters.what >>", environment: {A: "1"}}}]
jobs:
  test:
    docker: [{image: "cimg/python:3.11.4"}, {image: "cimg/postgres:14"}]
    steps: [checkout, *setup, suite]
"""
    found = read_ci({".gitlab-ci.yml": gitlab, "ci/base.yml": base, "src/a.py": ""}).first
    other = read_ci({".circleci/config.yml": circle}).first
    assert found is not None
    assert (found.command, found.install, found.pythons, found.services, found.directory, found.env) == (
        ("pytest", "-q"), ("-r requirements.txt",), ("3.11",), ("postgres",), "src",
        (("MODE", "ci"), ("SECRET_KEY", "dummy")),
    )  # fmt: skip
    assert other is not None
    assert (other.command, other.install, other.pythons, other.services, other.env) == (
        ("pytest", "tests"), ("-e .[dev]",), ("3.11",), ("postgres",), (("A", "1"),),
    )  # fmt: skip


def test_what_cannot_be_read_is_said_with_its_place() -> None:
    assert read_ci({".gitlab-ci.yml": "t:\n  script: !reference [a, b]\n"}).refused == (
        ".gitlab-ci.yml:2: line 2 has the tag '!reference', which is not obeyed",
    )
    loop = "jobs:\n  t:\n    steps:\n      - run: |\n          for x in a; do\n            pytest $x\n          done\n"
    assert read_ci({".github/workflows/c.yml": loop}) == Tested(
        refused=(".github/workflows/c.yml:5: `for` is for a shell to decide",)
    )


@pytest.mark.parametrize(
    "step",
    [
        "make loop",
        "pytest --version",
        "scripts/../../outside",
        "echo 'pytest",
        "tox -e lint",
        "pip install pytest",
        "python test.py",
    ],
)
def test_what_runs_no_suite_is_none(step: str) -> None:
    files = {"Makefile": "loop: loop\n\t$(MAKE) loop\n", "tox_dot_ini": "[testenv:lint]\ncommands = ruff .\n"}
    assert by_github(f'"{step}"', **files) is None
