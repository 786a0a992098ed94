"""Which files tell of an attempt at adoption by their path alone: CI, bots, scanners, deployments, gates, documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from outpace.assessment.attempts import Sort

Row: TypeAlias = tuple[str, Sort, str]  # a pattern of the whole path, and what it tells of
LONGEST = 512  # a longer path is nobody's CI definition, and costs patterns their time
_YAML = (".yml", ".yaml")
_FOREIGN = frozenset({"node_modules", "vendor", "vendored", "third_party", "site-packages", "testdata", "fixtures"})

# Whole paths, lower case: where the service looks for them, and nowhere else.
_PATHS: Mapping[str, tuple[Sort, str]] = {
    ".gitlab-ci.yml": ("ci", "GitLab CI"),
    ".gitlab-ci.yaml": ("ci", "GitLab CI"),
    ".circleci/config.yml": ("ci", "CircleCI"),
    "circle.yml": ("ci", "CircleCI"),
    ".travis.yml": ("ci", "Travis CI"),
    "buildkite.yml": ("ci", "Buildkite"),
    "appveyor.yml": ("ci", "AppVeyor"),
    ".appveyor.yml": ("ci", "AppVeyor"),
    ".appveyor/config.yml": ("ci", "AppVeyor"),
    ".drone.yml": ("ci", "Drone"),
    ".drone.star": ("ci", "Drone"),
    ".cirrus.yml": ("ci", "Cirrus CI"),
    ".cirrus.star": ("ci", "Cirrus CI"),
    ".semaphore/semaphore.yml": ("ci", "Semaphore"),
    "bitbucket-pipelines.yml": ("ci", "Bitbucket Pipelines"),
    ".woodpecker.yml": ("ci", "Woodpecker"),
    "wercker.yml": ("ci", "Wercker"),
    ".taskcluster.yml": ("ci", "Taskcluster"),
    "shippable.yml": ("ci", "Shippable"),
    "codeship-services.yml": ("ci", "Codeship"),
    "codeship-steps.yml": ("ci", "Codeship"),
    ".zuul.yml": ("ci", "Zuul"),
    "zuul.yaml": ("ci", "Zuul"),
    ".zuul.yaml": ("ci", "Zuul"),
    "cloudbuild.yaml": ("ci", "Google Cloud Build"),
    "cloudbuild.yml": ("ci", "Google Cloud Build"),
    "buildspec.yml": ("ci", "AWS CodeBuild"),
    "buildspec.yaml": ("ci", "AWS CodeBuild"),
    ".build.yml": ("ci", "SourceHut"),
    ".github/dependabot.yml": ("bot", "Dependabot"),
    ".github/dependabot.yaml": ("bot", "Dependabot"),
    ".dependabot/config.yml": ("bot", "Dependabot"),
    "renovate.json": ("bot", "Renovate"),
    "renovate.json5": ("bot", "Renovate"),
    ".renovaterc": ("bot", "Renovate"),
    ".renovaterc.json": ("bot", "Renovate"),
    ".renovaterc.json5": ("bot", "Renovate"),
    ".github/renovate.json": ("bot", "Renovate"),
    ".github/renovate.json5": ("bot", "Renovate"),
    ".gitlab/renovate.json": ("bot", "Renovate"),
    ".gitlab/renovate.json5": ("bot", "Renovate"),
    "renovate-config.js": ("bot", "Renovate"),
    ".pyup.yml": ("bot", "PyUp"),
    "pyup.yml": ("bot", "PyUp"),
    ".requires.yml": ("bot", "requires.io"),
    "greenkeeper.json": ("bot", "Greenkeeper"),
    ".scala-steward.conf": ("bot", "Scala Steward"),
    ".mergify.yml": ("bot", "Mergify"),
    ".mergify/config.yml": ("bot", "Mergify"),
    ".github/mergify.yml": ("bot", "Mergify"),
    ".kodiak.toml": ("bot", "Kodiak"),
    ".github/.kodiak.toml": ("bot", "Kodiak"),
    "bors.toml": ("bot", "bors"),
    ".codecov.yml": ("coverage", "Codecov"),
    "codecov.yml": ("coverage", "Codecov"),
    ".codecov.yaml": ("coverage", "Codecov"),
    "codecov.yaml": ("coverage", "Codecov"),
    ".github/codecov.yml": ("coverage", "Codecov"),
    "dev/codecov.yml": ("coverage", "Codecov"),
    ".coveralls.yml": ("coverage", "Coveralls"),
    ".coveragerc": ("coverage", "coverage.py"),
    ".nycrc": ("coverage", "nyc"),
    ".nycrc.json": ("coverage", "nyc"),
    ".snyk": ("scanner", "Snyk"),
    ".bandit": ("scanner", "Bandit"),
    "bandit.yaml": ("scanner", "Bandit"),
    "bandit.yml": ("scanner", "Bandit"),
    ".trivyignore": ("scanner", "Trivy"),
    "trivy.yaml": ("scanner", "Trivy"),
    ".semgrep.yml": ("scanner", "Semgrep"),
    ".semgrepignore": ("scanner", "Semgrep"),
    ".gitleaks.toml": ("scanner", "Gitleaks"),
    ".secrets.baseline": ("scanner", "detect-secrets"),
    "sonar-project.properties": ("scanner", "Sonar"),
    ".lgtm.yml": ("scanner", "LGTM"),
    "lgtm.yml": ("scanner", "LGTM"),
    ".safety-policy.yml": ("scanner", "Safety"),
    "osv-scanner.toml": ("scanner", "OSV-Scanner"),
    ".whitesource": ("scanner", "Mend"),
    ".grype.yaml": ("scanner", "Grype"),
    "deny.toml": ("scanner", "cargo-deny"),
    ".cargo/audit.toml": ("scanner", "cargo-audit"),
    "audit-ci.json": ("scanner", "audit-ci"),
    ".nsprc": ("scanner", "nsp"),
    "zizmor.yml": ("scanner", "zizmor"),
    ".github/zizmor.yml": ("scanner", "zizmor"),
    "procfile": ("deploy", "Procfile"),
    "render.yaml": ("deploy", "Render"),
    "app.yaml": ("deploy", "App Engine"),
    "manifest.yml": ("deploy", "Cloud Foundry"),
    "appspec.yml": ("deploy", "AWS CodeDeploy"),
    "captain-definition": ("deploy", "CapRover"),
    "capfile": ("deploy", "Capistrano"),
    "config/deploy.yml": ("deploy", "Kamal"),
    "config/deploy.rb": ("deploy", "Capistrano"),
    "vercel.json": ("deploy", "Vercel"),
    "now.json": ("deploy", "Vercel"),
    "deploy.sh": ("deploy", "deploy script"),
    "bin/deploy": ("deploy", "deploy script"),
    "script/deploy": ("deploy", "deploy script"),
    "codeowners": ("gate", "CODEOWNERS"),
    ".github/codeowners": ("gate", "CODEOWNERS"),
    ".gitlab/codeowners": ("gate", "CODEOWNERS"),
    "docs/codeowners": ("gate", "CODEOWNERS"),
    ".github/settings.yml": ("gate", "repository settings in git"),
    ".policy.yml": ("gate", "policy-bot"),
    "tox.ini": ("tests", "tox"),
    "noxfile.py": ("tests", "Nox"),
    "pytest.ini": ("tests", "pytest"),
    "karma.conf.js": ("tests", "Karma"),
}
# Names that mean the same wherever they stand.
_NAMES: Mapping[str, tuple[Sort, str]] = {
    "jenkinsfile": ("ci", "Jenkins"),
    "fly.toml": ("deploy", "Fly"),
    "netlify.toml": ("deploy", "Netlify"),
    "chart.yaml": ("deploy", "Helm"),
    "helmfile.yaml": ("deploy", "Helm"),
    "kustomization.yaml": ("deploy", "Kubernetes"),
    "kustomization.yml": ("deploy", "Kubernetes"),
    "skaffold.yaml": ("deploy", "Skaffold"),
    "serverless.yml": ("deploy", "Serverless"),
    "pulumi.yaml": ("deploy", "Pulumi"),
    "cdk.json": ("deploy", "AWS CDK"),
    "dockerrun.aws.json": ("deploy", "Elastic Beanstalk"),
    "fabfile.py": ("deploy", "Fabric"),
    "vagrantfile": ("environment", "Vagrant"),
    "dockerfile": ("environment", "Docker"),
    "containerfile": ("environment", "Docker"),
    "devcontainer.json": ("environment", "Dev Container"),
}
_PATTERNS: tuple[Row, ...] = (
    (r"\.github/(workflows/[^/]+|actions/.*)\.ya?ml", "ci", "GitHub Actions"),
    (r"\.(gitea|forgejo)/workflows/[^/]+\.ya?ml", "ci", "Forgejo Actions"),
    (r"\.gitlab(-ci|/ci)/.*\.ya?ml", "ci", "GitLab CI"),
    (r"\.circleci/.*\.ya?ml", "ci", "CircleCI"),
    (r"(.*/)?azure-pipelines[^/]*\.ya?ml|\.azure-?(pipelines|devops)/.*\.ya?ml", "ci", "Azure Pipelines"),
    (r"\.buildkite/.*\.(ya?ml|sh)", "ci", "Buildkite"),
    (r"(.*/)?jenkinsfile[-_.][^/]+|(.*/)?[^/]+\.jenkinsfile|jenkins/.*\.groovy", "ci", "Jenkins"),
    (r"\.woodpecker/.*\.ya?ml", "ci", "Woodpecker"),
    (r"\.semaphore/.*\.ya?ml", "ci", "Semaphore"),
    (r"taskcluster/.*\.ya?ml", "ci", "Taskcluster"),
    (r"zuul\.d/.*\.ya?ml", "ci", "Zuul"),
    (r"\.teamcity/.*\.(kts|xml)", "ci", "TeamCity"),
    (r"bamboo-specs/.*\.(ya?ml|java)", "ci", "Bamboo"),
    (r"\.builds/.*\.ya?ml", "ci", "SourceHut"),
    (r"\.?tekton/.*\.ya?ml", "ci", "Tekton"),
    (r"\.semgrep/.*\.ya?ml", "scanner", "Semgrep"),
    (r"\.github/codeql[^/]*(/.*)?\.ya?ml", "scanner", "CodeQL"),
    (r"manifest[-_.][^/]+\.ya?ml", "deploy", "Cloud Foundry"),
    (r".*\.(tf|tfvars)", "deploy", "Terraform"),
    (r"\.ebextensions/.*", "deploy", "Elastic Beanstalk"),
    (r"(.*/)?(k8s|kubernetes)/.*\.ya?ml", "deploy", "Kubernetes"),
    (r"(.*/)?(helm|charts)/.*\.ya?ml", "deploy", "Helm"),
    (r"(.*/)?ansible/.*\.ya?ml", "deploy", "Ansible"),
    (r"deploy(ment|ments)?/.*\.(ya?ml|sh|py|json|toml)", "deploy", "deploy folder"),
    (r"(bin|scripts?|ci|tools)/deploy[^/]*(\.(sh|py))?", "deploy", "deploy script"),
    (r"(.*/)?dockerfile[-_.][^/]+|(.*/)?[^/]+\.dockerfile", "environment", "Docker"),
    (r"(.*/)?(docker-)?compose([-_.][^/]+)?\.ya?ml", "environment", "Docker Compose"),
    (r"(deploy|config|envs?|environments|infra|terraform)[^/]*/(.*/)?(staging|production|prod)(\.[^/]+|/.*)",
     "environment", "staging and production"),
)  # fmt: skip
# Each pattern needs a leading dot or one of these: nearly every path of a history is told by them to be of no interest.
_HINTS = (
    "jenkins", "azure-", "taskcluster", "zuul", "bamboo", "tekton", "manifest", ".tf", "k8s", "kubernetes", "helm",
    "charts", "ansible", "deploy", "dockerfile", "compose", "staging", "prod",
)  # fmt: skip
# A workflow of its own for one purpose tells when that purpose came; the system that runs it is told as well.
_PURPOSES: tuple[Row, ...] = (
    (r"codeql", "scanner", "CodeQL"),
    (r"snyk", "scanner", "Snyk"),
    (r"trivy", "scanner", "Trivy"),
    (r"semgrep", "scanner", "Semgrep"),
    (r"bandit", "scanner", "Bandit"),
    (r"osv[-_]?scan", "scanner", "OSV-Scanner"),
    (r"scorecards?\b", "scanner", "OpenSSF Scorecard"),
    (r"dependency[-_]review", "scanner", "dependency review"),
    (r"zizmor", "scanner", "zizmor"),
    (r"gitleaks|trufflehog|secret[-_]?scan", "scanner", "secret scan"),
    (r"(pip|npm|cargo|security)[-_]?audit|security[-_]?(scan|checks?)", "scanner", "security scan"),
    (r"renovate", "bot", "Renovate"),
    (r"dependabot", "bot", "Dependabot"),
    (r"(?<!docs-)(?<!doc-)(?<!pages-)(?<!docs_)\bdeploy(?![-_](docs?|pages|site))", "deploy", "deploy workflow"),
)
_DOCUMENT = re.compile(
    r"(readme|contributing|security|releasing|development|deployment|install(ation)?)(\.(md|rst|txt|adoc))?"
    r"|\.github/(readme|contributing|security)\.(md|rst)"
    r"|docs?/(source/|content/)?(index|readme|contributing|developing|development|deploy(ing|ment)?|releas(e|ing)"
    r"|testing|ci|security)[^/]*\.(md|rst|txt|adoc)"
)


class Told(NamedTuple):
    """What a file tells of: its sort and the tool's name."""

    sort: Sort
    name: str


def is_interesting(path: str) -> bool:
    """Whether the history of the file is read: it tells of an attempt, or is a document that makes claims."""
    return bool(sorts_of(path)) or is_document(path)


def is_document(path: str) -> bool:
    """A document at a place where a repository says how it is worked on."""
    return len(path) <= LONGEST and _DOCUMENT.fullmatch(path.lower()) is not None


@lru_cache(maxsize=1 << 17)
def sorts_of(path: str) -> tuple[Told, ...]:
    """Everything that the file tells of: a workflow for CodeQL is of GitHub Actions and of a scanner."""
    if len(path) > LONGEST:
        return ()
    lower = path.lower()
    *folders, name = lower.split("/")
    if not (lower in _PATHS or name in _NAMES or lower[:1] == "." or any(hint in lower for hint in _HINTS)):
        return ()
    if _FOREIGN.intersection(folders) or any("{{" in folder for folder in folders):
        return ()  # of somebody else, or of a project that is yet to be made from a template
    return tuple(dict.fromkeys(_told(lower, name)))


def _told(path: str, name: str) -> Iterator[Told]:
    exact = _PATHS.get(path) or _NAMES.get(name)
    if exact:
        yield Told(*exact)
        return
    for pattern, sort, tool in _PATTERNS:
        if re.fullmatch(pattern, path):
            yield Told(sort, tool)
            if sort == "ci" and name.endswith(_YAML):
                yield from _purposes(name)
            return


def _purposes(name: str) -> Iterator[Told]:
    for pattern, sort, tool in _PURPOSES:
        if re.search(pattern, name):
            yield Told(sort, tool)
