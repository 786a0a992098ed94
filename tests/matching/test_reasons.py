"""What records say of versions, in words."""

from __future__ import annotations

import pytest

from outpace.matching.reasons import hits, spans_in_words
from outpace.model.advisory import Advisory, Affected, Event, Range
from outpace.model.package import Package

WEB = Package("PyPI", "web")


def entry(*events: Event, versions: tuple[str, ...] = (), kind: str = "ECOSYSTEM") -> Affected:
    return Affected(package=WEB, ranges=(Range(type=kind, events=events),) if events else (), versions=versions)


BELOW = entry(Event(introduced="0"), Event(fixed="2.0"))
ROWS = {
    "a range from the beginning": (BELOW, ("every version below 2.0",)),
    "a range that begins somewhere": (
        entry(Event(introduced="1.0"), Event(last_affected="1.4")), ("from 1.0, up to and with 1.4",)
    ),
    "a range without an end": (entry(Event(introduced="1.0")), ("from 1.0 on",)),
    "everything": (entry(Event(introduced="0")), ("every version",)),
    "several branches": (
        entry(Event(introduced="1.0"), Event(fixed="1.2"), Event(introduced="2.0"), Event(fixed="2.1")),
        ("from 1.0, below 1.2", "from 2.0, below 2.1"),
    ),
    "a list": (entry(versions=("1.0", "1.1")), ("2 listed versions: 1.0, 1.1",)),
    "a long list": (
        entry(versions=tuple(f"1.{at}" for at in range(12))),
        ("12 listed versions: 1.0, 1.1, 1.2, ..., 1.9, 1.10, 1.11",),
    ),
    "commits": (entry(Event(introduced="0"), kind="GIT"), ("commits of a repository, and no versions",)),
    "nothing": (entry(), ("no version at all",)),
}  # fmt: skip


@pytest.mark.parametrize(("said", "words"), ROWS.values(), ids=ROWS.keys())
def test_what_a_record_calls_affected_is_said_in_words(said: Affected, words: tuple[str, ...]) -> None:
    assert spans_in_words(said) == words


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("1.9", ("X-1 calls every version below 2.0 affected",)),
        ("2.0", ()),
        ("3.0.0", ("X-1 lists 3.0.0",)),
        ("2004d", ()),
    ],
)
def test_what_holds_a_version_is_named_with_its_record(version: str, why: tuple[str, ...]) -> None:
    record = Advisory(id="X-1", affected=(BELOW, entry(versions=("3.0",))))
    assert hits(version, (record,), WEB) == why
