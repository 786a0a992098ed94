import asking
import store


def names(found):
    return [each["name"] for each in found]


def test_a_page_has_the_fields_that_are_asked_for():
    found = asking.rows(store.sample(), "tools", fields=["name", "unit price"], sort="name", size=2)
    assert found == [{"name": "Drill", "unit price": 89.0}, {"name": "Drill press", "unit price": 240.0}]


def test_rows_are_sorted_downward():
    assert names(asking.rows(store.sample(), "tools", sort="unit price:desc"))[:2] == ["Drill press", "Drill"]


def test_the_second_page():
    assert names(asking.rows(store.sample(), "tools", page=2, size=3)) == ["Drill press", "saw_fine"]


def test_conditions_are_joined():
    found = asking.rows(store.sample(), "tools", where=[("maker", "is", "Bosch"), ("unit price", "under", 50)])
    assert names(found) == ["saw_fine"]


def test_a_search_takes_a_star():
    assert names(asking.search(store.sample(), "parts", "screw*60")) == ["Screw 5x60"]


def test_pages_are_counted():
    assert asking.pages(store.sample(), "tools", size=2) == 3


def test_facets():
    assert asking.facets(store.sample(), "parts", "group") == [("felt", 2), ("screws", 2)]


def test_totals():
    shop = store.sample()
    assert asking.totals(shop, "parts", "qty") == 1065
    assert asking.totals(shop, "parts", "qty", by="group") == {"felt": 15, "screws": 1050}
