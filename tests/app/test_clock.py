"""The clock as it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw, structs

from outpace.app.clock import Clock, clock
from outpace.formats.clock import answer, text
from outpace.formats.waterfall import TICKS, bar, in_words
from outpace.model.errors import NotFound
from outpace.model.package import Package
from outpace.store.facts import Facts
from outpace.stories.kinds import Body, Closed, Deployed, Known, Landed, MatchedFact, Reopened, Verified, fact_of

NOON = datetime(2024, 1, 30, 12, tzinfo=UTC)
OLD, NEW = ("PYSEC-2022-202", "CVE-2022-29217"), ("PYSEC-2024-24", "CVE-2024-23334")


def matched(ids: tuple[str, ...], name: str) -> MatchedFact:
    package = Package("PyPI", name)
    return MatchedFact(
        vulnerabilities=ids, component=package, version="1.0", file="uv.lock", published=NOON - timedelta(days=4)
    )


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    """One exposure that was verified, one that is open."""
    bodies: list[tuple[Body, float]] = [
        (matched(OLD, "pyjwt"), 0),
        (Landed(vulnerabilities=OLD, branch="main", revision="b" * 40), 1),
        (Verified(vulnerabilities=OLD, environment="production", how="no longer matches"), 1.5),
        (Closed(vulnerabilities=OLD, how="verified"), 2),
        (Known(vulnerabilities=NEW, how="a mail\x1b[31m"), 3),
        (matched(NEW, "aiohttp"), 4),
    ]
    with Facts(tmp_path / "facts") as store:
        store.add(
            fact_of("shop@1", body, at=NOON + timedelta(hours=hours), source="outpace", inputs=(body,))
            for body, hours in bodies
        )
        yield store


def shown(facts: Facts, advisory: str | None = None, *, everything: bool = False) -> Clock:
    return clock(
        facts,
        subject="shop@1",
        application="shop",
        now=NOON + timedelta(hours=30),
        advisory=advisory,
        everything=everything,
    )


def test_what_is_open_is_shown_else_what_was_asked_for(facts: Facts) -> None:
    def names(view: Clock) -> list[str]:
        return [each.id for each in view.exposures]

    assert names(shown(facts)) == ["PYSEC-2024-24"]
    assert names(shown(facts, "cve-2022-29217")) == ["PYSEC-2022-202"]
    assert names(shown(facts, everything=True)) == ["PYSEC-2022-202", "PYSEC-2024-24"]
    with pytest.raises(NotFound, match="CVE-1") as missing:
        shown(facts, "CVE-1")
    assert missing.value.hint == "the clock knows PYSEC-2022-202, PYSEC-2024-24"


def test_the_last_one_is_shown_where_nothing_is_open(facts: Facts) -> None:
    facts.add([fact_of("shop@1", Closed(vulnerabilities=NEW, how="no longer used"), at=NOON, source="a", inputs=(9,))])
    view = shown(facts)
    assert [each.id for each in view.exposures] == ["PYSEC-2024-24"]
    assert text(view).startswith("PYSEC-2024-24 in shop is closed: no longer used.\n")


def test_a_verified_exposure_reads_as_a_page_of_eighty_columns(facts: Facts) -> None:
    assert (
        text(shown(facts, OLD[0]))
        == """\
PYSEC-2022-202 in shop is verified, 4 d 1 h after the advisory was published.
The longest wait: 4 d from when the advisory was published until it was
  matched.
pyjwt 1.0 · CVE-2022-29217

                    UTC                         took  1 s  1 min  1 h  1 d  30 d
fix released        unknown
advisory published  2024-01-26 12:00
known to us         unknown
matched             2024-01-30 12:00             4 d  ████████████████████
proposed            unknown
proved              unknown
landed              2024-01-30 13:00             1 h  ▄▄▄▄▄▄▄▄▄▄▄▄▄
deployed            unknown
verified            2024-01-30 13:30          30 min  ▄▄▄▄▄▄▄▄▄▄▄▄

unknown: fix released: no upload time is on record here; would settle it: an
  index that tells upload times
unknown: known to us: nobody recorded when it was known here; would settle it:
  outpace record known ADVISORY --at TIME
unknown: proposed: no change of Outpace's own is on record here
unknown: proved: no proof is on record here; would settle it: outpace prove, of
  a change that says what it fixes
unknown: deployed: nobody saw a deployment; would settle it: outpace record
  deployed ADVISORY --at TIME

advisory published  PYSEC-2022-202 (the records)
matched             pyjwt 1.0 in uv.lock (outpace)
landed              main bbbbbbb (outpace)
verified            in production: no longer matches (outpace)

1 other exposure on record: outpace clock --all"""
    )


def reopened(facts: Facts) -> None:
    why = "process 7 runs pyjwt 1.0, which is affected"
    for body, hours in (
        (Reopened(vulnerabilities=OLD, why=why, environment="production"), 20),
        (Deployed(vulnerabilities=OLD, environment="production", revision="b" * 40), 22),
    ):
        facts.add([fact_of("shop@1", body, at=NOON + timedelta(hours=hours), source="outpace", inputs=(body,))])


def test_an_exposure_that_came_back_shows_each_episode_and_what_still_stands(facts: Facts) -> None:
    reopened(facts)
    page = text(shown(facts, OLD[0]))
    assert page.startswith(
        """\
PYSEC-2022-202 in shop is open: it waits for its verification since 2024-01-31
  10:00 UTC, 8 h so far.
The longest wait is this one: 8 h from when it was deployed, and still running.
pyjwt 1.0 · CVE-2022-29217

                    UTC                         took  1 s  1 min  1 h  1 d  30 d
fix released        unknown
advisory published  2024-01-26 12:00          before
known to us         unknown
matched             2024-01-31 08:00
proposed            unknown
proved              unknown
landed              2024-01-30 13:00          before
deployed            2024-01-31 10:00             2 h  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄
verified            waiting                      8 h  ████████████████…
"""
    )
    assert (
        """\
Episode 1 before it, until 2024-01-30 13:30 UTC, 4 d 1 h in all; closed:
  verified.

                    UTC                         took  1 s  1 min  1 h  1 d  30 d
fix released        unknown
advisory published  2024-01-26 12:00
"""
        in page
    )


def test_the_json_of_an_exposure_that_came_back_holds_both_episodes(facts: Facts) -> None:
    reopened(facts)
    [exposure] = msgspec.json.decode(answer(shown(facts, OLD[0])))["result"]["exposures"]
    assert [stage["milestone"] for stage in exposure["stages"]] == ["matched", "deployed"]
    assert [each["milestone"] for each in exposure["before"]] == ["advisory_published", "landed"]
    assert exposure["ahead"] == ["verified"]
    assert [(each["total_s"], each["closed"]) for each in exposure["earlier"]] == [(351_000.0, "verified")]


def test_what_waits_says_for_what_and_since_when(facts: Facts) -> None:
    lines = text(shown(facts)).splitlines()
    assert " ".join(line.strip() for line in lines[:2]) == (
        "PYSEC-2024-24 in shop is open: it waits for a change since 2024-01-30 16:00 UTC, 1 d 2 h so far."
    )
    assert "proposed            waiting                  1 d 2 h  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄…" in lines
    assert "deployed            ahead" in lines


def test_no_line_is_wider_than_a_terminal_and_none_steers_it(facts: Facts) -> None:
    page = text(shown(facts, everything=True))
    assert max(map(len, page.splitlines())) <= 80
    assert "\x1b" not in page
    assert "a mail�[31m" in page


def test_facts_that_cannot_be_read_are_counted(facts: Facts) -> None:
    odd = fact_of("shop@1", Known(vulnerabilities=OLD), at=NOON, source="a", inputs=(7,))
    facts.add([structs.replace(odd, kind="of tomorrow"), structs.replace(odd, body=Raw(b"[]"))])
    assert "warning: 2 facts left out: written by a newer Outpace, or damaged" in text(shown(facts))


def test_without_a_fact_the_page_says_how_to_begin(tmp_path: Path) -> None:
    with Facts(tmp_path / "none") as facts:
        assert text(shown(facts)).startswith("No exposure of shop is on record.")


def test_the_json_holds_the_same(facts: Facts) -> None:
    document = msgspec.json.decode(answer(shown(facts, OLD[0])))
    exposure = document["result"]["exposures"][0]
    assert (document["command"], exposure["id"], exposure["total_s"]) == ("clock", OLD[0], 4 * 86_400 + 5_400)
    assert exposure["longest"] == {
        "milestone": "matched",
        "after": "advisory_published",
        "seconds": 345_600.0,
        "still_running": False,
    }
    assert [stage["took_s"] for stage in exposure["stages"]] == [None, 345_600.0, 3_600.0, 1_800.0]
    assert len(document["unknown"]) == 5


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.04, "under 0.1 s"),
        (0.4, "0.4 s"),
        (9.96, "10 s"),
        (28.4, "28 s"),
        (59.7, "1 min"),
        (185, "3 min 5 s"),
        (3_600, "1 h"),
        (3_605, "1 h"),
        (176_400, "2 d 1 h"),
        (86_400 * 1_200, "1,200 d"),
        (-3.2, "-3.2 s"),
    ],
)
def test_durations_read_as_people_say_them(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_longer_wait_never_has_a_shorter_bar(one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert len(bar(timedelta(seconds=short), "x")) <= len(bar(timedelta(seconds=long), "x")) <= 25


def test_bars_end_under_the_tick_of_their_length() -> None:
    header = "  1 s  1 min  1 h  1 d  30 d"
    for seconds, label in TICKS[1:]:
        assert abs(len(bar(timedelta(seconds=seconds), "x")) - (header.index(label) - 1)) <= 2
