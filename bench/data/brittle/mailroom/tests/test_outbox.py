import random

import pytest

from mailroom import outbox
from mailroom.outbox import Outbox, connect, delay, deliver


@pytest.fixture
def full():
    box = Outbox(limit=2)
    box.put("first")
    box.put("second")
    return box


def test_connecting_returns_the_transport():
    carrier = []
    assert connect(carrier) is carrier


def test_a_message_is_delivered_by_the_connected_transport():
    deliver("hello")
    assert outbox.TRANSPORT[-1] == "hello"


def test_nothing_is_delivered_without_a_transport(monkeypatch):
    monkeypatch.setattr(outbox, "TRANSPORT", None)
    with pytest.raises(RuntimeError):
        deliver("hello")


def test_a_given_transport_is_used(monkeypatch):
    monkeypatch.setattr(outbox, "TRANSPORT", None)
    assert deliver("hello", ["earlier"]) == 2


def test_a_later_attempt_waits_longer():
    assert delay(2) > delay(1)


@pytest.mark.parametrize("attempt", range(5))
def test_the_delay_stays_within_its_jitter(attempt):
    assert 0.5 * 2**attempt <= delay(attempt) <= 1.5 * 2**attempt


def test_a_seeded_delay_repeats():
    assert delay(3, random.Random(1)) == delay(3, random.Random(1))


def test_a_full_outbox_refuses(full):
    assert full.put("third") is False


def test_a_full_outbox_says_who_waits(full, caplog):
    full.put("third")
    assert caplog.messages == ["outbox is full, third waits"]


def test_a_full_outbox_warns(full, caplog):
    full.put("third")
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_flushing_sends_everything_in_order(full):
    sent = []
    assert full.flush(sent) == 2
    assert sent == ["first", "second"]


def test_flushing_empties_the_outbox(full):
    full.flush([])
    assert not full.waiting


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_an_outbox_takes_up_to_its_limit(limit):
    box = Outbox(limit)
    assert [box.put(number) for number in range(limit + 1)] == [True] * limit + [False]
