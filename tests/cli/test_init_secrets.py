"""What `init` does not copy out of a pipeline, and asks for instead."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from outpace.cli.main import main
from outpace.pipelines.configuration import decode

Written: TypeAlias = Callable[[str, str], tuple[str, str, str]]
SECRET = "hunter2-and-more"
URL = f"postgres://shop:{SECRET}@localhost/shop"

GITHUB = f"""
on: push
env:
  TOP: ${{{{ github.ref }}}}
  API_TOKEN: {SECRET}
jobs:
  test:
    runs-on: ubuntu-latest
    env: {{PYVER: "${{{{ matrix.python }}}}", SHA: "a-$GITHUB_SHA", PLAIN: "1", DATABASE_URL: "{URL}"}}
    steps:
      - run: pip install -r requirements.txt
      - run: RUN=$GITHUB_RUN_ID pytest -q --sha=$GITHUB_SHA --tag=${{{{ matrix.tag }}}}
"""
GITLAB = f"""
variables: {{TOP: $CI_COMMIT_REF, API_TOKEN: {SECRET}}}
test:
  variables: {{PYVER: "$PY", SHA: "a-$CI_COMMIT_SHA", PLAIN: "1", DATABASE_URL: "{URL}"}}
  script:
    - export RUN=$CI_JOB_ID
    - pytest -q --sha=$CI_COMMIT_SHA
"""
CIRCLECI = f"""
version: 2.1
jobs:
  test:
    docker: [{{image: "cimg/python:3.12"}}]
    environment: {{TOP: "<< pipeline.git.branch >>", API_TOKEN: {SECRET}, PYVER: "<< parameters.py >>", PLAIN: "1"}}
    steps:
      - run:
          command: RUN=$CIRCLE_JOB pytest -q --sha=<< pipeline.git.revision >>
          environment: {{SHA: "a-$CIRCLE_SHA1", DATABASE_URL: "{URL}"}}
"""
FILES = {".github/workflows/ci.yml": GITHUB, ".gitlab-ci.yml": GITLAB, ".circleci/config.yml": CIRCLECI}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Written:
    """What `init` shows of a repository with this one pipeline: the file, its text, its JSON."""

    def init(file: str, content: str) -> tuple[str, str, str]:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content)
        (tmp_path / "requirements.txt").write_text("")
        (tmp_path / "tests").mkdir()
        (tmp_path / "tests" / "test_shop.py").write_text("")
        author = ("-c", "user.name=x", "-c", "user.email=x@example.invalid")
        for words in (["init", "-q", "-b", "main"], ["add", "."], [*author, "commit", "-q", "-m", "x"]):
            subprocess.run(["git", *words], cwd=tmp_path, check=True)
        monkeypatch.chdir(tmp_path)
        assert main(["init", "--print", "--format", "json"]) == 0
        told = capsys.readouterr().out
        assert main(["init"]) == 0
        return (tmp_path / "outpace.toml").read_text(), capsys.readouterr().out, told

    return init


def asked(told: str, key: str) -> str:
    [why] = [each["why"] for each in json.loads(told)["unknown"] if each["what"] == key]
    return why


@pytest.mark.parametrize("file", FILES)
def test_variables_of_the_ci_and_secrets_are_asked_for_by_name_and_not_copied(written: Written, file: str) -> None:
    shown = written(file, FILES[file])
    (application,) = decode(shown[0]).applications
    assert (application.test, application.test_env) == (("pytest", "-q"), {"PLAIN": "1"})
    why = asked(shown[2], "test_env")
    assert why.startswith("what are PYVER, RUN, SHA, TOP for the suite? only the CI fills them in; ")
    assert "what are API_TOKEN, DATABASE_URL? they look like secrets" in why
    assert [SECRET in each for each in shown] == [False] * 3


def test_a_command_with_a_secret_in_it_is_a_question(written: Written) -> None:
    shown = written(".github/workflows/ci.yml", GITHUB.replace("pytest -q", f"pytest -q --token={SECRET}"))
    (application,) = decode(shown[0]).applications
    assert application.test == ()
    assert '# test = ["pytest", "-q", "--token=..."]' in shown[0].splitlines()
    assert "what looks like a secret" in asked(shown[2], "test")
    assert [SECRET in each for each in shown] == [False] * 3
