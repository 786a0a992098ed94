"""The JSON API: products for everybody, orders for whoever brings a token."""

from __future__ import annotations

import json
from dataclasses import asdict

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shop.accounts import Account, account_by_id, authenticate
from shop.catalog import Product, find_products, product_by_slug
from shop.database import Database
from shop.orders import CannotOrder, Order, order_of, orders_of, place_order
from shop.tokens import LIFETIME, BadToken, Tokens


class Api:
    """What programs see: the warehouse, the till, a customer's own script."""

    def __init__(self, database: Database, tokens: Tokens) -> None:
        self._database = database
        self._tokens = tokens

    def routes(self) -> list[Route]:
        return [
            Route("/products", self.products),
            Route("/products/{slug}", self.product),
            Route("/token", self.token, methods=["POST"]),
            Route("/key.pub", self.key),
            Route("/orders", self.orders, methods=["GET"]),
            Route("/orders", self.order, methods=["POST"]),
            Route("/orders/{number:int}", self.show_order),
        ]

    async def products(self, request: Request) -> Response:
        with self._database.reading() as db:
            found = find_products(db, request.query_params.get("q", ""))
        return JSONResponse({"products": [product_json(product) for product in found]})

    async def product(self, request: Request) -> Response:
        with self._database.reading() as db:
            product = product_by_slug(db, request.path_params["slug"])
        if product is None:
            raise HTTPException(404, "No such product")
        return JSONResponse(product_json(product))

    async def token(self, request: Request) -> Response:
        asked = await body(request)
        with self._database.reading() as db:
            account = authenticate(db, str(asked.get("email")), str(asked.get("password")))
        if account is None:
            raise HTTPException(401, "Email and password do not go together")
        token = self._tokens.issue(account)
        answer = {"access_token": token, "token_type": "bearer", "expires_in": LIFETIME}
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    async def key(self, _: Request) -> Response:
        return PlainTextResponse(self._tokens.public_key)

    async def orders(self, request: Request) -> Response:
        account = self._bearer(request)
        with self._database.reading() as db:
            found = orders_of(db, account)
        return JSONResponse({"orders": [order_json(order) for order in found]})

    async def order(self, request: Request) -> Response:
        account = self._bearer(request)
        asked = await body(request)
        try:
            with self._database.writing() as db:
                address = str(asked.get("address", ""))
                order = place_order(db, account, quantities(asked.get("lines")), address)
        except CannotOrder as refusal:
            raise HTTPException(409, str(refusal)) from refusal
        return JSONResponse(order_json(order), 201, {"Location": f"/api/orders/{order.number}"})

    async def show_order(self, request: Request) -> Response:
        account = self._bearer(request)
        with self._database.reading() as db:
            order = order_of(db, account, request.path_params["number"])
        if order is None:
            raise HTTPException(404, "No such order")
        return JSONResponse(order_json(order))

    def _bearer(self, request: Request) -> Account:
        """The account that the request's token speaks for."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            number = self._tokens.account_id(token if scheme.lower() == "bearer" else "")
        except BadToken:
            number = 0
        with self._database.reading() as db:
            account = account_by_id(db, number)
        if account is None:
            raise HTTPException(401, "A bearer token is needed", {"WWW-Authenticate": "Bearer"})
        return account


async def body(request: Request) -> dict[str, object]:
    try:
        asked = json.loads(await request.body())
    except ValueError as error:
        raise HTTPException(400, "The body must be JSON") from error
    if not isinstance(asked, dict):
        raise HTTPException(400, "The body must be a JSON object")
    return asked


def quantities(lines: object) -> dict[str, int]:
    """`[{"product": "tide-ledger", "quantity": 2}]`, by product; refused if it is anything else."""
    found: dict[str, int] = {}
    for line in lines if isinstance(lines, list) else [None]:
        match line:
            case {"product": str(slug), "quantity": int(count)} if slug not in found:
                found[slug] = count
            case _:
                detail = "lines must be a list of {product, quantity}, each product once"
                raise HTTPException(400, detail)
    return found


def product_json(product: Product) -> dict[str, object]:
    shown = asdict(product)
    del shown["id"]
    return {**shown, "picture": f"/static/{product.picture}"}


def order_json(order: Order) -> dict[str, object]:
    return {
        "number": order.number,
        "placed_at": order.placed_at.isoformat(),
        "status": order.status,
        "address": order.address,
        "lines": [asdict(line) for line in order.lines],
        "total": order.total,
    }
