"""A version read behind another one means what it means alone."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from outpace.ecosystems.scan import Pin, Scanned, Unscannable, scan
from outpace.ecosystems.scan.content import Garbled
from outpace.ecosystems.scan.entries import Entries, Entry
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


PACKAGE = st.fixed_dictionaries(
    {"version": st.sampled_from(["1.0.0", "2.0.0", "npm:real@1.0.0", "git+ssh://example.invalid/x"])},
    optional={
        "dev": st.booleans(),
        "link": st.just(value=True),
        "requires": st.just({"left": "^1.0.0"}),
        "engines": st.just({}),
        "dependencies": st.dictionaries(st.sampled_from(["inner", "left"]), st.just({"version": "3.0.0"}), max_size=2),
    },
)


@st.composite
def npm_files(draw: st.DrawFn) -> list[bytes]:
    """As npm writes them, and then with something put in or taken out anywhere."""
    version, indent = draw(st.integers(1, 3)), draw(st.sampled_from([2, 4, "\t", 3]))
    files: list[bytes] = []
    for _ in range(draw(st.integers(1, 4))):
        lock: dict[str, object] = {"name": "acme", "lockfileVersion": version, "requires": True}
        names = st.sampled_from(["left", "right", "@acme/scoped", "node_modules/deep", "é"])
        if version > 1:
            placed = draw(st.dictionaries(names.map("node_modules/{}".format), PACKAGE, max_size=5))
            bare = {name: {**each, "dependencies": {"x": "1"}} for name, each in placed.items()}
            lock["packages"] = {"": {"name": "acme"}, **bare}
        if version < 3:
            lock["dependencies"] = draw(st.dictionaries(names, PACKAGE, max_size=5))
        text = json.dumps(lock, indent=indent) + "\n"
        if draw(st.booleans()):
            text = text.replace("right", "left")  # twice the same key
        at = draw(st.integers(0, len(text)))
        files.append((text[:at] + draw(st.sampled_from(["", "", "", "}", '"', "}\n", ",", " "])) + text[at:]).encode())
    return files


@settings(max_examples=200, deadline=None)
@given(npm_files())
@example(
    [b'{\n  "lockfileVersion": 3,\n  "packages": {\n    "node_modules/a": {\n      "version": "1"\n    }\n  }\n}\n']
)
def test_npm_locks_read_by_their_members_mean_what_they_mean_as_a_whole(versions: list[bytes]) -> None:
    path = "package-lock.json"
    whole = [scan(path, b" " + each) for each in versions]  # which npm does not begin with
    assert in_turn(path, versions) == whole or any(isinstance(each, Unscannable) for each in whole)
    assert [each for each in in_turn(path, versions) if isinstance(each, Scanned)] == [
        each for each in whole if isinstance(each, Scanned)
    ]


class Counted:
    """A sum that says what went into it."""

    def __init__(self) -> None:
        self.parts: Counter[str] = Counter()

    def add(self, each: str, times: int, /) -> None:
        self.parts[each] += times

    def take(self, each: str, times: int, /) -> None:
        self.parts[each] -= times


@given(st.lists(st.text("ab\\\n", max_size=30), min_size=1, max_size=6))
def test_what_parts_mean_is_summed_as_if_all_of_a_version_were_read(versions: list[str]) -> None:
    def parts(text: bytes) -> list[bytes]:
        return re.split(rb"(?<!\\)\n", text)

    successive = Successive(lambda part: [part.decode()], Counted, b"\n", unless=b"\\", split=parts)
    for version in versions:
        meant = successive(version.encode())
        assert +meant.parts == Counter(part.decode() for part in parts(version.encode()))
        assert min(meant.parts.values()) >= 0


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "dd", "ee", "a -> b", "c -> a"]), max_size=9), max_size=6))
def test_entries_that_were_added_and_taken_mean_what_those_that_are_left_mean(versions: list[list[str]]) -> None:
    def understood(part: bytes) -> list[Entry]:
        name, _, asked = part.decode().partition(" -> ")
        return [Entry((name,), Pin("Acme", name, "1", "pinned"), (asked,) if asked else ())] if name else []

    def told(entries: Entries) -> tuple[Scanned, str]:
        try:
            entries.check_named()
            entries.check_whole(["dd"])
        except Garbled as error:
            return entries.scanned(), error.why
        return entries.scanned(without=["ee"]), ""

    successive = Successive(understood, Entries, b"\n")
    for version in versions:
        found = successive("\n".join(version).encode())
        assert told(found) == told(Entries(each for part in version for each in understood(part.encode())))


def test_only_what_differs_is_understood_again() -> None:
    asked: list[bytes] = []

    def understand(line: bytes) -> list[str]:
        asked.append(line)
        return [line.decode()]

    successive = Successive(understand, Counted, b"\n")
    successive(b"one\ntwo\nthree\nfour\nfive\nsix\nseven")
    asked.clear()
    successive(b"one\nto\nthree\nfour\nfive\nsixty\nseven\nfour")
    assert sorted(asked) == [b"four", b"six", b"sixty", b"to", b"two"]


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
