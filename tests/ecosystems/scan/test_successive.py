"""A version read behind another one means what it means alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outpace.ecosystems.scan import Scanned, Unscannable, scan
from outpace.ecosystems.scan.memory import forget_all
from outpace.ecosystems.scan.successive import Successive, cut_of
from tests.ecosystems.scan import locks

HASH = "--hash=sha256:" + 64 * "a"
LINES = (
    "acme==1.0", "acme==1.1", f"acme==1.0 \\\n    {HASH} \\\n    {HASH}", f"other==2.0 \\\n    {HASH}",
    "    # via acme", "other==2.0 ; python_version < '3.9'", "other==2.0rc01 ; python_version < '3.9'", "loose>=1",
    "other[x]==2.0", "-r base.txt", "-r other.txt", "--index-url https://index.example.invalid", "", "# note \\",
    "bad==1.0;;", "fork @ git+https://example.invalid/x.git", "acme==1.0 \\", "\\", "  --allow-external acme",
    "joined\\", "==1.0", "\x0bacme==3", "acme==3\\\x0b", "broken line here", "# coding: latin-1", "é==1",
    f"acme==1.0 \\\n    {HASH[:-1]}", "\r", "acme==4\r", "\0",
)  # fmt: skip
POETRY_FILES = '[metadata.files]\nacme = [\n    {file = "acme-1.0.tar.gz", hash = "sha256:0a"},\n]\nother = []\n'
TOML = {
    "uv.lock": locks.UV,
    "poetry.lock": locks.POETRY,
    "pdm.lock": locks.PDM,
    "pylock.toml": locks.PYLOCK,
    "Cargo.lock": locks.CARGO,
}


def alone(path: str, data: bytes) -> Scanned | Unscannable:
    forget_all()
    return scan(path, data)


def in_turn(path: str, versions: list[bytes]) -> list[Scanned | Unscannable]:
    forget_all()
    return [scan(path, each) for each in versions]


@st.composite
def requirement_files(draw: st.DrawFn) -> list[bytes]:
    lines = draw(st.lists(st.sampled_from(LINES[:12]), min_size=4, max_size=14))
    versions = ["\n".join(lines)]
    for _ in range(draw(st.integers(1, 4))):
        at, gone = draw(st.integers(0, len(lines))), draw(st.integers(0, 3))
        lines = [*lines[:at], *draw(st.lists(st.sampled_from(LINES), max_size=2)), *lines[at + gone :]]
        versions.append("\n".join(lines) + draw(st.sampled_from(["\n", ""])))
    return [each.encode() for each in versions]


@settings(max_examples=120, deadline=None)
@given(requirement_files())
@example([b"acme==1.0\nother==2.0\n", b"acme==1.0\\\nother==2.0\n", b"acme==1.0\nother==2.0\n"])
def test_requirements_read_behind_another_version_mean_what_they_mean_alone(versions: list[bytes]) -> None:
    path = "requirements.txt"
    assert in_turn(path, versions) == [alone(path, each) for each in versions]


@st.composite
def toml_files(draw: st.DrawFn) -> tuple[str, list[bytes]]:
    path, text = draw(st.sampled_from(sorted(TOML.items())))
    if path == "poetry.lock" and draw(st.booleans()):
        text += POETRY_FILES
    header = "\n[[packages]]\n" if path == "pylock.toml" else "\n[[package]]\n"
    blocks = text.split(header)
    versions = [text]
    for _ in range(draw(st.integers(1, 4))):
        at, gone = draw(st.integers(0, len(blocks))), draw(st.integers(0, 2))
        put = draw(st.sampled_from([*blocks, "", header.strip(), header, "name = ", POETRY_FILES]))
        blocks = [*blocks[:at], *([put] if draw(st.booleans()) else []), *blocks[at + gone :]]
        changed = header.join(blocks)
        where = draw(st.integers(0, len(changed)))
        versions.append(changed[:where] + draw(st.sampled_from(["", "", "9", '"', "\n"])) + changed[where:])
    return path, [each.encode() for each in versions]


@settings(max_examples=80, deadline=None)
@given(toml_files())
def test_toml_locks_read_behind_another_version_mean_what_they_mean_alone(found: tuple[str, list[bytes]]) -> None:
    path, versions = found
    assert in_turn(path, versions) == [alone(path, each) for each in versions]


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([locks.NPM_TREE, locks.NPM_PACKAGES]),
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from(["", "9", '"', "{", "\\u0000", "true", '"dev": true,', "é"])),
        min_size=1,
        max_size=4,
    ),
)
def test_npm_locks_read_behind_another_version_mean_what_they_mean_alone(
    text: str, changes: list[tuple[float, str]]
) -> None:
    places = [(int(where * len(text)), put) for where, put in changes]
    versions = [text.encode(), *((text[:at] + put + text[at:]).encode() for at, put in places)]
    path = "package-lock.json"
    assert in_turn(path, versions) == [alone(path, each) for each in versions]


@given(st.lists(st.text("ab\\\n", max_size=30), min_size=1, max_size=6))
def test_what_parts_mean_is_counted_as_if_all_of_a_version_were_read(versions: list[str]) -> None:
    def parts(text: bytes) -> list[bytes]:
        return re.split(rb"(?<!\\)\n", text)

    successive = Successive(parts, b"\n", unless=b"\\")
    for version in versions:
        data = version.encode()
        assert successive.counted(data) == {part: parts(data).count(part) for part in parts(data)}


def test_only_what_differs_is_understood_again() -> None:
    asked: list[bytes] = []

    def understand(lines: bytes) -> list[bytes]:
        asked.append(lines)
        return lines.split(b"\n")

    successive = Successive(understand, b"\n")
    successive(b"one\ntwo\nthree\nfour\nfive")
    successive(b"one\ntwo\nthirty\nfour\nfive")
    assert asked == [b"one\ntwo\nthree\nfour\nfive", b"thirty", b"three"]


@pytest.mark.parametrize(
    ("before", "after", "gone", "came"),
    [
        (b"a.\nb.\nc.", b"a.\nb.\nc.", b"c.", b"c."),
        (b"a.\nb.\nc.", b"a.\nx.\nc.", b"b.", b"x."),
        (b"a.\nb.\nc.", b"a.\nc.", b"b.\nc.", b"c."),
        (b"a.\nc.", b"a.\nb.\nc.", b"c.", b"b.\nc."),
        (b"a\\\nb.\nc", b"a\\\nx.\nc", b"a\\\nb.", b"a\\\nx."),
        (b"a.\nb\\\nc.\nd", b"a.\nx\\\nc.\nd", b"b\\\nc.", b"x\\\nc."),
        (b"a.\nb\\\nc", b"a.\nb\nc", b"b\\\nc", b"b\nc"),
    ],
)
def test_a_cut_is_at_boundaries_that_are_in_both(before: bytes, after: bytes, gone: bytes, came: bytes) -> None:
    cut = cut_of(before, after, b"\n", b"\\")
    assert (before[cut.begin : cut.end_before], after[cut.begin : cut.end_after]) == (gone, came)
