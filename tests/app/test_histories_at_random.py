"""Random histories: what is told step by step is what a look at each landing from scratch tells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from outpace.app.histories import history_of
from outpace.assessment.episodes import History
from tests.fakes.advisories import Advisories, record
from tests.fakes.told_histories import Remembered, Row, ToldHistories, day

PATHS = ("requirements.txt", "deploy/requirements.txt")
PACKAGES = ("acme", "zeta")
BROKEN = "<<<<<<< HEAD\n"
END = 20
LINES = {"1.0": "==1.0", "1.1": "==1.1", "1.2": "==1.2", "any": "", "fixed": ">=1.2", "early": "<1.1"}


class Advised(NamedTuple):
    package: str
    fixed: str
    published: int


contents = st.one_of(
    st.just(BROKEN),
    st.none(),
    st.dictionaries(st.sampled_from(PACKAGES), st.sampled_from(sorted(LINES))).map(
        lambda pins: "".join(f"{name}{LINES[how]}\n" for name, how in sorted(pins.items()))
    ),
    st.just("other==1\n"),
)
landings = st.lists(
    st.tuples(st.integers(0, END - 2), st.dictionaries(st.sampled_from(PATHS), contents, min_size=1)),
    min_size=1,
    max_size=8,
).map(lambda rows: sorted(rows, key=lambda row: row[0]))
advised = st.lists(
    st.builds(Advised, st.sampled_from(PACKAGES), st.sampled_from(("1.1", "1.2")), st.integers(0, END - 1)), max_size=4
)


def rows_of(told: Sequence[tuple[int, Mapping[str, str | None]]]) -> list[Row]:
    return [Row(id=f"c{number}", day=at, files=files) for number, (at, files) in enumerate(told)]


def records_of(advisories: Sequence[Advised]) -> list[dict[str, Any]]:
    return [
        record(
            f"PYSEC-{number}",
            one.package,
            {"introduced": "0"},
            {"fixed": one.fixed},
            published=day(one.published).isoformat(),
        )
        for number, one in enumerate(advisories)
    ]


def told(rows: Sequence[Row], records: Sequence[Mapping[str, Any]]) -> History:
    _, history = history_of(
        ToldHistories(*rows), Advisories(records), at=day(END), kept=Remembered(), report=lambda _: None
    )
    return history


def standing(rows: Sequence[Row]) -> dict[str, tuple[str, bool]]:
    """What the files say after these landings, and whether that is what they said before they could not be read."""
    files: dict[str, tuple[str, bool]] = {}
    for row in rows:
        before = dict(files)
        for path, content in row.files.items():
            if content is None:
                files.pop(path, None)
            elif content == BROKEN:
                moved = [
                    other
                    for other, text in row.files.items()
                    if text is None and path not in before and before.get(other, ("", True))[1] is False
                ]
                files[path] = (before.get(moved[0] if moved else path, ("", False))[0], False)
            else:
                files[path] = (content, True)
    return files


def kind(rows: Sequence[Row], one: Advised, suspects: set[str]) -> str:
    """Of one advisory, after these landings, from scratch; `suspects` are the files that were affected until then."""
    said: dict[str, str] = {}
    unread = locked = pinned = False
    for path, (content, readable) in standing(rows).items():
        pins = {found[1]: found[2] for found in re.finditer(r"^([a-z]+)(.*)$", content, re.MULTILINE)}
        locked |= readable and any(spec.startswith("==") for spec in pins.values())
        if one.package not in pins:
            continue
        how = next(name for name, spec in LINES.items() if spec == pins[one.package])
        if not readable:
            unread = True
        elif how == "any":
            said[path] = "unknown"
        elif how == "early" or (how != "fixed" and how < one.fixed):
            said[path] = "affected"
        else:
            said[path] = "safe"
            pinned |= how != "fixed"
    if "affected" in said.values():
        suspects.update(path for path, answer in said.items() if answer == "affected")
        return "affected"
    if unread or any(answer == "unknown" and (not pinned or path in suspects) for path, answer in said.items()):
        return "unknown"
    if said or locked or not rows:
        suspects.clear()
        return "safe" if said else "absent"
    return "no lock"


def expected(rows: Sequence[Row], one: Advised) -> tuple[str, str, list[tuple[datetime, datetime | None]]] | None:
    """Day by day. Before the package ever was there, no lock file is no loss."""
    days: list[str] = []
    was_there = False
    suspects: set[str] = set()
    for at in range(END):
        answer = kind([row for row in rows if row.day <= at], one, suspects)
        was_there |= any(
            one.package in content
            for number in range(len(rows) + 1)
            if number == 0 or rows[number - 1].day <= at
            for content, _ in standing(rows[:number]).values()
        )
        days.append(answer if was_there or answer in ("affected", "safe", "unknown") else "absent")
    known = [answer if answer not in ("unknown", "no lock") else None for answer in days]
    before = [next((each for each in reversed(known[: at + 1]) if each), "absent") for at in range(END)]
    after = [next((each for each in known[at:] if each), None) for at in range(END)]
    exposed = []
    for at in range(END):
        last_affected = max((i for i in range(at + 1) if known[i] == "affected"), default=-1)
        doubtful = known[at] is None and before[at] == "affected" and after[at] is not None
        exposed.append(
            known[at] == "affected" or (doubtful and (after[at] == "affected" or last_affected >= one.published))
        )
    windows: list[tuple[datetime, datetime | None]] = []
    at = one.published
    while at < END:
        if not exposed[at]:
            at += 1
            continue
        start = at
        while at < END and exposed[at]:
            at += 1
        windows.append((day(start), day(at) if at < END and known[at] is not None else None))
    if exposed[one.published]:
        entry = "reactive"
    elif days[one.published] == "unknown":
        entry = "unknown"
    elif windows:
        entry = "adopted"
    elif days[one.published] == "safe":
        unread = any(
            not readable and re.search(rf"^{one.package}\b", content, re.MULTILINE)
            for content, readable in standing(rows).values()
        )
        return "immune", "unpinned or unknown" if unread and days[-1] == "unknown" else "immune", []
    else:
        return None
    if not windows:
        return entry, "unpinned or unknown", []
    closed = windows[-1][1]
    if closed is not None:
        number = next(i for i in range(END) if day(i) == closed)
        return entry, "fixed" if known[number] == "safe" else "removed", windows
    return entry, "open" if days[-1] == "affected" else "unpinned or unknown", windows


@settings(max_examples=150, deadline=None)
@given(landings, advised)
def test_every_vulnerability_is_told_as_each_day_from_scratch_tells(
    history: list[tuple[int, Mapping[str, str | None]]], advisories: list[Advised]
) -> None:
    rows = rows_of(history)
    items = {item.id: item for item in told(rows, records_of(advisories)).items}
    for number, one in enumerate(advisories):
        item = items.get(f"PYSEC-{number}")
        found = None
        if item is not None:
            state = "unpinned or unknown" if item.state in ("unpinned", "unknown") else item.state
            found = (item.entry, state, [(window.opened, window.closed) for window in item.windows])
        assert found == expected(rows, one)


@settings(max_examples=40, deadline=None)
@given(landings, advised, st.randoms())
def test_the_order_of_the_advisories_is_no_matter(
    history: list[tuple[int, Mapping[str, str | None]]], advisories: list[Advised], random: Random
) -> None:
    records = records_of(advisories)
    other = list(records)
    random.shuffle(other)
    assert told(rows_of(history), records) == told(rows_of(history), other)


@settings(max_examples=40, deadline=None)
@given(landings, advised)
def test_another_record_of_the_same_vulnerability_changes_nothing(
    history: list[tuple[int, Mapping[str, str | None]]], advisories: list[Advised]
) -> None:
    records = records_of(advisories)
    again = [{**one, "id": f"GHSA-{one['id']}", "aliases": [one["id"]]} for one in records]
    twice = told(rows_of(history), [*records, *again])
    once = told(rows_of(history), records)
    assert replace(twice, items=tuple(replace(item, aliases=()) for item in twice.items)) == once


@settings(max_examples=60, deadline=None)
@given(landings, advised, st.data())
def test_a_landing_split_in_two_at_the_same_time_changes_no_day(
    history: list[tuple[int, Mapping[str, str | None]]], advisories: list[Advised], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(history) - 1))
    when, files = history[at]
    first = {path: files[path] for path in sorted(files)[:1]}
    rest = {path: files[path] for path in sorted(files)[1:]}
    split = [*history[:at], (when, first), (when, rest), *history[at + 1 :]]
    whole, parted = (told(rows_of(each), records_of(advisories)) for each in (history, split))
    assert measures(whole) == measures(parted)


def measures(history: History) -> list[tuple[object, ...]]:
    """Everything that is no commit."""
    episodes = [
        (each.package, each.ids, each.state, each.opened, each.closed, each.days, each.exposed_days)
        for each in history.episodes
    ]
    items = [(each.id, each.entry, each.state, [(w.opened, w.closed) for w in each.windows]) for each in history.items]
    return [*episodes, *items]
