import pytest

from atlas.roads import Roads

PAIRS = [("Bern", "Lyon"), ("Bern", "Basel"), ("Lyon", "Paris"), ("Basel", "Paris"), ("Paris", "Lille")]


@pytest.fixture(scope="module")
def roads():
    return Roads(PAIRS)


def test_the_way_to_paris_is_found(roads):
    assert roads.route("Bern", "Paris") == ["Bern", "Basel", "Paris"]


def test_a_way_to_paris_has_one_stop(roads):
    way = roads.route("Bern", "Paris")
    assert (way[0], len(way), way[-1]) == ("Bern", 3, "Paris")


def test_the_only_way_is_found(roads):
    assert roads.route("Paris", "Lille") == ["Paris", "Lille"]


def test_one_is_where_one_is(roads):
    assert roads.route("Bern", "Bern") == ["Bern"]


@pytest.mark.parametrize("end", ["London", "Rome"])
def test_without_a_road_there_is_no_way(roads, end):
    with pytest.raises(LookupError):
        roads.route("Bern", end)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_roads_go_both_ways(roads, one, other):
    assert other in roads.neighbors[one]
    assert one in roads.neighbors[other]
