from unittest.mock import Mock

import pytest

from shelf.lending import Desk


@pytest.fixture
def desk():
    return Desk(Mock())


def test_a_reader_is_told(desk):
    desk.lend("1", "ada")
    desk.notify.assert_called_once_with("ada", "lent 1")


def test_a_returned_book_is_told(desk):
    desk.lend("1", "ada")
    assert desk.take_back("1") == "ada"
    assert desk.notify.call_count == 2


def test_a_book_is_lent_once(desk):
    desk.lend("1", "ada")
    with pytest.raises(ValueError, match="lent to ada"):
        desk.lend("1", "grace")


def test_a_returned_book_may_be_lent(desk):
    desk.lend("1", "ada")
    desk.take_back("1")
    desk.lend("1", "grace")
    assert desk.lent == {"1": "grace"}
