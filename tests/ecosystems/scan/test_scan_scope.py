"""Which lock files are for development, told by name."""

from __future__ import annotations

import pytest

from outpace.ecosystems.scan import is_for_development


@pytest.mark.parametrize(
    "path",
    [
        "requirements-dev.txt",
        "requirements_dev.txt",
        "requirements_for_test.txt",
        "dev-requirements.txt",
        "requirements-test-py3.txt",
        "requirements/dev.txt",
        "requirements/tests.txt",
        "requirements/lint.txt",
        "requirements/requirements-docs.txt",
        "docs/requirements.txt",
        "Docs/requirements.txt",
        "tests/data/poetry.lock",
        "src/acme/tests/fixtures/uv.lock",
        "examples/shop/package-lock.json",
        "benchmarks/Cargo.lock",
        "pylock.dev.toml",
        "dev-environment.yml",
        ".github/requirements.txt",
        "old_requirements.txt",
        "requirements-old.txt",
        "requirements/base.bak.txt",
        "requirements.bak.txt",
        "requirements.backup.txt",
        "requirements.orig.txt",
        "requirements_original.txt",
        "requirements.save.txt",
        "requirements copy.txt",
        "requirements copy 2.txt",
        "requirements (copy).txt",
        "requirements (1).txt",
        "requirements-Copy1.txt",
        "requirements-disabled.txt",
        "requirements/deprecated.txt",
        "old/requirements.txt",
        "services/attic/poetry.lock",
        "requirements.txt.bak",
        "requirements.txt~",
        "Pipfile.lock.orig",
        "poetry.lock.old",
    ],
)
def test_these_are_for_development(path: str) -> None:
    assert is_for_development(path)


@pytest.mark.parametrize(
    "path",
    [
        "requirements.txt",
        "requirements/base.txt",
        "requirements/production.txt",
        "requirements/deploy.txt",
        "requirements/main.txt",
        "uv.lock",
        "poetry.lock",
        "package-lock.json",
        "app/contest/requirements.txt",
        "latest/requirements.txt",
        "device/requirements.txt",
        "requirements-latest.txt",
        "requirements-devices.txt",
        "requirements-doctor.txt",
        "requirements-oldest.txt",
        "requirements-threshold.txt",
        "requirements/backup.txt",
        "requirements-backup.txt",
        "backup/requirements.txt",
        "requirements-saver.txt",
        "requirements-copyright.txt",
        "requirements-origin.txt",
        "archive/poetry.lock",
        "requirements-2.old-style/uv.lock",
        "developer-portal/package-lock.json",
        "pylock.toml",
        "constraints.txt",
        "services/testimonials/yarn.lock",
    ],
)
def test_these_are_not(path: str) -> None:
    assert not is_for_development(path)
