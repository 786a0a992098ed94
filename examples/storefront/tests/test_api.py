"""The JSON API: products for everybody, orders for whoever brings a token."""

from __future__ import annotations

import jwt
import pytest
from conftest import ADA
from starlette.testclient import TestClient

from shop.accounts import authenticate
from shop.database import Database
from shop.keys import token_keys
from shop.settings import Settings
from shop.tokens import BadToken, Tokens

CREDENTIALS = {"email": ADA["email"], "password": ADA["password"]}
ORDER = {"lines": [{"product": "tide-ledger", "quantity": 2}], "address": "1 Quay, Saltby"}


def test_products_are_listed_without_a_token(shop: TestClient):
    products = shop.get("/api/products").json()["products"]
    assert len(products) == 8
    assert shop.get("/api/products/lamp-black").json() in products


def test_the_picture_of_a_product_can_be_fetched(shop: TestClient):
    picture = shop.get("/api/products/lamp-black").json()["picture"]
    assert shop.get(picture).headers["content-type"] == "image/svg+xml"


def test_an_unknown_product_is_not_found_in_json(shop: TestClient):
    answer = shop.get("/api/products/anchor")
    assert (answer.status_code, answer.json()) == (404, {"error": "No such product"})


def test_a_password_is_exchanged_for_a_bearer_token(shop: TestClient):
    answer = shop.post("/api/token", json=CREDENTIALS).json()
    token = answer.pop("access_token")
    assert answer == {"token_type": "bearer", "expires_in": 3600}
    assert jwt.get_unverified_header(token)["alg"] == "ES256"


@pytest.fixture
def bearer(shop: TestClient) -> dict[str, str]:
    token = shop.post("/api/token", json=CREDENTIALS).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_a_wrong_password_gets_no_token(shop: TestClient):
    answer = shop.post("/api/token", json={**CREDENTIALS, "password": "a guess"})
    assert answer.status_code == 401


def test_orders_need_a_token(shop: TestClient):
    answer = shop.get("/api/orders")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_an_order_is_placed_and_read_back(shop: TestClient, bearer: dict[str, str]):
    placed = shop.post("/api/orders", json=ORDER, headers=bearer)
    assert (placed.status_code, placed.json()["total"]) == (201, 4800)
    assert shop.get(placed.headers["location"], headers=bearer).json() == placed.json()
    assert shop.get("/api/orders", headers=bearer).json() == {"orders": [placed.json()]}


def test_somebody_elses_order_is_not_found(shop: TestClient, bearer: dict[str, str]):
    assert shop.get("/api/orders/1", headers=bearer).status_code == 404


def test_an_order_beyond_the_stock_changes_nothing(shop: TestClient, bearer: dict[str, str]):
    lines = [{"product": "lamp-black", "quantity": 1}, {"product": "pilot-pen", "quantity": 10}]
    answer = shop.post("/api/orders", json={**ORDER, "lines": lines}, headers=bearer)
    assert (answer.status_code, answer.json()["error"]) == (409, "Only 9 of Pilot boat pen left.")
    assert shop.get("/api/products/lamp-black").json()["stock"] == 32


@pytest.mark.parametrize(
    "lines",
    [
        None,
        "tide-ledger",
        [{"product": "tide-ledger"}],
        [{"product": 1, "quantity": 1}],
        2 * ORDER["lines"],
    ],
)
def test_lines_that_make_no_sense_are_refused(
    shop: TestClient, bearer: dict[str, str], lines: object
):
    answer = shop.post("/api/orders", json={**ORDER, "lines": lines}, headers=bearer)
    assert answer.status_code == 400


def test_a_body_that_is_not_json_is_refused(shop: TestClient, bearer: dict[str, str]):
    assert shop.post("/api/orders", content=b"lines=1", headers=bearer).status_code == 400


def test_an_old_token_is_refused(settings: Settings, database: Database):
    tokens = Tokens(*token_keys(settings.data))
    with database.reading() as db:
        account = authenticate(db, ADA["email"], ADA["password"])
    assert account
    with pytest.raises(BadToken, match="expired"):
        tokens.account_id(tokens.issue(account, lifetime=-1))


def test_a_token_of_another_shop_is_refused(
    shop: TestClient, settings: Settings, database: Database
):
    (settings.data / "elsewhere").mkdir()
    with database.reading() as db:
        account = authenticate(db, ADA["email"], ADA["password"])
    assert account
    token = Tokens(*token_keys(settings.data / "elsewhere")).issue(account)
    answer = shop.get("/api/orders", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_the_public_key_is_public_and_the_private_one_is_not(shop: TestClient, settings: Settings):
    assert shop.get("/api/key.pub").text == token_keys(settings.data)[1]
    assert (settings.data / "tokens.pem").stat().st_mode & 0o077 == 0
