"""The back office: for staff only, and what staff do there."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from shop.settings import Settings

PNG = b"\x89PNG\r\n\x1a\n" + b"the rest of a small picture"


def test_customers_are_kept_out_of_the_office(ada: TestClient):
    assert ada.get("/admin/").status_code == 403
    assert ada.post("/admin/orders/3/ship").status_code == 403


def test_strangers_are_asked_to_log_in_first(shop: TestClient):
    assert shop.get("/admin/").url.path == "/login"


def test_the_office_lists_what_waits_to_be_shipped(staff: TestClient):
    page = staff.get("/admin/").text
    assert "Miriam Okafor" in page
    assert "Tomas Lind" not in page


def test_an_order_is_shipped_once(staff: TestClient):
    assert "Miriam Okafor" not in staff.post("/admin/orders/3/ship").text
    assert staff.post("/admin/orders/3/ship").status_code == 404


def test_stock_is_changed(staff: TestClient):
    staff.post("/admin/products/pilot-pen/stock", data={"stock": "0"})
    assert "Sold out" in staff.get("/products/pilot-pen").text


@pytest.mark.parametrize("stock", ["-1", "many", ""])
def test_stock_is_a_number_from_zero_up(staff: TestClient, stock: str):
    assert staff.post("/admin/products/pilot-pen/stock", data={"stock": stock}).status_code == 400


def test_an_uploaded_picture_is_shown_and_served(staff: TestClient):
    upload = {"picture": ("../../pen.png", PNG, "image/png")}
    page = staff.post("/admin/products/pilot-pen/picture", files=upload)
    assert page.status_code == 200
    path = page.text.split('<img src="/static/pictures/')[1].split('"')[0]
    served = staff.get(f"/static/pictures/{path}")
    assert (served.content, served.headers["content-type"]) == (PNG, "image/png")


@pytest.mark.parametrize(
    "content", [b"<script>", b"", PNG + b"." * (2 * 1024 * 1024)], ids=["script", "empty", "large"]
)
def test_what_is_no_small_picture_is_refused(staff: TestClient, settings: Settings, content: bytes):
    upload = {"picture": ("pen.png", content, "image/png")}
    assert staff.post("/admin/products/pilot-pen/picture", files=upload).status_code == 400
    assert not (settings.static / "pictures").exists()
