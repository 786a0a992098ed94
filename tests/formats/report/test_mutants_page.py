"""The page of mutants: complete, closed to every request, and what a repository says stays text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from outpace.formats import test_mutants as formats
from outpace.formats.report.mutants_page import page
from outpace.model.unknown import Unknown
from outpace.testing.mutants.trial import Kill, Killed, Survived, Trial, Tried
from tests.fakes.trials import DIFF, TRIAL, tried


class Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def said(text: str) -> str:
    return re.sub(r"\s+", " ", "".join(Reader(text).words))


def test_the_page_says_how_much_passes_unseen_and_shows_it() -> None:
    words = said(page(TRIAL, "shop"))
    for part in (
        "The tests notice 40% of 5 small changes of the code; 3 pass unseen.",
        "Between 12% and 77%, with 95 % confidence",
        "1 by a timeout or crash alone",
        "src/a.py:10",
        "not killed in 12 runs of tests",
        "- if a < b:+ if a <= b:",
        "no test runs it",
        "unstable: a second run did not end like the first",
        "t.py::test_g",
        "3 places: logging: not worth a test.",
        "t.py::test_red: it judges nothing, being red alone and without a mutant.",
    ):
        assert part in words.replace("\u00a0", " "), part


def test_the_page_asks_nobody_for_anything() -> None:
    read = Reader(page(TRIAL, "shop"))
    assert {"script", "img", "link", "iframe"}.isdisjoint(read.tags)
    assert [
        value for name, value in read.attributes if name in ("src", "href") and not str(value).startswith("#")
    ] == []


@pytest.mark.parametrize("name", ["<script>x</script>", "a\u202eb", '"onload="x'])
def test_what_a_repository_says_stays_text(name: str) -> None:
    kill = Kill(test=name, how="assertion")
    diff = DIFF.replace("one", name)
    rows = (tried(name, Survived(executions=1, diff=diff), path=name), tried("g", Killed(kills=(kill,), executions=1)))
    text = page(Trial(tried=rows, unreadable=((name, name),)), name)
    assert "<script" not in text
    assert "\u202e" not in text
    assert Reader(text).tags.count("html") == 1


def test_doubt_is_the_headline() -> None:
    trial = Trial(tried=TRIAL.tried, doubt=Unknown("the tests depend on their order", "tests that do not"))
    words = said(page(trial, "shop"))
    assert "What the tests notice is unknown." in words
    assert "The tests depend on their order" in words or "the tests depend on their order." in words
    assert formats.text(trial).startswith(
        "unknown: the tests depend on their order\n  would settle it: tests that do not"
    )


def test_the_text_says_the_answer_first_and_shows_each_survivor_as_a_diff() -> None:
    assert (
        formats.text(TRIAL)
        == """\
3 of 5 mutants survive; 2 killed (40%, 95 % interval 12% to 77%)
  run by no test: 1 of the survivors
  unstable, killed once but not reliably: 1 of the survivors
  killed by a timeout or a crash alone, which no assertion saw: 1
  proved to change nothing, the same bytecode: 1 more
  not tested, since they run only on import: 1 more (--imports)
  places not worth a test: 3 (logging)
  tests that judge nothing, not being green alone: 1 of 20 (t.py::test_red)

src/a.py:10  f:comparison:1  not killed in 12 runs of tests
    -    if a < b:
    +    if a <= b:
             three

src/a.py:10  wild:comparison:1  unstable: a second run did not end like the first
    -    if a < b:
    +    if a <= b:
             three

src/b.py:10  unrun:comparison:1  no test runs it
    -    if a < b:
    +    if a <= b:
             three
"""
    )


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        ((), "nothing to try: no function that could be mutated was chosen"),
        (TRIAL.tried[1:3], "all 2 mutants killed (100%, 95 % interval 34% to 100%)"),
        (TRIAL.tried[:2], "1 of 2 mutants survive; 1 killed (50%, 95 % interval 9% to 91%)"),
    ],
)
def test_the_first_line_is_the_answer(rows: tuple[Tried, ...], headline: str) -> None:
    assert formats.text(Trial(tried=rows)).splitlines()[0] == headline
