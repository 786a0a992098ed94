"""What is not a whole lock is not taken for one: nothing raises, nothing is partial in silence, nothing takes long."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outpace.ecosystems.scan import Scanned, Unscannable, scan
from outpace.ecosystems.scan.content import LARGEST
from outpace.ecosystems.scan.scanners import BY_KIND
from tests.ecosystems.scan.locks import EVERY

NAMES = sorted(EVERY)
PATHS = sorted({path for path, _ in EVERY.values()})
WHOLE_ANYHOW = {"requirements", "environment"}  # written by hand: each line is whole by itself
WHOLE_BETWEEN = {
    "go",
    "pdm",
    "pdm 0",
    "pylock",
    "conda-lock",
    "yarn",
    "yarn later",
}  # nothing in them tells what follows an entry
WHOLE_WITHIN = {"cargo", "cargo root", "pnpm 5", "pnpm 6", "pnpm 9"}  # the last lines of an entry may be missing


def test_there_is_a_lock_of_every_kind_to_be_broken() -> None:
    covered = {kind for kind in BY_KIND if kind not in ("script.py.lock", "npm-shrinkwrap.json")}
    kinds = {"requirements" if path == "requirements.txt" else path for path in PATHS}
    assert kinds == covered


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", "it is a web page"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0a\nsize 12\n",
            "it is a pointer of Git LFS, and not the file itself",
        ),
    ],
)
def test_what_stands_in_the_place_of_a_lock_is_named(path: str, data: bytes, why: str) -> None:
    found = scan(path, data)
    assert isinstance(found, Unscannable)
    assert found.why.startswith(why)


@pytest.mark.parametrize("path", [path for path in PATHS if path != "requirements.txt"])
@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_no_lock(path: str, data: bytes) -> None:
    assert scan(path, data) == Unscannable("the file is empty")


@pytest.mark.parametrize("name", NAMES)
def test_a_merge_that_is_not_done_is_named(name: str) -> None:
    path, content = EVERY[name]
    lines = content.splitlines()
    half = len(lines) // 2
    merged = [*lines[:half], "<<<<<<< HEAD", lines[half], "=======", lines[half], ">>>>>>> main", *lines[half + 1 :]]
    found = scan(path, "\n".join(merged).encode())
    assert isinstance(found, Unscannable)
    assert "merge conflict" in found.why


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WHOLE_ANYHOW])
def test_a_lock_that_was_cut_off_within_a_line_is_refused_or_has_lost_nothing(name: str) -> None:
    path, content = EVERY[name]
    data = content.encode()
    whole = scan(path, data)
    for end in range(0, len(data), 3):
        if not data[:end].endswith(b"\n"):
            assert isinstance(found := scan(path, data[:end]), Unscannable) or found == whole, end


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WHOLE_ANYHOW | WHOLE_BETWEEN])
def test_a_lock_that_was_cut_off_between_entries_is_refused_or_has_lost_no_name_and_no_version(name: str) -> None:
    path, content = EVERY[name]
    whole = scan(path, content.encode())
    assert isinstance(whole, Scanned)
    names = {pin.name for pin in whole.pins}
    lines = content.splitlines(keepends=True)
    for count in [at for at, line in enumerate(lines) if line == "\n" or name not in WHOLE_WITHIN]:
        found = scan(path, "".join(lines[:count]).encode())
        if isinstance(found, Scanned):
            assert names <= {pin.name for pin in found.pins}, count
            assert {pin for pin in found.pins if pin.how == "pinned" and pin.name in names} <= {*whole.pins}, count


@pytest.mark.parametrize("name", NAMES)
def test_bytes_that_are_not_utf_8_or_none_at_all_are_refused(name: str) -> None:
    path, content = EVERY[name]
    half = len(content) // 2
    for byte in (b"\xff", b"\0"):
        assert isinstance(scan(path, content[:half].encode() + byte + content[half:].encode()), Unscannable)


@settings(deadline=None)
@given(st.sampled_from(PATHS), st.binary(max_size=200))
def test_no_bytes_make_it_raise(path: str, data: bytes) -> None:
    assert isinstance(scan(path, data), Scanned | Unscannable)


@settings(deadline=None)
@given(
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=6)), min_size=1, max_size=4),
)
def test_no_damage_makes_it_raise(name: str, damage: list[tuple[float, int, bytes]]) -> None:
    path, content = EVERY[name]
    data = content.encode()
    for where, lost, put in damage:
        at = int(where * len(data))
        data = data[:at] + put + data[at + lost :]
    assert isinstance(scan(path, data), Scanned | Unscannable)


@pytest.mark.parametrize("name", NAMES)
def test_the_pins_are_sorted_and_distinct(name: str) -> None:
    found = scan(EVERY[name][0], EVERY[name][1].encode())
    assert isinstance(found, Scanned)
    assert found.pins
    assert list(found.pins) == sorted(set(found.pins))


def test_a_file_beyond_the_limit_is_refused() -> None:
    assert scan("uv.lock", bytes(LARGEST + 1)) == Unscannable("it has more than 64 MiB")


HOSTILE = {
    "one line": b"a" * 50_000,
    "quotes": b'"' * 50_000,
    "brackets": b"[" * 50_000,
    "braces": b'{"a":' * 15_000,
    "spaces": b"x" + b" " * 50_000 + b"x",
    "backslashes": b"a \\\n" * 12_500,
    "comments": b"# yarn lockfile v1\n" + b"#\n" * 25_000,
    "blank lines": b"# yarn lockfile v1\n" + b"\n" * 50_000 + b"x",
    "commas": b"# yarn lockfile v1\n" + b"a, " * 15_000,
    "escapes": b'[[package]]\nname = "' + b"\\\\" * 25_000,
    "items": b"[[package]]\nname = [\n" + b'    "a",\n' * 6_250,
    "tables": b"[[package]]\nx = [\n" + b"    { a = 1, b = [1, 2], c = { d = 1 } },\n" * 1_500,
    "headers": b"[[package]]\n" * 4_000,
    "archives": b'[[package]]\nfiles = [\n    {file = "' + b"a" * 50_000,
    "keys": b"lockfileVersion: '6.0'\n\npackages:\n\n" + b"  a: b c d: e\n" * 3_500,
    "nesting": b"lockfileVersion: '6.0'\n" + b"".join(b" " * at + b"a:\n" for at in range(600)),
    "hashes": b"a==1 \\\n" + b"    --hash=sha256:" + b"0" * 50_000,
    "spaces and a backslash": b"x\\" + b" " * 50_000 + b"x",
    "specifiers": b"a" + b"==1," * 12_500,
    "gems": b"GEM\n" + b"    a (" + b"(" * 50_000,
    "modules": b"module a\nrequire (\n" + b'"' * 1_000 + b"\n" * 47_500,
}


@pytest.mark.parametrize("path", PATHS)
def test_hostile_files_take_time_in_proportion_to_their_size(path: str) -> None:
    """At 50 kB; what grew with the square of the size would take many times as long."""
    for name, data in HOSTILE.items():
        began = time.process_time()
        assert isinstance(scan(path, data), Scanned | Unscannable)
        assert time.process_time() - began < 3, name


URL = "https://robot:hunter2@git.example.invalid/acme/x.git"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("package-lock.json", f'{{"lockfileVersion": 1, "dependencies": {{"x": {{"version": "git+{URL}#0123"}}}}}}'),
        ("yarn.lock", f'# yarn lockfile v1\n\n"x@git+{URL}":\n  resolved "{URL}"\n'),
        (
            "pnpm-lock.yaml",
            f"lockfileVersion: '6.0'\n\ndependencies:\n  x: git+{URL}\n\npackages:\n\n  /y@1.0.0: {{}}\n",
        ),
        ("pnpm-lock.yaml", f"lockfileVersion: '6.0'\n\npackages:\n\n  {URL}:\n    resolution: {{tarball: y}}\n"),
        ("go.mod", f"module x\n\nrequire {URL}\n"),
        ("Gemfile.lock", f"GIT\n  remote: {URL}\n    {URL}\n"),
        ("Cargo.lock", f'[[package]]\nname = "{URL}"\n'),
        ("uv.lock", f'version = 1\n\n[[package]]\nname = "{URL}"\n'),
        ("requirements.txt", f"x @ git+{URL}\n"),
        ("requirements.txt", f"x=={URL}\n"),
    ],
)
def test_no_credential_is_kept_or_said(path: str, content: str) -> None:
    found = scan(path, content.encode())
    assert "hunter2" not in repr(found)
    assert found != Scanned()
