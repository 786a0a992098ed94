import pytest

from postage.zones import ISLANDS, is_island, zone_of


@pytest.mark.parametrize("area", range(1, 53))
def test_every_area_has_a_zone(area):
    assert zone_of(f"{area:02}001") in (1, 2, 3, 4)


@pytest.mark.parametrize("area", [19, 20, 25, 27, 29, 30, 37])
def test_a_near_area_is_zone_2(area):
    assert zone_of(f"{area}500") == 2


@pytest.mark.parametrize("area", ["01", "10", "18", "39", "48", "50"])
def test_a_far_area_is_zone_3(area):
    assert zone_of(f"{area}500") == 3


def test_the_home_area_is_zone_1():
    assert zone_of("28013") == 1


@pytest.mark.parametrize("area", sorted(ISLANDS))
def test_an_island_is_overseas(area):
    assert is_island(f"{area}001")
    assert zone_of(f"{area}001") == 4


@pytest.mark.parametrize("code", ["", "1", "2801", "280133", "28x13"])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(ValueError, match="no postal code"):
        zone_of(code)
