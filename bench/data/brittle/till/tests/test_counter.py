from unittest.mock import Mock, call

import pytest

from till.counter import Counter
from till.receipt import Receipt


@pytest.fixture
def devices():
    return Mock()


def test_the_cashier_is_named():
    assert Counter(Mock(), Mock()).greeting().startswith("You were served by ")


def test_the_cashier_is_who_is_logged_in(monkeypatch):
    monkeypatch.setenv("USER", "grace")
    assert Counter(Mock(), Mock()).greeting() == "You were served by grace"


def test_closing_prints_and_then_opens_the_drawer(devices, monkeypatch):
    monkeypatch.setenv("USER", "grace")
    receipt = Receipt().add("tea", 250)
    Counter(devices.printer, devices.drawer).close(receipt)
    assert devices.mock_calls == [call.printer.print(receipt.render()), call.drawer.open()]


def test_closing_opens_the_drawer_once(devices, monkeypatch):
    monkeypatch.setenv("USER", "grace")
    Counter(devices.printer, devices.drawer).close(Receipt())
    devices.drawer.open.assert_called_once()


def test_closing_returns_the_total(devices, monkeypatch):
    monkeypatch.setenv("USER", "grace")
    receipt = Receipt().add("tea", 250).add("cake", 380)
    assert Counter(devices.printer, devices.drawer).close(receipt) == 630
