"""The words that Outpace answers with: the docs and `outpace explain` say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outpace.formats.terms import ANSWERS, ERRORS, STATUSES, TERMS, near, term_of

DOCS = Path(__file__).parents[2] / "docs"


def sections(page: str) -> dict[str, str]:
    text = (DOCS / page).read_text()
    found: list[tuple[str, str]] = re.findall(r"^## `([^`]+)`\n\n(.+?)(?=\n\n## |\Z)", text, re.MULTILINE | re.DOTALL)
    return {name: " ".join(body.split()) for name, body in found}


def test_the_page_of_errors_and_the_command_say_the_same() -> None:
    assert sections("errors.md") == {term.name: term.meaning for term in ERRORS}


def test_the_page_of_answers_and_the_command_say_the_same() -> None:
    assert sections("answers.md") == {t.name: f"{t.meaning} What would change it: {t.change}" for t in ANSWERS}
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", (DOCS / "answers.md").read_text(), re.MULTILINE)
    assert rows == [(term.name, term.meaning) for term in STATUSES]


@pytest.mark.parametrize(
    ("word", "name"),
    [("Refuted", "refuted"), ("no fix", "no_fix"), ("IN-DOUBT", "in doubt"), ("exit 3", "3"), ("exit status 10", "10"),
     ("baDinput", "BadInput"), ("engineerror", "EngineError"), ("refused", "Refused"), ("kev", "KEV")],
)  # fmt: skip
def test_a_word_is_found_as_people_type_it(word: str, name: str) -> None:
    found = term_of(word)
    assert found is not None
    assert found.name == name


def test_a_mistyped_word_gets_what_was_meant() -> None:
    assert term_of("refutd") is None
    assert near("refutd") == ("refuted", "Refused")
    assert near("overdue") == ()


def test_no_two_terms_are_one_word() -> None:
    assert [term_of(term.name) for term in TERMS] == list(TERMS)


def test_a_word_of_the_glossary_is_explained_too() -> None:
    found = term_of("exposure days")
    assert found is not None
    assert found.meaning.startswith("The days in which an episode stood open")
