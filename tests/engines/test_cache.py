"""Results by digest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from outpace.engines.cache import Cache

ONE, OTHER = "1" * 64, "2" * 64


def test_what_was_put_comes_back_and_nothing_else(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(ONE, b"first")
    cache.put(ONE, b"second")
    assert (cache.get(ONE), Cache(tmp_path).get(ONE), cache.get(OTHER)) == (b"second", b"second", None)


def test_it_may_be_deleted_at_any_time(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    cache.put(ONE, b"first")
    shutil.rmtree(tmp_path / "cache")
    assert cache.get(ONE) is None
    cache.put(ONE, b"again")
    assert cache.get(ONE) == b"again"


@pytest.mark.parametrize("damage", [b"", b"x", b"0" * 64 + b"forged"], ids=["emptied", "cut", "forged"])
def test_what_was_damaged_reads_as_absent(damage: bytes, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(ONE, b"first")
    (stored,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    stored.write_bytes(damage)
    assert cache.get(ONE) is None


def test_a_directory_that_cannot_be_written_is_only_slower(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    cache = Cache(blocked)
    cache.put(ONE, b"first")
    assert cache.get(ONE) is None


def test_only_a_digest_is_a_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sha256"):
        Cache(tmp_path).put("../escape", b"")
