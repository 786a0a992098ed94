import desk
import store


def test_a_view_is_kept():
    shop = store.sample()
    desk.save(shop, "ada", "dear", "tools", fields=["name"], where=[("unit price", "over", 80)], sort="name")
    assert desk.view(shop, "ada", "dear") == [{"name": "Drill"}, {"name": "Drill press"}]
    assert desk.views(shop, "ada") == [("dear", "tools")]


def test_a_view_is_forgotten():
    shop = store.sample()
    desk.save(shop, "ada", "all", "parts")
    assert desk.forget(shop, "ada", "all")
    assert desk.views(shop, "ada") == []


def test_an_export_has_a_heading():
    text = desk.export(store.sample(), "parts", fields=["name", "qty"])
    assert text.splitlines()[:2] == ["name,qty", "Screw 4x40,800"]


def test_a_summary():
    assert desk.summary(store.sample())[0] == "Tools to borrow: 5"
