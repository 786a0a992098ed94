"""The back office: orders to ship, stock, pictures."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shop.catalog import Product, all_products, product_by_slug, set_picture, set_stock
from shop.database import Database
from shop.orders import orders_where, ship
from shop.pictures import LARGEST, NotAPicture, save_picture
from shop.views import Views, fields, see, whole_number


class Admin:
    """All that staff see."""

    def __init__(self, database: Database, views: Views, static: Path) -> None:
        self._database = database
        self._views = views
        self._static = static

    def routes(self) -> list[Route]:
        return [
            Route("/", self.office),
            Route("/orders/{number:int}/ship", self.ship, methods=["POST"]),
            Route("/products/{slug}/stock", self.stock, methods=["POST"]),
            Route("/products/{slug}/picture", self.picture, methods=["POST"]),
        ]

    async def office(self, request: Request) -> Response:
        self._views.admin(request)
        with self._database.reading() as db:
            open_orders = orders_where(db, "status = ?", "placed")
            products = all_products(db)
        return self._views.page(request, "admin.html", orders=open_orders, products=products)

    async def ship(self, request: Request) -> Response:
        self._views.admin(request)
        with self._database.writing() as db:
            if not ship(db, request.path_params["number"]):
                raise HTTPException(404, "No order with this number waits to be shipped")
        return see("/admin/")

    async def stock(self, request: Request) -> Response:
        self._views.admin(request)
        stock = whole_number((await fields(request)).get("stock", ""))
        if stock < 0:
            raise HTTPException(400, "There cannot be fewer than none in stock")
        with self._database.writing() as db:
            set_stock(db, self._product(request), stock)
        return see("/admin/")

    async def picture(self, request: Request) -> Response:
        self._views.admin(request)
        product = self._product(request)
        upload = (await request.form()).get("picture")
        if not isinstance(upload, UploadFile):
            raise HTTPException(400, "Which picture? Please choose a file")
        try:
            path = save_picture(self._static, product.slug, await upload.read(LARGEST + 1))
        except NotAPicture as refusal:
            raise HTTPException(400, str(refusal)) from refusal
        with self._database.writing() as db:
            set_picture(db, product, path)
        return see(f"/products/{product.slug}")

    def _product(self, request: Request) -> Product:
        with self._database.reading() as db:
            product = product_by_slug(db, request.path_params["slug"])
        if product is None:
            raise HTTPException(404, "We do not sell that")
        return product
