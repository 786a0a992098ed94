"""Applications that `bench/replay.py` plants faults in, first group: the comparing was tuned on these.

Each answers from fixed data, with clocks, ids, counters and an order that are drawn anew for every answer, and has
faults by name, of which one at a time is on.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

USUAL = ("changed price", "missing field", "off-by-one page", "wrong sort order", "dropped header", "changed status")


class Reply(NamedTuple):
    status: int
    kind: str
    body: str
    fields: tuple[tuple[str, str], ...] = ()


class Application(NamedTuple):
    """`targets` are what a recording holds; `answer` takes a target, the fault that is on, and a source of noise."""

    name: str
    targets: tuple[str, ...]
    faults: tuple[str, ...]
    answer: Callable[[str, str, Random], Reply]


def of_json(value: Any, status: int = 200, *fields: tuple[str, str]) -> Reply:
    return Reply(status, "application/json", json.dumps(value), fields)


def of_html(text: str, status: int = 200, *fields: tuple[str, str]) -> Reply:
    return Reply(status, "text/html; charset=utf-8", text, fields)


def asked(target: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(target)
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}


def now_text() -> str:
    return datetime.now(UTC).isoformat()


PRODUCTS: list[dict[str, Any]] = [
    {
        "id": number,
        "name": f"Tea {number}",
        "price": round(2.5 + number * 0.75, 2),
        "stock": number * 3 % 11,
        "tags": ["a", "b", "c"],
    }
    for number in range(1, 41)
]


def shop(target: str, fault: str, drawn: Random) -> Reply:
    path, query = asked(target)
    fields = [("x-request-id", uuid.UUID(int=drawn.getrandbits(128)).hex), ("etag", f'"{drawn.getrandbits(64):x}"')]
    fields += [] if fault == "dropped header" else [("cache-control", "private, max-age=60")]
    seen = {
        "generated_at": now_text(),
        "trace": str(uuid.UUID(int=drawn.getrandbits(128))),
        "load": drawn.randrange(1000),
    }
    if path == "/products":
        page, size = int(query.get("page", "1")), 10
        rows = sorted(PRODUCTS, key=lambda row: row["price"], reverse=query.get("sort") == "-price")
        rows = rows[::-1] if fault == "wrong sort order" else rows
        start = (page - (0 if fault == "off-by-one page" else 1)) * size
        shown = [shown_product(row, fault, drawn) for row in rows[start : start + size]]
        return of_json({"items": shown, "page": page, "total": len(PRODUCTS), **seen}, 200, *fields)
    if path.startswith("/products/"):
        number = int(path.rpartition("/")[2])
        if number > len(PRODUCTS):
            return of_json({"error": "no such product", **seen}, 200 if fault == "changed status" else 404, *fields)
        return of_json({**shown_product(PRODUCTS[number - 1], fault, drawn), **seen}, 200, *fields)
    return of_json({"up": True, **seen}, 200, *fields)


def shown_product(row: dict[str, Any], fault: str, drawn: Random) -> dict[str, Any]:
    shown = {**row, "tags": drawn.sample(row["tags"], 3)}
    if fault == "changed price" and row["id"] % 7 == 0:
        shown["price"] = round(row["price"] * 1.1, 2)
    if fault == "missing field" and row["stock"] == 0:
        del shown["stock"]
    if fault == "number as text":
        shown["price"] = str(shown["price"])
    return dict(drawn.sample(list(shown.items()), len(shown)))


def pages(target: str, fault: str, drawn: Random) -> Reply:
    path, query = asked(target)
    token = f"{drawn.getrandbits(128):032x}"
    head = f"<head><title>Shop</title><meta name='csrf-token' content='{token}'><link href='/s.css?v=3'></head>"
    foot = f"<footer>Rendered in {drawn.random() * 20:.2f} ms at {time.strftime('%H:%M:%S')}</footer>"
    frame = [] if fault == "dropped header" else [("x-frame-options", "DENY")]
    if path == "/":
        rows = "".join(
            f"<li><a href='/p/{row['id']}'>{row['name']}</a> {row['price']}</li>" for row in page_rows(query, fault)
        )
        banner = drawn.choice(["<p class=ad>Try our rum</p>", "<p class=ad>New: mate</p>", "<p class=ad>Tea weeks</p>"])
        return of_html(f"<html>{head}<body>{banner}<ul>{rows}</ul>{foot}</body></html>", 200, *frame)
    number = int(path.rpartition("/")[2])
    if number > len(PRODUCTS):
        return of_html(
            f"<html>{head}<body><h1>Not here</h1>{foot}</body></html>",
            302 if fault == "changed status" else 404,
            *frame,
        )
    row = PRODUCTS[number - 1]
    price = row["price"] + (1 if fault == "changed price" and number == 12 else 0)
    stock = "" if fault == "missing field" and number % 5 == 0 else f"<dd>{row['stock']} left</dd>"
    form = f"<form method=post><input type=hidden name=csrf_token value='{token}'><button>Buy</button></form>"
    return of_html(
        f"<html>{head}<body><h1>{row['name']}</h1><dl><dd>{price}</dd>{stock}</dl>{form}{foot}</body></html>",
        200,
        *frame,
    )


def page_rows(query: dict[str, str], fault: str) -> list[dict[str, Any]]:
    start = (int(query.get("page", "1")) - 1) * 10 + (1 if fault == "off-by-one page" else 0)
    rows = sorted(PRODUCTS, key=lambda row: row["stock"] if fault == "wrong sort order" else row["id"])
    return rows[start : start + 10]


ALL = (
    Application(
        "shop (JSON)",
        tuple(
            [f"/products?page={page}" for page in range(1, 5)]
            + [f"/products?page={page}&sort=-price" for page in range(1, 5)]
            + [f"/products/{number}" for number in (*range(1, 41, 3), 99)]
            + ["/health"]
        ),
        (
            "changed price",
            "missing field",
            "off-by-one page",
            "wrong sort order",
            "dropped header",
            "changed status",
            "number as text",
        ),
        shop,
    ),
    Application(
        "pages (HTML)",
        tuple(
            [f"/?page={page}" for page in range(1, 5)] + [f"/p/{number}" for number in (*range(1, 41, 2), 12, 10, 77)]
        ),
        ("changed price", "missing field", "off-by-one page", "wrong sort order", "dropped header", "changed status"),
        pages,
    ),
)
