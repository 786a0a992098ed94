"""Logging in, registering, and what is only for those who have."""

from __future__ import annotations

import pytest
from conftest import ADA
from starlette.testclient import TestClient

from shop.accounts import hash_password, password_fits


def test_a_password_fits_its_own_hash_only():
    stored = hash_password("a long password")
    assert password_fits("a long password", stored)
    assert not password_fits("a long passwore", stored)


def test_the_same_password_is_never_stored_the_same_way_twice():
    assert hash_password("a long password") != hash_password("a long password")


def test_logging_in_shows_the_account(ada: TestClient):
    assert ADA["name"] in ada.get("/account").text


def test_a_wrong_password_is_refused(shop: TestClient):
    answer = shop.post("/login", data={"email": ADA["email"], "password": "something else"})
    assert answer.status_code == 400
    assert "do not go together" in answer.text


def test_an_unknown_address_is_refused_in_the_same_words(shop: TestClient):
    answer = shop.post(
        "/login", data={"email": "nobody@mail.example", "password": "whatever it is"}
    )
    assert answer.status_code == 400
    assert "do not go together" in answer.text


def test_nobody_logs_in_to_an_account_without_a_password(shop: TestClient):
    answer = shop.post("/login", data={"email": "tomas.lind@mail.example", "password": ""})
    assert answer.status_code == 400


def test_registering_logs_in(shop: TestClient):
    form = {"email": "Cleo@Mail.example", "name": "Cleo", "password": "long enough it is"}
    answer = shop.post("/register", data=form)
    assert answer.url.path == "/account"
    assert "cleo@mail.example" in answer.text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"password": "short"}, "10 characters"),
        ({"email": "not an address"}, "email address"),
        ({"name": "  "}, "your name"),
        ({"email": ADA["email"].upper()}, "already"),
    ],
)
def test_registering_is_refused_with_a_reason(
    shop: TestClient, change: dict[str, str], reason: str
):
    form = {"email": "cleo@mail.example", "name": "Cleo", "password": "long enough it is", **change}
    answer = shop.post("/register", data=form)
    assert answer.status_code == 400
    assert reason in answer.text


def test_the_account_page_asks_to_log_in_and_comes_back(shop: TestClient):
    asked = shop.get("/account", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=/account")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_a_login_never_leads_out_of_the_shop(shop: TestClient, elsewhere: str):
    form = {"email": ADA["email"], "password": ADA["password"]}
    answer = shop.post("/login", params={"next": elsewhere}, data=form, follow_redirects=False)
    assert answer.headers["location"] == "/account"


def test_logging_out_forgets_the_account(ada: TestClient):
    ada.post("/logout")
    assert ada.get("/account").url.path == "/login"


def test_a_session_that_was_tampered_with_is_ignored(ada: TestClient):
    cookie = ada.cookies["shop"]
    ada.cookies.clear()
    ada.cookies["shop"] = ("A" if cookie[0] != "A" else "B") + cookie[1:]
    assert ada.get("/account").url.path == "/login"
