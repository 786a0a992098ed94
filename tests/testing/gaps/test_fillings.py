"""Edits of tests as a patch, and what a written test must not do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.testing.gaps.filling import Edit, FileEdit, Proposal, edited, in_bytes, patch
from outpace.testing.gaps.orders import Pass, against, red_in
from outpace.testing.gaps.smells import smell_of
from outpace.testing.told import Result


def test_edits_at_one_place_stay_in_their_order() -> None:
    assert edited("é1\n2\n", [Edit(6, 6, "c\n"), Edit(4, 4, "a\n"), Edit(4, 4, "b\n")]) == "é1\na\nb\n2\nc\n"


@pytest.mark.parametrize("before", ["a\nb\n", "a\nb", "\n", "a b\n\n\nc\n"])
@pytest.mark.parametrize("after", ["a\nb\nc\n", "c", "a\nx\nb\n", "\n\na\n"])
def test_git_apply_takes_a_patch_whatever_the_ends_of_files(before: str, after: str, tmp_path: Path) -> None:
    (tmp_path / "test a.py").write_text(before)
    edit = FileEdit(path="test a.py", before=before.encode(), after=after.encode())
    words = ["git", "-C", str(tmp_path), "apply", "-"]
    subprocess.run(
        words, input=patch([edit]), check=True, env={"PATH": "/usr/bin:/bin", "GIT_CEILING_DIRECTORIES": "/"}
    )
    assert (tmp_path / "test a.py").read_text() == after


@given(st.text(alphabet="ab\n"), st.text(alphabet="ab\n"), st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_a_file_keeps_its_line_ends_and_its_mark(source: str, after: str, mark: bytes) -> None:
    assert in_bytes(mark + source.encode(), source, after) == mark + after.encode()
    if "\n" in source:
        written = mark + source.replace("\n", "\r\n").encode()
        assert in_bytes(written, source, after) == mark + after.replace("\n", "\r\n").encode()


def test_a_file_whose_bytes_are_not_told_by_its_text_is_not_written() -> None:
    assert in_bytes(b"a\r\nb\n", "a\nb\n", "c\n") is None
    assert in_bytes("é".encode("latin-1"), "é", "e") is None


def test_a_file_is_written_in_the_encoding_that_it_declares() -> None:
    source = "# -*- coding: latin-1 -*-\nNAME = 'é'\n"
    assert in_bytes(source.encode("latin-1"), source, f"{source}é\n") == f"{source}é\n".encode("latin-1")
    assert in_bytes(source.encode("latin-1"), source, f"{source}€\n") is None


@pytest.mark.parametrize(
    ("text", "smell"),
    [
        ("    assert x == 1\n", ""),
        ("\n\ndef test_a():\n    with pytest.raises(ValueError):\n        f()\n", ""),
        ("    def test_a(self):\n        self.assertEqual(f(), 1)\n", ""),
        ("def test_a():\n    time.sleep(1)\n    assert x\n", "it sleeps"),
        ("def test_a():\n    assert urlopen('x')\n", "it reaches for the network"),
        ("def test_a():\n    try:\n        f()\n    except:\n        assert x\n", "it catches everything"),
        ("assert x == '/tmp/a'\n", "it names a place of one machine"),
        ("def test_a():\n    f()\n", "it asserts nothing"),
        ("def test_a(:\n", "it cannot be parsed"),
    ],
)
def test_a_smell_is_named(text: str, smell: str) -> None:
    assert smell_of(text) == smell


def test_a_test_that_is_red_in_one_order_or_far_longer_in_all_is_not_kept() -> None:
    made = Proposal(proposal="new", test="a", relative="b", path="t.py", edit=Edit(0, 0, ""), line="assert x", kills=())

    def order(outcome: str, seconds: float, hash_seed: int = 7) -> Pass:
        results = {
            "a": Result("a", outcome, seconds),
            "b": Result("b", "passed", 0.02),
            "c": Result("c", "failed", 0.03),
        }
        return Pass(hash_seed=hash_seed, ids=("a", "b", "c"), results=results)

    assert against(made, [order("passed", 0.4), order("passed", 9.0)]) == ""
    assert against(made, [order("passed", 0.6), order("passed", 9.0)]) == (
        "it takes more than 10 times as long as the median test"
    )
    assert against(made, [order("passed", 0.1), order("failed", 0.1, 5)]) == (
        "it is failed in order 1 of all tests, with hash seed 5"
    )
    assert red_in(order("failed", 0.1), {"a"}) == ("c",)
