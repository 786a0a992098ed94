import pytest

from atlas import places
from atlas.places import Place, load, lookup


def test_the_table_is_read():
    assert len(places.read()) == 5


def test_the_packaged_table_is_read():
    assert [place.name for place in places.packaged()] == ["Oslo", "Bergen", "Paris", "Lyon", "Bern"]


def test_a_table_elsewhere_is_read(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("name,country,lat,lon\nRome,IT,41.9,12.5\n", encoding="utf-8")
    assert places.read(path) == [Place("Rome", "IT", 41.9, 12.5)]


def test_a_table_beside_us_is_read(tmp_path, monkeypatch):
    (tmp_path / "here.csv").write_text("name,country,lat,lon\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert places.read("here.csv") == []


def test_places_are_loaded():
    assert load(places.packaged()) >= 5


def test_a_loaded_place_is_found():
    assert lookup("Oslo").country == "NO"


def test_an_unknown_place_is_not_found():
    assert lookup("Atlantis") is None


@pytest.mark.parametrize("name", ["Oslo", "Bern"])
def test_a_place_is_found_in_an_index_of_ones_own(name):
    index = {place.name: place for place in places.packaged()}
    assert lookup(name, index).name == name


def test_a_place_shows_what_it_is():
    assert repr(Place("Rome", "IT", 41.9, 12.5)) == "Place(name='Rome', country='IT', lat=41.9, lon=12.5)"


def test_a_place_is_written_with_its_country():
    assert str(Place("Rome", "IT", 41.9, 12.5)) == "Rome (IT)"
