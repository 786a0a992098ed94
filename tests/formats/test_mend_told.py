"""What is told of red tests before and after their edits are written."""

from __future__ import annotations

import pytest

from outpace.formats.test_mend import text
from outpace.model.unknown import Unknown
from outpace.testing.mending.mended import EditedFile, Mended, RedTest, is_settled

FILE = EditedFile(path="test_a.py", before="a()\n", after="b()\n")
BEHIND = RedTest(test="test_a.py::test_b", kind="mechanical", mended=True)
BROKEN = RedTest(test="test_a.py::test_c", kind="regression")
ALL = Mended(base="1", head="2", red=(BEHIND,), files=(FILE,))
SOME = Mended(base="1", head="2", red=(BEHIND, BROKEN), files=(FILE,))


@pytest.mark.parametrize(
    ("told", "written", "settled"),
    [
        (Mended(base="1", head="2"), (), True),
        (ALL, (), False),
        (ALL, ("test_a.py",), True),
        (SOME, ("test_a.py",), False),
        (Mended(base="1", head="2", unknown=Unknown("no tests")), (), False),
    ],
)
def test_it_is_settled_only_once_all_is_mended_and_written(
    told: Mended, written: tuple[str, ...], settled: bool
) -> None:
    assert is_settled(told, written) is settled


def test_what_is_not_written_is_not_called_mended() -> None:
    told = text(SOME)
    assert told.splitlines()[0] == "2 tests turned red, 1 would be mended with --write (1..2)"
    assert "  test_a.py::test_b (would be mended)\n" in told


def test_what_is_written_is_called_mended() -> None:
    told = text(SOME, ("test_a.py",))
    assert told.splitlines()[0] == "2 tests turned red, 1 mended, 1 stay red (1..2)"
    assert "  test_a.py::test_b (mended)\n" in told
