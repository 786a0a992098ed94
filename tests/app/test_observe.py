"""What `outpace observe` answers, keeps and shows."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from outpace.app.observe import View, chosen, observe
from outpace.formats.observe import answer, headline, text
from outpace.model.advisory import Vulnerability
from outpace.model.application import Application, Environment, Observe
from outpace.model.errors import UsageError
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import Component, Inventory, Unread
from outpace.model.observation import NotRunning, Process, Running, Seen, Told
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown
from outpace.store.facts import Facts
from tests.fakes.observer import FakeObserver

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
KIT = Package(PYPI, "kit")
FLAW = Vulnerability(id="PYSEC-1", package=KIT, aliases=("CVE-1",))
SHOP = Application(name="shop")


def rematch(inventory: Inventory) -> Matched:
    return Matched(
        inventory=inventory,
        exposures=tuple(Exposure(component=c, vulnerability=FLAW) for c in inventory.components if c.version == "1.0"),
        doubts=tuple(
            Doubt(component=c, vulnerability=FLAW, unknown=Unknown("no version"))
            for c in inventory.components
            if c.version is None
        ),
    )


def inventory(version: str | None) -> Inventory:
    doubt = (Unread(file="kit.dist-info", why="kit: it changed after the start"),) if version is None else ()
    return Inventory(source="test", components=(Component(package=KIT, version=version),), unread=doubt)


def running(*held: Inventory | Unknown) -> Running:
    processes = tuple(
        Process(pid=pid, started=NOON, command=f"serve {pid}", inventory=one) for pid, one in enumerate(held, start=1)
    )
    return Running(processes=processes, inventory=Unknown("not used"))


def environment(name: str) -> Environment:
    return Environment(name=name, observe=Observe(recorded=name))


def observed(tmp_path: Path, **sights: Seen) -> View:
    with Facts(tmp_path / "facts.sqlite") as facts:
        return observe(
            SHOP,
            tuple(environment(name) for name in sights),
            subject="shop@1",
            observer=FakeObserver(sights),
            rematch=rematch,
            facts=facts,
            report=lambda _: None,
        )


@pytest.mark.parametrize(
    ("seen", "line", "exposed", "doubted", "certain"),
    [
        (running(inventory("1.1")), "shop runs in live, and no advisory matches", False, False, True),
        (running(inventory("1.1"), inventory("1.0")), "shop is exposed in live: PYSEC-1", True, False, True),
        (
            running(inventory(None)),
            "shop runs in live; whether it is exposed is not certain",
            False,
            True,
            True,
        ),
        (
            running(inventory("1.1"), Unknown("not ours")),
            "shop runs in live; whether it is exposed is not certain",
            False,
            False,
            False,
        ),
        (NotRunning("no pid file"), "shop was not seen running in live", False, False, False),
        (Told(by="a command", inventory=inventory("1.0")), "shop is exposed in live: PYSEC-1", True, False, True),
    ],
)
def test_the_first_line_is_the_answer(
    tmp_path: Path, seen: Seen, line: str, exposed: bool, doubted: bool, certain: bool
) -> None:
    view = observed(tmp_path, live=seen)
    (sighting,) = view.sightings
    assert headline(view) == line
    assert (sighting.exposed, sighting.doubted, sighting.seen) == (exposed, doubted, certain)


def test_the_same_sight_is_kept_once_and_a_new_one_is_added(tmp_path: Path) -> None:
    counts = [
        observed(tmp_path, live=seen).recorded
        for seen in (
            running(inventory("1.0")),
            running(inventory("1.0")),
            NotRunning("gone"),
            running(inventory("1.1")),
        )
    ]
    assert counts == [1, 0, 0, 1]


def test_an_observer_is_told_what_was_seen_last(tmp_path: Path) -> None:
    observed(tmp_path, live=running(inventory("1.0")))
    observer = FakeObserver({"live": NotRunning("gone")})
    with Facts(tmp_path / "facts.sqlite") as facts:
        observe(
            SHOP,
            (environment("live"),),
            subject="shop@1",
            observer=observer,
            rematch=rematch,
            facts=facts,
            report=lambda _: None,
        )
    last = observer.given["live"]
    assert last is not None
    assert last.seen == running(inventory("1.0"))


def test_the_text_names_each_process_and_every_unknown_within_80_columns(tmp_path: Path) -> None:
    view = observed(tmp_path, live=running(inventory("1.0"), inventory(None)), staging=NotRunning("no pid file"))
    page = io.StringIO()
    Console(file=page, width=80, highlight=False, emoji=False, markup=False).print(text(view))
    lines = [line.rstrip() for line in page.getvalue().splitlines()]
    assert max(map(len, lines)) <= 80
    assert lines[:2] == ["shop is exposed in live: PYSEC-1", "nothing was matched against advisories"]
    assert lines[4:10] == [
        "  process 1, since 2026-11-25 12:00:00 UTC",
        "    serve 1",
        "    exposed: kit 1.0: PYSEC-1",
        "  process 2, since 2026-11-25 12:00:00 UTC",
        "    serve 2",
        "    unknown whether it is exposed",
    ]
    assert "  process 2: kit: it changed after the start" in lines
    assert "  staging: no pid file" in lines


def test_the_text_shows_a_few_unknowns_of_a_process_and_counts_the_rest(tmp_path: Path) -> None:
    unread = tuple(Unread(file="f", why=f"p{number}: changed") for number in range(10))
    held = msgspec.structs.replace(inventory("1.1"), unread=unread)
    page = io.StringIO()
    Console(file=page, width=80).print(text(observed(tmp_path, live=running(held))))
    assert page.getvalue().splitlines()[-5:] == [
        "Unknown",
        "  process 1: p0: changed",
        "  process 1: p1: changed",
        "  process 1: p2: changed",
        "  process 1: and 7 more, in --format json",
    ]


def test_the_json_holds_the_same(tmp_path: Path) -> None:
    view = observed(tmp_path, live=running(inventory("1.0")))
    document = msgspec.json.decode(answer(view))
    (live,) = document["result"]["environments"]
    assert document["command"] == "observe"
    assert live["exposed"] is True
    assert live["seen"] == [
        {
            "pid": 1,
            "started": "2026-11-25T12:00:00Z",
            "command": "serve 1",
            "environment": "",
            "packages": 1,
            "exposures": [{"advisory": "PYSEC-1", "aliases": ["CVE-1"], "package": "kit", "version": "1.0"}],
        }
    ]


def test_an_environment_is_chosen_by_name_and_all_without_one() -> None:
    both = (environment("live"), environment("staging"))
    assert chosen(both, None) == both
    assert chosen(both, "staging") == both[1:]


@pytest.mark.parametrize(
    ("known", "name", "message"),
    [
        ((), None, "outpace.toml declares no environment, so it is not known where to look"),
        ((environment("live"),), "test", "there is no environment 'test'"),
    ],
)
def test_an_environment_that_is_not_declared_is_refused(
    known: tuple[Environment, ...], name: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        chosen(known, name)
