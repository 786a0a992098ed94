"""Edits change what they name, and no other character."""

from __future__ import annotations

import pytest

from outpace.engines.libcst_edits import LibcstEdits
from outpace.testing.mending.structure import weakened
from outpace.testing.mending.successors import (
    DropArgument,
    Edit,
    Inline,
    Rename,
    RenameAttribute,
    RenameKeyword,
    RenameModule,
    Replace,
)

SOURCE = '''import emoji
import shop.old
from semver import (
    bump_build,  # why
    VersionInfo,
    deprecated,
)
from v.util import u


class TestA:
    def test_a(self):
        """VersionInfo, deprecated, u: kept."""
        assert VersionInfo.isvalid("1.0")   # two   blanks
        assert u("x") == u('y' + 'z'), deprecated
        r.swap(MONDAY, x,)
        assert show(3, parts = 1) == "parts"
        emoji.emojize("a", False, lang="x")


def test_b():
    r.swap(1)
    show(2, parts=2); shop.old.x(); emoji.emojize("b", False)
'''


@pytest.mark.parametrize(
    ("edit", "pairs"),
    [
        (
            Rename(module="semver", old="VersionInfo", into="semver", new="Version"),
            [("    VersionInfo,", "    Version,"), ("assert VersionInfo.", "assert Version.")],
        ),
        (
            Rename(module="semver", old="deprecated", into="semver._deprecated", new="deprecated"),
            [("    deprecated,\n)", ")\nfrom semver._deprecated import deprecated")],
        ),
        (
            Rename(module="emoji", old="emojize", into="emoji.core", new="emojize"),
            [("import u\n", "import u\nimport emoji.core\n"), ("emoji.emojize", "emoji.core.emojize")],
        ),
        (RenameModule(old="shop.old", new="shop.new"), [("import shop.old", "import shop.new")]),
        (
            Inline(module="v.util", name="u"),
            [("from v.util import u\n", ""), ("""u("x") == u('y' + 'z')""", """"x" == ('y' + 'z')""")],
        ),
        (RenameAttribute(old="swap", new="cover"), [("r.swap(MONDAY", "r.cover(MONDAY")]),
        (RenameKeyword(function="show", old="parts", new="units"), [("parts = 1", "units = 1")]),
        (DropArgument(function="emojize", name="use_aliases", place=1), [('"a", False, lang', '"a", lang')]),
        (
            Replace(function="TestA.test_a", old="show(3, parts=1) == 'parts'", new="'art' in show(3, parts=1)"),
            [('show(3, parts = 1) == "parts"', "'art' in show(3, parts=1)")],
        ),
        (Replace(function="test_b", old="'b'", new="'c'"), [('"b"', "'c'")]),
    ],
)  # fmt: skip
def test_an_edit_changes_what_it_names_and_nothing_else(edit: Edit, pairs: list[tuple[str, str]]) -> None:
    wanted = SOURCE
    for old, new in pairs:
        wanted = wanted.replace(old, new)
    edited = LibcstEdits().edited(SOURCE, edit, {"TestA.test_a"})
    assert edited == wanted
    assert weakened(SOURCE, edited, (edit,)) == ()


def test_what_is_replaced_lies_in_the_body_of_one_function_and_not_among_its_cases() -> None:
    source = (
        "X = 1\n@cases(1)\ndef test_a(x=2):\n    assert x == (\n        1\n    )\n\ndef test_b():\n    assert x == 1\n"
    )
    edited = LibcstEdits().edited(source, Replace(function="test_a", old="1", new="[3]"), ())
    assert edited == source.replace("(\n        1\n    )", "([3])")


def test_a_name_that_is_no_import_stays() -> None:
    source = "def test_a(u):\n    assert u(1)\n"
    assert LibcstEdits().edited(source, Inline(module="v.util", name="u"), ("test_a",)) == source


def test_what_cannot_be_parsed_stays() -> None:
    assert LibcstEdits().edited("def (", RenameAttribute(old="a", new="b"), ()) == "def ("
