"""Constants of a change come into what a witness is set up with, but not where benign calls have them already."""

from __future__ import annotations

import pytest

from outpace.proving.ladder.cases import Benign, Leaks, Witness
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.surroundings import AROUND, OFTEN, around

SETUP = "from a import Server\nserver = Server('h', {'k': 'v'})\ndef go(n):\n    return server.get(n, '/')"
WITNESS = Witness(setup=SETUP, does="go('x')", exploited=Leaks("canary"))
BEFORE = b"class Server:\n    def __init__(self, host, headers, **more):\n        self.more = more\n"


def setups(after: bytes, benign: tuple[Benign, ...] = ()) -> list[str]:
    patch = Patch.of([PatchedFile(path="a.py", before=BEFORE, after=BEFORE + after)])
    found = around(patch, [WITNESS], (), benign, ("magic",))
    return [case.setup for case in found if case.sort == AROUND]


PLACES = {
    "an argument of a call": "return server.get(n, 'magic')",
    "behind an argument": "return server.get(n, '/magic')",
    "an item of a mapping": "Server('h', {'k': 'v', 'magic': True})",
    "another value of one": "Server('h', {'k': 'magic'})",
    "an argument by name": "Server('h', {'k': 'v'}, magic=False)",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_a_constant_of_the_change_comes_into_each_place_of_the_setup(place: str) -> None:
    assert any(place in setup for setup in setups(b"X = 'magic'\n"))


def test_a_value_in_the_setup_says_something_beside_a_plain_word_there_and_what_is_added_by_itself() -> None:
    patch = Patch.of([PatchedFile(path="a.py", before=BEFORE, after=BEFORE + b"X = 'magic'\n")])
    found = {case.setup: case.control for case in around(patch, [WITNESS], (), (), ("magic",))}
    replaced = next(setup for setup in found if "return server.get(n, 'magic')" in setup)
    added = next(setup for setup in found if "'magic': True" in setup)
    assert found[replaced] == (replaced.replace("'magic'", "'q7f3'"), "go('x')")
    assert found[added] is None


def test_a_word_of_the_setup_that_the_change_says_itself_has_no_harmless_one_in_its_place() -> None:
    patch = Patch.of([PatchedFile(path="a.py", before=BEFORE, after=BEFORE + b"X = 'h'\n")])
    found = {case.setup: case.control for case in around(patch, [WITNESS], (), (), ("h", "magic"))}
    (own,) = (setup for setup in found if "Server('magic', {'k': 'v'})" in setup)
    (other,) = (setup for setup in found if "{'k': 'magic'}" in setup)
    assert found[own] is None
    assert found[other] is not None


def test_what_a_benign_call_gives_in_that_place_is_no_trigger() -> None:
    usual = (Benign(setup="from a import Server", does="Server('magic', {}).get(1, 'b')"),)
    assert not any("Server('magic', {'k': 'v'})" in setup for setup in setups(b"X = 'magic'\n", usual))
    assert any("Server('hmagic', {'k': 'v'})" in setup for setup in setups(b"X = 'magic'\n", usual))


def test_a_witness_is_tried_as_often_as_a_number_of_the_change_says_and_once_more() -> None:
    patch = Patch.of([PatchedFile(path="a.py", before=BEFORE, after=BEFORE)])
    found = around(patch, [WITNESS], (), (), (2000, 1, 10**6))
    assert [(case.does, case.times) for case in found if case.sort == OFTEN] == [("go('x')", 2002)]


def test_a_setup_that_cannot_be_read_has_no_other_surroundings() -> None:
    patch = Patch.of([PatchedFile(path="a.py", before=BEFORE, after=BEFORE)])
    broken = Witness(setup="server = (", does="go('x')", exploited=Leaks("canary"))
    assert around(patch, [broken], (), (), ("magic",)) == ()
