"""`[[gates]]`: what decodes, and what a refusal says."""

from __future__ import annotations

import pytest

from outpace.model.errors import BadConfiguration
from outpace.model.gate import Gate
from outpace.pipelines.configuration import decode

WHOLE = "name = 'board'\nkind = 'authorize'\nwait = '3 days'\ntouch = '20 minutes'\nbefore = 'release'\njob = 'ship'"


def declared(lines: str) -> str:
    return f"[[gates]]\n{lines}"


def test_a_gate_decodes_to_its_record() -> None:
    assert decode(declared(WHOLE)).gates == (
        Gate(name="board", kind="authorize", wait="3 days", touch="20 minutes", before="release", job="ship"),
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("name = 'a'\nkind = 'approve'", "Invalid enum value 'approve' - at `gates[0].kind`"),
        ("name = 'a'", "missing required field `kind`"),
        ("name = ' '\nkind = 'inform'", "gates[0] (' '): `name` is empty"),
        ("name = 'a'\nkind = 'inform'\nwait = 'long'", "`wait = 'long'` is no duration; write a count and minutes"),
        ("name = 'a'\nkind = 'inform'\ntouch = '0 days'", "`touch = '0 days'` is no duration"),
        ("name = 'a'\nkind = 'inform'\njob = ''", "`job` is empty"),
        (
            "name = 'a'\nkind = 'inform'\nwait = '1 hour'\ntouch = '2 hours'",
            "`touch = '2 hours'` is longer than `wait = '1 hour'`",
        ),
        (f"{WHOLE}\n[[gates]]\n{WHOLE}", "two gates are called 'board'"),
        ("name = 'a'\nkind = 'inform'\ntuch = '1d'", "unknown key `tuch`"),
    ],
)
def test_a_refusal_names_the_key_and_the_value(lines: str, message: str) -> None:
    with pytest.raises(BadConfiguration) as raised:
        decode(declared(lines))
    assert message in raised.value.message


def test_a_misspelled_key_of_a_gate_is_named_as_the_file_spells_it() -> None:
    with pytest.raises(BadConfiguration) as raised:
        decode(declared("name = 'a'\nkind = 'inform'\ntuch = '1d'"))
    assert raised.value.hint == "did you mean `touch`?"
