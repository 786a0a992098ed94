"""How a Python text is cut, and what of it may come alone."""

from __future__ import annotations

import pytest

from outpace.delivery.splitting.atoms import atoms_of
from outpace.delivery.splitting.blocks import opened, source
from outpace.delivery.splitting.pieces import Edit, Gone, Piece
from outpace.delivery.splitting.propose import proposed
from outpace.delivery.splitting.risk import risk
from tests.fakes.two_trees import changed

TEXT = '''"""What."""

import os  # the system


# above
@cached
def a(): pass
x = 1; y = 2


class C(B):
    """Told."""

    z = 1

    # below
    def m(self): ...

    @property
    def n(self): return 1

    @n.setter
    def n(self, value): ...
# end
'''


def test_blocks_are_statements_with_what_stands_above_them_and_join_to_the_text() -> None:
    read = source(TEXT)
    assert read is not None
    blocks = opened(read, frozenset({"C"}))
    assert [(block.key, block.text) for block in blocks[2:]] == [
        (("def", "a"), "\n\n# above\n@cached\ndef a(): pass\n"),
        (("assign", "x"), "x = 1; y = 2\n"),
        (("class", "C", "head"), '\n\nclass C(B):\n    """Told."""\n'),
        (("class", "C", "assign", "z"), "\n    z = 1\n"),
        (("class", "C", "def", "m"), "\n    # below\n    def m(self): ...\n"),
        (
            ("class", "C", "def", "n"),
            "\n    @property\n    def n(self): return 1\n\n    @n.setter\n    def n(self, value): ...\n",
        ),
        (("tail",), "# end\n"),
    ]
    assert "".join(block.text for block in blocks) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "x = " + "-" * 300 + "1\n",
        "x = 1" + " + 1" * 3000 + "\n",
        "x = '\f'\n",
        "x = 1\ry = 2\n",
        "def (:\n",
        "x = '\u2028'\n",
    ],
)
def test_a_text_that_cannot_be_cut_by_lines_is_one_piece(text: str) -> None:
    found = atoms_of(changed({"m.py": text}, {"m.py": "x = 2\n"}))
    assert [(atom.label, atom.whole) for atom in found.all] == [("m.py", True)]
    assert [piece.title for piece in proposed(changed({"m.py": text}, {"m.py": "x = 2\n"})).pieces] == ["Change m.py"]


def test_an_import_of_which_names_come_and_go_has_a_text_for_each_of_its_states() -> None:
    before, after = {"m.py": "from a import b, c\n"}, {"m.py": "from a import c, d as e\n"}
    found = atoms_of(changed(before, after))
    layout = found.layouts[0]
    numbers = {atom.how: atom.number for atom in found.all}
    assert [layout.text(made) for made in ({numbers["add"]}, {numbers["remove"]}, set(layout.atoms), set[int]())] == [
        "from a import b, c, d as e\n",
        "from a import c\n",
        "from a import c, d as e\n",
        "from a import b, c\n",
    ]


def test_a_class_that_shares_no_member_word_for_word_is_one_piece() -> None:
    before, after = {"m.py": "class C:\n    a = 1\n    b = 1\n"}, {"m.py": "class C:\n    a = 2\n    b = 2\n"}
    found = atoms_of(changed(before, after))
    assert [atom.label for atom in found.all] == ["C"]


@pytest.mark.parametrize(
    ("kind", "lines", "level"),
    [
        ("documentation", 900, "none"),
        ("tests", 900, "none"),
        ("refactor", 900, "low"),
        ("expand", 200, "low"),
        ("expand", 201, "medium"),
        ("change", 200, "medium"),
        ("contract", 201, "high"),
        ("dependencies", 1, "medium"),
        ("flag", 1, "medium"),
    ],
)
def test_risk_grows_with_what_a_piece_does_and_with_its_size(kind, lines: int, level: str) -> None:
    assert risk(Piece(kind=kind, title="", why="", edits=(Edit("m.py", Gone(), lines),))) == level
