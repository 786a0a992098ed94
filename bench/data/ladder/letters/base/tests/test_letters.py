import datetime

import pytest

import letters
from letters import Recipient, Sender
from wording import Money

ANN = Recipient("Ann Lee", title="Dr", city="Leeds", email="ann@example.org")
SHOP = Sender("Corner Shop", city="York", phone="0123")


def test_fills_in_a_template():
    text = letters.render("Dear {recipient.name}, pay {amount:en}.", ANN, SHOP, amount=Money(1250))
    assert text == "Dear Ann Lee, pay \u20ac12.50."


def test_parts_of_lists_and_mappings():
    assert letters.render("{order[number]}: {lines[1]}", ANN, SHOP, order={"number": 7}, lines=["a", "b"]) == "7: b"


def test_a_missing_field():
    with pytest.raises(KeyError):
        letters.render("{amount}", ANN, SHOP)
    assert letters.subject("Order {number} is on its way", ANN, SHOP) == "Order is on its way"


def test_a_letter():
    text = letters.letter("Thank you, {recipient}.", ANN, SHOP)
    assert text == "Dear Dr Ann Lee,\n\nThank you, Dr Ann Lee.\n\nYours sincerely\nCorner Shop\n"


def test_a_reminder():
    assert letters.reminder(ANN, SHOP, Money(500), datetime.date(2024, 5, 2)) == "Please pay \u20ac5.00 by 2 May 2024."


def test_a_batch_has_each_address_once():
    again = Recipient("Another", email="ANN@example.org")
    assert letters.batch("Hello {recipient.name}", [ANN, again, Recipient("Bob")], SHOP) == {"ann@example.org": "Hello Ann Lee"}


def test_fields_of_a_template():
    assert letters.fields_of("{a} {b.c:>{width}} {{no}} {a}") == ["a", "b.c"]
    assert "{sender.phone}" in letters.menu()


def test_an_envelope():
    assert letters.envelope(ANN) == ["Dr Ann Lee", "LEEDS"]
