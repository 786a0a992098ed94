"""Verdicts on mutants outlive the run that found them."""

from __future__ import annotations

from pathlib import Path

from outpace.engines.verdicts import Verdicts

A, B = "a" * 64, "b" * 64


def test_what_was_kept_is_known(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "kept.jsonl"
    assert Verdicts(place).known() == {}
    Verdicts(place).add([(A, b'{"state":"killed"}')])
    Verdicts(place).add([(B, b"{}"), (A, b'{"state":"survived"}')])
    assert Verdicts(place).known() == {A: b'{"state":"survived"}', B: b"{}"}


def test_half_a_line_is_no_verdict_and_harms_none_that_follows(tmp_path: Path) -> None:
    place = tmp_path / "kept.jsonl"
    Verdicts(place).add([(A, b"{}")])
    with place.open("ab") as file:
        file.write(f'{B} {{"sta'.encode())
    assert Verdicts(place).known() == {A: b"{}"}
    Verdicts(place).add([(B, b'{"x":1}')])
    assert Verdicts(place).known() == {A: b"{}", B: b'{"x":1}'}


def test_a_place_that_cannot_be_written_is_only_slower(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    kept = Verdicts(tmp_path / "file" / "kept.jsonl")
    kept.add([(A, b"{}")])
    assert kept.known() == {}
