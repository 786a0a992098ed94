"""Every format against every damage: a right answer, or the file is named with what is wrong and what to do."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from outpace.app.match import Answer, Clean, Exposed, Unreadable, View, match_inventory
from outpace.ecosystems.read import read
from outpace.model.inventory import Inventory
from tests.fakes.advisories import Advisories, record
from tests.hostile.damage import BROKEN, FORMATS, HURT, LOOSE, STRICT

NOW = datetime(2024, 6, 1, tzinfo=UTC)
SOURCE = Advisories([record("PYSEC-2099-1", "acme", {"introduced": "0"}, {"fixed": "1.1"})])
LONGEST = 400

# What is a good file of another kind, and asks for nothing.
OTHER = frozenset(
    {
        ("environment.yml", "a number of thousands of digits"),  # JSON is YAML, and this is nobody's environment
        ("setup.cfg", "line separators of Unicode"),  # one line to setuptools, which drops what follows the header
        ("setup.py", "one long line"),  # a name and nothing else, which is Python
    }
)


def view(name: str, data: bytes) -> View:
    return match_inventory(read([name], {name: data}.get), SOURCE, now=NOW)


def is_left_alone(found: Inventory) -> bool:
    return found == Inventory(source="files")


@pytest.mark.parametrize("name", FORMATS)
def test_an_undamaged_file_is_exposed_and_wholly_understood(name: str) -> None:
    found = view(name, FORMATS[name].encode())
    assert (found.answer, found.matched.inventory.unread) == (Exposed(), ())
    assert {"acme", "other"} <= {each.package.name for each in found.matched.inventory.components}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("damage", BROKEN)
def test_a_broken_file_is_never_clean_and_says_what_is_wrong_with_it(name: str, damage: str) -> None:
    found = view(name, BROKEN[damage](FORMATS[name]))
    if (name, damage) in OTHER:
        assert is_left_alone(found.matched.inventory)
        return
    unread = found.matched.inventory.unread
    assert unread
    assert found.answer == Unreadable((name,)) if name in STRICT else isinstance(found.answer, Unreadable | Exposed)
    assert {each.file for each in unread} == {name}
    assert [each.why for each in unread if not 8 < len(each.why) < LONGEST] == []


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("damage", HURT)
def test_a_hurt_file_is_read_rightly_or_named(name: str, damage: str) -> None:
    found = view(name, HURT[damage](FORMATS[name]))
    if (name, damage) in OTHER:
        assert is_left_alone(found.matched.inventory)
    else:
        assert found.answer in (Exposed(), Unreadable((name,)))


@pytest.mark.parametrize("name", STRICT)
def test_a_lock_or_bill_that_ends_early_is_never_clean(name: str) -> None:
    data = STRICT[name].encode()
    answers: dict[int, Answer] = {at: view(name, data[:at]).answer for at in range(len(data))}
    assert [at for at, answer in answers.items() if answer == Clean()] == []


@pytest.mark.parametrize("name", LOOSE)
def test_a_file_written_by_hand_that_ends_early_is_read_as_far_as_it_goes(name: str) -> None:
    data = LOOSE[name].encode()
    pinned = data.index(b"acme") + len(b"acme==1.0\n")
    for at in range(len(data)):
        found = view(name, data[:at])
        assert found.answer in (Exposed(), Unreadable((name,))) if at > pinned else found


# The next step that a person needs, in the words that the file's reader gives.
STEPS = {
    "merge markers": r"line \d+ is a merge conflict marker .* finish the merge",
    "a pointer of Git LFS": r"a pointer of Git LFS, .*`git lfs pull`",
    "a page that asks to sign in": r"a web page, .* fetch the file again",
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("damage", STEPS)
def test_what_stands_in_a_files_place_is_called_by_its_name_with_the_next_step(name: str, damage: str) -> None:
    (unread,) = view(name, BROKEN[damage](FORMATS[name])).matched.inventory.unread
    assert re.search(STEPS[damage], unread.why)


@pytest.mark.parametrize("name", sorted({*FORMATS} - {"requirements.txt", "requirements.in", "constraints.txt"}))
@pytest.mark.parametrize("damage", ["UTF-16", "UTF-16 the other way round", "UTF-32"])
def test_an_encoding_that_the_format_does_not_have_is_named(name: str, damage: str) -> None:
    found = view(name, HURT[damage](FORMATS[name]))
    if found.answer != Exposed():  # Python itself reads what its mark declares
        (unread,) = found.matched.inventory.unread
        assert f"it is in {damage[:6]}; save it as UTF-8" in unread.why
