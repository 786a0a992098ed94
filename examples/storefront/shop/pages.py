"""The shop's pages: catalog, product, cart, checkout, account."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shop.accounts import SHORTEST_PASSWORD, EmailTaken, authenticate, register
from shop.cart import Cart
from shop.catalog import find_products, product_by_slug
from shop.database import Database
from shop.orders import CannotOrder, order_of, orders_of, place_order, total
from shop.views import Views, fields, see, whole_number


class Pages:
    """All that customers see."""

    def __init__(self, database: Database, views: Views) -> None:
        self._database = database
        self._views = views

    def routes(self) -> list[Route]:
        return [
            Route("/", self.catalog),
            Route("/products/{slug}", self.product),
            Route("/cart", self.cart, methods=["GET"]),
            Route("/cart", self.change_cart, methods=["POST"]),
            Route("/checkout", self.checkout, methods=["GET"]),
            Route("/checkout", self.order, methods=["POST"]),
            Route("/login", self.ask_login, methods=["GET"]),
            Route("/login", self.login, methods=["POST"]),
            Route("/register", self.register, methods=["POST"]),
            Route("/logout", self.logout, methods=["POST"]),
            Route("/account", self.account),
            Route("/orders/{number:int}", self.show_order),
        ]

    async def catalog(self, request: Request) -> Response:
        words = request.query_params.get("q", "")
        with self._database.reading() as db:
            products = find_products(db, words)
        return self._views.page(request, "catalog.html", products=products, words=words)

    async def product(self, request: Request) -> Response:
        with self._database.reading() as db:
            product = product_by_slug(db, request.path_params["slug"])
        if product is None:
            raise HTTPException(404, "We do not sell that")
        return self._views.page(request, "product.html", product=product)

    async def cart(self, request: Request) -> Response:
        with self._database.reading() as db:
            lines = Cart(request.session).lines(db)
        return self._views.page(request, "cart.html", lines=lines, total=total(lines))

    async def change_cart(self, request: Request) -> Response:
        form = await fields(request)
        slug, quantity = form.get("product", ""), whole_number(form.get("quantity", "1"))
        with self._database.reading() as db:
            if product_by_slug(db, slug) is None:
                raise HTTPException(404, "We do not sell that")
        cart = Cart(request.session)
        if form.get("action") == "add":
            cart.add(slug, quantity)
        else:
            cart.put(slug, quantity)
        return see("/cart")

    async def checkout(self, request: Request) -> Response:
        self._views.customer(request)
        return self._checkout(request)

    async def order(self, request: Request) -> Response:
        account = self._views.customer(request)
        address = (await fields(request)).get("address", "")
        cart = Cart(request.session)
        try:
            with self._database.writing() as db:
                order = place_order(db, account, cart.quantities, address)
        except CannotOrder as refusal:
            return self._checkout(request, status=400, problem=str(refusal), address=address)
        cart.clear()
        return see(f"/orders/{order.number}")

    def _checkout(self, request: Request, status: int = 200, **values: object) -> Response:
        with self._database.reading() as db:
            lines = Cart(request.session).lines(db)
        values = {"lines": lines, "total": total(lines), **values}
        return self._views.page(request, "checkout.html", status=status, **values)

    async def ask_login(self, request: Request) -> Response:
        return self._views.page(request, "login.html", next=own_path(request))

    async def login(self, request: Request) -> Response:
        form = await fields(request)
        with self._database.reading() as db:
            account = authenticate(db, form.get("email", ""), form.get("password", ""))
        if account is None:
            return self._refuse_login(request, "Email and password do not go together.")
        request.session["account"] = account.id
        return see(own_path(request))

    async def register(self, request: Request) -> Response:
        form = await fields(request)
        email, name, password = (form.get(key, "") for key in ("email", "name", "password"))
        if "@" not in email or not name.strip():
            return self._refuse_login(request, "Please give your name and your email address.")
        if len(password) < SHORTEST_PASSWORD:
            return self._refuse_login(
                request, f"A password has {SHORTEST_PASSWORD} characters or more."
            )
        try:
            with self._database.writing() as db:
                account = register(db, email, name, password)
        except EmailTaken:
            return self._refuse_login(request, "There is an account with this address already.")
        request.session["account"] = account.id
        return see(own_path(request))

    def _refuse_login(self, request: Request, problem: str) -> Response:
        values = {"next": own_path(request), "problem": problem}
        return self._views.page(request, "login.html", status=400, **values)

    async def logout(self, request: Request) -> Response:
        request.session.clear()
        return see("/")

    async def account(self, request: Request) -> Response:
        account = self._views.customer(request)
        with self._database.reading() as db:
            orders = orders_of(db, account)
        return self._views.page(request, "account.html", orders=orders)

    async def show_order(self, request: Request) -> Response:
        account = self._views.customer(request)
        with self._database.reading() as db:
            order = order_of(db, account, request.path_params["number"])
        if order is None:
            raise HTTPException(404, "You have no such order")
        return self._views.page(request, "order.html", order=order)


def own_path(request: Request) -> str:
    """Where to go after the login: a page of ours, whatever the address bar says."""
    path = request.query_params.get("next", "/account")
    return path if path.startswith("/") and path[1:2] not in ("/", "\\") else "/account"
