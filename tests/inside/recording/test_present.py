"""What an item of a record is now: a change that a test could see is another digest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from outpace.inside.recording.places import Places
from outpace.inside.recording.present import Present

SOURCE = "def stream():\n    yield 1\n\ndef late():\n    return 2\n"


def lay_out(root: Path) -> None:
    (root / "bin").mkdir()
    (root / "data").mkdir()
    (root / "data" / "site-packages").mkdir()
    (root / "bin" / "hello").write_text("#!/bin/sh\n")
    (root / "bin" / "hello").chmod(0o755)
    (root / "data" / "a.txt").write_text("123")
    (root / "data" / "site-packages" / "foo.txt").write_text("one")
    (root / "v1.txt").write_text("same")
    (root / "v2.txt").write_text("same")
    (root / "current").symlink_to("v1.txt")
    (root / "streams.py").write_text(SOURCE)


def digests(root: Path, items: list[str]) -> dict[str, str]:
    return Present(Places(str(root)), {}).digests(items)


def retarget(root: Path) -> None:
    (root / "current").unlink()
    (root / "current").symlink_to("v2.txt")


def become_directory(root: Path) -> None:
    (root / "data" / "a.txt").unlink()
    (root / "data" / "a.txt").mkdir()


def edited(old: str, new: str) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        (root / "streams.py").write_text(SOURCE.replace(old, new))

    return edit


ITEMS = [
    "f:bin/hello", "k:bin/hello", "f:current", "k:current", "l:data", "s:data", "o:*", "t:*",
    "u:streams.py:", "u:streams.py:late", "n:streams.py:stream", "n:streams.py:late", "c:streams.py",
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "others"),
    [
        (lambda root: (root / "bin" / "hello").chmod(0o644), {"f:bin/hello", "k:bin/hello", "o:*"}),
        (lambda root: (root / "bin" / "hello").chmod(0o711), set[str]()),
        (retarget, {"f:current", "k:current", "o:*"}),
        (become_directory, {"l:data", "s:data", "o:*", "t:*"}),
        (lambda root: (root / "data" / "a.txt").write_text("1234"), {"s:data", "o:*"}),
        (lambda root: (root / "data" / "a.txt").write_text("124"), {"o:*"}),
        (lambda root: (root / "data" / "site-packages" / "foo.txt").write_text("two"), {"o:*"}),
        (edited("    yield 1", "    return iter([1])"), {"u:streams.py:", "n:streams.py:stream", "c:streams.py"}),
        (edited("return 2", "return 3"), {"u:streams.py:late", "c:streams.py"}),
        (edited("\ndef late", "\n# why\ndef late"), {"n:streams.py:late"}),
    ],
)
def test_only_what_could_be_seen_of_a_change_has_another_digest(
    tmp_path: Path, change: Callable[[Path], object], others: set[str]
) -> None:
    lay_out(tmp_path)
    before = digests(tmp_path, ITEMS)
    change(tmp_path)
    after = digests(tmp_path, ITEMS)
    assert {item for item in ITEMS if before[item] != after[item]} == others


def test_a_module_that_cannot_be_read_as_text_counts_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_bytes(b"X = '\xff'\n")
    before = digests(tmp_path, ["u:odd.py:", "u:odd.py:f"])
    (tmp_path / "odd.py").write_bytes(b"X = '\xfe'\n")
    after = digests(tmp_path, ["u:odd.py:", "u:odd.py:f"])
    assert all(before[item] != after[item] for item in before)


def test_a_folder_of_an_environment_is_no_file_of_the_project(tmp_path: Path) -> None:
    site = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (site / "foo.py").write_text("")
    places = Places(str(tmp_path))
    assert places.project(str(site / "foo.py")) == "venv/lib/python3.11/site-packages/foo.py"
    other = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
    other.mkdir(parents=True)
    (other / "foo.py").write_text("")
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    (tmp_path / "env" / "bin").mkdir()
    (tmp_path / "env" / "bin" / "python").write_text("")
    assert places.project(str(other / "foo.py")) is None
    assert [path for path in Present(places, {}).files if "foo" in path] == ["venv/lib/python3.11/site-packages/foo.py"]
