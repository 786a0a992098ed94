import pytest

from people import Directory, Unknown, initials, key


def test_names_are_found_whatever_their_case():
    people = Directory()
    people.add("Ann Gray", "ann@example.com")
    assert people.get(" ann  GRAY ").email == "ann@example.com"


def test_nobody_is_found_by_another_name():
    with pytest.raises(Unknown):
        Directory().get("ann")


def test_a_name_cannot_be_had_twice():
    people = Directory()
    people.add("Ann")
    with pytest.raises(ValueError):
        people.add("ANN")


def test_roles_are_in_order():
    people = Directory()
    people.add("Ann")
    people.join("Ann", "support", "lead")
    assert people.at_least("ann", "support", "member")
    assert not people.at_least("ann", "sales", "guest")


def test_members_of_a_team():
    people = Directory()
    for name in ("Ben", "Ann"):
        people.add(name)
        people.join(name, "support")
    assert people.members("support") == ["Ann", "Ben"]


def test_initials():
    assert initials("Ann Gray") == "AG"
    assert key("Ann") == "ann"
