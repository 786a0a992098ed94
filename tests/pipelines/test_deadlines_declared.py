"""`[[deadlines]]`: what decodes, and what a refusal says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outpace.model.deadline import Deadline
from outpace.model.errors import BadConfiguration
from outpace.pipelines.configuration import decode
from outpace.pipelines.deadlines import span

PRODUCTION = "[[environments]]\nname = 'production'\nobserve = { port = 1 }\n"


def declared(lines: str) -> str:
    return f"{PRODUCTION}[[deadlines]]\nname = 'a'\n{lines}"


def test_a_deadline_decodes_to_its_record() -> None:
    lines = "within = '3 days'\nfrom = 'published'\nkev = true\nseverity = 9\nenvironment = 'production'"
    assert decode(declared(lines)).deadlines == (
        Deadline(name="a", within="3 days", since="published", kev=True, severity=9.0, environment="production"),
    )


@pytest.mark.parametrize(
    ("within", "found"),
    [
        ("90 minutes", timedelta(minutes=90)),
        ("1 hour", timedelta(hours=1)),
        ("3 days", timedelta(days=3)),
        ("2w", timedelta(weeks=2)),
        ("7d", timedelta(days=7)),
    ],
)
def test_a_duration_is_a_count_and_a_unit(within: str, found: timedelta) -> None:
    assert span(within) == found


NONSENSE = ["", "soon", "3", "0 days", "-1 day", "1.5 days", "3  days", "3 months", "P3D", "\u0663 days", "3 days\n4"]


@pytest.mark.parametrize("within", NONSENSE)
def test_a_duration_that_is_none_is_refused(within: str) -> None:
    with pytest.raises(ValueError, match="is no duration; write a count"):
        span(within)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("within = 'soon'", "deadlines[0] ('a'): `within = 'soon'` is no duration; write a count and minutes"),
        ("within = '99999 weeks'", "`within = '99999 weeks'` is too long; write at most 3650 days"),
        ("within = 3", "Expected `str`, got `int` - at `deadlines[0].within`"),
        ("within = '1d'\nseverity = 11", "`severity = 11.0` is no CVSS score; write one above 0 and up to 10"),
        ("within = '1d'\nseverity = nan", "`severity = nan` is no CVSS score"),
        ("within = '1d'\nseverity = 'severe'", "Invalid enum value 'severe' - at `deadlines[0].severity`"),
        ("within = '1d'\nfrom = 'birth'", "Invalid enum value 'birth' - at `deadlines[0].from`"),
        ("within = '1d'\nenvironment = 'prod'", "`environment = 'prod'` is not declared here; write one of production"),
        ("within = '1d'\n[[deadlines]]\nname = 'a'\nwithin = '2d'", "two deadlines are called 'a'; give each its own"),
        ("within = '1d'\nfrm = 'known'", "unknown key `frm`"),
    ],
)
def test_a_refusal_names_the_file_the_key_and_the_value(lines: str, message: str) -> None:
    with pytest.raises(BadConfiguration) as raised:
        decode(declared(lines))
    assert raised.value.message.startswith("outpace.toml: ")
    assert message in raised.value.message


def test_a_misspelled_key_is_named_as_the_file_spells_it() -> None:
    with pytest.raises(BadConfiguration) as raised:
        decode(declared("within = '1d'\nfrm = 'known'"))
    assert raised.value.hint == "did you mean `from`?"
