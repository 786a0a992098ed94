import pytest

from people import Directory, Unknown
from records import Desk, Refused, excerpt


@pytest.fixture
def desk():
    people = Directory()
    for name, team, role in (("Ann", "support", "member"), ("Ben", "support", "lead"), ("Cleo", "sales", "member")):
        people.add(name)
        people.join(name, team, role)
    desk = Desk(people)
    desk.add("Ann", "Minutes", "We met.", "support")
    desk.add("Cleo", "Draft", "Dear customer")
    return desk


def test_owners_read_what_is_theirs(desk):
    assert desk.read("ann", 1)["body"] == "We met."


def test_others_do_not(desk):
    with pytest.raises(Refused):
        desk.read("ann", 2)


def test_leads_edit_what_is_in_their_team(desk):
    assert desk.edit("ben", 1, "We met at noon.") == 2
    assert desk.history("ben", 1)[-1] == "2. Ben: We met at noon."


def test_lists_what_one_sees(desk):
    assert desk.listing("ben") == ["1 Minutes: We met."]


def test_searches_what_one_sees(desk):
    assert desk.search("cleo", "customer") == [2]
    assert desk.search("ann", "customer") == []


def test_exports(desk):
    assert desk.export("cleo", [2]) == "# exported by Cleo\n\n## 2 Draft\n\nDear customer\n"


def test_a_copy_is_ones_own(desk):
    assert desk.copy("ben", 1).owner == "Ben"


def test_shares(desk):
    assert desk.share("cleo", 2, "Ann", "edit") == {"ann": "edit"}
    assert desk.edit("ann", 2, "Dear customers") == 2


def test_moves_into_a_team(desk):
    assert desk.move("cleo", 2, "sales") == ""
    with pytest.raises(Refused):
        desk.move("cleo", 2, "support")


def test_there_is_no_other_record(desk):
    with pytest.raises(Unknown):
        desk.read("ann", 99)


def test_excerpts():
    assert excerpt("short") == "short"
    assert excerpt("a long text that does not fit", 12).endswith("...")
