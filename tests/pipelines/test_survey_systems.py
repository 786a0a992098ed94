"""GitLab, Jenkins, CircleCI, Azure, Travis and Buildkite: what their jobs do, where they wait, what stays unread."""

from __future__ import annotations

import pytest

from outpace.model.unknown import Unknown
from outpace.pipelines.survey import survey
from outpace.pipelines.surveyed import Absent, Present, Survey


def surveyed(files: dict[str, str]) -> Survey:
    content = {path: text.encode() for path, text in files.items()}
    return survey(tuple(content), content.get)


def gates(found: Survey) -> list[tuple[str, str, bool | None]]:
    jobs = [job for pipeline in found.pipelines for job in pipeline.jobs]
    return list(dict.fromkeys((gate.name, gate.sort, gate.manual) for job in jobs for gate in job.gates))


def does(found: Survey) -> list[tuple[str, str, str, str, bool | None]]:
    jobs = [job for pipeline in found.pipelines for job in pipeline.jobs]
    return [(job.name, task.does, task.tool, task.target, task.blocking) for job in jobs for task in job.tasks]


GITLAB = """\
include:
  - local: /ci/*.yml
  - template: Security/SAST.gitlab-ci.yml
stages: [test, deploy]
unit:
  stage: test
  script:
    - !reference [.setup, script]
    - make check
lint: {stage: test, script: [ruff check .], allow_failure: true}
optional: {when: manual, script: [echo hi]}
blocking: {when: manual, allow_failure: false, script: [echo hi]}
staging: {stage: deploy, environment: staging, script: [kubectl apply -f k8s]}
production:
  stage: deploy
  environment: {name: production}
  rules: [{if: $CI_COMMIT_TAG, when: manual}]
  script: [kubectl apply -f k8s]
"""


def test_gitlab_is_read_with_includes_templates_references_and_manual_jobs() -> None:
    found = surveyed(
        {
            ".gitlab-ci.yml": GITLAB,
            "ci/a.yml": ".setup: {script: [pip install -r r.txt]}\nextra: {script: [pip-audit]}\n",
            "Makefile": "check:\n\tpytest\n",
        }
    )
    assert does(found) == [
        ("unit", "tests", "pytest", "", True),
        ("lint", "lint", "ruff", "", False),
        ("staging", "deploy", "kubectl", "staging", True),
        ("production", "deploy", "kubectl", "production", True),
        ("extra", "scan", "pip-audit", "", True),
        (
            "gitlab template Security/SAST.gitlab-ci.yml",
            "scan",
            "gitlab template Security/SAST.gitlab-ci.yml",
            "",
            True,
        ),
    ]
    assert gates(found) == [
        ("blocking", "manual job", True), ("staging", "environment", None), ("production", "manual job", True),
    ]  # fmt: skip
    assert [job.for_changes for job in found.pipelines[0].jobs if job.name in ("unit", "production")] == [True, False]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("include: {project: g/ci, file: a.yml}\na: {script: [echo]}\n", "an include of GitLab (project)"),
        ("include: 'https://example.invalid/a.yml'\na: {script: [echo]}\n", "an include of GitLab (remote)"),
        ("include: {template: Auto-DevOps.gitlab-ci.yml}\n", "the action gitlab template Auto-DevOps.gitlab-ci.yml"),
        ("include: {local: no.yml}\na: {script: [echo]}\n", "the include no.yml"),
        ("a: {extends: .far, script: [echo]}\n", "what extends .far"),
        ("a: {trigger: {project: g/p}}\n", "the pipeline that a triggers"),
        ("a: {script: !reference [.far, script]}\n", "what .far script refers to"),
    ],
)
def test_what_gitlab_takes_from_elsewhere_leaves_tests_unknown(text: str, what: str) -> None:
    found = surveyed({".gitlab-ci.yml": text}).tests
    assert isinstance(found, Unknown)
    assert found.would_settle.startswith(f"does {what} at ")


def test_a_child_pipeline_of_the_tree_is_read() -> None:
    files = {".gitlab-ci.yml": "a: {trigger: {include: [{local: c.yml}]}}\n", "c.yml": "t: {script: [pytest]}\n"}
    assert isinstance(surveyed(files).tests, Present)


JENKINS = """\
// sh 'pytest' is not run here
pipeline {
  agent any
  environment { URL = 'https://example.invalid' }
  stages {
    stage('Test') {
      parallel {
        stage('Unit') { steps { dir('api') { sh '''
          make test
        ''' } } }
        stage('Scan') { steps { catchError { sh "bandit -r ${params.where}" } } }
      }
    }
    stage('Approve') {
      steps { timeout(time: 1, unit: 'DAYS') { input message: 'Ship it?', submitter: 'somebody' } }
    }
    stage('Deploy to production') { steps { sh(script: "helm upgrade web .", returnStdout: false) } }
  }
  post { always { junit '**/r.xml' } }
}
"""


def test_a_declarative_jenkinsfile_is_scanned_without_its_comments_and_with_its_directories() -> None:
    found = surveyed({"Jenkinsfile": JENKINS, "api/Makefile": "test:\n\tgo test ./...\n"})
    assert does(found) == [
        ("Unit", "tests", "go test", "", True),
        ("Scan", "scan", "bandit", "", False),
        ("Deploy to production", "deploy", "helm upgrade", "production", True),
    ]
    assert ("Approve", "input", True) in gates(found)
    assert found.pipelines[0].unread == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("@Library('shared') _\nnode { sh 'make -n' }\n", "a shared library"),
        ("node { buildEverything() }\n", "the step buildEverything"),
        ("node { sh cmd }\n", "what a shell is told"),
        ("node { load 'no.groovy' }\n", "the script no.groovy"),
        ("node { build job: 'other' }\n", "another job of Jenkins"),
    ],
)
def test_what_jenkins_takes_from_elsewhere_leaves_tests_unknown(text: str, what: str) -> None:
    found = surveyed({"Jenkinsfile": text}).tests
    assert isinstance(found, Unknown)
    assert what in found.why


def test_a_scripted_jenkinsfile_follows_its_own_functions_and_what_it_loads() -> None:
    text = "def check() { sh 'echo' }\nnode('linux') {\n  stage 'all'\n  check()\n  load 'ci/t.groovy'\n}\n"
    found = surveyed({"Jenkinsfile": text, "ci/t.groovy": 'sh """\n  pytest ${env.X}\n"""\n'})
    assert [str(each) for each in found.tests.where] == ["ci/t.groovy:2"] if isinstance(found.tests, Present) else False
    assert surveyed({"Jenkinsfile": "node { sh 'echo hi' }\n"}).tests == Absent(read=1)


CIRCLE = """\
version: 2.1
orbs: {node: circleci/node@5.0, codecov: codecov/codecov@3, own: acme/thing@1}
commands:
  suite: {parameters: {what: {default: tests}}, steps: [{run: "pytest << parameters.what >>"}]}
jobs:
  test: {docker: [{image: "cimg/python:3.11"}], steps: [checkout, suite, codecov/upload]}
  deploy: {docker: [{image: x}], steps: [{run: {command: "cf push web"}}]}
  unused: {docker: [{image: x}], steps: [{run: snyk test}]}
workflows:
  main:
    jobs:
      - test
      - hold: {type: approval, requires: [test]}
      - deploy: {name: deploy-production, requires: [hold]}
"""


def test_circleci_is_read_by_its_workflows_with_approvals_that_hold_what_follows() -> None:
    found = surveyed({".circleci/config.yml": CIRCLE})
    assert does(found) == [
        ("test", "tests", "pytest", "", True),
        ("deploy-production", "deploy", "cf", "production", True),
    ]
    held = {job.name: [gate.name for gate in job.gates] for job in found.pipelines[0].jobs}
    assert held == {"test": [], "hold": ["hold"], "deploy-production": ["hold"]}
    assert isinstance(found.scans, Absent)


def test_an_orb_that_is_not_known_and_a_configuration_made_by_the_run_are_unread() -> None:
    text = CIRCLE.replace("codecov/upload", "own/do").replace("pytest", "echo")
    found = surveyed({".circleci/config.yml": text}).tests
    assert isinstance(found, Unknown)
    assert found.would_settle == "does the action orb acme/thing/do at .circleci/config.yml:6 run the tests?"
    dynamic = surveyed({".circleci/config.yml": "setup: true\njobs: {build: {steps: [checkout]}}\n"}).tests
    assert isinstance(dynamic, Unknown)


AZURE = """\
trigger: [main]
variables: {cmd: pytest}
stages:
- stage: Test
  jobs:
  - job: unit
    steps:
    - template: ci/steps.yml
      parameters: {what: tests}
    - ${{ if eq(1, 1) }}:
      - script: $(cmd) && echo $(Build.BuildId)
- stage: Production
  jobs:
  - job: wait
    pool: server
    steps: [{task: ManualValidation@0}]
  - deployment: web
    dependsOn: wait
    environment: production
    strategy: {runOnce: {deploy: {steps: [{task: AzureWebApp@1}]}}}
"""


def test_azure_pipelines_are_read_with_templates_variables_validations_and_environments() -> None:
    steps = "parameters: {what: ''}\nsteps:\n- bash: ruff check ${{ parameters.what }}\n  continueOnError: true\n"
    found = surveyed({"azure-pipelines.yml": AZURE, "ci/steps.yml": steps})
    assert does(found) == [
        ("unit", "lint", "ruff", "", False),
        ("unit", "tests", "pytest", "", True),
        ("web", "deploy", "task AzureWebApp", "production", True),
    ]
    assert gates(found) == [("wait", "approval", True), ("production", "environment", None)]
    foreign = surveyed({"azure-pipelines.yml": "trigger: none\nextends: {template: a.yml@templates}\n"}).tests
    assert isinstance(foreign, Unknown)
    assert foreign.would_settle == "does the template a.yml at azure-pipelines.yml:2 run the tests?"


TRAVIS = """\
language: python
env: {global: [A=1], matrix: [TOXENV=lint, TOXENV=py3]}
script: tox -e $TOXENV
jobs:
  include:
    - stage: security
      script: bandit -r .
deploy: {provider: pypi}
"""


def test_travis_is_read_with_its_matrix_stages_and_deployments() -> None:
    tox = "[testenv]\ncommands = pytest\n[testenv:lint]\nskip_install = true\ncommands = flake8\n"
    found = surveyed({".travis.yml": TRAVIS, "tox.ini": tox})
    assert {each[:4] for each in does(found)} == {
        ("security", "scan", "bandit", ""), ("security", "publish", "travis pypi", "package index"),
        ("build", "lint", "flake8", ""), ("build", "tests", "pytest", ""),
        ("build", "publish", "travis pypi", "package index"),
    }  # fmt: skip
    node = surveyed({".travis.yml": "language: node_js\n", "package.json": '{"scripts": {"test": "jest"}}'})
    assert isinstance(node.tests, Present)


BUILDKITE = """\
env: {A: "1"}
steps:
  - label: ":pytest: unit"
    command: ["pytest -n {{matrix}}"]
    matrix: ["1", "2"]
    plugins: [{docker#v5: {image: python}}]
  - {label: audit, command: pip-audit, soft_fail: true}
  - wait
  - block: ":rocket: Release?"
  - group: out
    steps: [{label: deploy, command: fly deploy}]
"""


def test_buildkite_is_read_with_groups_and_blocks_that_hold_what_follows() -> None:
    found = surveyed({".buildkite/pipeline.yml": BUILDKITE})
    assert does(found) == [
        ("unit", "tests", "pytest", "", True),
        ("audit", "scan", "pip-audit", "", False),
        ("deploy", "deploy", "fly", "", True),
    ]
    held = {job.name: [gate.name for gate in job.gates] for job in found.pipelines[0].jobs}
    assert held == {"unit": [], "audit": [], "Release?": ["Release?"], "deploy": ["Release?"]}
    uploaded = "steps: [{command: './gen | buildkite-agent pipeline upload'}]\n"
    assert isinstance(surveyed({".buildkite/pipeline.yml": uploaded}).tests, Unknown)
