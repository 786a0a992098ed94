"""Package URLs."""

from __future__ import annotations

import pytest

from outpace.model.package import CRATES_IO, GO, NPM, PYPI, RUBYGEMS, Package


@pytest.mark.parametrize(
    ("ecosystem", "name", "version", "purl"),
    [
        (PYPI, "django", "4.2", "pkg:pypi/django@4.2"),
        (PYPI, "torch", "2.0+cpu", "pkg:pypi/torch@2.0%2Bcpu"),
        (NPM, "@angular/core", "12.3.1", "pkg:npm/%40angular/core@12.3.1"),
        (CRATES_IO, "serde_json", None, "pkg:cargo/serde_json"),
        (GO, "github.com/gorilla/context", "v1.1.1", "pkg:golang/github.com/gorilla/context@v1.1.1"),
        (RUBYGEMS, "rails", "7.0.4", "pkg:gem/rails@7.0.4"),
    ],
)
def test_a_package_url_has_the_type_and_the_namespace_of_its_ecosystem(
    ecosystem: str, name: str, version: str | None, purl: str
) -> None:
    assert Package(ecosystem, name).purl(version) == purl
