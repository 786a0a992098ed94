"""Whatever stands in the files of a pipeline: an answer in bounded time, and never an error."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.pipelines.infer import read_repository
from outpace.pipelines.shell import Command, commands
from outpace.pipelines.suites import suites_of_ci

FILES = (
    ".github/workflows/a.yml", ".gitlab-ci.yml", ".circleci/config.yml", "Makefile", "justfile", "tox.ini",
    "noxfile.py", "setup.cfg", "pyproject.toml", "hatch.toml", "Procfile", "Dockerfile", "compose.yaml", "x.service",
    "run.sh", "a.py",
)  # fmt: skip
STEPS = ("make a", "just a", "tox -e a", "nox -s a", "hatch run a:b", "pdm run a", "poe a", "./run.sh x", "pytest $A")
WORKFLOW = "on: push\njobs:\n  t:\n    steps: [" + ", ".join(f"{{run: {step}}}" for step in STEPS) + "]\n"
WORDS = (
    "a:", "\t", "\n", "$(A)", "$", "${", "}", "{{", "{a,b}", "[testenv]", "commands =", "pytest", "\\\n", "'", '"',
    "if x; then", "fi", "<<E", "A = $(A)", "[tool.hatch.envs.a.scripts]", 'b = "b"', "web: ", "@nox.session", "`",
    "def a(s):", " s.run('pytest')", "&x", "*x", "- ", "deps = -r", "{[testenv]commands}", "||", "|", "cd ..", "#",
    "export A=", "\0",
)  # fmt: skip
PIECES = st.lists(st.sampled_from(WORDS), max_size=30).map("".join)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(FILES), PIECES | st.text(max_size=80), max_size=6))
def test_no_file_makes_the_reading_fail(files: dict[str, str]) -> None:
    content = {".github/workflows/w.yml": WORKFLOW.encode(), "README": b"", **{k: v.encode() for k, v in files.items()}}
    read = read_repository(tuple(content), content.get, directory="here", branch=None)
    assert read.application.name


@settings(max_examples=100, deadline=None)
@given(PIECES | st.text(max_size=200))
def test_every_command_of_a_script_has_words_and_stays_in_the_repository(script: str) -> None:
    for each in commands(script):
        if isinstance(each, Command):
            assert each.words
            assert not each.directory.startswith(("/", ".."))


@pytest.mark.parametrize(
    "files",
    [
        {"Makefile": "A = $(A)$(A)\na:\n\t$(A)\n\tmake a\n"},
        {"Makefile": "\n".join(f"V{n} = $(V{n + 1})$(V{n + 1})" for n in range(60)) + "\na:\n\t$(V0)\n"},
        {"tox.ini": "[testenv]\ncommands = {[testenv]commands} {[testenv]commands}\n"},
        {"tox.ini": "[tox]\nenvlist = " + "{a,b,c,d}" * 40 + "\n[testenv]\ncommands = pytest\n"},
        {"hatch.toml": '[envs.a.scripts]\nb = ["b", "b", "c", "c"]\nc = ["b", "b"]\n'},
        {"pyproject.toml": '[tool.pdm.scripts]\na = {composite = ["b", "b"]}\nb = {composite = ["a", "a"]}\n'},
        {"run.sh": "./run.sh\n./run.sh\n"},
        {"run.sh": "'" * 9_000 + "\n" * 2_000},
        {"justfile": "a: a a\n just a\n just a\n"},
        {".gitlab-ci.yml": "include: [{local: .gitlab-ci.yml}]\na: {extends: a, script: [x]}\n"},
        {".circleci/config.yml": "commands: {a: {steps: [a, a, a]}}\njobs: {t: {steps: [a, a]}}\n"},
        {"noxfile.py": "(" * 5_000},
        {"Makefile": "a" + " " * 900_000 + "b\n", "justfile": "a" + " " * 900_000 + "b\n"},
        {"setup.cfg": "[testenv]\ncommands = " + "a" * 900_000 + "\n", "run.sh": "${A" * 300_000},
    ],
)
def test_what_leads_back_to_itself_ends(files: dict[str, str]) -> None:
    content = {".github/workflows/w.yml": WORKFLOW.encode(), **{path: text.encode() for path, text in files.items()}}
    assert len(suites_of_ci(tuple(content), content.get).suites) <= 500
