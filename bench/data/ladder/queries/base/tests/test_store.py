import pytest
import store


def test_a_field_is_added():
    shop = store.sample()
    store.add_field(shop, "parts", "supplier's code")
    assert store.fields(shop, "parts")[-1] == "supplier's code"


def test_a_label_without_quotes():
    with pytest.raises(ValueError):
        store.add_field(store.sample(), "parts", 'a"b')


def test_a_tool_is_lent_once():
    shop = store.sample()
    store.lend(shop, 1, "ada", "2026-03-02")
    with pytest.raises(ValueError):
        store.lend(shop, 1, "ben", "2026-03-03")


def test_the_door():
    shop = store.opened()
    store.enroll(shop, "ada", "4711")
    assert store.lets_in(shop, "ada", "4711")
