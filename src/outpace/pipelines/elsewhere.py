"""Marks of CI and of deployments that no definition in the tree tells: files of services that are not read here."""

from __future__ import annotations

import re
from collections.abc import Sequence

CI: tuple[tuple[str, str], ...] = (
    (r"\.taskcluster\.yml", "Taskcluster"), (r"\.drone\.(?:ya?ml|star|jsonnet)", "Drone"),
    (r"\.woodpecker(?:\.ya?ml|/.+\.ya?ml)", "Woodpecker"),
    (r"bitbucket-pipelines\.yml", "Bitbucket Pipelines"), (r"\.?appveyor\.ya?ml", "AppVeyor"),
    (r"\.cirrus\.(?:yml|star)", "Cirrus CI"),
    (r"(?:\.tekton|tekton)/.+\.ya?ml", "Tekton"), (r"\.semaphore/.+\.yml", "Semaphore"),
    (r"\.teamcity/.+", "TeamCity"), (r"wercker\.yml", "Wercker"),
    (r"codeship-(?:services|steps)\.yml", "CodeShip"), (r"buildspec[\w.-]*\.ya?ml", "AWS CodeBuild"),
    (r"cloudbuild[\w.-]*\.(?:ya?ml|json)", "Google Cloud Build"),
    (r"(?:concourse|ci/concourse)/.+\.ya?ml|ci/pipeline\.ya?ml", "Concourse"),
    (r"\.gocd(?:\.ya?ml|/.+)|.+\.gocd\.ya?ml", "GoCD"), (r"\.?zuul(?:\.ya?ml|\.d/.+)", "Zuul"),
    (r"\.build(?:s/.+)?\.yml|\.builds/.+\.yml", "SourceHut"),
    (r"(?:\.forgejo|\.gitea)/workflows/.+\.ya?ml", "Forgejo"), (r"codemagic\.ya?ml", "Codemagic"),
    (r"bitrise\.yml", "Bitrise"), (r"screwdriver\.yaml", "Screwdriver"), (r"\.harness/.+\.ya?ml", "Harness"),
    (r"\.prow\.yaml", "Prow"), (r"\.scrutinizer\.yml", "Scrutinizer"),
    (r"shippable\.yml", "Shippable"), (r"dagger\.json", "Dagger"), (r"\.copr/.+|\.packit\.ya?ml", "Packit"),
    (r"(?:jenkins|\.jenkins|ci/jenkins)/.+\.(?:groovy|xml|ya?ml)", "Jenkins"),
    (r"bamboo-specs/.+", "Bamboo"), (r"\.buildbot/.+|master\.cfg", "Buildbot"), (r"heroku\.yml", "Heroku CI"),
    (r"\.ebert\.yml|\.hound\.yml", "Hound"), (r"\.lift\.toml|\.lift/.+", "Lift"),
)  # fmt: skip
# What a server may deploy by itself when the branch moves or an image appears.
DELIVERED = (
    (r"Procfile", "Heroku or the like"), (r"app\.json", "Heroku"), (r"(?:.+/)?fly\.toml", "Fly.io"),
    (r"render\.ya?ml", "Render"), (r"(?:.+/)?vercel\.json", "Vercel"),
    (r"(?:.+/)?netlify\.toml", "Netlify"), (r"railway\.(?:json|toml)", "Railway"),
    (r"\.do/.+|app\.ya?ml", "a platform"), (r"\.platform\.app\.yaml|\.upsun/.+", "Platform.sh"),
    (r"(?:.+/)?(?:argocd|argo-cd|flux|flux-system)/.+\.ya?ml", "Argo CD or Flux"), (r"(?:.+/)?Chart\.yaml", "Helm"),
    (r"(?:.+/)?kustomization\.ya?ml", "Kustomize"),
    (r"(?:.+/)?manifest[\w-]*\.yml(?:\.j2)?", "Cloud Foundry"),
    (r"(?:.+/)?Dockerfile[\w.-]*", "whoever builds its image"), (r"captain-definition", "CapRover"),
    (r"dokku/.+", "Dokku"),
)  # fmt: skip
TESTS = re.compile(
    r"(?:^|/)(?:test_[^/]*\.py|[^/]*_test\.(?:py|go|rb|exs?|cc|cpp|c|dart)|tests?\.py|[^/]+\.(?:test|"
    r"spec)\.[cm]?[jt]sx?|[^/]*_spec\.rb|[^/]*Tests?\.(?:java|kt|cs|php|swift|scala)"
    r"|[^/]+\.bats)$|(?:^|/)(?:tests?|spec|__tests__|t)/.+\.(?:py|js|ts|rb|rs|go|php|t|sh|java|c|cpp)$"
)
_CI = tuple((re.compile(pattern), name) for pattern, name in CI)
_DELIVERED = tuple((re.compile(pattern), name) for pattern, name in DELIVERED)


def other_ci(paths: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Services that are named by a file, each with its first file."""
    return _named(paths, _CI)


def other_delivery(paths: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return _named(paths, _DELIVERED)


def _named(paths: Sequence[str], marks: tuple[tuple[re.Pattern[str], str], ...]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for path in paths:
        for pattern, name in marks:
            if name not in found and pattern.fullmatch(path):
                found[name] = path
    return tuple(found.items())


def first_test(paths: Sequence[str]) -> str:
    """A file that looks like a test; empty where there is none."""
    return next((path for path in paths if TESTS.search(path)), "")
