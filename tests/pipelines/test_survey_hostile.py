"""Whatever stands in the files of CI: an answer in bounded time, and never an error."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.model.unknown import Unknown
from outpace.pipelines.bots import json5_of
from outpace.pipelines.survey import survey
from outpace.pipelines.surveyed import Absent, Present

DEFINITIONS = {
    ".github/workflows/w.yml": """\
on: push
jobs:
  t: {uses: ./.github/workflows/w.yml}
  u:
    strategy: {matrix: {a: [1, 2]}}
    environment: prod
    steps: [{run: make a}, {uses: ./b}, {run: '${{ matrix.a }}', continue-on-error: true}]
""",
    "b/action.yml": """\
runs: {using: composite, steps: [{uses: ./b}, {run: npm test}]}
""",
    ".gitlab-ci.yml": """\
include: [{local: .gitlab-ci.yml}, c.yml]
a: {extends: a, script: [!reference [a, script], x]}
""",
    "c.yml": """\
include: c.yml
b: {trigger: {include: c.yml}}
""",
    "Jenkinsfile": """\
node { stage('a') { sh '''make a''' ; input 'x' } ; load 'Jenkinsfile' }
""",
    ".circleci/config.yml": """\
commands: {a: {steps: [a, run: pytest]}}
jobs: {t: {steps: [a]}}
workflows: {w: {jobs: [t, h: {type: approval, requires: [h]}]}}
""",
    "azure-pipelines.yml": """\
steps: [{template: azure-pipelines.yml}, {script: $(a)}, {task: Bash@3, inputs: {script: x}}]
""",
    ".travis.yml": """\
language: go
env: [A=1]
jobs: {include: [{script: make a}]}
deploy: {provider: heroku}
""",
    ".buildkite/pipeline.yml": """\
steps: [{command: make a}, {block: x}, {group: g, steps: [{command: y}]}]
""",
    "Makefile": """\
a: a b%
	$(MAKE) a
	./s.sh a
b%:
	$(shell a) $(A)
""",
    "s.sh": """\
f() { f "$@"; "$@"; }
f ./s.sh "$@"
. ./s.sh
x=$(./s.sh `./s.sh`)
""",
    "package.json": """\
{"scripts": {"test": "npm test", "pretest": "run-s t*", "t": "concurrently npm:t*"}}
""",
    "Taskfile.yml": """\
tasks: {default: {deps: [default], cmds: [task]}}
""",
    "Dockerfile": """\
RUN docker build .
RUN <<E
pytest
E
""",
    ".pre-commit-config.yaml": """\
repos: [{repo: local, hooks: [{id: a, entry: pre-commit run}]}]
""",
    "renovate.json5": """\
{extends: ['x'], // c
 automerge: true,}
""",
    ".github/dependabot.yml": """\
updates: [{cooldown: {default-days: 3}}]
""",
    "codecov.yml": """\
coverage: {status: {project: {default: {target: 1}}}}
""",
}
PIECES = (
    "[", "]", "{", "}", "&a ", "*a", "<<: *a\n", "${{ ", "}}", "'", '"', "\n", "\\\n", "\t", "\0", "\ud7ff", "$(", ")",
    "`", "((", "[[", "case x in", "esac", "function ", "() {", "<<E\n", "||", "|", "&&", "!reference [a, b]",
    "- ", ": ", "'''", '"""', "//", "/*", "if x; then", "$@", "=(", ";;",
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_definitions_with_pieces_put_in_and_taken_out_are_read_without_an_error(seed: int, times: int) -> None:
    choose = random.Random(seed)
    files = {path: text.encode() for path, text in DEFINITIONS.items()}
    for _ in range(times):
        path = choose.choice(sorted(files))
        content, at = files[path], choose.randrange(len(files[path]) + 1)
        put = (
            choose.choice(PIECES).encode("utf-8", "surrogatepass")
            if choose.random() < 0.7
            else bytes([choose.randrange(256)])
        )
        files[path] = content[:at] + put + content[at + choose.randrange(6) :]
    found = survey(tuple(files), files.get)
    assert isinstance(found.tests, Present | Absent | Unknown)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(DEFINITIONS)), st.binary(max_size=120) | st.text(max_size=80).map(str.encode), max_size=5
    )
)
def test_no_bytes_make_the_survey_fail(files: dict[str, bytes]) -> None:
    assert isinstance(survey(tuple(files), files.get).deploys, Present | Absent | Unknown)


W = ".github/workflows/a.yml"
AXES = ", ".join(f"a{n}: [1, 2, 3]" for n in range(30))
USES = " ".join(f"${{{{ matrix.a{n} }}}}" for n in range(30))
BOMB = "a: &b0 [x, x, x]\n" + "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 9))
DOUBLING = "\n".join(f"V{n} = $(V{n + 1})$(V{n + 1})" for n in range(60)) + "\na:\n\t$(V0)\n"


def running(command: str) -> str:
    return f"on: push\njobs: {{a: {{steps: [{{run: '{command}'}}]}}}}\n"


@pytest.mark.parametrize(
    "files",
    [
        {W: BOMB},
        {W: "[" * 3_000},
        {W: "on: push\njobs: {a: {steps: [" + "{run: make a}, " * 3_000 + "]}}", "Makefile": "a:\n\tx\n" * 100},
        {W: running("./s.sh"), "s.sh": "./s.sh a\n./s.sh b $1 $@\n" * 500},
        {W: running("make a"), "Makefile": DOUBLING},
        {W: f"on: push\njobs: {{a: {{strategy: {{matrix: {{{AXES}}}}}, steps: [{{run: 'x {USES}'}}]}}}}"},
        {"Jenkinsfile": "{" * 50_000 + "sh " * 50_000},
        {"Jenkinsfile": "'''" + "\\" * 100_000},
        {"Jenkinsfile": "/*" * 100_000},
        {"Jenkinsfile": ""},
        {"renovate.json5": "{" * 50_000, ".github/dependabot.yml": "\xff"},
        {".gitlab-ci.yml": "a: {extends: [a, b], script: x}\nb: {extends: [a, b], script: y}\n"},
        {W: running("$(" * 5_000)},
        {W: running("a(" * 3_000 + "`" * 3_001)},
    ],
)
def test_bombs_and_circles_end_soon(files: dict[str, str]) -> None:
    content = {path: text.encode("latin-1") for path, text in files.items()}
    assert not isinstance(survey(tuple(content), content.get).tests, Absent)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{a: 1, /* c */ 'b': ['it\\'s', \"//\",], // d\n}", {"a": 1, "b": ["it's", "//"]}),
        ("[1]", {}),
        ("{", {}),
        ('{"https://x": "a, ]"}', {"https://x": "a, ]"}),
    ],
)
def test_loose_json_is_read_as_it_is_meant(text: str, found: dict[str, object]) -> None:
    assert json5_of(text) == found
