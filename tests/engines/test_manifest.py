"""The digest of a finished environment: any difference below is seen, whatever kind of file it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from outpace.engines.manifest import is_whole, seal


def _finished(at: Path) -> Path:
    half, place = at / ".half", at / "place"
    (half / "lib" / "a").mkdir(parents=True)
    (half / "lib" / "a" / "one.py").write_text("1")
    (half / "lib" / "a.py").write_text("2")
    (half / "bin").symlink_to("lib")
    seal(half, place)
    return place


def _replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _relink(path: Path) -> None:
    path.unlink()
    path.symlink_to("lib/a")


CHANGES: dict[str, Callable[[Path], object]] = {
    "another content": lambda place: (place / "lib" / "a" / "one.py").write_text("3"),
    "one file more": lambda place: (place / "lib" / "a" / "two.py").write_text(""),
    "one file less": lambda place: (place / "lib" / "a.py").unlink(),
    "another name": lambda place: (place / "lib" / "a.py").rename(place / "lib" / "b.py"),
    "moved up": lambda place: (place / "lib" / "a" / "one.py").rename(place / "lib" / "one.py"),
    "a link that leads elsewhere": lambda place: _relink(place / "bin"),
    "a file that became a link to itself elsewhere": lambda place: (
        (place / "lib" / "a.py").rename(place.parent / "a.py"),
        (place / "lib" / "a.py").symlink_to(place.parent / "a.py"),
    ),
    "a pipe, which would be waited for": lambda place: _replace_by_pipe(place / "lib" / "a.py"),
}


def test_what_was_sealed_is_whole(tmp_path: Path) -> None:
    assert is_whole(_finished(tmp_path))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_changed_since_is_not_whole(tmp_path: Path, change: Callable[[Path], object]) -> None:
    place = _finished(tmp_path)
    change(place)
    assert not is_whole(place)


def test_what_is_sealed_again_takes_the_place_of_what_was_changed(tmp_path: Path) -> None:
    (_finished(tmp_path) / "lib" / "a.py").write_text("changed")
    assert is_whole(_finished(tmp_path))
