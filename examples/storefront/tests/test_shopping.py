"""From the catalog to the order."""

from __future__ import annotations

import pytest
from conftest import ADA, Login
from starlette.testclient import TestClient

from shop.accounts import account_by_id
from shop.database import Database
from shop.orders import CannotOrder, place_order
from shop.settings import Settings
from shop.views import money


def put_in_cart(client: TestClient, product: str, quantity: int = 1) -> None:
    form = {"product": product, "quantity": str(quantity), "action": "add"}
    assert client.post("/cart", data=form).status_code == 200


def test_the_shop_is_healthy_and_says_which_release_it_is(shop: TestClient):
    assert shop.get("/healthz").json() == {"status": "ok", "release": "test"}


def test_the_catalog_shows_every_product(shop: TestClient, database: Database):
    page = shop.get("/").text
    with database.reading() as db:
        names = [row["name"] for row in db.execute("SELECT name FROM products")]
    assert [name for name in names if name not in page] == []


def test_searching_narrows_the_catalog(shop: TestClient):
    page = shop.get("/", params={"q": "INK gray"}).text
    assert "North Sea ink" in page
    assert "Lamp black" not in page


def test_what_is_searched_for_is_not_taken_for_markup(shop: TestClient):
    assert "<script>" not in shop.get("/", params={"q": "<script>alert(1)</script>"}).text


def test_a_product_has_a_page_with_its_price(shop: TestClient):
    assert "€ 69.00" in shop.get("/products/pilot-pen").text


def test_an_unknown_product_is_not_found(shop: TestClient):
    answer = shop.get("/products/anchor")
    assert (answer.status_code, "We do not sell that" in answer.text) == (404, True)


@pytest.mark.parametrize("path", ["style.css", "mark.svg", "pictures/pen.svg"])
def test_pages_find_what_they_are_made_of(shop: TestClient, path: str):
    assert shop.get(f"/static/{path}").status_code == 200


def test_the_cart_adds_up(shop: TestClient):
    put_in_cart(shop, "pocket-log", 2)
    put_in_cart(shop, "pocket-log", 1)
    put_in_cart(shop, "pilot-pen")
    assert "€ 98.70" in shop.get("/cart").text


def test_a_product_is_taken_out_of_the_cart(shop: TestClient):
    put_in_cart(shop, "pilot-pen")
    page = shop.post("/cart", data={"product": "pilot-pen", "quantity": "0"})
    assert "Nothing in it yet" in page.text


def test_what_the_shop_does_not_sell_cannot_be_put_in_the_cart(shop: TestClient):
    assert shop.post("/cart", data={"product": "anchor", "quantity": "1"}).status_code == 404


def test_the_checkout_asks_to_log_in_and_the_cart_survives_it(shop: TestClient, login: Login):
    put_in_cart(shop, "pilot-pen")
    assert shop.get("/checkout").url.path == "/login"
    assert "Pilot boat pen" in login(ADA).get("/checkout").text


def test_an_order_empties_the_cart_and_takes_from_stock(ada: TestClient):
    put_in_cart(ada, "pilot-pen", 2)
    page = ada.post("/checkout", data={"address": "1 Quay, Saltby"})
    assert page.url.path == "/orders/5"
    assert "€ 138.00" in page.text
    assert "Nothing in it yet" in ada.get("/cart").text
    assert "7 in stock" in ada.get("/products/pilot-pen").text


@pytest.mark.parametrize(
    ("quantity", "address", "reason"),
    [(1, " ", "give an address"), (10, "1 Quay", "Only 9 of Pilot boat pen left")],
)
def test_an_order_is_refused_with_a_reason_and_the_cart_kept(
    ada: TestClient, quantity: int, address: str, reason: str
):
    put_in_cart(ada, "pilot-pen", quantity)
    page = ada.post("/checkout", data={"address": address})
    assert (page.status_code, reason in page.text) == (400, True)
    assert "Pilot boat pen" in ada.get("/cart").text


def test_an_empty_cart_cannot_be_ordered(ada: TestClient):
    assert "nothing in your cart" in ada.post("/checkout", data={"address": "1 Quay"}).text


def test_customers_see_their_own_orders_only(ada: TestClient):
    put_in_cart(ada, "north-sea")
    ada.post("/checkout", data={"address": "1 Quay, Saltby"})
    assert "No. 5" in ada.get("/account").text
    assert "No. 1" not in ada.get("/account").text
    assert ada.get("/orders/1").status_code == 404


def test_the_price_of_an_order_stays_what_it_was(ada: TestClient, database: Database):
    put_in_cart(ada, "pilot-pen")
    ada.post("/checkout", data={"address": "1 Quay, Saltby"})
    with database.writing() as db:
        db.execute("UPDATE products SET price = 9900 WHERE slug = 'pilot-pen'")
    assert "€ 69.00" in ada.get("/orders/5").text


def test_two_who_want_the_last_piece_do_not_both_get_it(database: Database):
    with database.writing() as db:
        db.execute("UPDATE products SET stock = 1 WHERE slug = 'pilot-pen'")
        account = account_by_id(db, 1)
    assert account
    with database.writing() as db:
        place_order(db, account, {"pilot-pen": 1}, "1 Quay")
    with pytest.raises(CannotOrder, match="Only 0"), database.writing() as db:
        place_order(db, account, {"pilot-pen": 1}, "1 Quay")


def test_what_was_sold_survives_a_new_release(shop: TestClient, settings: Settings):
    with Database(settings.database).writing() as db:
        db.execute("UPDATE products SET stock = 3 WHERE slug = 'pilot-pen'")
    Database(settings.database)
    assert "3 in stock" in shop.get("/products/pilot-pen").text


def test_money_is_written_with_cents_and_thousands():
    assert [money(cents) for cents in (5, 1850, 123456789)] == [
        "€ 0.05",
        "€ 18.50",
        "€ 1,234,567.89",
    ]
