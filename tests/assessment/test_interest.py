"""Which files tell of an attempt at adoption, by their path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.assessment.interest import is_document, is_interesting, sorts_of

TELLS = {
    ".github/workflows/ci.yml": ("ci", "GitHub Actions"),
    ".github/workflows/Test.yaml": ("ci", "GitHub Actions"),
    ".github/actions/set up/action.yml": ("ci", "GitHub Actions"),
    ".gitlab-ci.yml": ("ci", "GitLab CI"),
    ".gitlab/ci/deploy.yml": ("ci", "GitLab CI"),
    "Jenkinsfile": ("ci", "Jenkins"),
    "ci/Jenkinsfile.release": ("ci", "Jenkins"),
    ".circleci/config.yml": ("ci", "CircleCI"),
    "azure-pipelines.yml": ("ci", "Azure Pipelines"),
    "build/azure-pipelines-nightly.yaml": ("ci", "Azure Pipelines"),
    ".travis.yml": ("ci", "Travis CI"),
    ".buildkite/pipeline.yml": ("ci", "Buildkite"),
    "appveyor.yml": ("ci", "AppVeyor"),
    ".drone.yml": ("ci", "Drone"),
    ".cirrus.yml": ("ci", "Cirrus CI"),
    "bitbucket-pipelines.yml": ("ci", "Bitbucket Pipelines"),
    ".github/dependabot.yml": ("bot", "Dependabot"),
    ".github/renovate.json5": ("bot", "Renovate"),
    ".pyup.yml": ("bot", "PyUp"),
    ".mergify.yml": ("bot", "Mergify"),
    "codecov.yml": ("coverage", "Codecov"),
    ".coveragerc": ("coverage", "coverage.py"),
    ".snyk": ("scanner", "Snyk"),
    "lgtm.yml": ("scanner", "LGTM"),
    ".github/codeql/codeql-config.yml": ("scanner", "CodeQL"),
    "Procfile": ("deploy", "Procfile"),
    "fly.toml": ("deploy", "Fly"),
    "apps/api/fly.toml": ("deploy", "Fly"),
    "infra/main.tf": ("deploy", "Terraform"),
    "ops/k8s/web.yaml": ("deploy", "Kubernetes"),
    "helm/values.yaml": ("deploy", "Helm"),
    "scripts/deploy.sh": ("deploy", "deploy script"),
    "manifest-prod.yml": ("deploy", "Cloud Foundry"),
    "Dockerfile": ("environment", "Docker"),
    "docker-compose.yml": ("environment", "Docker Compose"),
    "deploy-config/staging.yml": ("environment", "staging and production"),
    ".github/CODEOWNERS": ("gate", "CODEOWNERS"),
    "tox.ini": ("tests", "tox"),
    "noxfile.py": ("tests", "Nox"),
}
TELLS_NOTHING = (
    "src/app.py",
    "poetry.lock",  # the history of locks is read with their content
    "tests/fixtures/.travis.yml",
    "examples/.travis.yml",  # no service looks for it there
    "vendor/lib/Jenkinsfile",
    "node_modules/x/fly.toml",
    "{{cookiecutter.slug}}/Dockerfile",
    "src/deploy/views.py",
    "config.yml",
    ".github/workflows/README.md",
    "deployment_models.py",
    "docs/renovate.json",
)


@pytest.mark.parametrize("path", TELLS)
def test_a_file_tells_of_its_tool_by_its_path(path: str) -> None:
    assert sorts_of(path)[0] == TELLS[path]
    assert is_interesting(path)


@pytest.mark.parametrize("path", TELLS_NOTHING)
def test_what_no_service_reads_tells_of_nothing(path: str) -> None:
    assert sorts_of(path) == ()
    assert not is_interesting(path)


@pytest.mark.parametrize(
    ("path", "purpose"),
    [
        ("codeql-analysis.yml", ("scanner", "CodeQL")),
        ("dependency-review.yaml", ("scanner", "dependency review")),
        ("pip-audit.yml", ("scanner", "security scan")),
        ("deploy-prod.yml", ("deploy", "deploy workflow")),
        ("dependabot-automerge.yml", ("bot", "Dependabot")),
    ],
)
def test_a_workflow_with_one_purpose_tells_of_the_system_and_of_the_purpose(
    path: str, purpose: tuple[str, str]
) -> None:
    assert sorts_of(f".github/workflows/{path}") == (("ci", "GitHub Actions"), purpose)


@pytest.mark.parametrize("name", ["docs-deploy.yml", "deploy-docs.yml", "pages-deploy.yml", "deploy-pages.yml"])
def test_a_workflow_that_deploys_documents_is_no_deployment(name: str) -> None:
    assert sorts_of(f".github/workflows/{name}") == (("ci", "GitHub Actions"),)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("README.md", True),
        ("CONTRIBUTING.rst", True),
        ("docs/index.md", True),
        ("docs/deployment.rst", True),
        (".github/SECURITY.md", True),
        ("src/README.md", False),
        ("docs/changelog.md", False),
    ],
)
def test_a_document_is_read_where_a_repository_says_how_it_is_worked_on(path: str, expected: bool) -> None:
    assert is_document(path) is expected
    assert is_interesting(path) is expected


@given(st.text(max_size=600))
def test_any_path_has_an_answer(path: str) -> None:
    assert is_interesting(path) in {True, False}
