"""A mutant is killed where the written assertion would be red, and nowhere else."""

from __future__ import annotations

import pytest

from outpace.inside.probing.judging import named, red, same_message


@pytest.mark.parametrize(
    ("kind", "text", "value", "is_red"),
    [
        ("equal", "-0.0", 0.0, False),
        ("equal", "0", 0.0, False),
        ("equal", "0", False, False),
        ("equal", "[1]", [True], False),
        ("equal", "{'mean': 0.0}", {"mean": 0}, False),
        ("equal", "(0,)", [0], True),
        ("equal", "1", "1", True),
        ("is", "True", 1, True),
        ("nan", "", 1.0, True),
        ("type", "builtins:dict", {}, False),
        ("type", "builtins:int", True, False),
        ("type", "builtins:int", 1.5, True),
        ("member", "enum:EnumCheck.UNIQUE", None, True),
    ],
)
def test_equal_values_of_other_types_are_no_kill(kind: str, text: str, value: object, is_red: bool) -> None:
    assert red({"0:{}": [kind, text]}, {"v0": value}, None, "") == (["0:{}"] if is_red else [])


def test_an_attribute_that_is_gone_is_red() -> None:
    assert red({"0:{}.real": ["equal", "1"], "0:{}.name": ["equal", "1"]}, {"v0": 1}, None, "") == ["0:{}.name"]


def test_a_generator_is_looked_at_as_a_list() -> None:
    assert red({"0:list({})": ["equal", "[1, 2]"]}, {"v0": (each for each in (1, 2))}, None, "") == []
    assert red({"0:list({})": ["equal", "[1, 2]"]}, {"v0": (each for each in (1, 3))}, None, "") == ["0:list({})"]


@pytest.mark.parametrize(
    ("error", "places"),
    [
        (None, ["*"]),
        (KeyError("no"), []),
        (LookupError("no"), ["raises", "message"]),
        (ValueError("no"), ["raises", "message"]),
        (IndexError("yes"), ["message"]),
    ],
)
def test_a_subclass_of_what_is_expected_is_what_is_expected(error: Exception | None, places: list[str]) -> None:
    wanted = "builtins:KeyError" if isinstance(error, KeyError) else "builtins:IndexError"
    expected = {"raises": ["raises", wanted], "message": ["message", "no"]}
    assert red(expected, {}, error, "") == places


def test_a_plain_message_is_found_in_a_longer_one_and_any_other_is_compared() -> None:
    assert same_message("no total", ValueError("this is no total"))
    assert not same_message("no total?", ValueError("this is no total?"))


def test_a_name_that_is_not_there_is_none() -> None:
    assert named("nowhere:Nothing") is None
    assert named("enum:Nothing.at_all") is None
