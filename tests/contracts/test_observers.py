"""What every observer promises, the real one and the fake."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.delivery.ports import Observer as Port
from outpace.engines.running import Observer
from outpace.model.application import Application, Environment, Observe
from outpace.model.inventory import Component, Inventory
from outpace.model.observation import NotRunning, Told
from outpace.model.package import PYPI, Package
from outpace.model.times import now
from tests.fakes.observer import FakeObserver

SHOP = Application(name="shop")
TOLD = Environment(name="told", observe=Observe(recorded="told"))
SILENT = Environment(name="silent", observe=Observe(pid_file="nothing.pid"))
HELD = Inventory(source="a record", components=(Component(package=Package(PYPI, "kit"), version="1.0"),))


@pytest.fixture(params=["real", "fake"])
def observer(request: pytest.FixtureRequest, tmp_path: Path) -> Port:
    if request.param == "real":
        return Observer(tmp_path, recorded={"told": HELD}.get)
    return FakeObserver({"told": Told(by="record told", inventory=HELD)})


def test_an_observation_names_what_was_looked_at_and_when(observer: Port) -> None:
    before = now()
    found = observer.observe(SHOP, TOLD)
    assert (found.application, found.environment) == ("shop", "told")
    assert before <= found.at <= now()


def test_a_told_inventory_is_handed_on_as_it_is(observer: Port) -> None:
    assert observer.observe(SHOP, TOLD).seen == Told(by="record told", inventory=HELD)


def test_where_nothing_runs_the_answer_says_so_and_nothing_is_raised(observer: Port) -> None:
    assert isinstance(observer.observe(SHOP, SILENT).seen, NotRunning)


def test_the_last_observation_may_be_of_something_else(observer: Port) -> None:
    last = observer.observe(SHOP, SILENT)
    assert observer.observe(SHOP, TOLD, last).seen == Told(by="record told", inventory=HELD)
