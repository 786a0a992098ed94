"""A lock that names the same versions and other files."""

from __future__ import annotations

import pytest

from outpace.proving.artifacts import tampered


def lock(hash_of_a: str = "sha256:aa", host: str = "files.example.org", version: str = "1") -> bytes:
    url = f"https://{host}/a-{version}-py3-none-any.whl"
    return f"""version = 1
[[package]]
name = "a"
version = "{version}"
source = {{ registry = "https://index.example.org/simple" }}
sdist = {{ url = "https://files.example.org/a-{version}.tar.gz", hash = "sha256:cc" }}
wheels = [{{ url = "{url}", hash = "{hash_of_a}" }}]
""".encode()


CASES: tuple[tuple[str, bytes | None, bytes | None, str | None], ...] = (
    ("the same lock", lock(), lock(), None),
    ("an upgrade", lock(), lock(version="2", hash_of_a="sha256:bb"), None),
    (
        "another hash of the same version",
        lock(),
        lock(hash_of_a="sha256:bb"),
        "the hash of a-1-py3-none-any.whl is another than before, though its version did not change",
    ),
    (
        "another host",
        lock(),
        lock(version="2", host="files.example.com"),
        "a-2-py3-none-any.whl would be fetched from files.example.com, where nothing came from before",
    ),
    ("a new lock", None, lock(), None),
    ("a lock that went away", lock(), None, None),
    ("no TOML", lock(), b"<<<<", None),
)


@pytest.mark.parametrize(("base", "change", "wrong"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_same_version_keeps_its_files(base: bytes | None, change: bytes | None, wrong: str | None) -> None:
    assert tampered(base, change) == wrong
