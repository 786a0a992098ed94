"""Brittle tests of a small project, provoked in the sandbox: each with the least that turns it, and no healthy one."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outpace import sandbox
from outpace.app.test_brittle import Asked, Suite, provoked
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.model.unknown import Unknown
from outpace.testing.brittle.judging import ONLY_ONCE
from outpace.testing.brittle.records import Brittleness, Kind
from outpace.testing.brittle.words import condition

SHOP = '''\
"""A shop."""
import os
from datetime import datetime

RATES = {"book": 5}
ORDERS = []


def _tax(value):
    return value * 2


def late():
    return datetime.now().hour == 23


def width():
    return int(os.environ.get("SHOP_WIDTH", "80"))
'''
TESTS = """\
import pathlib
import socket

import shop


def test_a_rate():
    assert shop.RATES["book"] == 5


def test_a_rate_may_change():
    shop.RATES["book"] = 7
    assert shop.RATES["book"] == 7


def test_an_order_is_taken():
    shop.ORDERS.append(1)
    assert shop.ORDERS


def test_an_order_is_there():
    assert shop.ORDERS


def test_the_first_number(numbers=[]):
    numbers.append(1)
    assert len(numbers) == 1


def test_the_shop_is_open():
    assert not shop.late()


def test_the_width():
    assert shop.width() == 80


def test_the_width_that_is_asked_for(monkeypatch):
    monkeypatch.setenv("SHOP_WIDTH", "20")
    assert shop.width() == 20


def test_the_order_of_names():
    assert list({"tea", "map", "book", "pen"}) == NAMES


NAMES = list({"tea", "map", "book", "pen"})


def test_the_helper():
    assert shop._tax(2) == 4


def test_a_packet_is_sent():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
        packets.sendto(b"x", ("192.0.2.10", 8125))


def test_the_module_is_there():
    assert pathlib.Path("shop.py").exists()
"""
AT = datetime(2027, 3, 10, 12, tzinfo=UTC)


def found(tree: Path, *kinds: Kind, puts_back: bool = True) -> Brittleness | Unknown:
    (tree / "shop.py").write_text(SHOP)
    (tree / "test_shop.py").write_text(TESTS)
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=tree, cwd=tree)
    own = sandbox.own_folders(sandbox.strongest()) if puts_back else ()
    suite = Suite(inside=lambda: (inside, str(tree)), words=(), temporary=own)
    return provoked(suite, Asked(kinds=kinds, times=10), now=AT)


def said(told: Brittleness | Unknown) -> list[tuple[str, str, str, tuple[str, ...]]]:
    assert isinstance(told, Brittleness)
    assert (told.flaky, told.red, told.doubts) == ((), (), ())
    return [
        (each.test.partition("::")[2], each.flip.kind, condition(each.flip), each.flip.state) for each in told.findings
    ]


def test_a_polluter_and_what_a_test_cannot_do_without_are_named_by_what_they_leave(tmp_path: Path) -> None:
    assert said(found(tmp_path, "order", "alone", "twice")) == [
        ("test_a_rate", "order", "right after test_shop.py::test_a_rate_may_change", ("shop.RATES",)),
        ("test_an_order_is_there", "alone", "without test_shop.py::test_an_order_is_taken", ("shop.ORDERS",)),
        ("test_the_first_number", "twice", "a second run in the same process", ()),
    ]


SLOW = """\
import threading
import time


def woken(within):
    done = threading.Event()
    thread = threading.Thread(target=lambda: (time.sleep(0.1), done.set()))
    thread.start()
    seen = done.wait(within)
    thread.join()
    return seen


def test_the_bell_rings_soon():
    assert woken(0.5)


def test_the_bell_rings():
    assert woken(20)
"""


def test_a_test_that_does_not_wait_for_a_thread_which_sleeps_longer_is_slow(tmp_path: Path) -> None:
    (tmp_path / "test_bell.py").write_text(SLOW)
    assert said(found(tmp_path, "slow")) == [
        ("test_the_bell_rings_soon", "slow", "sleeps of other threads 10 times as long", ())
    ]


LEFT = """\
import os


def test_the_first_invoice():
    assert not os.path.exists("/tmp/invoice-4711")
    open("/tmp/invoice-4711", "w").close()


def test_the_spool():
    os.mkdir("/tmp/spool-4711")


def test_nothing():
    pass
"""


def test_what_is_left_in_a_shared_folder_is_named_and_is_not_there_for_the_next_pass(tmp_path: Path) -> None:
    if not isinstance(sandbox.strongest(), sandbox.Full):
        pytest.skip("the shared folder is not the sandbox's own")
    (tmp_path / "test_left.py").write_text(LEFT)
    told = [each for each in said(found(tmp_path, "twice", "environment")) if each[3]]
    assert told == [
        ("test_the_first_invoice", "twice", "a second run in the same process", ("file /tmp/invoice-4711",)),
        ("test_the_spool", "twice", "a second run in the same process", ("file /tmp/spool-4711",)),
    ]


def test_a_test_that_is_green_only_in_the_first_run_is_not_called_flaky(tmp_path: Path) -> None:
    if not isinstance(sandbox.strongest(), sandbox.Full):
        pytest.skip("the shared folder is not the sandbox's own")
    (tmp_path / "test_left.py").write_text(LEFT)
    told = found(tmp_path, "twice", "environment", puts_back=False)
    assert isinstance(told, Brittleness)
    assert (told.flaky, told.red) == ((), ())
    assert [(each.what, each.unknown) for each in told.doubts] == [
        ("test_left.py::test_the_first_invoice", ONLY_ONCE),
        ("test_left.py::test_the_spool", ONLY_ONCE),
    ]


@pytest.mark.soak
def test_the_least_setting_that_turns_a_test_is_named(tmp_path: Path) -> None:
    if not isinstance(sandbox.strongest(), sandbox.Full):
        pytest.skip("without namespaces there is no route to nowhere")
    turned = [
        (test, kind, told)
        for test, kind, told, _ in said(found(tmp_path, "clock", "network", "environment", "directory"))
    ]
    assert turned == [
        ("test_a_packet_is_sent", "network", "no network but the loopback"),
        ("test_the_module_is_there", "directory", "the working directory elsewhere"),
        ("test_the_shop_is_open", "clock", "the clock at 2027-03-11T23:55:00"),
        ("test_the_width", "environment", "SHOP_WIDTH=1"),
    ]


def test_a_test_that_warns_is_found_and_a_suite_that_does_not_is_not(tmp_path: Path) -> None:
    (tmp_path / "test_old.py").write_text("import warnings\n\n\ndef test_old():\n    warnings.warn('old')\n")
    assert said(found(tmp_path, "warnings")) == [("test_old", "warnings", "-W error", ())]


@pytest.mark.soak
def test_an_assertion_that_knows_a_private_name_is_found_by_renaming_it(tmp_path: Path) -> None:
    assert said(found(tmp_path, "over-specified")) == [
        ("test_the_helper", "over-specified", "private name in shop.py:9", ())
    ]


def test_a_suite_without_tests_is_unknown(tmp_path: Path) -> None:
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=tmp_path, cwd=tmp_path)
    suite = Suite(inside=lambda: (inside, str(tmp_path)), words=())
    assert isinstance(provoked(suite, Asked(kinds=("alone",)), now=AT), Unknown)
