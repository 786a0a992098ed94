"""Requirements files, Pipfile.lock, conda's files, go.mod and Gemfile.lock, scanned."""

from __future__ import annotations

import pytest

from outpace.ecosystems.scan import Pin, Scanned, Unscannable, kind_of, scan
from tests.ecosystems.scan.locks import CONDA_LOCK, ENVIRONMENT, GEMFILE, GO, PIPFILE, REQUIREMENTS


def pin(ecosystem: str, name: str, version: str, how: str = "pinned") -> Pin:
    return Pin(ecosystem, name, version, how)  # pyright: ignore[reportArgumentType]  spelled out in the tables below


def pypi(name: str, version: str, how: str = "pinned") -> Pin:
    return pin("PyPI", name, version, how)


def test_a_requirements_file_tells_pins_ranges_urls_and_what_it_includes() -> None:
    assert scan("requirements.txt", REQUIREMENTS.encode()) == Scanned(
        (
            pypi("acme-core", "1.2.3"),
            pypi("at-url", "4.0", "elsewhere"),
            pypi("bare", "", "unpinned"),
            pypi("by-archive", "", "elsewhere"),
            pypi("by-egg", "", "elsewhere"),
            pypi("by-name", "", "elsewhere"),
            pypi("exactly", "1.0-special"),
            pypi("joined", "3.0"),
            pypi("plain", "2.0"),
            pypi("ranged", "<2,>=1.0", "unpinned"),
            pypi("starred", "==1.*", "unpinned"),
        ),
        ("./base.txt", "constraints.txt"),
    )


@pytest.mark.parametrize(
    ("data", "pins"),
    [
        (b"", []),
        (b"# nothing yet\n", []),
        (b"acme==1.0", [pypi("acme", "1.0")]),
        (b"acme==1.0\r\nother==2.0\r\n", [pypi("acme", "1.0"), pypi("other", "2.0")]),
        ("acme==1.0\n".encode("utf-16"), [pypi("acme", "1.0")]),
        (b"\xef\xbb\xbfacme==1.0\n", [pypi("acme", "1.0")]),
        (b"# caf\xe9\nacme==1.0\n", [pypi("acme", "1.0")]),
        (b"--allow-external acme\nacme==1.0\n", [pypi("acme", "1.0")]),
        (b"acme==1.0-nightly_build\n", [pypi("acme", "1.0-nightly_build")]),
        (
            b"acme ==1.0; python_version < '3'\nacme==2.0; python_version > '3'\n",
            [pypi("acme", "1.0"), pypi("acme", "2.0")],
        ),
        (b"acme==1.0 --hash=sha256:0a --hash=sha256:0b\n", [pypi("acme", "1.0")]),
        (
            b"acme==1.0 \\\n    --hash=sha256:0a \\\n# a comment ends it\nother==2.0\n",
            [pypi("acme", "1.0"), pypi("other", "2.0")],
        ),
    ],
)
def test_a_requirements_file_is_read_as_pip_reads_it(data: bytes, pins: list[Pin]) -> None:
    assert scan("requirements.txt", data) == Scanned(tuple(pins))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"acme=1.0\n", "not a requirement that pip reads: acme=1.0"),
        (b"acme==1.0\nsome words of prose\n", "not a requirement that pip reads: some words of prose"),
        (b"acme==1.0\n\0\n", "it holds a NUL character"),
        (b"caf\xe9==1.0\n", "it holds bytes that are not UTF-8, and declares no encoding"),
        (b"# coding: rot13\nacme==1.0\n", "it declares the encoding rot13, which Outpace does not read"),
        (b"acme==1.0 --no-such-option\n", "--no-such-option is no option of a requirements file"),
    ],
)
def test_a_requirements_file_that_pip_refuses_is_refused_whole(data: bytes, why: str) -> None:
    assert scan("requirements.txt", data) == Unscannable(why)


def test_a_pipfile_lock_gives_its_default_section() -> None:
    assert scan("Pipfile.lock", PIPFILE.encode()) == Scanned(
        (
            pypi("acme-core", "1.2.3"),
            pypi("app", "", "elsewhere"),
            pypi("forked", "", "elsewhere"),
            pypi("loose", "", "unpinned"),
            pypi("ranged", ">=1.0", "unpinned"),
        )
    )


def test_conda_files_give_what_they_take_from_pypi() -> None:
    assert scan("conda-lock.yml", CONDA_LOCK.encode()) == Scanned((pypi("acme-core", "1.2.3"),))
    assert scan("environment.yml", ENVIRONMENT.encode()) == Scanned(
        (pypi("acme-core", "1.2.3"), pypi("loose", "", "unpinned")), ("requirements/base.txt",)
    )
    assert scan("environment.yml", b"name: deploy\non: push\njobs: {}\n") == Scanned()


def test_a_go_mod_gives_its_build_list_with_what_replaces_parts_of_it() -> None:
    host = "git.example.invalid"
    assert scan("go.mod", GO.encode()) == Scanned(
        (
            pin("Go", f"{host}/acme/core", "v1.2.3"),
            pin("Go", f"{host}/acme/core/v2", "v2.0.1-0.20240102030405-0123456789ab"),
            pin("Go", f"{host}/acme/forked", "v1.0.1", "elsewhere"),
            pin("Go", f"{host}/acme/inner", "v0.4.1"),
            pin("Go", f"{host}/acme/local", "", "elsewhere"),
            pin("Go", f"{host}/acme/old", "v2.0.0+incompatible"),
        )
    )


def test_a_gemfile_lock_gives_its_gems_without_their_platforms() -> None:
    assert scan("Gemfile.lock", GEMFILE.encode()) == Scanned(
        (
            pin("RubyGems", "app", "0.1.0", "elsewhere"),
            pin("RubyGems", "forked", "0.3.0", "elsewhere"),
            pin("RubyGems", "native", "1.15.0"),
            pin("RubyGems", "rack", "2.2.3"),
            pin("RubyGems", "rails", "7.0.0.rc1"),
        )
    )


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("go.mod", "go 1.21\n", "it has no `module`"),
        ("go.mod", "module x\n\nrequire (\n\ty v1.0.0\n", "its block `require` does not end: it was cut off"),
        ("go.mod", "module x\n\nrequire y\n", "'y' is no module with its version"),
        ("go.mod", "module x\n\nrequires y v1.0.0\n", "'requires y v1.0.0' is no line of a go.mod"),
        (
            "Gemfile.lock",
            GEMFILE.partition("PLATFORMS")[0],
            "it has no section DEPENDENCIES, which follows all gems: it was cut off",
        ),
        (
            "Gemfile.lock",
            GEMFILE.replace("rack (2.2.3)\n", "rack (2.2.3\n", 1),
            "'    rack (2.2.3' is no line of a Gemfile.lock",
        ),
        ("Gemfile.lock", "--- \nspecs: \n", "'---' is no section of a Gemfile.lock"),
        ("Pipfile.lock", "{}", "it has no `_meta`, as a Pipfile.lock has"),
        ("Pipfile.lock", '{"_meta": {"pipfile-spec": 7}}', "its pipfile-spec is 7; 2 to 6 are understood"),
        ("Pipfile.lock", '{"_meta": {"pipfile-spec": 6}}', "it has no section `default`"),
        ("environment.yml", "name: x\n", "it has no list of dependencies: it is cut off, or no environment of conda"),
        (
            "conda-lock.yml",
            "version: 1\n",
            "it has no `metadata` and `package`, as a conda-lock has: it is cut off, or no such lock",
        ),
        ("package.json", "{}", "no lock file is called so"),
    ],
)
def test_what_is_not_whole_says_why(path: str, content: str, why: str) -> None:
    assert scan(path, content.encode()) == Unscannable(why)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("uv.lock", "uv.lock"),
        ("a/b/poetry.lock", "poetry.lock"),
        ("tools/run.py.lock", "script.py.lock"),
        ("pylock.toml", "pylock.toml"),
        ("pylock.dev.toml", "pylock.toml"),
        ("requirements/base.txt", "requirements"),
        ("requirements-dev.txt", "requirements"),
        ("constraints.txt", "requirements"),
        ("dev-environment.yaml", "environment.yml"),
        ("conda-lock.yml", "conda-lock.yml"),
        ("gems.locked", "Gemfile.lock"),
        ("web/npm-shrinkwrap.json", "npm-shrinkwrap.json"),
        ("go.mod", "go.mod"),
        ("go.sum", None),
        ("requirements.in", None),
        ("pyproject.toml", None),
        ("package.json", None),
        ("flake.lock", None),
    ],
)
def test_a_name_promises_a_format_or_none(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind
