"""Edits of one pin: everything else stays as it is, to the byte."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.engines.requirement_edits import CannotEdit, edited

OLD, NEW, MORE = "1" * 64, "2" * 64, "3" * 64
HASHED = f'a==1.0 ; python_version < "3.8" \\\n    --hash=sha256:{OLD} \\\n    --hash=sha256:{MORE}\n    # via b\n'


def edit(data: bytes, *hashes: str, line: int | None = None) -> bytes:
    return edited(data, name="a", before="1.0", after="1.1", hashes=hashes, line=line)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a==1.0\n", b"a==1.1\n"),
        (b"a==1.0", b"a==1.1"),
        (b"A == 1.0  # keep 1.0\r\nb==1.0\r\n", b"A == 1.1  # keep 1.0\r\nb==1.0\r\n"),
        (b"a[x, y]==1.0;os_name=='nt'\n", b"a[x, y]==1.1;os_name=='nt'\n"),
        (b"a===1.0\n", b"a===1.1\n"),
        (b"  a==1.0.0\n", b"  a==1.1\n"),
        (b"aa==1.0\na-b==1.0\na==1.0\n", b"aa==1.0\na-b==1.0\na==1.1\n"),
        (b"# -*- coding: latin-1 -*-\n# caf\xe9\na==1.0\n", b"# -*- coding: latin-1 -*-\n# caf\xe9\na==1.1\n"),
        (codecs.BOM_UTF8 + b"a==1.0\n", codecs.BOM_UTF8 + b"a==1.1\n"),
        (codecs.BOM_UTF16_LE + "a==1.0\n".encode("utf-16-le"), codecs.BOM_UTF16_LE + "a==1.1\n".encode("utf-16-le")),
        (b"# \xff undeclared\na==1.0\n", b"# \xff undeclared\na==1.1\n"),
    ],
)
def test_only_the_version_changes(before: bytes, after: bytes) -> None:
    assert edit(before) == after


def test_hashes_are_replaced_in_the_files_own_style() -> None:
    assert edit(HASHED.encode(), MORE, NEW).decode() == (
        f'a==1.1 ; python_version < "3.8" \\\n    --hash=sha256:{NEW} \\\n    --hash=sha256:{MORE}\n    # via b\n'
    )


def test_one_hash_becomes_several_and_back() -> None:
    one = f"a==1.0 \\\n    --hash=sha256:{OLD}\nb==2\n"
    several = edit(one.encode(), NEW, MORE)
    assert several.decode() == f"a==1.1 \\\n    --hash=sha256:{NEW} \\\n    --hash=sha256:{MORE}\nb==2\n"
    assert edited(several, name="a", before="1.1", after="1.0", hashes=(OLD,)).decode() == one


def test_without_hashes_for_the_new_version_a_hashed_pin_is_not_edited() -> None:
    with pytest.raises(CannotEdit, match="hashes"):
        edit(HASHED.encode())


def test_of_two_pins_only_the_one_on_the_line_is_meant() -> None:
    both = b"a==1.0 ; python_version < '3.8'\na==1.0 ; python_version >= '3.8'\n"
    assert edit(both, line=2) == b"a==1.0 ; python_version < '3.8'\na==1.1 ; python_version >= '3.8'\n"


@pytest.mark.parametrize("data", [b"a>=1.0\n", b"b==1.0\n", b"# a==1.0\n", b"a==1.0.1\n", b""])
def test_what_is_not_that_pin_is_refused(data: bytes) -> None:
    with pytest.raises(CannotEdit):
        edit(data)


lines = st.sampled_from(["b==1.0", "# a==1.0", "", "-r other.txt", "a-b==1.0", "c==2 ; os_name == 'nt'", "--pre"])


@given(st.lists(lines), st.lists(lines), st.sampled_from(["\n", "\r\n"]))
def test_there_and_back_again_is_the_same_file(above: list[str], below: list[str], end: str) -> None:
    data = end.join([*above, "a==1.0", *below, ""]).encode()
    there = edit(data)
    assert there != data
    assert edited(there, name="a", before="1.1", after="1.0", hashes=()) == data
