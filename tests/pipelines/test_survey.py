"""What CI does, whatever the system: what is there, and what is proved to be absent."""

from __future__ import annotations

import pytest

from outpace.model.unknown import Unknown
from outpace.pipelines.events import Origin
from outpace.pipelines.survey import survey
from outpace.pipelines.surveyed import Absent, Present, Survey, Task

WORKFLOW = ".github/workflows/ci.yml"
DIGEST = "0123456789abcdef0123456789abcdef01234567"


def surveyed(**files: str) -> Survey:
    """Names of files with `__` for a slash and `_dot_` for a dot."""
    content = {name.replace("__", "/").replace("_dot_", "."): text.encode() for name, text in files.items()}
    return survey(tuple(content), content.get)


def github(*steps: str, on: str = "push", job: str = "", **files: str) -> Survey:
    """One job; a step is a command, or `uses NAME`."""
    listed = "".join(
        f"      - uses: {step[5:]}\n" if step.startswith("uses ") else f"      - run: |\n          {step}\n"
        for step in steps
    )
    text = f"on: [{on}]\njobs:\n  check:\n{job}    runs-on: ubuntu-latest\n    steps:\n{listed}"
    return surveyed(_dot_github__workflows__ci_dot_yml=text, **files)


def does(found: Survey) -> list[tuple[str, str]]:
    return [(task.does, task.tool) for pipeline in found.pipelines for job in pipeline.jobs for task in job.tasks]


def tasks(found: Survey) -> list[Task]:
    return [task for pipeline in found.pipelines for job in pipeline.jobs for task in job.tasks]


def test_what_one_job_does_is_told_with_its_places_and_whether_a_failure_counts() -> None:
    found = github(
        "uses actions/checkout@v4",
        "pip install -r requirements.txt\n          pytest -q --cov-fail-under=80 || true\n          ruff check .",
        "bandit -r src --exit-zero",
    )
    assert tasks(found) == [
        Task(does="coverage gate", tool="pytest-cov", origin=Origin(WORKFLOW, 9), blocking=False),
        Task(does="tests", tool="pytest", origin=Origin(WORKFLOW, 9), blocking=False),
        Task(does="lint", tool="ruff", origin=Origin(WORKFLOW, 10), blocking=True),
        Task(does="scan", tool="bandit", origin=Origin(WORKFLOW, 12), blocking=False),
    ]
    assert found.tests == Present(where=(Origin(WORKFLOW, 9),))


MAKE_CI = "ci: lint test\nlint:\n\truff check\ntest:\n\t@python -m coverage run --module manage test $(A)\n"
PASSES_ON = '#!/usr/bin/env bash\nfunction run_test {\n  echo "$@"\n  uv run "$@"\n}\nrun_test pytest "$@"\n'
MULTI_LINE = 'cd backend\n          export A=1\n          if [ -n "$A" ]; then\n            make test\n          fi'
IN_ORDER = '{"scripts": {"test": "run-s test:*", "test:unit": "jest"}}'
HOOKS = "repos:\n- repo: local\n  hooks: [{id: t, entry: pytest -q}]\n"
TOX = "[tox]\nenvlist = py3-{tests,lint}\n[testenv]\ncommands =\n  tests: pytest\n  lint: ruff check\n"
GO = "test:\n\tgo test -race ./...\n"


@pytest.mark.parametrize(
    ("step", "files"),
    [
        ("make ci", {"Makefile": MAKE_CI, "manage_dot_py": ""}),
        ("make test", {"Makefile": GO}),
        ("make test", {"Makefile": "include mk/t.mk\nall:\n\techo\n", "mk__t_dot_mk": GO}),
        (MULTI_LINE, {"backend__Makefile": GO}),
        ("./scripts/test/python.sh", {"scripts__test__python_dot_sh": PASSES_ON}),
        ("for each in a b; do (cd $each && npm test); done", {"package_dot_json": IN_ORDER}),
        ("case $1 in\n            unit) cargo test ;;\n            *) exit 1 ;;\n          esac", {}),
        ("bundle exec rspec", {}),
        ("tox", {"tox_dot_ini": TOX}),
        ("tox -e $ENV", {"tox_dot_ini": TOX}),
        ('coverage run $OPTIONS --source=a "$BIN/trial" tests', {}),
        ("conda run -n ci pytest -q", {}),
        ("o=$(python -c 'print(1 if (2) else 3)')\n          ${P}coverage run $o -m pytest $@", {}),
        ("wait-for-it db:5432 -- pytest", {}),
        ("./mvnw -B verify", {"mvnw": "#!/bin/sh\nexec java -jar wrapper.jar\n"}),
        ("docker build -f d .", {"d": "FROM x\nRUN pip install . && \\\n    pytest -q\n"}),
        ("docker compose run --rm -e A=1 web pytest", {}),
        ("just", {"justfile": "default: test\ntest:\n  uv run pytest\n"}),
        ("task ci", {"Taskfile_dot_yml": "tasks:\n  ci: {cmds: [{task: test}]}\n  test: {cmds: [pytest]}\n"}),
        ("inv test", {"tasks_dot_py": "@task\ndef test(c):\n    c.run('pytest -x')\n"}),
        ("pre-commit run --all-files", {"_dot_pre-commit-config_dot_yaml": HOOKS}),
    ],
)
def test_tests_are_found_behind_targets_scripts_branches_and_images(step: str, files: dict[str, str]) -> None:
    assert isinstance(github(step, **files).tests, Present)


@pytest.mark.parametrize(
    ("steps", "files", "settles"),
    [
        (["make ci"], {}, f"does `make ci` at {WORKFLOW}:7 run the tests?"),
        (["make ci"], {"Makefile": "all:\n\techo\n"}, f"does `make ci` of Makefile at {WORKFLOW}:7 run the tests?"),
        (["./run/ci"], {}, f"does `./run/ci` at {WORKFLOW}:7 run the tests?"),
        (["python ci/go.py"], {"ci__go_dot_py": "x"}, f"does `python ci/go.py` at {WORKFLOW}:7 run the tests?"),
        (["docker compose up"], {}, f"does `docker compose up` at {WORKFLOW}:7 run the tests?"),
        (["uses foo/bar@v1"], {}, f"does the action foo/bar at {WORKFLOW}:6 run the tests?"),
        (["$RUN"], {}, f"does `$RUN` at {WORKFLOW}:7 run the tests?"),
        (["eval $X"], {}, f"does `eval` at {WORKFLOW}:7 run the tests?"),
        (["echo hi"], {"_dot_taskcluster_dot_yml": "version: 1\n"}, "does Taskcluster run the tests?"),
        (["echo hi"], {"tests__test_a_dot_py": ""}, "is another service set up to run the tests, on a server alone?"),
    ],
)
def test_where_the_way_ends_early_tests_are_unknown_with_the_question(
    steps: list[str], files: dict[str, str], settles: str
) -> None:
    found = github(*steps, **files).tests
    assert isinstance(found, Unknown)
    assert found.would_settle == settles


def test_absence_is_said_where_everything_was_read_and_nothing_else_could_run_it() -> None:
    found = github("uses actions/checkout@v4", "make page", Makefile="page:\n\tmkdocs build\n\tcp -r site out\n")
    assert (found.tests, found.deploys, found.coverage_gate) == (Absent(read=1), Absent(read=1), Absent(read=1))
    assert isinstance(found.scans, Unknown)  # the server's settings may


def test_each_question_has_its_own_reason_where_nothing_runs_the_repositorys_tests() -> None:
    found = github("ruff check .", tests__test_shop_dot_py="def test_a(): assert 1\n")
    assert found.tests == Unknown(
        "all that CI runs here was read, and nothing of it runs the repository's tests (tests/test_shop.py): a "
        "service that leaves no file may",
        "is another service set up to run the tests, on a server alone?",
    )
    assert found.deploys == Unknown(
        "all that CI runs here was read, and it does not deploy; but neither does it run the repository's tests "
        "(tests/test_shop.py), so that a service which leaves no file may do both",
        "is another service set up to deploy, on a server alone?",
    )


def test_a_repository_without_definitions_says_that_a_server_may_hold_them() -> None:
    found = surveyed(README="")
    unknown = "no definition of CI lies in the repository"
    assert [each for each in (found.tests, found.scans, found.deploys) if not isinstance(each, Unknown)] == []
    assert found.tests == Unknown(unknown, "which server is set up to run the tests?")


def test_a_called_workflow_of_the_tree_is_read_and_one_of_another_repository_is_not() -> None:
    caller = "on: pull_request\njobs:\n  a: {uses: ./.github/workflows/t.yml, with: {cmd: pytest -q}}\n"
    called = (
        "on: {workflow_call: {inputs: {cmd: {type: string}}}}\njobs:\n"
        "  t: {runs-on: x, steps: [{run: '${{ inputs.cmd }}'}]}\n"
    )
    found = surveyed(_dot_github__workflows__c_dot_yml=caller, _dot_github__workflows__t_dot_yml=called)
    assert found.tests == Present(where=(Origin(".github/workflows/t.yml", 3),))
    assert [(pipeline.file, [job.for_changes for job in pipeline.jobs]) for pipeline in found.pipelines] == [
        (".github/workflows/c.yml", [True])
    ]
    foreign = surveyed(
        _dot_github__workflows__c_dot_yml="on: push\njobs:\n  a: {uses: o/r/.github/workflows/t.yml@v1}\n"
    )
    assert foreign.tests == Unknown(
        "nothing that was read does, and these could not be followed: the workflow o/r/.github/workflows/t.yml "
        "(.github/workflows/c.yml:3: it lies in another repository)",
        "does the workflow o/r/.github/workflows/t.yml at .github/workflows/c.yml:3 run the tests?",
    )


def test_rows_of_a_matrix_are_one_job_with_everything_that_any_row_runs() -> None:
    job = "    strategy: {matrix: {os: [windows-latest, ubuntu-latest], cmd: [ruff check, mypy ., pytest]}}\n"
    found = github("${{ matrix.cmd }}", job=job)
    assert does(found) == [("lint", "ruff"), ("lint", "mypy"), ("tests", "pytest")]


@pytest.mark.parametrize(
    ("step", "task"),
    [
        ("uses actions/dependency-review-action@v4", ("scan", "actions/dependency-review-action")),
        ("uses github/codeql-action/analyze@v3", ("scan", "github/codeql-action/analyze")),
        ("uses zizmorcore/zizmor-action@v1", ("scan", "zizmorcore/zizmor-action")),
        ("npm audit --audit-level=high", ("scan", "npm audit")),
        ("cargo audit", ("scan", "cargo audit")),
        ("bundle exec brakeman -q", ("scan", "brakeman")),
        ("uvx pip-audit -r requirements.txt", ("scan", "pip-audit")),
        ("python -m safety check", ("scan", "safety")),
        ("uses pypa/gh-action-pypi-publish@release/v1", ("publish", "pypa/gh-action-pypi-publish")),
        ("twine upload dist/*", ("publish", "twine")),
        ("gh release create v1", ("publish", "gh release")),
        ("uses peaceiris/actions-gh-pages@v4", ("docs", "peaceiris/actions-gh-pages")),
        ("mkdocs gh-deploy", ("docs", "mkdocs")),
        ("kubectl set image deployment/web web=x:1", ("deploy", "kubectl")),
        ("git push dokku main", ("deploy", "git")),
        ("make deploy", ("deploy", "make deploy")),
        ("docker push x/y", ("publish", "docker push")),
        ("python -m build", ("build", "build")),
    ],
)
def test_programs_and_actions_are_known_for_what_they_do(step: str, task: tuple[str, str]) -> None:
    assert does(github(step)) == [task]


def test_a_deployment_says_where_it_goes_as_far_as_names_tell() -> None:
    text = """\
on: push
jobs:
  to-prod: {runs-on: x, environment: production, steps: [{run: helm upgrade web ./chart}]}
  to-staging: {runs-on: x, steps: [{run: helm upgrade web ./chart}]}
  somewhere: {runs-on: x, steps: [{run: helm upgrade web ./chart}]}
  docs: {runs-on: x, steps: [{run: aws s3 sync site s3://x}]}
  kind: {runs-on: x, steps: [{uses: helm/kind-action@v1}, {run: helm install web ./chart}]}
"""
    found = surveyed(_dot_github__workflows__d_dot_yml=text)
    assert [(task.does, task.target) for task in tasks(found)] == [
        ("deploy", "production"), ("deploy", "staging"), ("deploy", ""), ("docs", "pages"),
    ]  # fmt: skip


def test_an_environment_that_guards_a_publication_is_a_gate_and_no_deployment() -> None:
    job = "    environment: pypi\n"
    found = github("uses pypa/gh-action-pypi-publish@v1", job=job)
    gates = [(gate.name, gate.sort, gate.manual) for gate in found.pipelines[0].jobs[0].gates]
    assert gates == [("pypi", "environment", None)]
    assert isinstance(found.deploys, Unknown)


@pytest.mark.parametrize(
    ("files", "where"),
    [
        ({"pyproject_dot_toml": "[tool.coverage.report]\nfail_under = 90\n"}, Origin("pyproject.toml", 2)),
        ({"setup_dot_cfg": "[coverage:report]\nfail_under = 90\n"}, Origin("setup.cfg", 2)),
        ({"_dot_coveragerc": "[report]\nfail_under = 0\n"}, None),
        ({"package_dot_json": '{"jest": {\n"coverageThreshold": {}}}'}, Origin("package.json", 2)),
    ],
)
def test_a_threshold_of_a_setting_is_a_gate_where_coverage_is_measured(
    files: dict[str, str], where: Origin | None
) -> None:
    found = github("pytest --cov=a", **files).coverage_gate
    assert found == (Absent(read=1) if where is None else Present(where=(where,)))


@pytest.mark.parametrize(
    ("status", "is_gate"),
    [
        ("project: {default: {target: 80%}}", True),
        ("project: {default: {target: auto}, x: {}}", True),
        ("patch: yes", True),
        ("project: {default: {informational: true}}", False),
        ("project: no\n    patch: off", False),
    ],
)
def test_codecov_gates_by_a_target_and_not_by_what_only_informs(status: str, is_gate: bool) -> None:
    text = f"coverage:\n  status:\n    {status}\n"
    found = github("pytest --cov", "uses codecov/codecov-action@v5", codecov_dot_yml=text).coverage_gate
    assert isinstance(found, Present) == is_gate


def test_a_report_to_codecov_without_a_target_leaves_the_gate_unknown() -> None:
    found = github("pytest --cov", "uses codecov/codecov-action@v5").coverage_gate
    assert found == Unknown(
        "coverage goes to Codecov, which sets a status of its own",
        "is Codecov's status required before a change may land?",
    )


def test_actions_are_counted_as_pinned_by_digest_alone() -> None:
    found = github(f"uses actions/checkout@{DIGEST}", "uses actions/cache@v4", "uses ./local", "uses a/b@main")
    assert found.pinned_actions == (1, 3)


def test_what_is_switched_off_is_not_read() -> None:
    text = """\
on: push
jobs:
  a: {if: false, steps: [{run: pytest}]}
  b: {steps: [{if: '${{ false }}', run: pytest}, {run: echo}]}
"""
    assert surveyed(_dot_github__workflows__a_dot_yml=text).tests == Absent(read=1)


def test_a_failure_that_the_job_passes_over_is_not_blocking() -> None:
    found = github("pip-audit", job="    continue-on-error: true\n")
    assert [task.blocking for task in tasks(found)] == [False]


def test_owners_are_named_by_their_file_alone() -> None:
    assert surveyed(_dot_github__CODEOWNERS="* @somebody\n").owners == (".github/CODEOWNERS",)


@pytest.mark.parametrize(
    "step",
    [
        "zizmor --version",
        "black-primer -k",
        "goreleaser --help",
        "docker compose up -d",
        "twine upload --dry-run dist/*",
        "curl -sSL https://install.python-poetry.org | python3 -",
        "npm ci",
        "git push origin main",
        "aws sts get-caller-identity",
    ],
)
def test_what_only_asks_or_prepares_does_none_of_it(step: str) -> None:
    assert does(github(step)) == []


def test_what_a_deploy_job_starts_as_containers_is_a_deployment() -> None:
    text = "on: push\njobs:\n  deploy: {runs-on: self-hosted, steps: [{run: docker compose up -d}]}\n"
    found = surveyed(_dot_github__workflows__d_dot_yml=text)
    assert does(found) == [("deploy", "docker compose")]


def test_a_workflow_that_only_a_hand_starts_is_a_gate_before_what_it_deploys() -> None:
    found = github("kubectl apply -f k8s", on="workflow_dispatch")
    gates = [(gate.name, gate.sort) for gate in found.pipelines[0].jobs[0].gates]
    assert (gates, found.pipelines[0].jobs[0].for_changes) == ([("check", "manual job")], False)
    assert github("echo", on="workflow_dispatch").pipelines[0].jobs[0].gates == ()


def test_nothing_of_what_somebody_wrote_beside_a_command_is_told() -> None:
    found = github("notify-team Somebody --token=ghp_0123456789abcdef0123")
    assert found.pipelines[0].jobs[0].unread == (
        f"{WORKFLOW}:7: `notify-team`, since what this program does is not known here",
    )
