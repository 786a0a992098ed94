"""A lock that does not fit its project file is not what a deployment installs."""

from __future__ import annotations

import pytest

from outpace.proving.staleness import staleness

LOCK = b"""
version = 1
[[package]]
name = "acme-web"
version = "1.0"
source = { registry = "https://index.example.invalid/simple" }
[[package]]
name = "acme-site"
version = "0.1.0"
source = { virtual = "." }
[package.metadata]
requires-dist = [
    { name = "acme-web", specifier = ">=1.0,<2" },
    { name = "acme-lib", directory = "lib" },
    { name = "acme-more", marker = "extra == 'more'" },
]
"""


def project(*dependencies: str, dynamic: str = "") -> bytes:
    return f'[project]\nname = "acme-site"\n{dynamic}\ndependencies = {list(dependencies)!r}\n'.encode()


@pytest.mark.parametrize(
    ("declared", "answer"),
    [
        (project("acme-web >=1.0, <2", "acme-lib"), ""),
        (project("Acme_Web<2,>=1.0", "acme-lib>=1"), ""),
        (
            project("acme-web==1.1", "acme-lib"),
            "pyproject.toml asks for acme-web==1.1, and the lock was made for acme-web<2,>=1.0",
        ),
        (
            project("acme-web>=1.0,<2", "acme-lib", "requests>=2"),
            "pyproject.toml asks for requests>=2, and the lock was made for no requests",
        ),
        (project("acme-lib"), "pyproject.toml asks for no acme-web, and the lock was made for acme-web<2,>=1.0"),
        (project("acme-other", dynamic='dynamic = ["dependencies"]'), ""),
        (b"not toml [", ""),
        (b"", ""),
    ],
)
def test_the_first_dependency_that_the_lock_was_not_made_for_is_named(declared: bytes, answer: str) -> None:
    assert staleness(LOCK, declared) == answer


def test_without_a_lock_or_a_root_in_it_nothing_is_said() -> None:
    assert (staleness(None, project("a")), staleness(b"version = 1", project("a"))) == ("", "")
