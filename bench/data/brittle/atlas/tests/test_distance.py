import pytest

from atlas.distance import kilometers, localized, plain
from atlas.places import Place


@pytest.fixture(scope="class")
def cities():
    return {"Oslo": Place("Oslo", "NO", 59.9, 10.8), "Paris": Place("Paris", "FR", 48.9, 2.4)}


class TestDistance:
    def test_oslo_is_far_from_paris(self, cities):
        assert kilometers(cities["Oslo"], cities["Paris"]) == pytest.approx(1339, abs=5)

    def test_the_way_back_is_as_long(self, cities):
        there, back = kilometers(cities["Oslo"], cities["Paris"]), kilometers(cities["Paris"], cities["Oslo"])
        assert there == pytest.approx(back)

    @pytest.mark.parametrize("name", ["Oslo", "Paris"])
    def test_a_place_is_where_it_is(self, cities, name):
        assert kilometers(cities[name], cities[name]) == 0


class TestWriting:
    def test_a_distance_is_written_as_people_write_it(self):
        assert localized(1234.56) == "1234.6 km"

    @pytest.mark.parametrize(("km", "text"), [(0, "0.0 km"), (1.25, "1.2 km"), (1234.56, "1234.6 km")])
    def test_a_plain_distance_is_the_same_everywhere(self, km, text):
        assert plain(km) == text
