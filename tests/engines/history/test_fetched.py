"""Until when a clone is known to be whole: by what git itself wrote of it, and by nothing that a copy would change."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outpace.engines.history.fetched import OWN, known_until

TIP, OTHER = "a" * 40, "b" * 40
CLONED, FETCHED = 1_700_000_000, 1_750_000_000
AFAR = "branch 'main' of https://example.invalid/shop"


def clone(place: Path, *, origin: str = "", fetched: str = "", made: int = CLONED, written: int = FETCHED) -> Path:
    """`origin` is what the reflog's first line names, `fetched` what FETCH_HEAD does."""
    (place / "logs").mkdir(parents=True)
    (place / "description").write_text("Unnamed\n")
    os.utime(place / "description", (made, made))
    if origin:
        line = f"{'0' * 40} {OTHER} Ada Example <ada@example.invalid> {CLONED} +0100\tclone: from {origin}\n"
        (place / "logs" / "HEAD").write_text(line)
    if fetched:
        (place / "FETCH_HEAD").write_text(fetched)
        os.utime(place / "FETCH_HEAD", (written, written))
    return place


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(
    ("origin", "fetched", "expected"),
    [
        ("https://example.invalid/shop", "", at(CLONED)),
        ("git@example.invalid:shop.git", "", at(CLONED)),
        ("/srv/old/shop", "", None),
        ("file:///srv/old/shop", "", None),
        ("", f"{TIP}\t\t{AFAR}\n", at(FETCHED)),
        ("", f"{OTHER}\t\t{AFAR}\n{TIP}\tnot-for-merge\tbranch 'x' of example.invalid:shop\n", at(FETCHED)),
        ("", f"{OTHER}\t\t{AFAR}\n", None),  # another branch, or an older tip
        ("", f"{TIP}\t\tbranch 'main' of /srv/old/shop\n", None),
        ("https://example.invalid/shop", f"{TIP}\t\t{AFAR}\n", at(FETCHED)),
        ("https://example.invalid/shop", f"{OTHER}\t\t{AFAR}\n", at(CLONED)),
        ("", "", None),
    ],
)
def test_a_clone_and_a_fetch_from_afar_tell_when_they_were(
    origin: str, fetched: str, expected: datetime | None, tmp_path: Path
) -> None:
    place = clone(tmp_path / "git", origin=origin, fetched=fetched)
    assert known_until(place, TIP, has_remote=True, is_bare=False) == expected


def test_a_copy_is_not_taken_for_a_fetch(tmp_path: Path) -> None:
    place = clone(tmp_path / "git", fetched=f"{TIP}\t\t{AFAR}\n", made=FETCHED - 5)
    assert known_until(place, TIP, has_remote=True, is_bare=False) is None
    (place / "description").unlink()
    assert known_until(place, TIP, has_remote=True, is_bare=False) is None


def test_a_repository_that_is_no_clone_holds_all_there_is_and_a_bare_one_may_be_a_copy(tmp_path: Path) -> None:
    place = clone(tmp_path / "git")
    assert known_until(place, TIP, has_remote=False, is_bare=False) == OWN
    assert known_until(place, TIP, has_remote=False, is_bare=True) is None


def test_what_is_no_such_record_tells_nothing(tmp_path: Path) -> None:
    place = clone(tmp_path / "git")
    (place / "FETCH_HEAD").mkdir()
    (place / "logs" / "HEAD").symlink_to("/dev/zero")
    assert known_until(place, TIP, has_remote=True, is_bare=False) is None
    (place / "logs" / "HEAD").unlink()
    (place / "logs" / "HEAD").write_bytes(
        b"0" * 40 + b" " + b"f" * 40 + b" X <x> 99999999999 +0000\tclone: from ssh://x"
    )
    assert known_until(place, TIP, has_remote=True, is_bare=False) is None
